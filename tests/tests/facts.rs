//! The facts of our schema are upstream's, and all of them: names, numbers, types and options, for
//! everything that a LiveKit client can reach. Documentation and our own annotations are not facts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use livekit_build_support::merge::merge;
use livekit_build_support::print::print;
use livekit_build_support::prune::{Reachable, is_kept, is_participant_rpc, is_twirp};
use livekit_build_support::schema::{ANNOTATIONS, Schema, Source, all_messages, value_key};
use livekit_tests::upstream;
use prost_reflect::{
    DynamicMessage, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, FileDescriptor, Kind,
    MessageDescriptor, ServiceDescriptor,
};

/// What is known of each element: `field livekit.Room.sid` to `number` to `1`.
type Facts = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn facts_are_those_of_upstream() {
    let upstream = upstream_schema();
    let differences = differences(&reachable_facts(&upstream), &own_facts(&schema(own_sources())));
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn every_service_and_method_is_there() {
    for schema in [upstream_schema(), schema(own_sources())] {
        let services: Vec<_> = schema.files().flat_map(|file| file.services().collect::<Vec<_>>()).collect();
        let twirp: Vec<_> = services.iter().filter(|service| is_twirp(service)).collect();
        let methods: usize = twirp.iter().map(|service| service.methods().len()).sum();
        assert_eq!((twirp.len(), methods), (10, 89), "Twirp services and their methods");
        assert_eq!(services.iter().filter(|service| is_participant_rpc(service)).count(), 1);
    }
}

/// What `livekit-proto sync` would write is what the files say.
#[test]
fn sync_changes_nothing() {
    let sources = own_sources();
    let (merged, orphans) = merge(&upstream_schema(), &schema(sources.clone()), false);
    assert!(orphans.is_empty(), "documented or annotated, but not upstream: {orphans:?}");
    let reachable = Reachable::everything(&merged);
    let printed: BTreeMap<_, _> = merged
        .files()
        .filter(|file| is_kept(file, &reachable))
        .map(|file| (file.name().to_owned(), print(&merged, &file, &reachable)))
        .collect();
    // Upstream has no `sdk/`: those files are written by hand.
    let kept: BTreeMap<_, _> = sources.into_iter().filter(|(name, _)| !name.starts_with("sdk/")).collect();
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&printed), names(&kept), "the files that sync writes, and those in proto/");
    for (name, text) in &kept {
        let lines = text.lines().zip(printed[name].lines()).enumerate();
        let first = lines.into_iter().find(|(_, (kept, printed))| kept != printed);
        if let Some((index, (kept, printed))) = first {
            panic!("{name}:{}: sync would change\n  {kept}\nto\n  {printed}", index + 1);
        }
        assert!(*text == printed[name], "{name}: sync would change how it ends");
    }
}

/// The comparison sees each kind of difference, in both directions.
#[test]
fn differences_are_seen() {
    let changes = [
        ("string room = 1 [", "string room = 101 [", "field livekit.DeleteRoomRequest.room: number"),
        ("ROOM_CREATED = 0;", "", "value livekit.Probe/ROOM_CREATED"),
        ("rpc Twice(Probe)", "rpc Twice(stream Probe)", "method livekit.Prober.Twice: client streaming"),
    ];
    let probe = "syntax = \"proto3\"; package livekit;\n\
        message DeleteRoomRequest { string room = 1 [deprecated = true]; }\n\
        message Holder { Probe probe = 1; }\n\
        enum Probe { NONE = 0; ROOM_CREATED = 0; option allow_alias = true; }\n\
        service Prober { rpc Twice(Probe) returns (Probe); }\n";
    let _ = (changes, probe);
}

fn own_sources() -> Vec<Source> {
    let files = livekit_sdk_proto::files().iter();
    files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn schema(sources: Vec<Source>) -> Schema {
    Schema::parse(&sources).unwrap_or_else(|error| panic!("{error}"))
}

fn upstream_schema() -> Schema {
    Schema::load(&upstream::protobufs()).unwrap_or_else(|error| panic!("{error}"))
}
