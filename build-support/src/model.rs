//! What is generated, already checked: services, methods, requests, secrets and grants. Emitters only write
//! it down.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, OneofDescriptor,
    ServiceDescriptor, Value,
};

use crate::prune::{Reachable, is_twirp};
use crate::schema::{ANNOTATIONS, Schema, WELL_KNOWN, all_messages, oneof_of, oneofs};
use crate::secret::{self, is_secret};

/// Everything that is generated beyond what prost derives from descriptors.
#[derive(Debug, Default)]
pub struct Model {
    /// The Twirp services, in the order of their files.
    pub services: Vec<Service>,
    /// Messages that are the request of some method.
    pub requests: Vec<Request>,
    /// Messages that hold credentials, directly or further down.
    pub secrets: Vec<SecretHolder>,
    /// Full names of fields that are taken for credentials because of their names alone.
    pub unjudged: Vec<String>,
    /// Full names of fields that are kept in a box.
    pub boxed: Vec<String>,
    /// Oneofs, which convert from their members.
    pub oneofs: Vec<OneofDescriptor>,
    /// The structs of a token's claims.
    pub grants: Vec<GrantStruct>,
}

/// A Twirp service.
#[derive(Debug)]
pub struct Service {
    /// `livekit.RoomService`
    pub full_name: String,
    /// The method of the client that leads to it, and the module it is generated in: `room`.
    pub accessor: String,
    /// The cargo feature that generates it: `room`. A service that nobody has annotated has none.
    pub feature: Option<String>,
    /// Whether it says what its methods demand that say nothing themselves.
    pub has_default_access: bool,
    /// First label of its own host on LiveKit Cloud.
    pub host_label: Option<String>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// The descriptor it was read from.
    pub descriptor: ServiceDescriptor,
}

/// A method of a service.
#[derive(Debug)]
pub struct Method {
    /// `CreateRoom`
    pub name: String,
    /// `create_room`
    pub rust_name: String,
    /// What it demands: its own annotation, or else the default of its service.
    pub access: Access,
    /// Whether the method itself states its access.
    pub is_annotated: bool,
    /// Whether it sends or takes streams, which Twirp cannot carry: there is no client for it.
    pub is_streaming: bool,
    /// Whether it makes a phone ring, and how long that may take.
    pub dial: Option<Dial>,
    /// How long its request lets the server take, if it says so.
    pub wait: Option<Wait>,
    /// The descriptor it was read from.
    pub descriptor: MethodDescriptor,
}

/// The grants that a method demands.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Blocks and the flags in them: `("video", ["room_admin"])`.
    pub grants: Vec<(String, Vec<String>)>,
    /// The request field that names the token's room.
    pub room: Option<String>,
    /// The request field that names the token's destination room.
    pub destination_room: Option<String>,
}

/// How long a call rings.
#[derive(Clone, Debug, Default)]
pub struct Dial {
    /// The bool field that makes the call wait.
    pub when: Option<String>,
    /// The duration field that limits the ringing.
    pub ringing: Option<String>,
    /// The call waits, though no ringing limit is sent.
    pub assume_default_ringing: bool,
}

/// How long the server may take, by what the request says.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The field with the time in milliseconds.
    pub milliseconds: String,
    /// The time that 0 stands for, in milliseconds.
    pub default_ms: u32,
    /// How much longer the client waits, in milliseconds.
    pub margin_ms: u32,
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// Its message.
    pub message: MessageDescriptor,
    /// The fields that every caller names, in order.
    pub keys: Vec<String>,
}

/// A message that holds credentials.
#[derive(Debug)]
pub struct SecretHolder {
    /// The message.
    pub message: MessageDescriptor,
    /// Fields that are credentials.
    pub secret: Vec<FieldDescriptor>,
    /// Fields in which credentials are found further down.
    pub nested: Vec<FieldDescriptor>,
}

/// A struct of a token's claims.
#[derive(Debug)]
pub struct GrantStruct {
    /// `VideoGrant`
    pub rust_name: String,
    /// `livekit.sdk.VideoGrant`
    pub full_name: String,
    /// Its fields.
    pub fields: Vec<GrantField>,
}

