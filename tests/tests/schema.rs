//! What the generator refuses, word for word, and what it makes of another protocol.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

#[path = "schema/reshaped.rs"]
mod reshaped;

use livekit_build_support::print::print;
use livekit_build_support::prune::Reachable;
use livekit_build_support::schema::{Schema, Source};
use livekit_build_support::{Inputs, check, generate};
use livekit_tests::upstream;

/// Our own option files, and one file of a service.
fn sources(text: &str) -> Vec<Source> {
    let own = livekit_sdk_proto::files().iter().filter(|(name, _)| name.starts_with("sdk/"));
    let mut sources: Vec<_> = own.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    sources.push(("livekit_test.proto".to_owned(), text.to_owned()));
    sources
}

const HEAD: &str = "syntax = \"proto3\";\npackage livekit;\nimport \"sdk/options.proto\";\n";

/// What generating from `body` reports.
fn refusal(body: &str) -> String {
    refusal_of(sources(&format!("{HEAD}{body}")))
}

fn refusal_of(sources: Vec<Source>) -> String {
    match generate(&Inputs { sources, ..Inputs::default() }) {
        Ok(_) => panic!("nothing was refused"),
        Err(error) => error.to_string(),
    }
}

fn service(methods: &str) -> String {
    format!("message A {{ string room = 1; bool wait = 2; }}\nservice Test {{\n{methods}\n}}\n")
}

#[test]
fn a_syntax_error() {
    assert_eq!(
        refusal("message A {\n  string name 1;\n}"),
        "livekit_test.proto:5: expected '=', but found '1'\n  mend: correct this line"
    );
}

#[test]
fn an_unknown_import() {
    assert_eq!(
        refusal("import \"nowhere.proto\";"),
        "livekit_test.proto:4: import 'nowhere.proto' not found\n  mend: add the file, or correct the import"
    );
}

#[test]
fn what_the_parser_cannot_read() {
    let edition = "edition = \"2023\";\npackage livekit;\nmessage A { string name = 1; }";
    assert_eq!(
        refusal_of(sources(edition)),
        "livekit_test.proto:1: expected 'enum', 'extend', 'import', 'message', 'option', 'service', 'package' or ';', \
         but found 'edition'\n  mend: use a protocol that is written in proto3: the parser does not support editions yet"
    );
    assert_eq!(
        refusal("message A {\n  string room_name = 1;\n  string roomName = 2;\n}"),
        "livekit_test.proto:5: camel-case name of field 'room_name' conflicts with field 'roomName'\n  \
         mend: rename one of them in a copy of the protocol: the parser is stricter here than protoc"
    );
}

/// The comments of `A.name` in a file with this text.
fn comments(text: &str) -> String {
    let schema = Schema::parse(&sources(text)).unwrap();
    schema.docs("livekit.A.name").unwrap_or_default().to_owned()
}

#[test]
fn comments_on_both_sides_are_kept() {
    let text = |field: &str| format!("{HEAD}message A {{\n{field}\n}}");
    assert_eq!(comments(&text("  // Before.\n  string name = 1;")), "Before.");
    assert_eq!(comments(&text("  string name = 1; // Behind.")), "Behind.");
    assert_eq!(
        comments(&text("  // Before.\n  // And more.\n  string name = 1; // Behind.")),
        "Before.\nAnd more.\n\nBehind."
    );
    assert_eq!(comments(&text("  //\n  string name = 1; // Behind.")), "Behind.");
}

#[test]
fn byte_order_marks_and_carriage_returns_are_read_over() {
    let text = "\u{feff}syntax = \"proto3\";\r\npackage livekit;\r\nmessage A {\r\n  // One.\r\n  // Two.\r  // Three.\r\n  \
                string name = 1;\r\n}\r\n";
    assert_eq!(comments(text), "One.\nTwo.\n // Three.");
}

#[test]
fn a_room_that_is_no_field() {
    let text = service("  rpc Do(A) returns (A) {\n    option (sdk.access) = { room: \"rooom\" };\n  }");
    assert_eq!(
        refusal(&text),
        "livekit_test.proto:6: `(sdk.access).room` names `rooom`, which `A` does not have\n  mend: name one of `room`"
    );
}

