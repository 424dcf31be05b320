//! What a change breaks, where that does not follow from the change alone.

use livekit_build_support::diff::{Bump, Diff};

use super::{lines, schema};

/// The difference between two versions of what a method takes and returns: `A`.
fn diff(old: &str, new: &str) -> Diff {
    let parse = |text: &str| {
        let head = "import \"google/protobuf/descriptor.proto\"; import \"sdk/options.proto\";";
        schema(&[("b.proto", &format!("{head} service S {{ rpc Do(A) returns (A); }} {text}"))])
    };
    Diff::between(&parse(old), &parse(new), &[])
}

fn told(old: &str, new: &str) -> Vec<String> {
    lines(diff(old, new))
}

#[test]
fn only_the_first_value_of_a_number_is_a_variant() {
    let values = |values: &str| {
        format!("message A {{ Kind kind = 1; }} enum Kind {{ option allow_alias = true; {values} }}")
    };
    let told = |old: &str, new: &str| told(&values(old), &values(new));
    let (one, both) = ("OLD = 0; X = 1; Y = 1;", "NEW = 0; OLD = 0 [deprecated = true]; X = 1; Y = 1;");
    assert_eq!(
        told(one, both),
        [
            "Added livekit.Kind/NEW = 0",
            "Changed livekit.Kind/OLD no longer a variant in Rust: `NEW` has its number!",
            "Deprecated livekit.Kind/OLD ",
        ]
    );
    assert_eq!(
        told(both, one),
        [
            "Removed livekit.Kind/NEW = 0!",
            "Changed livekit.Kind/OLD a variant in Rust",
            "Changed livekit.Kind/OLD no longer deprecated",
        ]
    );
    assert_eq!(
        told("NEW = 0; OLD = 0; X = 1; Y = 1;", "NEW = 0; X = 1; Y = 1;"),
        ["Removed livekit.Kind/OLD = 0, as `NEW`"]
    );
    assert_eq!(
        told("NEW = 0; X = 1; Y = 1;", "NEW = 0; OLD = 0; X = 1; Y = 1;"),
        ["Added livekit.Kind/OLD = 0, as `NEW`"]
    );
}

#[test]
fn oneofs_derive_what_their_members_allow() {
    let members = |members: &str| {
        format!(
            "message A {{ oneof it {{ int32 a = 1; {members} }} double d = 9; string e = 10; }}
             message D {{ double d = 1; }} message Far {{ repeated A a = 1; }}"
        )
    };
    let told = |old: &str, new: &str| {
        let told = told(&members(old), &members(new)).into_iter();
        let told: Vec<_> =
            told.filter(|line| line.contains("livekit.A.it ") && !line.contains("made from")).collect();
        told
    };
    let changed = |what: &str| format!("Changed livekit.A.it {what}");
    let (copy, eq) = ("no longer `Copy` in Rust!", "no longer `Eq` and `Hash` in Rust!");
    assert_eq!(told("", "string s = 2;"), [changed(copy)]);
    assert_eq!(told("", "D d2 = 2;"), [changed(eq)]);
    assert_eq!(told("", "Far far = 2;"), [changed(copy), changed(eq)]);
    assert_eq!(told("", "A a2 = 2;"), [changed(copy), changed(eq)], "what is in a box is neither");
    assert_eq!(told("string s = 2;", "").last(), Some(&changed("`Copy` in Rust")));
    assert_eq!(told("", "bool b = 2;"), [""; 0]);
}

#[test]
fn oneofs_are_made_from_messages_and_enums() {
    let a = |members: &str| {
        format!(
            "message A {{ oneof it {{ string s = 1; B b = 2; {members} }} K k = 9; }}
             message B {{ string x = 1; }} enum K {{ NONE = 0; }}"
        )
    };
    let made = |members: &str| {
        let told = told(&a(""), &a(members)).into_iter();
        told.filter(|line| line.contains("made from")).collect::<Vec<_>>()
    };
    assert_eq!(made("string t = 3;"), [""; 0], "no text becomes a oneof, be it the only one");
    assert_eq!(made("int32 i = 3;"), [""; 0]);
    assert_eq!(made("K l = 3;"), ["Changed livekit.A.it made from more types: livekit.B, livekit.K"]);
    assert_eq!(made("B c = 3;"), ["Changed livekit.A.it no longer made from livekit.B!"]);
}