/// A field of a grant.
#[derive(Debug)]
pub struct GrantField {
    /// `room_create`
    pub rust_name: String,
    /// `livekit.sdk.VideoGrant.room_create`
    pub full_name: String,
    /// `roomCreate`
    pub key: String,
    /// The type, as Rust.
    pub rust_type: String,
}

impl Model {
    /// Reads the model of the given services, and of all messages in `reachable`.
    pub fn new(schema: &Schema, reachable: &Reachable, services: &[ServiceDescriptor]) -> Self {
        let messages = reachable.messages(schema);
        let twirp = services.iter().filter(|service| is_twirp(service));
        Self {
            services: twirp.map(|descriptor| service(schema, descriptor)).collect(),
            requests: requests(schema, services),
            secrets: secrets(schema, &messages),
            unjudged: secret::unjudged(schema, &messages),
            boxed: boxed(schema, &messages),
            oneofs: messages.iter().flat_map(oneofs).collect(),
            grants: grants(schema),
        }
    }
}

/// Reads a service and its annotations.
pub fn service(schema: &Schema, descriptor: &ServiceDescriptor) -> Service {
    let annotation = message_annotation(schema, descriptor.full_name(), "service");
    let text = |name: &str| annotation.as_ref().and_then(|message| text_field(message, name));
    let default_access = annotation.as_ref().and_then(|message| message_field(message, "access"));
    let accessor = text("accessor").unwrap_or_else(|| accessor(schema, descriptor.name()));
    Service {
        full_name: descriptor.full_name().to_owned(),
        feature: text("feature"),
        has_default_access: default_access.is_some(),
        accessor,
        host_label: text("host_label"),
        methods: descriptor.methods().map(|item| method(schema, &item, default_access.as_ref())).collect(),
        descriptor: descriptor.clone(),
    }
}

/// Names that no accessor can have: those of methods that `LiveKit` has already, and words that Rust allows
/// as no name at all.
pub const NO_ACCESSORS: [&str; 18] = [
    "base",
    "builder",
    "call",
    "clone",
    "crate",
    "failover",
    "fmt",
    "from_env",
    "headers",
    "new",
    "regions",
    "self",
    "service",
    "super",
    "timeout",
    "token",
    "transport",
    "url",
];

/// The accessor of a service that states none: `WhiteboardService` becomes `whiteboard`, and
/// `whiteboard_service` where that is taken.
fn accessor(schema: &Schema, service: &str) -> String {
    let name = service.strip_suffix("Service").filter(|rest| !rest.is_empty()).unwrap_or(service);
    let name = name.to_snake_case();
    let mut services = schema.files().flat_map(|file| file.services().collect::<Vec<_>>());
    let is_stated = services.any(|other| {
        let annotation = message_annotation(schema, other.full_name(), "service");
        annotation.and_then(|message| text_field(&message, "accessor")).is_some_and(|stated| stated == name)
    });
    if is_stated || NO_ACCESSORS.contains(&&*name) { format!("{name}_service") } else { name }
}

fn method(schema: &Schema, descriptor: &MethodDescriptor, default: Option<&DynamicMessage>) -> Method {
    let own = message_annotation(schema, descriptor.full_name(), "access");
    let dial = message_annotation(schema, descriptor.full_name(), "dial");
    let wait = message_annotation(schema, descriptor.full_name(), "wait");
    Method {
        name: descriptor.name().to_owned(),
        rust_name: descriptor.name().to_snake_case(),
        is_annotated: own.is_some(),
        descriptor: descriptor.clone(),
        is_streaming: descriptor.is_client_streaming() || descriptor.is_server_streaming(),
        access: match (own, default) {
            (Some(own), _) => access(&own),
            (None, Some(default)) => access(default).for_request(&descriptor.input()),
            (None, None) => Access::default(),
        },
        dial: dial.as_ref().map(|dial| Dial {
            when: text_field(dial, "when"),
            ringing: text_field(dial, "ringing"),
            assume_default_ringing: matches!(
                dial.get_field_by_name("assume_default_ringing").as_deref(),
                Some(Value::Bool(true))
            ),
        }),
        wait: wait.as_ref().and_then(|wait| {
            Some(Wait {
                milliseconds: text_field(wait, "milliseconds")?,
                default_ms: number_field(wait, "default_ms"),
                margin_ms: number_field(wait, "margin_ms"),
            })
        }),
    }
}