#[test]
fn a_room_of_the_wrong_type() {
    let text =
        service("  rpc Do(A) returns (A) {\n    option (sdk.access) = { destination_room: \"wait\" };\n  }");
    assert_eq!(
        refusal(&text),
        "livekit_test.proto:6: `(sdk.access).destination_room` names `wait`, which is not a string\n  \
         mend: name another field, or remove the option"
    );
}

#[test]
fn a_ringing_limit_that_is_no_duration() {
    let text = service("  rpc Do(A) returns (A) {\n    option (sdk.dial) = { ringing: \"room\" };\n  }");
    assert_eq!(
        refusal(&text),
        "livekit_test.proto:6: `(sdk.dial).ringing` names `room`, which is not a google.protobuf.Duration\n  \
         mend: name another field, or remove the option"
    );
}

#[test]
fn a_time_to_wait_that_is_no_number_or_no_field() {
    let text = |wait| service(&format!("  rpc Do(A) returns (A) {{\n    option (sdk.wait) = {wait};\n  }}"));
    assert_eq!(
        refusal(&text("{ milliseconds: \"room\" }")),
        "livekit_test.proto:6: `(sdk.wait).milliseconds` names `room`, which is not a uint32\n  \
         mend: name another field, or remove the option"
    );
    assert_eq!(
        refusal(&text("{ default_ms: 1 }")),
        "livekit_test.proto:6: `(sdk.wait)` names no field\n  \
         mend: set `milliseconds` to the request field that holds the time"
    );
}

#[test]
fn a_demand_that_is_no_flag() {
    let text = service(
        "  rpc Do(A) returns (A) {\n    option (sdk.access) = { grants: { video: { room: \"daily\" } } };\n  }",
    );
    assert_eq!(
        refusal(&text),
        "livekit_test.proto:6: `(sdk.access)` demands `video.room`, which is not a flag\n  \
         mend: demand flags only; rooms are named with `room` and `destination_room`"
    );
}

#[test]
fn an_unknown_grant() {
    let text = service("  rpc Do(A) returns (A) {\n    option (sdk.access) = { grants: { vide: {} } };\n  }");
    assert_eq!(
        refusal(&text),
        "livekit_test.proto:7: invalid value of type 'livekit.sdk.Access' for option '(sdk.access)'\n  \
         mend: use the fields that sdk/options.proto and sdk/grants.proto declare"
    );
}

#[test]
fn methods_that_are_one_in_rust() {
    let text = service("  rpc DoIt(A) returns (A);\n  rpc Do_It(A) returns (A);");
    assert_eq!(
        refusal(&text),
        "livekit_test.proto:7: methods `DoIt` and `Do_It` are both `do_it` in Rust\n  \
         mend: rename one of them; upstream's names cannot both be kept"
    );
}

#[test]
fn types_and_fields_that_are_one_in_rust() {
    let with = |body: &str| {
        format!(
            "message A {{\n{body}\n}}\nmessage Foo_Bar {{}}\nservice Test {{\n  rpc Do(A) returns (Foo_Bar);\n}}\n"
        )
    };
    let mend = "\n  mend: rename one of them; upstream's names cannot both be kept";
    for (body, refused) in [
        (
            "  FooBar one = 1; }\nmessage FooBar {",
            "8: `livekit.FooBar` and `livekit.Foo_Bar` are both `livekit::FooBar` in Rust",
        ),
        (
            "  string kind = 1;\n  oneof Kind { string a = 2; }",
            "5: `livekit.A.Kind` and `livekit.A.kind` are both `livekit::A::kind` in Rust",
        ),
        (
            "  B one = 1;\n  message B {}\n  b two = 2;\n  enum b { NONE = 0; }",
            "8: `livekit.A.B` and `livekit.A.b` are both `livekit::a::B` in Rust",
        ),
        (
            "  Kind kind = 1;\n  enum Kind { NONE = 0; KIND_AUDIO = 1; AUDIO = 2; }",
            "6: `livekit.A.Kind/KIND_AUDIO` and `livekit.A.Kind/AUDIO` are both `livekit::a::Kind::Audio` in Rust",
        ),
    ] {
        assert_eq!(refusal(&with(body)), format!("livekit_test.proto:{refused}{mend}"));
    }
}

