//! Refuses annotations that cannot work, and names that Rust cannot tell apart, with the place, the reason
//! and a remedy.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};

use crate::elements::rust;
use crate::emit::names;
use crate::error::Error;
use crate::model::{self, Method, Service, annotation_name, message_annotation, text_field};
use crate::prune::{Reachable, is_twirp};
use crate::schema::{Schema, all_messages, oneofs, value_key};
use crate::secret;

/// At most this many values can be named in place of a whole request.
const MAX_KEYS: u32 = 3;

/// What to do about two things that have one name in Rust.
const ONE_NAME: &str = "rename one of them; upstream's names cannot both be kept";

/// Checks every annotation of the schema against what it annotates.
pub fn check(schema: &Schema) -> Vec<Error> {
    findings(schema).into_iter().map(|finding| finding.error).collect()
}

/// What cannot work, and which annotation says so.
pub(crate) struct Finding {
    /// The annotation, if one is the reason.
    pub(crate) annotation: Option<Culprit>,
    pub(crate) error: Error,
}

/// An annotation that cannot work.
#[derive(Clone, Debug)]
pub(crate) struct Culprit {
    /// The full name of what it annotates.
    pub(crate) element: String,
    /// Its own name: `access`.
    pub(crate) option: &'static str,
    /// The part of it that cannot work, if the rest can: `room`.
    pub(crate) part: Option<&'static str>,
}

/// As [`check`], in terms of annotations.
pub(crate) fn findings(schema: &Schema) -> Vec<Finding> {
    let mut checker = Checker { schema, findings: Vec::new() };
    let services: Vec<_> = schema.files().flat_map(|file| file.services().collect::<Vec<_>>()).collect();
    let services: Vec<_> =
        services.iter().filter(|it| is_twirp(it)).map(|it| model::service(schema, it)).collect();
    checker.accessors(&services);
    for service in &services {
        checker.service(service);
    }
    checker.names();
    for message in schema.files().flat_map(|file| all_messages(file.messages())) {
        checker.keys(&message);
        checker.boxes(&message);
        checker.secrets(&message);
    }
    checker.findings
}