#[test]
fn what_becomes_recursive_is_boxed() {
    let b = |fields: &str| {
        format!(
            "message A {{ B b = 1; oneof it {{ B c = 2; }} repeated B d = 3; string e = 4; }}
                 message B {{ string x = 1; {fields} }}"
        )
    };
    let (plain, list, recursive) = (b(""), b("repeated A a = 2;"), b("A a = 2;"));
    assert_eq!(
        told(&plain, &list),
        [
            "Added livekit.B.a repeated livekit.A",
            "Changed livekit.B no longer `Eq` and `Hash` in Rust!",
            "Changed livekit.A.it no longer `Eq` and `Hash` in Rust!"
        ]
    );
    let boxed =
        |told: Vec<String>| told.into_iter().filter(|line| line.contains("`Box`")).collect::<Vec<_>>();
    assert_eq!(
        boxed(told(&plain, &recursive)),
        ["Changed livekit.A.b in a `Box` in Rust!", "Changed livekit.A.c in a `Box` in Rust!"]
    );
    assert_eq!(
        boxed(told(&recursive, &plain)),
        [
            "Changed livekit.A.b no longer in a `Box` in Rust!",
            "Changed livekit.A.c no longer in a `Box` in Rust!"
        ]
    );
}

#[test]
fn a_box_of_ours_is_one_too() {
    let a = |option: &str| {
        format!(
            "message A {{ B b = 1{option}; oneof it {{ B c = 2{option}; }} }} message B {{ int32 x = 1; }}"
        )
    };
    assert_eq!(
        told(&a(""), &a(" [(sdk.boxed) = true]")),
        [
            "Changed livekit.A no longer `Copy` in Rust!",
            "Changed livekit.A.b in a `Box` in Rust!",
            "Changed livekit.A.it no longer `Copy` in Rust!",
        ]
    );
}

#[test]
fn a_message_is_optional_with_and_without_the_word() {
    let a = |label: &str| format!("message A {{ {label} B b = 1; }} message B {{ string x = 1; }}");
    let (with, without) = (a("optional"), a(""));
    assert_eq!(told(&with, &without), [""; 0]);
    assert_eq!(diff(&without, &with).bump(), Bump::Nothing);
}

