//! Every generated message, with every credential in it set.

#![allow(deprecated, reason = "a deprecated message leaks like any other")]

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;

use livekit_build_support::schema::Schema;
use livekit_sdk::proto;
use livekit_sdk::redact::Redact as _;
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};

/// The fields that are credentials, as they were reviewed: a mark that is lost in the schema does not make a
/// field public.
const SECRETS: &str = include_str!("../../golden/secrets.txt");

/// What is in the fields that are no credentials.
const PUBLIC: &str = "for all to see";

/// Messages this far down are left out, so that recursive messages end.
const MAX_DEPTH: usize = 6;

struct Shown {
    name: &'static str,
    debug: fn(&[u8]) -> String,
}

/// The list is shared with `wire.rs`, which compares ours with theirs.
#[expect(clippy::extra_unused_type_parameters, reason = "theirs is not shown")]
fn pair<Ours: Message + Default + Debug, Theirs>(name: &'static str) -> Shown {
    Shown { name, debug: |bytes| super::debug(&Ours::decode(bytes).expect("it was just encoded")) }
}

#[test]
fn no_message_shows_a_credential() {
    let files = livekit_sdk_proto::files().iter();
    let sources: Vec<_> = files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let schema = Schema::parse(&sources).unwrap();
    let mut planter = Planter { secrets: SECRETS.lines().collect(), planted: BTreeSet::new(), turn: 0 };
    let shown: &[Shown] = include!(concat!(env!("OUT_DIR"), "/pairs.rs"));
    for Shown { name, debug } in shown {
        let descriptor = schema.pool().get_message_by_name(name).unwrap();
        // One member of a oneof is set at a time.
        let members = descriptor.oneofs().map(|oneof| oneof.fields().len()).max().unwrap_or(1);
        for turn in 0..members.max(4) {
            planter.turn = turn;
            let text = debug(&planter.message(&descriptor, 0).encode_to_vec());
            super::clean(name, &text);
            // Nothing but credentials is hidden.
            let has_text = |field: &FieldDescriptor| {
                field.kind() == Kind::String && !planter.secrets.contains(field.full_name())
            };
            let is_shown = text.contains(PUBLIC);
            let is_alone =
                descriptor.fields().any(|field| has_text(&field) && field.containing_oneof().is_none());
            assert!(is_shown || !is_alone, "{name} hides what is public:\n{text}");
        }
    }
    let never: Vec<_> = planter.secrets.iter().filter(|name| !planter.planted.contains(**name)).collect();
    assert!(never.is_empty() && planter.planted.len() > 30, "never planted: {never:?}");
}

/// Fills messages: credentials with what must not be seen, everything else with what may.
struct Planter {
    secrets: BTreeSet<&'static str>,
    planted: BTreeSet<String>,
    /// Which member of each oneof is set.
    turn: usize,
}

impl Planter {
    fn message(&mut self, descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        if descriptor.package_name() == "google.protobuf" {
            return message;
        }
        let chosen: Vec<_> = descriptor
            .oneofs()
            .filter_map(|oneof| oneof.fields().nth(self.turn % oneof.fields().len().max(1)))
            .collect();
        for field in descriptor.fields() {
            let is_chosen = field.containing_oneof().is_none() || chosen.contains(&field);
            let is_too_deep = depth >= MAX_DEPTH && matches!(field.kind(), Kind::Message(_));
            if is_chosen && !is_too_deep {
                let value = self.value(&field, depth);
                message.set_field(&field, value);
            }
        }
        message
    }

    fn value(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        let text = match self.secrets.contains(field.full_name()) {
            true => {
                self.planted.insert(field.full_name().to_owned());
                format!("{}-in-{}", super::PLANTED, field.full_name())
            }
            false => PUBLIC.to_owned(),
        };
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = self.scalar(&entry.map_entry_value_field().kind(), text, depth);
                let key = match entry.map_entry_key_field().kind() {
                    Kind::String => MapKey::String("key".to_owned()),
                    Kind::Uint32 => MapKey::U32(1),
                    Kind::Int32 => MapKey::I32(1),
                    other => panic!("{}: a key of {other:?}", field.full_name()),
                };
                Value::Map(HashMap::from([(key, value)]))
            }
            kind if field.is_list() => Value::List(vec![self.scalar(&kind, text, depth)]),
            kind => self.scalar(&kind, text, depth),
        }
    }

    fn scalar(&mut self, kind: &Kind, text: String, depth: usize) -> Value {
        match kind {
            Kind::String => Value::String(text),
            Kind::Bytes => Value::Bytes(text.into_bytes().into()),
            Kind::Message(message) => Value::Message(self.message(message, depth + 1)),
            other => Value::default_value(other),
        }
    }
}

#[test]
fn who_asks_sees_the_credentials_of_a_whole_tree() {
    let s3 = proto::S3Upload { secret: super::PLANTED.to_owned(), ..Default::default() };
    let output = proto::EncodedFileOutput {
        output: Some(proto::encoded_file_output::Output::S3(s3)),
        ..Default::default()
    };
    let request = proto::RoomCompositeEgressRequest { file_outputs: vec![output], ..Default::default() };
    super::clean(&"a request", &super::debug(&request));
    for text in [format!("{:?}", request.reveal()), format!("{:#?}", request.reveal())] {
        assert!(text.contains("secret: \"planted\""), "{text}");
    }
    assert_eq!(request.secrets(), ["file_outputs[0].s3.secret"]);
}
