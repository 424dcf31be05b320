//! What becomes of our annotations and of the version when upstream changes: each kind of change, in small.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "upstream/verdicts.rs"]
mod verdicts;

use std::{env, fs};

use livekit_build_support::diff::{self, Bump, Diff};
use livekit_build_support::merge::{Merged, merge};
use livekit_build_support::schema::{Schema, Source};
use livekit_build_support::sync;

const OURS: &str = "
    // Boards.
    service Boards {
      option (sdk.service) = { accessor: \"boards\", feature: \"boards\" };
      // Opens a board.
      rpc Open(OpenRequest) returns (Board) {
        option (sdk.access) = { grants: { video: { room_admin: true } }, room: \"room\" };
      }
    }
    // Asks for a board.
    message OpenRequest {
      // The room.
      string room = 1 [(sdk.key) = 1];
      // How wide it is.
      int32 width = 2;
    }
    // A board.
    message Board {
      // Its id.
      string id = 1;
      // Its color.
      Color color = 2;
      // What is on it.
      oneof content {
        // Text.
        string text = 3;
        // A number.
        int32 number = 4;
      }
    }
    // Colors.
    enum Color {
      // None.
      COLOR_NONE = 0;
      // Red.
      COLOR_RED = 1;
    }";

fn schema(files: &[(&str, &str)]) -> Schema {
    let own = livekit_sdk_proto::files().iter().filter(|(name, _)| name.starts_with("sdk/"));
    let mut sources: Vec<Source> = own.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let head = "syntax = \"proto3\"; package livekit;";
    sources.extend(files.iter().map(|(name, text)| ((*name).to_owned(), format!("{head}\n{text}"))));
    Schema::parse(&sources).unwrap_or_else(|error| panic!("{error}"))
}

fn ours() -> Schema {
    schema(&[("boards.proto", &format!("import \"sdk/options.proto\";{OURS}"))])
}

/// Upstream as ours is, without what is ours, and with these replacements.
fn upstream(edits: &[(&str, &str)]) -> Schema {
    let mut text = sync::files(&ours().facts())["boards.proto"].clone();
    for (before, after) in edits {
        assert_eq!(text.matches(before).count(), 1, "{before} is to be replaced in\n{text}");
        text = text.replace(before, after);
    }
    let text = text.replace("syntax = \"proto3\";", "").replace("package livekit;", "");
    schema(&[("boards.proto", &text)])
}

fn merged(edits: &[(&str, &str)]) -> Merged {
    merge(&upstream(edits), &ours())
}

fn lost(edits: &[(&str, &str)]) -> Vec<String> {
    merged(edits).lost.iter().map(ToString::to_string).collect()
}

fn diff(edits: &[(&str, &str)]) -> Diff {
    let merged = merged(edits);
    Diff::between(&ours(), &merged.schema, &merged.lost)
}

/// Each change as `event name what`, with `!` where it breaks Rust code and `~` where it breaks the wire.
fn told(edits: &[(&str, &str)]) -> Vec<String> {
    lines(diff(edits))
}

fn lines(diff: Diff) -> Vec<String> {
    let line = |change: diff::Change| {
        let source = if change.impact.source { "!" } else { "" };
        let wire = if change.impact.wire { "~" } else { "" };
        format!("{:?} {} {}{source}{wire}", change.event, change.name, change.what)
    };
    diff.changes.into_iter().map(line).collect()
}

#[test]
fn nothing_changes() {
    let diff = diff(&[]);
    assert!(diff.is_empty(), "{diff:?}");
    assert_eq!(diff.bump(), Bump::Nothing);
    assert_eq!(lost(&[]), [""; 0]);
}

#[test]
fn what_moves_to_another_file_keeps_what_is_ours() {
    let text = sync::files(&ours().facts())["boards.proto"].clone();
    let text =
        text.replace("syntax = \"proto3\";", "").replace("package livekit;", "import \"colors.proto\";");
    let start = text.find("enum Color").unwrap();
    let (boards, colors) = text.split_at(start);
    let merged = merge(&schema(&[("boards.proto", boards), ("colors.proto", colors)]), &ours());
    assert_eq!(merged.lost, []);
    let files = sync::files(&merged.schema);
    assert!(
        files["colors.proto"].contains("// Colors.\nenum Color {\n  // None.\n"),
        "{}",
        files["colors.proto"]
    );
    let diff = Diff::between(&ours(), &merged.schema, &merged.lost);
    assert!(diff.changes.iter().any(|change| change.what == "moved from boards.proto to colors.proto"));
    assert_eq!(diff.bump(), Bump::Nothing);
}

#[test]
fn what_is_renamed_is_lost_and_found() {
    assert_eq!(
        lost(&[("int32 width = 2;", "int32 breadth = 2;")]),
        ["livekit.OpenRequest.width is gone upstream, and with it our documentation; it may be \
             livekit.OpenRequest.breadth now"]
    );
    assert_eq!(
        lost(&[("rpc Open(", "rpc Start(")]),
        ["livekit.Boards.Open is gone upstream, and with it our documentation, (sdk.access); it may be \
             livekit.Boards.Start now"]
    );
    assert_eq!(
        lost(&[("COLOR_RED = 1;", "COLOR_SCARLET = 1;")]),
        ["livekit.Color/COLOR_RED is gone upstream, and with it our documentation; it may be \
             livekit.Color/COLOR_SCARLET now"]
    );
}

#[test]
fn what_no_longer_fits_is_set_aside_in_parts() {
    let merged = merged(&[("string room = 1;", "reserved 1;")]);
    let told: Vec<_> = merged.without_unfit().lost.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "livekit.OpenRequest.room is gone upstream, and with it our documentation, (sdk.key)",
            "(sdk.access.room) of livekit.Boards.Open no longer fits: boards.proto:7: `(sdk.access).room` names \
             `room`, which `OpenRequest` does not have\n  mend: remove `room`: the request has no field that is \
             a string",
        ]
    );
    let merged = self::merged(&[("string room = 1;", "repeated string room = 1;")]).without_unfit();
    assert!(merged.schema.annotation("livekit.OpenRequest.room", "key").is_none());
    let access = merged.schema.annotation("livekit.Boards.Open", "access").unwrap().to_string();
    assert_eq!(access, "{grants:{video:{room_admin:true}}}".replace(":{", "{"), "the grants still hold");
}