#[test]
fn packages_and_messages_that_are_one_module_in_rust() {
    let text = "import \"agent.proto\";\nmessage Agent {\n  livekit.agent.Job job = 1;\n  oneof of { string a = 2; }\n}\n\
                service Test { rpc Do(Agent) returns (Agent); }";
    let mut sources = sources(&format!("{HEAD}{text}"));
    let package = "syntax = \"proto3\";\npackage livekit.agent;\nmessage Job {}";
    sources.push(("agent.proto".to_owned(), package.to_owned()));
    assert_eq!(
        refusal_of(sources),
        "livekit_test.proto:5: `livekit.agent` and `livekit.Agent` are both `livekit::agent` in Rust\n  \
         mend: rename one of them; upstream's names cannot both be kept"
    );
}

#[test]
fn services_that_share_an_accessor() {
    let text = "message A {}\nservice Board { rpc Do(A) returns (A); }\nservice BoardService { rpc Do(A) returns (A); }";
    assert_eq!(
        refusal(text),
        "livekit_test.proto:6: `livekit.BoardService` and `livekit.Board` share the accessor `board`\n  \
         mend: give one of them another `accessor` in its `(sdk.service)`"
    );
}

#[test]
fn keys_with_a_gap_and_keys_that_may_be_left_out() {
    assert_eq!(
        refusal("message A {\n  string room = 1 [(sdk.key) = 2];\n}"),
        "livekit_test.proto:5: `(sdk.key) = 2`, though the next free number is 1\n  \
         mend: number the keys of a message from 1, without gaps, up to 3"
    );
    assert_eq!(
        refusal("message A {\n  optional string room = 1 [(sdk.key) = 1];\n}"),
        "livekit_test.proto:5: `(sdk.key)` on `room`, which callers may leave out\n  \
         mend: only singular fields without `optional` and outside a oneof can be keys"
    );
}

#[test]
fn what_upstream_calls_a_secret_is_one() {
    let mut sources = ours();
    let file = sources.iter_mut().find(|(name, _)| name == "livekit_egress.proto").unwrap();
    let marked = "string account_key = 2 [(logger.sensitivity) = SENSITIVITY_SECRET";
    file.1 = file.1.replacen(marked, &format!("{marked}, (sdk.secret) = false"), 1);
    let error = generate(&Inputs { sources, ..Inputs::default() }).unwrap_err().to_string();
    assert!(
        error.contains("`(sdk.secret) = false` on `account_key`, which upstream calls a secret"),
        "{error}"
    );
}

/// Credentials that upstream adds are hidden from the first day, and somebody is asked to judge them.
#[test]
fn every_field_that_is_named_like_a_credential_is_judged() {
    for upstream in [None, Some(upstream::protobufs())] {
        let inputs = Inputs { sources: ours(), upstream, json: true, webhooks: true, ..Inputs::default() };
        let unjudged = generate(&inputs).unwrap().unjudged;
        assert_eq!(unjudged, [""; 0], "write `[(sdk.secret) = true]` or `= false` behind each in proto/");
    }
    let body = "message Login {\n  string user = 1;\n  string door_key = 2;\n  repeated string stream_urls = 3;\n  \
                map<string, bytes> tokens = 4;\n  int64 token_ttl = 5;\n  string keyboard = 6;\n  \
                string api_key = 7 [(sdk.secret) = false];\n}\n\
                service Test { rpc Do(Login) returns (Login); }";
    let inputs = Inputs { sources: sources(&format!("{HEAD}{body}")), ..Inputs::default() };
    let generated = generate(&inputs).unwrap();
    let expected = ["door_key", "stream_urls", "tokens"].map(|name| format!("livekit.Login.{name}"));
    assert_eq!(generated.unjudged, expected);
    let messages = generated.files.iter().find(|file| file.name == "package.livekit.rs").unwrap();
    assert_eq!(messages.text.matches("#[redact(secret)]").count(), 3, "{}", messages.text);
}

#[test]
fn every_error_of_a_schema_is_found() {
    let body = "message A {\n  string a = 1 [(sdk.key) = 2];\n  repeated string b = 2 [(sdk.key) = 3];\n}";
    let schema = Schema::parse(&sources(&format!("{HEAD}{body}"))).unwrap();
    assert_eq!(check::check(&schema).len(), 3, "two numbers and a list");
}

