//! A schema as a flat list: every element that a client can reach, with its facts as text.

pub(crate) mod rust;

use std::collections::BTreeMap;

use prost_reflect::{
    Cardinality, DynamicMessage, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind as Type,
    MessageDescriptor, OneofDescriptor, ServiceDescriptor,
};

use crate::print::foreign_options;
use crate::prune::{Reachable, is_kept, is_participant_rpc, is_twirp};
use crate::schema::{Schema, all_messages, extensions, oneof_of, oneofs, value_key};

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A file.
    File,
    /// A service.
    Service,
    /// A method of a service.
    Method,
    /// A message.
    Message,
    /// A field of a message.
    Field,
    /// A oneof of a message.
    Oneof,
    /// An enum.
    Enum,
    /// A value of an enum.
    Value,
    /// An option that upstream declares.
    Option,
}

/// The facts that are compared, and called by these names in a diff.
pub(crate) mod fact {
    pub(crate) const FILE: &str = "file";
    pub(crate) const REQUEST: &str = "request";
    pub(crate) const RESPONSE: &str = "response";
    pub(crate) const TYPE: &str = "type";
    pub(crate) const LABEL: &str = "label";
    pub(crate) const NUMBER: &str = "number";
    pub(crate) const ONEOF: &str = "oneof";
    pub(crate) const JSON: &str = "JSON name";
    pub(crate) const COPY: &str = "Copy";
    pub(crate) const EQ: &str = "Eq";
    pub(crate) const BOX: &str = "Box";
    pub(crate) const ALIAS: &str = "alias of";
    pub(crate) const FROM: &str = "From";
    pub(crate) const RESERVED: &str = "reserved";
    pub(crate) const DEPRECATED: &str = "deprecated";
}

/// An element of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// What it is.
    pub kind: Kind,
    /// The full name of what it is declared in; for what is declared at the top, its package.
    pub parent: String,
    /// Its facts, by name; what is empty is left out.
    pub facts: BTreeMap<String, String>,
}

impl Element {
    /// A fact, if there is one.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).map(String::as_str)
    }

    /// Whether two elements could be one under two names.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let telling = |element: &Self| {
            // What our annotations cause is not upstream's.
            let named = [fact::FILE, fact::JSON, fact::DEPRECATED, fact::BOX];
            let facts = element.facts.iter().filter(|(name, _)| !named.contains(&name.as_str()));
            facts.map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
        };
        !matches!(self.kind, Kind::File | Kind::Message | Kind::Enum | Kind::Oneof | Kind::Option)
            && telling(self) == telling(other)
    }
}

/// The elements of a schema, by full name (files by their names, values as `livekit.Kind/VALUE`).
#[derive(Clone, Debug, Default)]
pub struct Elements(BTreeMap<String, Element>);

impl Elements {
    /// What a client can reach in `schema`, without this project's own `sdk/`.
    pub fn of(schema: &Schema) -> Self {
        let reachable = Reachable::everything(schema);
        let mut elements = Self::default();
        let is_theirs = |file: &FileDescriptor| !file.name().starts_with("sdk/");
        for file in schema.files().filter(|file| is_theirs(file) && is_kept(file, &reachable)) {
            elements.file(schema, &file, &reachable);
        }
        elements
    }

    /// Whether there is an element of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The element of this name.
    pub fn get(&self, name: &str) -> Option<&Element> {
        self.0.get(name)
    }

    /// The element of this name, if it is of the same kind as `element`.
    pub(crate) fn counterpart(&self, name: &str, element: &Element) -> Option<&Element> {
        self.get(name).filter(|other| other.kind == element.kind)
    }

    /// What is declared in an element, of one kind.
    pub(crate) fn children(&self, parent: &str, kind: Kind) -> impl Iterator<Item = (&str, &Element)> {
        self.iter().filter(move |(_, child)| child.kind == kind && child.parent == parent)
    }