struct Checker<'a> {
    schema: &'a Schema,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn refuse(&mut self, full_name: &str, what: impl Into<String>, mend: impl Into<String>) {
        let place = self.schema.place(full_name).cloned();
        let error = Error::new(place, what.into(), mend.into());
        self.findings.push(Finding { annotation: None, error });
    }

    /// Refuses an annotation: `option` of the element `full_name`.
    fn refuse_annotation(
        &mut self,
        (full_name, option, part): (&str, &'static str, Option<&'static str>),
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.refuse(full_name, what, mend);
        if let Some(finding) = self.findings.last_mut() {
            finding.annotation = Some(Culprit { element: full_name.to_owned(), option, part });
        }
    }

    fn accessors(&mut self, services: &[Service]) {
        let mut seen = BTreeMap::new();
        for service in services {
            if let Some(other) = seen.insert(&service.accessor, &service.full_name) {
                self.refuse(
                    &service.full_name,
                    format!(
                        "`{}` and `{other}` share the accessor `{}`",
                        service.full_name, service.accessor
                    ),
                    format!("give one of them another `accessor` in its `{}`", annotation_name("service")),
                );
            }
        }
    }

    /// Refuses what has one name in Rust: modules, types, and what is in them.
    fn names(&mut self) {
        let mut seen = BTreeMap::new();
        for (path, key) in rust_names(self.schema) {
            if let Some(other) = seen.insert(path.clone(), key.clone()) {
                self.refuse(&key, format!("`{other}` and `{key}` are both `{path}` in Rust"), ONE_NAME);
            }
        }
    }

    fn service(&mut self, service: &Service) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for method in &service.methods {
            let full_name = format!("{}.{}", service.full_name, method.name);
            if let Some(other) = seen.insert(&method.rust_name, &method.name) {
                self.refuse(
                    &full_name,
                    format!(
                        "methods `{other}` and `{}` are both `{}` in Rust",
                        method.name, method.rust_name
                    ),
                    ONE_NAME,
                );
            }
        }
        for descriptor in service.descriptor.methods() {
            let Some(method) = service.methods.iter().find(|method| method.name == descriptor.name()) else {
                continue;
            };
            self.access(&descriptor, method);
            self.dial(&descriptor);
            self.wait(&descriptor);
        }
    }

    fn access(&mut self, descriptor: &MethodDescriptor, method: &Method) {
        let name = descriptor.full_name();
        let own = message_annotation(self.schema, name, "access");
        for (option, field) in
            [("room", &method.access.room), ("destination_room", &method.access.destination_room)]
        {
            // A default of the service is only applied where the request has the field.
            if let (Some(field), Some(_)) = (field, &own) {
                self.field(name, "access", option, &descriptor.input(), field, "a string", model::is_text);
            }
        }
        let grants = own.and_then(|own| model::message_field(&own, "grants"));
        for (block, value) in grants.iter().flat_map(DynamicMessage::fields) {
            for (field, _) in value.as_message().iter().flat_map(|block| block.fields()) {
                if field.kind() != Kind::Bool || field.supports_presence() {
                    self.refuse_annotation(
                        (name, "access", None),
                        format!(
                            "`{}` demands `{}.{}`, which is not a flag",
                            annotation_name("access"),
                            block.name(),
                            field.name()
                        ),
                        "demand flags only; rooms are named with `room` and `destination_room`",
                    );
                }
            }
        }
    }

    fn dial(&mut self, descriptor: &MethodDescriptor) {
        let name = descriptor.full_name();
        let Some(dial) = message_annotation(self.schema, name, "dial") else { return };
        let input = descriptor.input();
        if let Some(field) = text_field(&dial, "when") {
            let is_flag = |field: &FieldDescriptor| field.kind() == Kind::Bool && model::is_single(field);
            self.field(name, "dial", "when", &input, &field, "a bool", is_flag);
        }
        if let Some(field) = text_field(&dial, "ringing") {
            self.field(name, "dial", "ringing", &input, &field, "a google.protobuf.Duration", is_duration);
        }
    }

    fn wait(&mut self, descriptor: &MethodDescriptor) {
        let name = descriptor.full_name();
        let Some(wait) = message_annotation(self.schema, name, "wait") else { return };
        let Some(field) = text_field(&wait, "milliseconds") else {
            let what = format!("`{}` names no field", annotation_name("wait"));
            return self.refuse_annotation(
                (name, "wait", None),
                what,
                "set `milliseconds` to the request field that holds the time",
            );
        };
        let is_right = |field: &FieldDescriptor| field.kind() == Kind::Uint32 && model::is_single(field);
        self.field(name, "wait", "milliseconds", &descriptor.input(), &field, "a uint32", is_right);
    }

    /// An annotation that names a field of the request: it must be there, and of the right type.
    #[expect(clippy::too_many_arguments, reason = "one call per option; a struct would only rename them")]
    fn field(
        &mut self,
        method: &str,
        annotation: &'static str,
        option: &'static str,
        request: &MessageDescriptor,
        field: &str,
        expected: &str,
        is_right: impl Fn(&FieldDescriptor) -> bool,
    ) {
        let shown = annotation_name(annotation);
        let culprit = (method, annotation, Some(option));
        match request.get_field_by_name(field) {
            None => {
                let fields: Vec<_> =
                    request.fields().filter(is_right).map(|it| format!("`{}`", it.name())).collect();
                let mend = match fields.is_empty() {
                    true => format!("remove `{option}`: the request has no field that is {expected}"),
                    false => format!("name one of {}", fields.join(", ")),
                };
                let what =
                    format!("`{shown}.{option}` names `{field}`, which `{}` does not have", request.name());
                self.refuse_annotation(culprit, what, mend);
            }
            Some(found) if !is_right(&found) => {
                let what = format!("`{shown}.{option}` names `{field}`, which is not {expected}");
                self.refuse_annotation(culprit, what, "name another field, or remove the option");
            }
            Some(_) => {}
        }
    }

    fn boxes(&mut self, message: &MessageDescriptor) {
        for field in message.fields().filter(|field| model::is_boxed(self.schema, field)) {
            if !matches!(field.kind(), Kind::Message(_)) || !model::is_single(&field) {
                self.refuse_annotation(
                    (field.full_name(), "boxed", None),
                    format!("`{}` on `{}`, which is not one message", annotation_name("boxed"), field.name()),
                    "remove the option",
                );
            }
        }
    }

    fn secrets(&mut self, message: &MessageDescriptor) {
        let option = annotation_name(secret::ANNOTATION);
        for field in message.fields() {
            let is_denied = secret::judgement(self.schema, &field) == Some(false);
            if is_denied && secret::is_marked_upstream(&field) {
                self.refuse_annotation(
                    (field.full_name(), secret::ANNOTATION, None),
                    format!("`{option} = false` on `{}`, which upstream calls a secret", field.name()),
                    "remove the option: what is a secret upstream is one here",
                );
            }
        }
    }

    fn keys(&mut self, message: &MessageDescriptor) {
        let keyed = message.fields().filter_map(|field| Some((model::key(self.schema, &field)?, field)));
        let mut keyed: Vec<_> = keyed.collect();
        keyed.sort_by_key(|(key, _)| *key);
        let option = annotation_name("key");
        for (expected, (key, field)) in (1..).zip(&keyed) {
            let oneof = field.containing_oneof();
            if *key != expected || *key > MAX_KEYS {
                self.refuse_annotation(
                    (field.full_name(), "key", None),
                    format!("`{option} = {key}`, though the next free number is {expected}"),
                    format!("number the keys of a message from 1, without gaps, up to {MAX_KEYS}"),
                );
            }
            if field.is_list() || field.is_map() || oneof.is_some() {
                self.refuse_annotation(
                    (field.full_name(), "key", None),
                    format!("`{option}` on `{}`, which callers may leave out", field.name()),
                    "only singular fields without `optional` and outside a oneof can be keys",
                );
            }
        }
    }
}

