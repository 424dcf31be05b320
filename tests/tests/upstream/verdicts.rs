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
