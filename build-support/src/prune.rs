//! What a set of services and messages reaches.

use std::collections::BTreeSet;

use prost_reflect::{EnumDescriptor, FileDescriptor, Kind, MessageDescriptor, ServiceDescriptor};
use prost_types::source_code_info::Location;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet, SourceCodeInfo,
};

use crate::schema::{ANNOTATIONS, Schema, all_messages, extensions, is_well_known};

/// Messages that are part of the API though no service mentions them.
const ROOT_MESSAGES: [&str; 3] =
    ["livekit.WebhookEvent", "livekit.TokenSourceRequest", "livekit.TokenSourceResponse"];

/// A service that is spoken over Twirp: declared in a file at the top. Those in folders are what LiveKit's own
/// servers, or participants, say to each other.
pub fn is_twirp(service: &ServiceDescriptor) -> bool {
    !service.parent_file().name().contains('/')
}

/// A service that participants of a room offer each other.
pub fn is_participant_rpc(service: &ServiceDescriptor) -> bool {
    service.parent_file().name().starts_with("roomrpc/")
}

/// The full names of the messages and enums that are reachable.
#[derive(Clone, Debug, Default)]
pub struct Reachable(BTreeSet<String>);

impl Reachable {
    /// Everything that the schema's services and root messages reach.
    pub fn everything(schema: &Schema) -> Self {
        let mut reachable = Self::default();
        for service in schema.files().flat_map(|file| file.services().collect::<Vec<_>>()) {
            if is_twirp(&service) || is_participant_rpc(&service) {
                reachable.add_service(&service);
            }
        }
        for name in ROOT_MESSAGES {
            reachable.add_named(schema, name);
        }
        reachable
    }

    /// Whether a message or an enum is reachable.
    pub fn contains(&self, full_name: &str) -> bool {
        self.0.contains(full_name)
    }

    /// The messages among them, in the order of the schema's files.
    pub fn messages(&self, schema: &Schema) -> Vec<MessageDescriptor> {
        let messages = schema.files().flat_map(|file| all_messages(file.messages()));
        messages.filter(|message| self.contains(message.full_name())).collect()
    }

    /// Adds the requests and responses of a service, and what they reach.
    pub fn add_service(&mut self, service: &ServiceDescriptor) {
        for method in service.methods() {
            self.add(&method.input());
            self.add(&method.output());
        }
    }

    /// Adds a message or an enum by name, if the schema has it, and what it reaches.
    pub fn add_named(&mut self, schema: &Schema, full_name: &str) {
        if let Some(message) = schema.pool().get_message_by_name(full_name) {
            self.add(&message);
        }
        if let Some(item) = schema.pool().get_enum_by_name(full_name) {
            self.add_enum(&item);
        }
    }

    fn add(&mut self, message: &MessageDescriptor) {
        if !self.0.insert(message.full_name().to_owned()) {
            return;
        }
        // A nested message needs the one it is declared in.
        if let Some(parent) = message.parent_message() {
            self.add(&parent);
        }
        for field in message.fields() {
            match field.kind() {
                Kind::Message(message) => self.add(&message),
                Kind::Enum(item) => self.add_enum(&item),
                _ => {}
            }
        }
    }

    fn add_enum(&mut self, item: &EnumDescriptor) {
        self.0.insert(item.full_name().to_owned());
        if let Some(parent) = item.parent_message() {
            self.add(&parent);
        }
    }
}

/// Whether a file declares anything that belongs in the schema. Options do, though no method leads to them.
pub fn is_kept(file: &FileDescriptor, reachable: &Reachable) -> bool {
    let is_own = file.package_name() == ANNOTATIONS;
    is_own
        || file.services().any(|service| is_twirp(&service) || is_participant_rpc(&service))
        || file.messages().any(|message| reachable.contains(message.full_name()))
        || file.enums().any(|item| reachable.contains(item.full_name()))
        || !extensions(file).is_empty()
}

/// The reachable part of the schema as plain descriptors, with the schema's documentation as their
/// comments: what prost generates from.
pub fn descriptors(
    schema: &Schema,
    reachable: &Reachable,
    services: &[ServiceDescriptor],
) -> FileDescriptorSet {
    let keeps_service = |file: &FileDescriptor, name: &str| {
        services.iter().any(|service| service.parent_file() == *file && service.name() == name)
    };
    // Well-known types are never generated, but prost looks up what fields refer to.
    let well_known = schema.pool().files().filter(|file| is_well_known(file.name()));
    let well_known = well_known
        .map(|file| FileDescriptorProto { source_code_info: None, ..file.file_descriptor_proto().clone() });
    let mut set = FileDescriptorSet { file: well_known.collect() };
    for file in schema.files() {
        let mut proto = file.file_descriptor_proto().clone();
        let package = file.package_name();
        proto.extension.clear();
        proto.service.retain(|service| keeps_service(&file, service.name()));
        retain(&mut proto.message_type, &mut proto.enum_type, package, reachable);
        if !(proto.message_type.is_empty() && proto.enum_type.is_empty() && proto.service.is_empty()) {
            proto.source_code_info = Some(Commenter::new(schema).file(&proto));
            set.file.push(proto);
        }
    }
    set
}

