//! How complete the schema's annotations and documentation are, as a table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use prost_reflect::{Kind as Type, MessageDescriptor, ServiceDescriptor};

use crate::elements::{Element, Elements, Kind};
use crate::model;
use crate::prune::{Reachable, is_twirp};
use crate::schema::Schema;
use crate::secret;

/// How much of a service is annotated and documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The service: `livekit.RoomService`.
    pub service: String,
    /// Methods it has.
    pub methods: usize,
    /// Methods that state their access.
    pub annotated: usize,
    /// Methods that are documented.
    pub documented: usize,
    /// Fields of its requests and responses, and of what they reach.
    pub fields: usize,
    /// How many of those are documented.
    pub documented_fields: usize,
    /// What is missing, by full name: access or documentation of methods, documentation of types.
    pub missing: Vec<String>,
}

/// Coverage of every Twirp service, in the order of their files.
pub fn coverage(schema: &Schema) -> Vec<Coverage> {
    let services = schema.files().flat_map(|file| file.services().collect::<Vec<_>>());
    services.filter(is_twirp).map(|service| of_service(schema, &service)).collect()
}

/// What lacks documentation besides the Twirp services: types, and what participants offer each other.
pub fn undocumented_types(schema: &Schema, elements: &Elements) -> Vec<String> {
    let twirp: BTreeSet<_> = coverage(schema).into_iter().map(|service| service.service).collect();
    let is_meant = |name: &str, element: &Element| match element.kind {
        Kind::Service => !twirp.contains(name),
        Kind::Method => !twirp.contains(&element.parent),
        Kind::Message | Kind::Enum => true,
        _ => false,
    };
    let meant = elements.iter().filter(|(name, element)| is_meant(name, element));
    meant.filter(|(name, _)| schema.docs(name).is_none()).map(|(name, _)| name.to_owned()).collect()
}

fn of_service(schema: &Schema, descriptor: &ServiceDescriptor) -> Coverage {
    let service = model::service(schema, descriptor);
    let mut coverage = Coverage { service: service.full_name.clone(), ..Coverage::default() };
    if service.feature.is_none() {
        let option = model::annotation_name("service");
        coverage
            .missing
            .push(format!("{}: no {option}, thus neither a feature nor grants", service.full_name));
    }
    if schema.docs(&service.full_name).is_none() {
        coverage.missing.push(format!("{}: no documentation", service.full_name));
    }
    for method in &service.methods {
        let name = format!("{}.{}", service.full_name, method.name);
        let is_documented = schema.docs(&name).is_some();
        coverage.methods += 1;
        coverage.annotated += usize::from(method.is_annotated);
        coverage.documented += usize::from(is_documented);
        if !method.is_annotated {
            coverage.missing.push(format!("{name}: no access annotation"));
        }
        if !is_documented {
            coverage.missing.push(format!("{name}: no documentation"));
        }
    }
    let mut messages = BTreeSet::new();
    for method in descriptor.methods() {
        reach(&method.input(), &mut messages);
        reach(&method.output(), &mut messages);
    }
    for field in messages
        .iter()
        .filter_map(|name| schema.pool().get_message_by_name(name))
        .flat_map(|it| it.fields().collect::<Vec<_>>())
    {
        coverage.fields += 1;
        coverage.documented_fields += usize::from(schema.docs(field.full_name()).is_some());
    }
    coverage
}

fn reach(message: &MessageDescriptor, seen: &mut BTreeSet<String>) {
    let is_own = message.package_name() != "google.protobuf" && !message.is_map_entry();
    if is_own && !seen.insert(message.full_name().to_owned()) {
        return;
    }
    for field in message.fields() {
        match field.kind() {
            Type::Message(message) if message.package_name() != "google.protobuf" => reach(&message, seen),
            _ => {}
        }
    }
}

/// Fields that a client can reach and that are named like credentials, though nobody says whether they are.
pub fn unjudged(schema: &Schema) -> Vec<String> {
    secret::unjudged(schema, &Reachable::everything(schema).messages(schema))
}

/// The table of `livekit-proto check`: a line a service, and a total.
pub fn table(coverage: &[Coverage]) -> String {
    let mut total = Coverage { service: format!("{} services", coverage.len()), ..Coverage::default() };
    for service in coverage {
        total.methods += service.methods;
        total.annotated += service.annotated;
        total.documented += service.documented;
        total.fields += service.fields;
        total.documented_fields += service.documented_fields;
    }
    let mut out = String::new();
    for line in coverage.iter().chain([&total]) {
        let Coverage { service, methods, annotated, documented, fields, documented_fields, .. } = line;
        let share = (100 * documented_fields).checked_div(*fields).unwrap_or(100);
        let _ = writeln!(
            out,
            "{service:<32} {methods:>3} methods  {annotated:>3} annotated  {documented:>3} documented  \
             {share:>3} % of {fields} fields documented"
        );
    }
    out
}