#[test]
fn additions_break_nothing() {
    let edits = [
        ("int32 width = 2;", "int32 width = 2; string title = 3;"),
        ("COLOR_RED = 1;", "COLOR_RED = 1; COLOR_BLUE = 2;"),
        ("int32 number = 4;", "int32 number = 4; bytes picture = 5;"),
        ("rpc Open(", "rpc Close(Board) returns (Closed);\n  rpc Open("),
        // What no method leads to is not ours to judge.
        (
            "enum Color",
            "message Closed { Color color = 1; string close_token = 2; }\n\
             message Internal { string token = 1; }\nenum Color",
        ),
    ];
    assert_eq!(
        told(&edits),
        [
            "Added livekit.Boards.Close livekit.Board to livekit.Closed",
            "Added livekit.Closed 2 fields",
            "Added livekit.Board.picture bytes, in `content`",
            "Added livekit.OpenRequest.title string",
            "Added livekit.Color/COLOR_BLUE = 2",
        ]
    );
    let diff = diff(&edits);
    assert_eq!(diff.bump(), Bump::Addition);
    assert_eq!(
        diff.to_do,
        [
            "livekit.Boards.Close: no access annotation",
            "livekit.Boards.Close: no documentation",
            "livekit.Closed: no documentation",
            "livekit.Closed.close_token: unknown sensitivity; its name is that of a credential",
        ]
    );
}

#[test]
fn every_change_is_judged() {
    for (before, after, expected) in [
        (
            "int32 width = 2;",
            "int64 width = 2;",
            "Changed livekit.OpenRequest.width type: `int32` to `int64`!",
        ),
        (
            "int32 width = 2;",
            "string width = 2;",
            "Changed livekit.OpenRequest.width type: `int32` to `string`!~",
        ),
        ("int32 width = 2;", "int32 width = 7;", "Changed livekit.OpenRequest.width number: `2` to `7`~"),
        (
            "int32 width = 2;",
            "repeated int32 width = 2;",
            "Changed livekit.OpenRequest.width label: none to `repeated`!~",
        ),
        (
            "int32 width = 2;",
            "optional int32 width = 2;",
            "Changed livekit.OpenRequest.width label: none to `optional`!",
        ),
        (
            "int32 width = 2;",
            "int32 width = 2 [json_name = \"w\"];",
            "Changed livekit.OpenRequest.width JSON name: `width` to `w`~",
        ),
        ("int32 width = 2;", "int32 width = 2 [deprecated = true];", "Deprecated livekit.OpenRequest.width "),
        ("int32 width = 2;", "", "Removed livekit.OpenRequest.width int32!"),
        ("COLOR_RED = 1;", "COLOR_RED = 5;", "Changed livekit.Color/COLOR_RED number: `1` to `5`~"),
        (
            "returns (Board)",
            "returns (stream Board)",
            "Changed livekit.Boards.Open response: `livekit.Board` to `stream livekit.Board`!~",
        ),
        (
            "int32 number = 4;",
            "string number = 4;",
            "Changed livekit.Board.number type: `int32` to `string`!~",
        ),
    ] {
        let told = told(&[(before, after)]);
        assert!(told.iter().any(|line| line == expected), "{before} to {after}: {told:#?}");
    }
}

