//! The facts of our schema are upstream's, and all of them: names, numbers, types and options, for
//! everything that a LiveKit client can reach. Documentation and our own annotations are not facts.

use std::collections::{BTreeMap, BTreeSet};

use livekit_build_support::merge::merge;
use livekit_build_support::prune::{Reachable, is_kept, is_participant_rpc, is_twirp};
use livekit_build_support::schema::{ANNOTATIONS, Schema, Source, all_messages, value_key};
use livekit_build_support::{methods, sync};
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
    let upstream = livekit_build_support::upstream::load(&upstream::protobufs(), &sources);
    let upstream = upstream.unwrap_or_else(|error| panic!("{error}"));
    let merged = merge(&upstream, &schema(sources.clone()));
    assert!(merged.lost.is_empty(), "documented or annotated, but not upstream: {:?}", merged.lost);
    let mut printed = sync::files(&merged.schema);
    let methods = include_str!("../../proto/METHODS.md");
    let is_current = printed.remove(methods::FILE).is_some_and(|text| text == methods);
    assert!(is_current, "proto/METHODS.md is stale: run livekit-proto docs");
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
    let upstream = "syntax = \"proto3\"; package livekit;
        service Probes { rpc Probe(Request) returns (Request); }
        message Request {
            reserved 20 to 22; reserved \"old\";
            string room = 1; int32 count = 2; repeated int32 list = 3; Kind kind = 4; string gone = 5;
            oneof which { string a = 6; string b = 7; }
            string plain = 8; map<string, int32> map = 9; string renamed = 10; string stale = 11;
        }
        enum Kind { NONE = 0; SOME = 1; }
        message Unreachable {}";
    let ours = "syntax = \"proto3\"; package livekit;
        service Probes { rpc Probe(stream Request) returns (Request); }
        message Request {
            reserved 20; reserved \"older\";
            string room = 101; int64 count = 2; repeated int32 list = 3 [packed = false]; Kind kind = 4;
            oneof which { string a = 6; } string b = 7;
            optional string plain = 8; map<string, int64> map = 9; string renamed = 10 [json_name = \"x\"];
            string stale = 11 [deprecated = true]; string more = 12;
        }
        enum Kind { NONE = 0; SOME = 2; }
        message Unreachable {}";
    let facts = |text: &str| schema(vec![("probe.proto".to_owned(), text.to_owned())]);
    let seen = differences(&reachable_facts(&facts(upstream)), &own_facts(&facts(ours)));
    let expected = [
        "field livekit.Request.b: oneof is ``, upstream `which`",
        "field livekit.Request.count: type is `int64`, upstream `int32`",
        "field livekit.Request.gone: missing",
        "field livekit.Request.list: option packed is `Bool(false)`, upstream ``",
        "field livekit.Request.map: type is `map<string, int64>`, upstream `map<string, int32>`",
        "field livekit.Request.more: not upstream, or not reachable there",
        "field livekit.Request.plain: optional is `true`, upstream `false`",
        "field livekit.Request.renamed: json_name is `x`, upstream `renamed`",
        "field livekit.Request.room: number is `101`, upstream `1`",
        "field livekit.Request.stale: option deprecated is `Bool(true)`, upstream ``",
        "message livekit.Request: reserved is `20..21 older`, upstream `20..23 old`",
        "message livekit.Unreachable: not upstream, or not reachable there",
        "method livekit.Probes.Probe: input is `stream livekit.Request`, upstream `livekit.Request`",
        "oneof livekit.Request.which: members is `a`, upstream `a b`",
        "value livekit.Kind/SOME: number is `2`, upstream `1`",
    ];
    assert!(seen == expected, "{seen:#?}");
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

/// The facts of everything in upstream's schema that a client can reach.
fn reachable_facts(upstream: &Schema) -> Facts {
    let reachable = Reachable::everything(upstream);
    let files: Vec<_> = upstream.files().filter(|file| is_kept(file, &reachable)).collect();
    // A file that declares options is kept whole, as no message refers to what is in it.
    let options: BTreeSet<_> =
        files.iter().filter(|file| file.extensions().len() > 0).map(|file| file.name().to_owned()).collect();
    let keeps = |name: &str, file: &str| reachable.contains(name) || options.contains(file);
    let mut collector = Collector { keeps: &keeps, facts: Facts::new() };
    for file in &files {
        collector.file(file);
    }
    collector.facts
}

/// The facts of everything in our schema that upstream can have: all but `sdk/`.
fn own_facts(ours: &Schema) -> Facts {
    let mut collector = Collector { keeps: &|_, _| true, facts: Facts::new() };
    for file in ours.files().filter(|file| !file.name().starts_with("sdk/")) {
        collector.file(&file);
    }
    collector.facts
}

struct Collector<'a> {
    /// Whether a message or enum of this name, in this file, counts.
    keeps: &'a dyn Fn(&str, &str) -> bool,
    facts: Facts,
}