#[test]
fn every_value_of_an_option_is_compared() {
    let a = |first: &str| {
        format!(
            "extend google.protobuf.FieldOptions {{ repeated string tags = 60002; }}
                 message A {{ string x = 1 [(tags) = \"{first}\", (tags) = \"two\"]; }}"
        )
    };
    assert_eq!(
        told(&a("zero"), &a("one")),
        ["Changed livekit.A.x (livekit.tags): `\"zero\", \"two\"` to `\"one\", \"two\"`"]
    );
}

#[test]
fn a_number_with_another_type_breaks_the_wire() {
    let a = |fields: &str| format!("message A {{ B b = 1; {fields} }} message B {{ string x = 1; }}");
    let was = a("uint32 timeout = 2;");
    for (field, expected) in [
        ("B keep = 2;", "livekit.B, with the number of `timeout`~"),
        ("string keep = 2;", "string, with the number of `timeout`~"),
        ("repeated uint32 keep = 2;", "repeated uint32, with the number of `timeout`~"),
        ("int64 keep = 2;", "int64, with the number of `timeout`"),
        ("string keep = 3;", "string"),
    ] {
        let expected =
            [format!("Added livekit.A.keep {expected}"), "Removed livekit.A.timeout uint32!".to_owned()];
        assert_eq!(told(&was, &a(field)), expected);
    }
    assert_eq!(
        told(&was, &a("uint32 timeout = 3; string keep = 2;")),
        ["Added livekit.A.keep string", "Changed livekit.A.timeout number: `2` to `3`~"]
    );
    assert_eq!(
        told(&was, &a("oneof timeout { string keep = 2; }")),
        [
            "Added livekit.A.keep string, in `timeout`, with the number of `timeout`~",
            "Added livekit.A.timeout ",
            "Removed livekit.A.timeout uint32!",
        ]
    );
}

#[test]
fn an_enum_is_no_message_of_the_same_name() {
    let a = "message A { string s = 1; K k = 2; map<string, K> m = 3; }";
    let item = format!("{a} enum K {{ NONE = 0; }}");
    let message = format!("{a} message K {{ int32 x = 1; }}");
    let fields = [
        "Changed livekit.A.k type: `livekit.K`, another kind of type!~",
        "Changed livekit.A.m type: `map<string, livekit.K>`, another kind of type!~",
    ];
    let told = |old: &str, new: &str| {
        let told = told(old, new).into_iter();
        told.filter(|line| !line.contains("`Eq`")).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&item, &message),
        ["Added livekit.K 1 field", "Removed livekit.K 1 value!", fields[0], fields[1]]
    );
    assert_eq!(
        told(&message, &item),
        ["Added livekit.K 1 value", "Removed livekit.K 1 field!", fields[0], fields[1]]
    );
}

#[test]
fn names_of_types_do_not_travel() {
    let a = |ty: &str, types: &str| {
        format!("message A {{ {ty} b = 1; map<string, {ty}> m = 2; string s = 3; }} {types}")
    };
    let old = a(
        "B",
        "message B { B again = 1; repeated In ins = 2; Kind kind = 3; message In { Kind k = 1; } }
         enum Kind { NONE = 0; ONE = 1; }",
    );
    let is_wire = |ty: &str, types: &str| {
        let told = told(&old, &a(ty, types));
        let line =
            |name: &str| told.iter().find(|line| line.starts_with(&format!("Changed livekit.A.{name} type")));
        let wire = line("b").unwrap().contains('~');
        assert!(line("b").unwrap().contains('!'), "{told:#?}");
        assert_eq!(line("m").unwrap().contains('~'), wire, "{told:#?}");
        wire
    };
    let kind = "enum Kind { NONE = 0; ONE = 1; }";
    let sort = "enum Sort { NONE = 0; ONE = 1; }";
    let c = "message C { C again = 1; repeated In ins = 2; Kind kind = 3; message In { Kind k = 1; } }";
    assert!(!is_wire("C", &format!("{c} {kind}")));
    assert!(!is_wire("C", &format!("{} {sort}", c.replace("Kind", "Sort"))));
    assert!(!is_wire("Out.C", &format!("message Out {{ {c} }} {kind}")));
    for (what, with) in [
        ("again = 1", "again = 4"),
        ("repeated In", "In"),
        ("C again", "In again"),
        ("In { Kind k = 1; }", "In { string k = 1; }"),
        ("In { Kind k = 1; }", "In { Kind k = 1; int32 x = 2; }"),
    ] {
        assert!(c.contains(what));
        assert!(is_wire("C", &format!("{} {kind}", c.replace(what, with))), "{what} to {with}");
    }
    for values in ["NONE = 0; ONE = 2;", "NONE = 0; UNO = 1;", "NONE = 0;"] {
        let types = format!("{} enum Sort {{ {values} }}", c.replace("Kind", "Sort"));
        assert!(is_wire("C", &types), "{values}");
    }
}

#[test]
fn requests_that_are_called_otherwise_break_no_wire() {
    let told = |service: &str, types: &str| {
        let parse = |service: &str, types: &str| {
            schema(&[("b.proto", &format!("service S {{ {service} }} {types}"))])
        };
        let old = parse("rpc Do(A) returns (A);", "message A { string x = 1; }");
        let told = lines(Diff::between(&old, &parse(service, types), &[])).into_iter();
        told.filter(|line| line.starts_with("Changed livekit.S")).collect::<Vec<_>>()
    };
    let response = "Changed livekit.S.Do response: `livekit.A` to";
    let a = "message A { string x = 1; }";
    let both = format!("{a} message B {{ string x = 1; }}");
    let other = format!("{a} message B {{ int32 x = 1; }}");
    assert_eq!(told("rpc Do(A) returns (B);", &both), [format!("{response} `livekit.B`!")]);
    assert_eq!(told("rpc Do(A) returns (stream B);", &both), [format!("{response} `stream livekit.B`!~")]);
    assert_eq!(told("rpc Do(A) returns (B);", &other), [format!("{response} `livekit.B`!~")]);
}

#[test]
fn credentials_that_come_to_light_are_told() {
    let to_do = |old: &str, new: &str| {
        let message = |field: &str| format!("message A {{ {field} }}");
        let to_do = diff(&message(old), &message(new)).to_do.into_iter();
        to_do.filter(|line| line.contains("credential")).collect::<Vec<_>>()
    };
    let unknown = "livekit.A.revoke_token: unknown sensitivity; its name is that of a credential";
    let shown =
        |name: &str| format!("livekit.A.{name}: is no longer marked as a credential; `Debug` prints it");
    assert_eq!(to_do("int64 revoke_token = 1;", "string revoke_token = 1;"), [unknown]);
    assert_eq!(to_do("", "string revoke_token = 1;"), [unknown]);
    assert_eq!(to_do("string revoke_token = 1;", "string revoke_token = 1;"), [""; 0]);
    assert_eq!(
        to_do("string revoke_token = 1 [(sdk.secret) = true];", "string revoke_token = 1;"),
        [unknown]
    );
    assert_eq!(to_do("string pass = 1 [(sdk.secret) = true];", "string pass = 1;"), [shown("pass")]);
    assert_eq!(to_do("string token = 1;", "int64 token = 1;"), [shown("token")]);
    assert_eq!(to_do("string pass = 1 [(sdk.secret) = true];", ""), [""; 0]);
}

#[test]
fn what_only_moves_is_the_same_to_users() {
    let old = "service S { rpc Do(A) returns (A); } message A { reserved 4; Kind kind = 1; } enum Kind { NONE = 0; }";
    let (service, types) = old.split_at(old.find("message").unwrap());
    let files = [("s.proto", &*format!("import \"t.proto\"; {service}")), ("t.proto", types)];
    for new in [schema(&files), schema(&[("new.proto", &old.replace("reserved 4", "reserved 4, 5"))])] {
        let diff = Diff::between(&schema(&[("s.proto", old)]), &new, &[]);
        assert!(diff.changes.iter().any(|change| change.what.starts_with("moved from s.proto")), "{diff:?}");
        assert_eq!(diff.bump(), Bump::Nothing, "{diff:?}");
    }
}