#[test]
fn derived_traits_are_part_of_the_api() {
    let old = schema(&[("b.proto", "service S { rpc Do(A) returns (A); } message A { int32 x = 1; }")]);
    let new = schema(&[(
        "b.proto",
        "service S { rpc Do(A) returns (A); } message A { int32 x = 1; float y = 2; string z = 3; }",
    )]);
    let diff = Diff::between(&old, &new, &[]);
    let told: Vec<_> = diff.changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(told, ["float", "string", "no longer `Copy` in Rust", "no longer `Eq` and `Hash` in Rust"]);
    assert_eq!(diff.bump(), Bump::Breaking);
}

#[test]
fn a_number_that_was_reserved_breaks_the_wire() {
    let old = schema(&[("b.proto", "service S { rpc Do(A) returns (A); } message A { reserved 2 to 4; }")]);
    let new = schema(&[("b.proto", "service S { rpc Do(A) returns (A); } message A { int32 x = 3; }")]);
    let changes = Diff::between(&old, &new, &[]).changes;
    let added = changes.iter().find(|change| change.name == "livekit.A.x").unwrap();
    assert_eq!((added.what.as_str(), added.impact.wire), ("int32, whose number was reserved", true));
}

#[test]
fn versions_go_up_as_cargo_counts() {
    for (bump, version, next) in [
        (Bump::Nothing, "0.1.3", "0.1.3"),
        (Bump::Addition, "0.1.3", "0.1.4"),
        (Bump::Breaking, "0.1.3", "0.2.0"),
        (Bump::Addition, "1.2.3", "1.3.0"),
        (Bump::Breaking, "1.2.3", "2.0.0"),
    ] {
        assert_eq!(bump.after(version), next);
    }
}

#[test]
fn a_diff_reads_well() {
    let diff = diff(&[("int32 width = 2;", "string api_secret = 3;"), ("rpc Open(", "rpc Start(")]);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/upstream");
        fs::write(format!("{folder}/diff.txt"), diff::text(&diff, "0.1.0")).unwrap();
        fs::write(format!("{folder}/diff.md"), diff::markdown(&diff, "0.1.0")).unwrap();
    }
    assert_eq!(diff::text(&diff, "0.1.0"), include_str!("upstream/diff.txt"));
    assert_eq!(diff::markdown(&diff, "0.1.0"), include_str!("upstream/diff.md"));
}