impl Collector<'_> {
    fn add<const N: usize>(
        &mut self,
        element: String,
        facts: [(&str, String); N],
        options: Option<DynamicMessage>,
    ) {
        let mut facts: BTreeMap<_, _> =
            facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if let Some(options) = &options {
            let standard = options.fields().map(|(field, value)| (field.name().to_owned(), value));
            let custom = options.extensions().filter(|(option, _)| option.package_name() != ANNOTATIONS);
            let custom = custom.map(|(option, value)| (option.full_name().to_owned(), value));
            facts.extend(
                standard.chain(custom).map(|(name, value)| (format!("option {name}"), format!("{value:?}"))),
            );
        }
        self.facts.insert(element, facts);
    }

    fn file(&mut self, file: &FileDescriptor) {
        // A file's own options say how other languages name things.
        let facts = [
            ("package", file.package_name().to_owned()),
            ("syntax", file.file_descriptor_proto().syntax().to_owned()),
        ];
        self.add(format!("file {}", file.name()), facts, None);
        file.extensions().for_each(|extension| self.extension(&extension));
        let services = file.services().filter(|service| is_twirp(service) || is_participant_rpc(service));
        services.for_each(|service| self.service(&service));
        let messages = all_messages(file.messages());
        let nested = messages.iter().flat_map(MessageDescriptor::child_enums);
        for item in file.enums().chain(nested).filter(|item| (self.keeps)(item.full_name(), file.name())) {
            self.enumeration(&item);
        }
        for message in messages.iter().filter(|message| (self.keeps)(message.full_name(), file.name())) {
            self.message(message);
        }
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        let file = ("file", service.parent_file().name().to_owned());
        self.add(format!("service {}", service.full_name()), [file], Some(service.options()));
        for method in service.methods() {
            let streamed = |is: bool, name: &str| format!("{}{name}", if is { "stream " } else { "" });
            let facts = [
                ("input", streamed(method.is_client_streaming(), method.input().full_name())),
                ("output", streamed(method.is_server_streaming(), method.output().full_name())),
            ];
            self.add(format!("method {}", method.full_name()), facts, Some(method.options()));
        }
    }

    fn message(&mut self, message: &MessageDescriptor) {
        let ranges = message.reserved_ranges().map(|range| format!("{}..{}", range.start, range.end));
        let facts = [
            ("file", message.parent_file().name().to_owned()),
            ("reserved", words(ranges.chain(message.reserved_names().map(str::to_owned)))),
        ];
        self.add(format!("message {}", message.full_name()), facts, Some(message.options()));
        for field in message.fields() {
            self.field(&field);
        }
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let members = words(oneof.fields().map(|field| field.name().to_owned()));
            self.add(format!("oneof {}", oneof.full_name()), [("members", members)], Some(oneof.options()));
        }
    }

    fn field(&mut self, field: &FieldDescriptor) {
        let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
        // Packing is not listed: it follows from the file's syntax and the option `packed`.
        let facts = [
            ("number", field.number().to_string()),
            ("type", field_type(field)),
            ("label", format!("{:?}", field.cardinality())),
            ("optional", field.field_descriptor_proto().proto3_optional().to_string()),
            ("oneof", oneof.map(|oneof| oneof.name().to_owned()).unwrap_or_default()),
            ("json_name", field.json_name().to_owned()),
        ];
        self.add(format!("field {}", field.full_name()), facts, Some(field.options()));
    }

    fn enumeration(&mut self, item: &EnumDescriptor) {
        let ranges = item.reserved_ranges().map(|range| format!("{}..={}", range.start(), range.end()));
        let facts = [
            ("file", item.parent_file().name().to_owned()),
            ("reserved", words(ranges.chain(item.reserved_names().map(str::to_owned)))),
        ];
        self.add(format!("enum {}", item.full_name()), facts, Some(item.options()));
        for value in item.values() {
            let number = ("number", value.number().to_string());
            self.add(format!("value {}", value_key(&value)), [number], Some(value.options()));
        }
    }

    fn extension(&mut self, extension: &ExtensionDescriptor) {
        let facts = [
            ("file", extension.parent_file().name().to_owned()),
            ("extends", extension.containing_message().full_name().to_owned()),
            ("number", extension.number().to_string()),
            ("type", kind_name(&extension.kind())),
            ("label", format!("{:?}", extension.cardinality())),
        ];
        self.add(format!("extension {}", extension.full_name()), facts, None);
    }
}

fn field_type(field: &FieldDescriptor) -> String {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            format!("map<{}, {}>", kind_name(&key.kind()), kind_name(&value.kind()))
        }
        kind => kind_name(&kind),
    }
}

/// A type in full: `string`, `enum livekit.TrackType`.
fn kind_name(kind: &Kind) -> String {
    match kind {
        Kind::Message(message) => format!("message {}", message.full_name()),
        Kind::Enum(item) => format!("enum {}", item.full_name()),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}

fn words(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(" ")
}

/// One line for each fact that is not the same on both sides.
fn differences(upstream: &Facts, ours: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    for element in upstream.keys().chain(ours.keys()).collect::<BTreeSet<_>>() {
        match (upstream.get(element), ours.get(element)) {
            (Some(_), None) => lines.push(format!("{element}: missing")),
            (None, _) => lines.push(format!("{element}: not upstream, or not reachable there")),
            (Some(theirs), Some(ours)) => {
                for name in theirs.keys().chain(ours.keys()).collect::<BTreeSet<_>>() {
                    let value = |facts: &BTreeMap<String, String>| facts.get(name).cloned();
                    let (theirs, ours) = (value(theirs), value(ours));
                    if theirs != ours {
                        let (theirs, ours) = (theirs.unwrap_or_default(), ours.unwrap_or_default());
                        lines.push(format!("{element}: {name} is `{ours}`, upstream `{theirs}`"));
                    }
                }
            }
        }
    }
    lines
}
