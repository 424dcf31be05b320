//! What the runtime itself names is there, whichever protocol it is built against.
//!
//! A few messages are more to `livekit-sdk` than something to pass on: it reads their fields. A protocol that
//! is older than the runtime, or that has dropped one of them, is given them from our schema. On the wire
//! that changes nothing: a server that does not know a field does not send it.

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor, Value,
};

use crate::error::Error;
use crate::prune::join;
use crate::schema::Schema;

/// The types, with the cargo feature that the code about them belongs to.
const TYPES: [(&str, Option<&str>); 3] = [
    ("livekit.ParticipantPermission", None),
    ("livekit.ParticipantInfo.KindDetail", None),
    ("livekit.TransferSIPParticipantResponse", Some("sip")),
];

/// The types that the runtime names, if it is built with these features (`None`: all).
pub(crate) fn types(features: Option<&[String]>) -> impl Iterator<Item = &'static str> + '_ {
    let is_on = move |feature: &str| features.is_none_or(|on| on.iter().any(|it| it == feature));
    TYPES.into_iter().filter(move |(_, feature)| feature.is_none_or(is_on)).map(|(name, _)| name)
}

/// The schema `upstream`, with what the runtime names and only `ours` has.
///
/// # Errors
/// It cannot be added: upstream uses its name or its number for something else.
pub(crate) fn complete(upstream: Schema, ours: &Schema) -> Result<Schema, Error> {
    let mut missing = Missing::default();
    for (name, _) in TYPES {
        missing.find(name, upstream.pool(), ours.pool());
    }
    if missing.0.is_empty() {
        return Ok(upstream);
    }
    let pool = missing.add_to(upstream.pool(), ours.pool()).ok_or("there is no place for it".to_owned());
    pool.and_then(|bytes| DescriptorPool::decode(&*bytes).map_err(|error| error.to_string()))
        .map(Schema::read)
        .map_err(|error| {
            let what = format!("the protocol lacks what this version of livekit-sdk is about: {error}");
            Error::new(None, what, "build against a protocol that is closer to this version's own")
        })
}

/// What has to be added, in order.
#[derive(Debug, Default)]
struct Missing(Vec<Part>);

/// A part of a file's descriptor: it is in the list `list` of what `scope` leads to.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    /// Our file that declares it.
    own_file: String,
    /// Upstream's file that it belongs in: that of the message around it, or else the one with our file's name.
    file: String,
    /// The messages it is declared in, from the outermost.
    scope: Vec<String>,
    /// The field of the descriptor that lists it.
    list: &'static str,
    name: String,
}

impl Part {
    fn of_type(
        list: &'static str,
        own_file: &FileDescriptor,
        full_name: &str,
        upstream: &DescriptorPool,
    ) -> Option<Self> {
        let path = full_name.strip_prefix(own_file.package_name())?.trim_start_matches('.');
        let mut scope: Vec<_> = path.split('.').map(str::to_owned).collect();
        let name = scope.pop()?;
        let list = if list == MESSAGES && !scope.is_empty() { NESTED } else { list };
        let outer = scope.first().map(|outer| join(own_file.package_name(), outer));
        let outer = outer.and_then(|outer| upstream.get_message_by_name(&outer));
        let own_file = own_file.name().to_owned();
        let file = outer.map_or_else(|| own_file.clone(), |outer| outer.parent_file().name().to_owned());
        Some(Self { own_file, file, scope, list, name })
    }

    fn of_field(own: &FieldDescriptor, upstream: &DescriptorPool) -> Option<Self> {
        let message = own.parent_message();
        let mut part = Self::of_type(MESSAGES, &message.parent_file(), message.full_name(), upstream)?;
        let theirs = upstream.get_message_by_name(message.full_name())?;
        theirs.parent_file().name().clone_into(&mut part.file);
        part.scope.push(std::mem::replace(&mut part.name, own.name().to_owned()));
        part.list = "field";
        Some(part)
    }
}

