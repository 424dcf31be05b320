//! A protocol that does not exist yet: today's facts as upstream would publish them, with what is in
//! `tests/fixtures/future/`, and with everything else grown by one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use livekit_build_support::schema::{Schema, Source, read_dir};
use livekit_build_support::sync;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/future");

/// What today's files say otherwise then: file, text, its replacement.
const EDITS: [(&str, &str, &str); 4] = [
    (
        "livekit_room.proto",
        "rpc PerformRpc(PerformRpcRequest) returns (PerformRpcResponse);",
        "rpc PerformRpc(PerformRpcRequest) returns (PerformRpcResponse);\n\n  \
         // Closes a room for good, says <upstream>.\n  \
         rpc ArchiveRoom(ArchiveRoomRequest) returns (ArchivedRoom);\n  \
         rpc RestoreRoom(RestoreRoomRequest) returns (ArchivedRoom);",
    ),
    (
        "livekit_room.proto",
        "rpc ListRooms(ListRoomsRequest) returns (ListRoomsResponse);",
        "rpc ListRooms(ListRoomsRequest) returns (ListRoomsResponse) {\n    option deprecated = true;\n  }",
    ),
    // A message that moved, to a file that has to be imported.
    ("livekit_room.proto", "\nmessage DeleteRoomResponse {}\n", ""),
    ("livekit_room.proto", "package livekit;\n", "package livekit;\n\nimport \"livekit_archive.proto\";"),
];

/// The files of that protocol.
pub(crate) fn sources() -> Vec<Source> {
    let ours: Vec<_> = livekit_sdk_proto::files()
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let schema = Schema::parse(&ours).unwrap_or_else(|error| panic!("{error}"));
    let mut files: BTreeMap<_, _> = sync::files(&schema.facts())
        .into_iter()
        .filter(|(name, _)| name.ends_with(".proto"))
        .map(|(name, text)| (name, grown(&text)))
        .collect();
    for (name, before, after) in EDITS {
        let text = files.get_mut(name).unwrap_or_else(|| panic!("there is no {name}"));
        assert_eq!(text.matches(before).count(), 1, "{name} has to say once: {before}");
        *text = text.replace(before, after);
    }
    files.extend(read_dir(Path::new(FIXTURES)).unwrap_or_else(|error| panic!("{error}")));
    files.into_iter().collect()
}

/// Every enum with one value more, every message with one field more, every oneof with one member more.
fn grown(text: &str) -> String {
    let mut out = String::new();
    let mut open: Vec<(&str, &str)> = Vec::new();
    let mut number = 50_000;
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        if let [kind @ ("enum" | "message" | "oneof" | "service" | "rpc" | "extend"), name, .., "{"] =
            words[..]
        {
            open.push((kind, name));
        }
        if words == ["}"] {
            let indent = " ".repeat(2 * open.len());
            number += 1;
            let added = match open.pop().expect("what closes was opened") {
                ("enum", name) => format!("{}_UNHEARD_OF = {number};", screaming(name)),
                ("message" | "oneof", _) => format!("bool unheard_of_{number} = {number};"),
                _ => String::new(),
            };
            if !added.is_empty() {
                let _ = writeln!(out, "{indent}{added}");
            }
        }
        let _ = writeln!(out, "{line}");
    }
    out
}

/// `TrackSource` as a prefix of enum values.
fn screaming(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_uppercase());
    }
    out
}