fn retain(
    messages: &mut Vec<DescriptorProto>,
    enums: &mut Vec<EnumDescriptorProto>,
    scope: &str,
    reachable: &Reachable,
) {
    enums.retain(|item| reachable.contains(&join(scope, item.name())));
    messages.retain(|message| {
        let is_map_entry = message.options.as_ref().is_some_and(|options| options.map_entry());
        is_map_entry || reachable.contains(&join(scope, message.name()))
    });
    for message in messages {
        let scope = join(scope, message.name());
        retain(&mut message.nested_type, &mut message.enum_type, &scope, reachable);
    }
}

/// The full name of what is declared in `scope`, which for a file without a package is nothing.
pub(crate) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// Writes documentation back into descriptors, as comments at the paths that pruning has changed.
struct Commenter<'a> {
    schema: &'a Schema,
    path: Vec<i32>,
    locations: Vec<Location>,
}

/// Field numbers of `descriptor.proto`, which descriptor paths are made of.
mod tag {
    pub(super) const FILE_MESSAGE: i32 = 4;
    pub(super) const FILE_ENUM: i32 = 5;
    pub(super) const FILE_SERVICE: i32 = 6;
    pub(super) const SERVICE_METHOD: i32 = 2;
    pub(super) const MESSAGE_FIELD: i32 = 2;
    pub(super) const MESSAGE_MESSAGE: i32 = 3;
    pub(super) const MESSAGE_ENUM: i32 = 4;
    pub(super) const MESSAGE_ONEOF: i32 = 8;
    pub(super) const ENUM_VALUE: i32 = 2;
}

impl<'a> Commenter<'a> {
    fn new(schema: &'a Schema) -> Self {
        Self { schema, path: Vec::new(), locations: Vec::new() }
    }

    fn file(mut self, file: &FileDescriptorProto) -> SourceCodeInfo {
        let package = file.package();
        self.each(tag::FILE_SERVICE, &file.service, |this, service| {
            let name = join(package, service.name());
            this.comment(&name);
            this.each(tag::SERVICE_METHOD, &service.method, |this, method| {
                this.comment(&join(&name, method.name()));
            });
        });
        self.each(tag::FILE_MESSAGE, &file.message_type, |this, message| this.message(package, message));
        self.each(tag::FILE_ENUM, &file.enum_type, |this, item| this.enumeration(package, item));
        SourceCodeInfo { location: self.locations }
    }

    fn message(&mut self, scope: &str, message: &DescriptorProto) {
        let name = join(scope, message.name());
        self.comment(&name);
        self.each(tag::MESSAGE_FIELD, &message.field, |this, field| this.comment(&join(&name, field.name())));
        self.each(tag::MESSAGE_ONEOF, &message.oneof_decl, |this, oneof| {
            this.comment(&join(&name, oneof.name()));
        });
        self.each(tag::MESSAGE_MESSAGE, &message.nested_type, |this, nested| this.message(&name, nested));
        self.each(tag::MESSAGE_ENUM, &message.enum_type, |this, item| this.enumeration(&name, item));
    }

    fn enumeration(&mut self, scope: &str, item: &EnumDescriptorProto) {
        let name = join(scope, item.name());
        self.comment(&name);
        self.each(tag::ENUM_VALUE, &item.value, |this, value| {
            this.comment(&format!("{name}/{}", value.name()))
        });
    }

    fn each<T>(&mut self, tag: i32, items: &[T], mut visit: impl FnMut(&mut Self, &T)) {
        for (index, item) in (0..).zip(items) {
            self.path.extend([tag, index]);
            visit(self, item);
            self.path.truncate(self.path.len() - 2);
        }
    }

    fn comment(&mut self, full_name: &str) {
        let lines = |docs: &str| docs.lines().map(|line| format!(" {line}\n")).collect();
        self.locations.push(Location {
            path: self.path.clone(),
            leading_comments: self.schema.docs(full_name).map(lines),
            ..Default::default()
        });
    }
}