const MESSAGES: &str = "message_type";
const NESTED: &str = "nested_type";
const ENUMS: &str = "enum_type";

impl Missing {
    fn find(&mut self, name: &str, upstream: &DescriptorPool, ours: &DescriptorPool) {
        if let Some(item) = ours.get_enum_by_name(name) {
            if upstream.get_enum_by_name(name).is_none() {
                self.add(Part::of_type(ENUMS, &item.parent_file(), name, upstream));
            }
        } else if let Some(message) = ours.get_message_by_name(name) {
            match upstream.get_message_by_name(name) {
                Some(theirs) => self.fields(&message, &theirs, upstream, ours),
                None if self.add(Part::of_type(MESSAGES, &message.parent_file(), name, upstream)) => {
                    for field in message.fields() {
                        self.type_of(&field, upstream, ours);
                    }
                }
                None => {}
            }
        }
    }

    fn fields(
        &mut self,
        own: &MessageDescriptor,
        theirs: &MessageDescriptor,
        upstream: &DescriptorPool,
        ours: &DescriptorPool,
    ) {
        for field in own.fields().filter(|field| theirs.get_field_by_name(field.name()).is_none()) {
            self.add(Part::of_field(&field, upstream));
            self.type_of(&field, upstream, ours);
        }
    }

    /// What a field refers to; what upstream has is taken as it is.
    fn type_of(&mut self, field: &FieldDescriptor, upstream: &DescriptorPool, ours: &DescriptorPool) {
        match field.kind() {
            Kind::Message(inner) if upstream.get_message_by_name(inner.full_name()).is_none() => {
                self.find(inner.full_name(), upstream, ours);
            }
            Kind::Enum(item) => self.find(item.full_name(), upstream, ours),
            _ => {}
        }
    }

    fn add(&mut self, part: Option<Part>) -> bool {
        let new = part.filter(|part| !self.0.contains(part));
        let is_new = new.is_some();
        self.0.extend(new);
        is_new
    }

    /// Upstream's descriptors with what is missing. They are edited as dynamic messages: prost's types would
    /// lose upstream's own options.
    fn add_to(&self, upstream: &DescriptorPool, ours: &DescriptorPool) -> Option<Vec<u8>> {
        let set = upstream.get_message_by_name("google.protobuf.FileDescriptorSet")?;
        let mut to = DynamicMessage::decode(set.clone(), &*upstream.encode_to_vec()).ok()?;
        let mut from = DynamicMessage::decode(set, &*ours.encode_to_vec()).ok()?;
        for part in &self.0 {
            let added = named(scope_of(&mut from, &part.own_file, part)?, part.list, &part.name)?.clone();
            let scope = scope_of(&mut to, &part.file, part)?;
            // What upstream has dropped is reserved there.
            if part.list == "field" {
                scope.clear_field_by_name("reserved_range");
                scope.clear_field_by_name("reserved_name");
            }
            scope.get_field_by_name_mut(part.list)?.as_list_mut()?.push(Value::Message(added));
        }
        Some(to.encode_to_vec())
    }
}

/// The descriptor that a part is, or belongs, in.
fn scope_of<'a>(set: &'a mut DynamicMessage, file: &str, part: &Part) -> Option<&'a mut DynamicMessage> {
    let mut scope = named(set, "file", file)?;
    for (depth, name) in part.scope.iter().enumerate() {
        scope = named(scope, if depth == 0 { MESSAGES } else { NESTED }, name)?;
    }
    Some(scope)
}

fn named<'a>(of: &'a mut DynamicMessage, list: &str, name: &str) -> Option<&'a mut DynamicMessage> {
    let values = of.get_field_by_name_mut(list)?.as_list_mut()?.iter_mut();
    let is_named = |message: &DynamicMessage| {
        message.get_field_by_name("name").is_some_and(|value| value.as_str() == Some(name))
    };
    values.filter_map(Value::as_message_mut).find(|message| is_named(message))
}