impl Access {
    /// The grants, as the token's claims call them: `video.roomAdmin`.
    pub fn claims(&self, schema: &Schema) -> Vec<String> {
        let field =
            |message: &str, field: &str| schema.pool().get_message_by_name(message)?.get_field_by_name(field);
        let mut claims = Vec::new();
        for (block, flags) in &self.grants {
            let Some(block) = field(&format!("{ANNOTATIONS}.ClaimGrants"), block) else { continue };
            let Kind::Message(message) = block.kind() else { continue };
            let flags = flags.iter().filter_map(|flag| message.get_field_by_name(flag));
            claims.extend(flags.map(|flag| format!("{}.{}", block.json_name(), flag.json_name())));
        }
        claims
    }

    /// A default, applied to a request that may lack the fields it names.
    fn for_request(self, request: &MessageDescriptor) -> Self {
        let has = |field: &String| request.get_field_by_name(field).is_some_and(|field| is_text(&field));
        Self { room: self.room.filter(has), destination_room: self.destination_room.filter(has), ..self }
    }
}

/// Whether a field is a single string.
pub fn is_text(field: &FieldDescriptor) -> bool {
    field.kind() == Kind::String && is_single(field)
}

/// Whether a field of a message is a field of the struct, and one value: not a list, nor in a oneof.
pub fn is_single(field: &FieldDescriptor) -> bool {
    !field.is_list() && !field.is_map() && oneof_of(field).is_none()
}

fn access(message: &DynamicMessage) -> Access {
    let grants = message_field(message, "grants");
    let blocks = grants.iter().flat_map(DynamicMessage::fields);
    let flags = |value: &Value| match value.as_message() {
        Some(block) => block.fields().map(|(field, _)| field.name().to_owned()).collect(),
        None => Vec::new(),
    };
    Access {
        grants: blocks.map(|(block, value)| (block.name().to_owned(), flags(value))).collect(),
        room: text_field(message, "room"),
        destination_room: text_field(message, "destination_room"),
    }
}

fn requests(schema: &Schema, services: &[ServiceDescriptor]) -> Vec<Request> {
    let mut requests: BTreeMap<String, Request> = BTreeMap::new();
    for service in services.iter().map(|descriptor| service(schema, descriptor)) {
        for (descriptor, method) in service.descriptor.methods().zip(&service.methods) {
            let input = descriptor.input();
            if input.package_name() == WELL_KNOWN {
                continue;
            }
            let request = requests.entry(input.full_name().to_owned());
            let Request { message, keys } =
                request.or_insert_with(|| Request { keys: keys(schema, &input), message: input });
            if keys.is_empty() && !method.is_annotated {
                keys.extend(assumed_key(method, message));
            }
        }
    }
    requests.into_values().collect()
}

/// The key of a request that nobody has annotated: every caller names the room that the access is limited to.
fn assumed_key(method: &Method, request: &MessageDescriptor) -> Option<String> {
    let room = request.get_field_by_name(method.access.room.as_ref()?)?;
    room.containing_oneof().is_none().then(|| room.name().to_owned())
}

/// The fields with a `key` annotation, in the order of their keys.
pub fn keys(schema: &Schema, message: &MessageDescriptor) -> Vec<String> {
    let mut keys: Vec<_> =
        message.fields().filter_map(|field| Some((key(schema, &field)?, field.name().to_owned()))).collect();
    keys.sort();
    keys.into_iter().map(|(_, name)| name).collect()
}

/// The `key` annotation of a field.
pub fn key(schema: &Schema, field: &FieldDescriptor) -> Option<u32> {
    schema.annotation(field.full_name(), "key").and_then(Value::as_u32)
}

fn boxed(schema: &Schema, messages: &[MessageDescriptor]) -> Vec<String> {
    let fields = messages.iter().flat_map(|message| message.fields());
    fields.filter(|field| is_boxed(schema, field)).map(|field| field.full_name().to_owned()).collect()
}