/// The Rust names of all that is generated, and which elements of the schema have them.
fn rust_names(schema: &Schema) -> Vec<(String, String)> {
    let reachable = Reachable::everything(schema);
    let messages = reachable.messages(schema);
    let enums: Vec<_> =
        schema.pool().all_enums().filter(|item| reachable.contains(item.full_name())).collect();

    let packages = messages.iter().map(MessageDescriptor::package_name);
    let packages = packages.chain(enums.iter().map(EnumDescriptor::package_name));
    // `acme.rpc` is in a module of `acme`, whether there is such a package or not.
    let packages: BTreeSet<_> = packages
        .flat_map(|name| name.match_indices('.').map(|(end, _)| &name[..end]).chain([name]))
        .collect();
    let mut named: Vec<_> =
        packages.into_iter().map(|package| (names::package(package), package.to_owned())).collect();

    for message in &messages {
        let (path, key) = (names::message(message), message.full_name());
        for oneof in oneofs(message) {
            named.push((format!("{path}::{}", names::field(oneof.name())), oneof.full_name().to_owned()));
            named.push((names::oneof(&oneof), oneof.full_name().to_owned()));
        }
        named.extend(message.fields().map(|it| (names::member(&it), it.full_name().to_owned())));
        named.push((path, key.to_owned()));
        let mut nested = message.child_messages().filter(|nested| !nested.is_map_entry());
        if nested.any(|nested| reachable.contains(nested.full_name()))
            || message.child_enums().any(|nested| reachable.contains(nested.full_name()))
            || oneofs(message).next().is_some()
        {
            named.push((names::module(message), key.to_owned()));
        }
    }
    for item in enums {
        let values = item.values().filter(|value| rust::alias_of(value).is_none());
        named.extend(values.map(|value| (names::value(&value), value_key(&value))));
        named.push((names::enumeration(&item), item.full_name().to_owned()));
    }
    named
}

fn is_duration(field: &FieldDescriptor) -> bool {
    model::is_single(field)
        && matches!(field.kind(), Kind::Message(message) if message.full_name() == "google.protobuf.Duration")
}