fn ours() -> Vec<Source> {
    livekit_sdk_proto::files().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn upstreams_own_files_generate_the_same_services() {
    let services = |upstream| {
        let generated = generate(&Inputs { sources: ours(), upstream, ..Inputs::default() }).unwrap();
        assert_eq!(generated.unannotated, []);
        let files = generated.files.into_iter().filter(|file| file.name.starts_with("service"));
        files.map(|file| (file.name, file.text)).collect::<std::collections::BTreeMap<_, _>>()
    };
    let (own, theirs) = (services(None), services(Some(upstream::protobufs())));
    assert_eq!(own.len(), 11, "ten services and their index");
    assert!(own == theirs);
}

#[test]
fn descriptors_carry_the_annotations_whosever_the_facts_are() {
    for upstream in [None, Some(upstream::protobufs())] {
        let features = Some(vec!["sip".to_owned()]);
        let inputs = Inputs { sources: ours(), upstream, features, descriptors: true, ..Inputs::default() };
        let descriptors = generate(&inputs).unwrap().descriptors.unwrap();
        let pool = prost_reflect::DescriptorPool::decode(&*descriptors).unwrap();
        assert_eq!(pool.services().map(|it| it.full_name().to_owned()).collect::<Vec<_>>(), ["livekit.SIP"]);
        assert!(pool.get_message_by_name("livekit.ListRoomsRequest").is_none(), "nothing reaches it");
        let service = pool.get_service_by_name("livekit.SIP").unwrap();
        let transfer = service.methods().find(|method| method.name() == "TransferSIPParticipant").unwrap();
        let access = pool.get_extension_by_name("livekit.sdk.access").unwrap();
        let access = transfer.options().get_extension(&access).into_owned();
        let access = access.as_message().unwrap().to_string();
        assert_eq!(access, "grants{video{room_admin:true},sip{call:true}},room:\"room_name\"");
        let field = transfer.input().get_field_by_name("room_name").unwrap();
        let key = pool.get_extension_by_name("livekit.sdk.key").unwrap();
        assert_eq!(field.options().get_extension(&key).as_u32(), Some(1));
        let comments = pool.files().find(|file| file.file_descriptor_proto().source_code_info.is_some());
        assert!(comments.is_none());
    }
}

#[test]
fn a_method_that_nobody_has_annotated_works_with_the_default_of_its_service() {
    let mut sources = ours();
    let room = sources.iter_mut().find(|(name, _)| name == "livekit_room.proto").unwrap();
    let added = "rpc ArchiveRoom(DeleteRoomRequest) returns (Room);\n  rpc CountRooms(ListRoomsRequest) returns (Room);";
    room.1 = room.1.replacen("rpc PerformRpc", &format!("{added}\n  rpc PerformRpc"), 1);
    let generated = generate(&Inputs { sources, ..Inputs::default() }).unwrap();
    let unannotated: Vec<_> = generated.unannotated.iter().map(ToString::to_string).collect();
    assert_eq!(
        unannotated,
        [
            "livekit.RoomService/ArchiveRoom has no access annotation: the default of its service is used",
            "livekit.RoomService/CountRooms has no access annotation: the default of its service is used",
        ]
    );
    let declaration = generated.files.iter().find(|file| file.name == "service.room.rs").unwrap();
    for expected in [
        "#[rpc(name = \"ArchiveRoom\", access(video(room_admin)), room = \"room\")]",
        "#[rpc(name = \"CountRooms\", access(video(room_admin)))]",
    ] {
        assert!(declaration.text.contains(expected), "{}", declaration.text);
    }
}

#[test]
fn our_own_option_files_are_printed_as_they_stand() {
    let schema = Schema::parse(&ours()).unwrap();
    let reachable = Reachable::everything(&schema);
    let file = schema.files().find(|file| file.name() == "logger/options.proto").unwrap();
    let text = livekit_sdk_proto::files().iter().find(|(name, _)| *name == "logger/options.proto").unwrap().1;
    assert_eq!(print(&schema, &file, &reachable), text);
}