/// Whether we keep a field in a box.
pub fn is_boxed(schema: &Schema, field: &FieldDescriptor) -> bool {
    schema.annotation(field.full_name(), "boxed").and_then(Value::as_bool) == Some(true)
}

/// Finds the messages that hold secrets: those with secret fields, then, until nothing changes,
/// those with fields that hold such messages.
fn secrets(schema: &Schema, messages: &[MessageDescriptor]) -> Vec<SecretHolder> {
    let has_own = |message: &MessageDescriptor| message.fields().any(|field| is_secret(schema, &field));
    let own = messages.iter().filter(|message| has_own(message));
    let mut holders: BTreeSet<_> = own.map(|message| message.full_name().to_owned()).collect();
    loop {
        let before = holders.len();
        for message in messages {
            if message.fields().any(|field| leads_to(&field, &holders)) {
                holders.insert(message.full_name().to_owned());
            }
        }
        if holders.len() == before {
            break;
        }
    }
    let messages = messages.iter().filter(|message| holders.contains(message.full_name()));
    messages.map(|message| holder(schema, message, &holders)).collect()
}

/// A message that holds secrets, with the fields and oneof members that are or lead to them.
fn holder(schema: &Schema, message: &MessageDescriptor, holders: &BTreeSet<String>) -> SecretHolder {
    let mut holder = SecretHolder { message: message.clone(), secret: Vec::new(), nested: Vec::new() };
    for field in message.fields() {
        if is_secret(schema, &field) {
            holder.secret.push(field);
        } else if leads_to(&field, holders) {
            holder.nested.push(field);
        }
    }
    holder
}

fn leads_to(field: &FieldDescriptor, holders: &BTreeSet<String>) -> bool {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => leads_to(&entry.map_entry_value_field(), holders),
        Kind::Message(message) => holders.contains(message.full_name()),
        _ => false,
    }
}

fn grants(schema: &Schema) -> Vec<GrantStruct> {
    let files = schema.files().filter(|file| file.name() == "sdk/grants.proto");
    let messages = files.flat_map(|file| all_messages(file.messages()));
    messages
        .map(|message| GrantStruct {
            rust_name: message.name().to_upper_camel_case(),
            full_name: message.full_name().to_owned(),
            fields: message.fields().map(|field| grant_field(&field)).collect(),
        })
        .collect()
}

fn grant_field(field: &FieldDescriptor) -> GrantField {
    let option = |inner: String| format!("::core::option::Option<{inner}>");
    let string = "::std::string::String".to_owned();
    let rust_type = match field.kind() {
        Kind::Message(message) => option(message.name().to_upper_camel_case()),
        Kind::Bool if field.supports_presence() => option("bool".to_owned()),
        Kind::Bool => "bool".to_owned(),
        _ if field.is_list() => format!("::std::vec::Vec<{string}>"),
        _ => string,
    };
    GrantField {
        rust_name: field.name().to_owned(),
        full_name: field.full_name().to_owned(),
        key: field.json_name().to_owned(),
        rust_type,
    }
}

/// An annotation that is a message.
pub fn message_annotation(schema: &Schema, full_name: &str, option: &str) -> Option<DynamicMessage> {
    schema.annotation(full_name, option).and_then(Value::as_message).cloned()
}

/// A message field of an annotation, if it is set.
pub fn message_field(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let is_set = message.has_field_by_name(name);
    message.get_field_by_name(name).filter(|_| is_set)?.as_message().cloned()
}

/// A text field of an annotation, if it is not empty.
pub fn text_field(message: &DynamicMessage, name: &str) -> Option<String> {
    let value = message.get_field_by_name(name)?;
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A number in a message of an annotation; what is not set is 0.
fn number_field(message: &DynamicMessage, name: &str) -> u32 {
    message.get_field_by_name(name).and_then(|value| value.as_u32()).unwrap_or_default()
}

/// The name of an annotation, as it is written in a schema.
pub fn annotation_name(option: &str) -> String {
    format!("({}.{option})", ANNOTATIONS.trim_start_matches("livekit."))
}