#[test]
fn options_of_every_kind_are_written_as_they_were() {
    let text = "import \"google/protobuf/descriptor.proto\";
        extend google.protobuf.FieldOptions { Hint hint = 60001; repeated string tags = 60002; }
        message Hint { string text = 1; Kind kind = 2; repeated Kind kinds = 3; map<string, Kind> by_name = 4; }
        enum Kind { NONE = 0; SOME = 1; }
        service S { rpc Do(A) returns (A); }
        message A {
          string x = 1 [
            (hint) = { text: \"caf\u{e9} \\\"x\\\"\", kind: SOME, kinds: [NONE, SOME], by_name: [{ key: \"a\", value: SOME }] },
            (tags) = \"one\",
            (tags) = \"two\"
          ];
        }";
    let parsed = schema(&[("options.proto", text)]);
    let printed = sync::files(&parsed)["options.proto"].clone();
    for part in [
        "(livekit.hint) = { text: \"caf\u{e9} \\\"x\\\"\", kind: SOME, kinds: [NONE, SOME], by_name: [{ key: \"a\", value: SOME }] }",
        "(livekit.tags) = \"one\"",
        "(livekit.tags) = \"two\"",
    ] {
        assert!(printed.contains(part), "{part} is not in\n{printed}");
    }
    let body = printed.replace("syntax = \"proto3\";", "").replace("package livekit;", "");
    assert_eq!(sync::files(&schema(&[("options.proto", &body)]))["options.proto"], printed);
}

/// What is printed says the same when it is read, and is printed again as it is.
fn printed_as_read(file: &str, files: &[(&str, &str)]) -> String {
    let sdk = livekit_sdk_proto::files().iter().filter(|(name, _)| name.starts_with("sdk/"));
    let sdk: Vec<Source> = sdk.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let sources = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let parsed = Schema::parse(&sources.chain(sdk.clone()).collect::<Vec<_>>()).unwrap();
    let printed = sync::files(&parsed);
    let protos = printed.clone().into_iter().filter(|(name, _)| name.ends_with(".proto"));
    let again =
        Schema::parse(&protos.chain(sdk).collect::<Vec<_>>()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(sync::files(&again)[file], printed[file]);
    printed[file].clone()
}

#[test]
fn options_of_any_value_and_anywhere_are_written_as_they_were() {
    let text = r#"syntax = "proto3"; package livekit;
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.FieldOptions { double big = 60001; float small = 60002; string raw = 60003; bytes data = 60004; Hint hint = 60005; }
        extend google.protobuf.OneofOptions { string one = 60001; }
        message Hint { double big = 1; float most = 2; string raw = 3; bytes data = 4; }
        service S { rpc Do(A) returns (A); }
        message A {
          string a = 1 [(big) = 1e22, (small) = -1e30, (raw) = "a\000\0011\r\t\"'\\", (data) = "\000\3771'\""];
          string b = 2 [(hint) = { big: -inf, most: nan, raw: "\0001\177\n", data: "\x00\xff1" }, (big) = 2];
          string c = 3 [json_name = "c\001\303\251"];
          oneof choice { option (one) = "of these"; string d = 4; }
        }"#;
    let printed = printed_as_read("a.proto", &[("a.proto", text)]);
    for part in [
        "(livekit.big) = 1e22",
        "(livekit.small) = -1e30",
        r#"(livekit.raw) = "a\000\0011\015\011\"'\\""#,
        r#"(livekit.data) = "\x00\xff1\'\"""#,
        r#"(livekit.hint) = { big: -inf, most: nan, raw: "\0001\177\n", data: "\x00\xff1" }"#,
        "(livekit.big) = 2.0",
        "json_name = \"c\\001\u{e9}\"",
        "oneof choice {\n    option (livekit.one) = \"of these\";\n    string d = 4;\n  }",
    ] {
        assert!(printed.contains(part), "{part} is not in\n{printed}");
    }
}

#[test]
fn options_that_a_message_declares_are_written() {
    let declared = "syntax = \"proto3\";\nimport \"google/protobuf/descriptor.proto\";\n\
        message Box {\n  message Lid { int32 size = 1; }\n  // Two of them.\n\
        extend google.protobuf.FieldOptions { repeated Lid lid = 60001; string old = 60002 [deprecated = true]; }\n}";
    let user = "syntax = \"proto3\"; package livekit; import \"hints/box.proto\";
        service S { rpc Do(A) returns (A); }
        message A { string a = 1 [(.Box.lid) = { size: 1 }, (.Box.old) = \"x\"]; }";
    let files = [("hints/box.proto", declared), ("a.proto", user)];
    assert_eq!(
        printed_as_read("hints/box.proto", &files),
        "syntax = \"proto3\";\n\nimport \"google/protobuf/descriptor.proto\";\n\n\
         message Box {\n  extend google.protobuf.FieldOptions {\n    repeated Lid lid = 60001;\n    \
         string old = 60002 [deprecated = true];\n  }\n\n  message Lid {\n    int32 size = 1;\n  }\n}\n"
    );
    let printed = printed_as_read("a.proto", &files);
    assert!(printed.contains("[(Box.lid) = { size: 1 }, (Box.old) = \"x\"]"), "{printed}");
}

#[test]
fn a_file_without_a_package_is_written() {
    let board = "syntax = \"proto3\"; message Board { string id = 1; }";
    let user = "syntax = \"proto3\"; package livekit; import \"board.proto\"; service S { rpc Do(Board) returns (Board); }";
    let files = [("board.proto", board), ("a.proto", user)];
    assert_eq!(
        printed_as_read("board.proto", &files),
        "syntax = \"proto3\";\n\nmessage Board {\n  string id = 1;\n}\n"
    );
}

#[test]
fn annotations_have_a_name_that_is_known_where_they_are() {
    let board = "syntax = \"proto3\"; package boards; import \"sdk/options.proto\";
        message Board { string id = 1 [(livekit.sdk.key) = 1]; }";
    let user = "syntax = \"proto3\"; package livekit; import \"boards/board.proto\";
        service S { rpc Do(boards.Board) returns (boards.Board); }";
    let files = [("boards/board.proto", board), ("a.proto", user)];
    let printed = printed_as_read("boards/board.proto", &files);
    assert!(printed.contains("string id = 1 [(livekit.sdk.key) = 1];"), "{printed}");
}