    /// Every element with its name, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Element)> {
        self.0.iter().map(|(name, element)| (name.as_str(), element))
    }

    fn add<const N: usize>(
        &mut self,
        (kind, name, parent): (Kind, &str, &str),
        facts: [(&str, String); N],
        options: Option<&DynamicMessage>,
    ) {
        let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value));
        let mut facts: BTreeMap<_, _> = facts.filter(|(_, value)| !value.is_empty()).collect();
        for (option, value) in options.into_iter().flat_map(foreign_options) {
            // An option that is a list comes once for each value.
            let known = facts.entry(option).and_modify(|all| *all += ", ");
            *known.or_default() += &value;
        }
        self.0.insert(name.to_owned(), Element { kind, parent: parent.to_owned(), facts });
    }

    fn file(&mut self, schema: &Schema, file: &FileDescriptor, reachable: &Reachable) {
        self.add((Kind::File, file.name(), file.package_name()), [], None);
        let options = extensions(file);
        for option in &options {
            let facts =
                [(fact::NUMBER, option.number().to_string()), (fact::TYPE, type_name(&option.kind()))];
            self.add(
                (Kind::Option, option.full_name(), option.containing_message().full_name()),
                facts,
                None,
            );
        }
        for service in file.services().filter(|it| is_twirp(it) || is_participant_rpc(it)) {
            self.service(&service);
        }
        let keeps = |name: &str| !options.is_empty() || reachable.contains(name);
        let messages = all_messages(file.messages());
        let nested = messages.iter().flat_map(MessageDescriptor::child_enums);
        for item in file.enums().chain(nested).filter(|item| keeps(item.full_name())) {
            self.enumeration(&item);
        }
        for message in messages.iter().filter(|message| keeps(message.full_name())) {
            self.message(schema, message);
        }
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        let file = service.parent_file();
        let facts = [(fact::FILE, file.name().to_owned())];
        let place = (Kind::Service, service.full_name(), file.package_name());
        self.add(place, facts, Some(&service.options()));
        for method in service.methods() {
            let streamed = |is: bool, name: &str| format!("{}{name}", if is { "stream " } else { "" });
            let facts = [
                (fact::REQUEST, streamed(method.is_client_streaming(), method.input().full_name())),
                (fact::RESPONSE, streamed(method.is_server_streaming(), method.output().full_name())),
            ];
            let place = (Kind::Method, method.full_name(), service.full_name());
            self.add(place, facts, Some(&method.options()));
        }
    }

    fn message(&mut self, schema: &Schema, message: &MessageDescriptor) {
        let file = message.parent_file();
        let scope =
            message.parent_message().map_or(file.package_name().to_owned(), |it| it.full_name().into());
        let ranges = message.reserved_ranges().map(|range| (range.start, range.end - 1));
        let facts = [
            (fact::FILE, file.name().to_owned()),
            (fact::RESERVED, reserved(ranges, message.reserved_names())),
            (fact::COPY, yes(rust::is_copy(schema, message.fields()))),
            (fact::EQ, yes(rust::is_eq(message.fields()))),
        ];
        self.add((Kind::Message, message.full_name(), &scope), facts, Some(&message.options()));
        for field in message.fields() {
            self.field(schema, &field);
        }
        for oneof in oneofs(message) {
            let facts = [
                (fact::FROM, single_types(&oneof)),
                (fact::COPY, yes(rust::is_copy(schema, oneof.fields()))),
                (fact::EQ, yes(rust::is_eq(oneof.fields()))),
            ];
            let place = (Kind::Oneof, oneof.full_name(), message.full_name());
            self.add(place, facts, Some(&oneof.options()));
        }
    }

    fn field(&mut self, schema: &Schema, field: &FieldDescriptor) {
        let oneof = oneof_of(field);
        let label = match field.cardinality() {
            Cardinality::Repeated if !field.is_map() => "repeated",
            // A message can be absent anyway.
            _ if matches!(field.kind(), Type::Message(_)) => "",
            _ if field.field_descriptor_proto().proto3_optional() => "optional",
            _ => "",
        };
        let facts = [
            (fact::TYPE, field_type(field)),
            (fact::LABEL, label.to_owned()),
            (fact::NUMBER, field.number().to_string()),
            (fact::ONEOF, oneof.map(|oneof| oneof.name().to_owned()).unwrap_or_default()),
            (fact::JSON, field.json_name().to_owned()),
            (fact::BOX, yes(rust::is_boxed(schema, field))),
        ];
        let place = (Kind::Field, field.full_name(), field.parent_message().full_name());
        self.add(place, facts, Some(&field.options()));
    }

    fn enumeration(&mut self, item: &EnumDescriptor) {
        let file = item.parent_file();
        let scope = item.parent_message().map_or(file.package_name().to_owned(), |it| it.full_name().into());
        let ranges = item.reserved_ranges().map(|range| (*range.start(), *range.end()));
        let facts =
            [(fact::FILE, file.name().to_owned()), (fact::RESERVED, reserved(ranges, item.reserved_names()))];
        self.add((Kind::Enum, item.full_name(), &scope), facts, Some(&item.options()));
        for value in item.values() {
            let facts = [
                (fact::NUMBER, value.number().to_string()),
                (fact::ALIAS, rust::alias_of(&value).unwrap_or_default()),
            ];
            let place = (Kind::Value, &*value_key(&value), item.full_name());
            self.add(place, facts, Some(&value.options()));
        }
    }
}

/// A fact that holds or does not.
fn yes(is: bool) -> String {
    if is { "yes".to_owned() } else { String::new() }
}

/// Numbers and names that are not to be used again.
fn reserved<N: PartialEq + ToString>(
    ranges: impl Iterator<Item = (N, N)>,
    names: impl Iterator<Item = impl AsRef<str>>,
) -> String {
    let ranges = ranges.map(|(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{} to {}", from.to_string(), to.to_string()),
    });
    ranges.chain(names.map(|name| name.as_ref().to_owned())).collect::<Vec<_>>().join(", ")
}

fn field_type(field: &FieldDescriptor) -> String {
    match field.kind() {
        Type::Message(entry) if field.is_map() => {
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            format!("map<{}, {}>", type_name(&key.kind()), type_name(&value.kind()))
        }
        kind => type_name(&kind),
    }
}

fn type_name(kind: &Type) -> String {
    match kind {
        Type::Message(message) => message.full_name().to_owned(),
        Type::Enum(item) => item.full_name().to_owned(),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}

/// The messages and enums that occur once in a oneof: those it is made of with `From`.
fn single_types(oneof: &OneofDescriptor) -> String {
    let named = oneof.fields().filter(|field| matches!(field.kind(), Type::Message(_) | Type::Enum(_)));
    let types: Vec<_> = named.map(|field| field_type(&field)).collect();
    let mut single: Vec<_> =
        types.iter().filter(|ty| types.iter().filter(|it| it == ty).count() == 1).cloned().collect();
    single.sort();
    single.join(", ")
}
