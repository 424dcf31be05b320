//! Protobuf JSON: a table of fields for each message, and the list of enums, for the macros in the
//! runtime's `json` module.

use std::fmt::Write as _;

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};

use super::names;
use crate::GeneratedFile;
use crate::prune::Reachable;
use crate::schema::{Schema, WELL_KNOWN, oneof_of};

pub(crate) fn emit(schema: &Schema, reachable: &Reachable) -> GeneratedFile {
    // The well-known ones are not ours to implement traits for.
    let enums = schema.pool().all_enums().filter(|item| item.package_name() != WELL_KNOWN);
    let enums = enums.filter(|item| reachable.contains(item.full_name()));
    let mut text = String::new();
    for item in enums {
        let _ = writeln!(text, "crate::json::enumeration!({});", names::enumeration(&item));
    }
    for message in reachable.messages(schema) {
        emit_message(&mut text, &message);
    }
    GeneratedFile { name: "json.rs".to_owned(), text }
}

fn emit_message(out: &mut String, message: &MessageDescriptor) {
    let _ =
        writeln!(out, "crate::json::message! {{ {} = {:?};", names::message(message), message.full_name());
    for (index, field) in declared(message).enumerate() {
        let _ = write!(out, "    {index} {:?} {:?} ", field.json_name(), field.name());
        match oneof_of(&field) {
            Some(oneof) => {
                let _ = write!(out, "{} = {}", names::field(oneof.name()), names::member(&field));
            }
            None => out.push_str(&names::field(field.name())),
        }
        if let Some(item) = enumeration(&field) {
            let _ = write!(out, " as {}", names::enumeration(&item));
        }
        out.push_str(";\n");
    }
    out.push_str("}\n");
}

/// The fields in the order of the schema, which is that of JSON written by LiveKit's server.
fn declared(message: &MessageDescriptor) -> impl Iterator<Item = FieldDescriptor> {
    let fields = message.descriptor_proto().field.iter();
    fields.filter_map(|field| message.get_field_by_name(field.name()))
}

/// The enum that the values of a field, list or map are of.
fn enumeration(field: &FieldDescriptor) -> Option<EnumDescriptor> {
    match field.kind() {
        Kind::Enum(item) => Some(item),
        Kind::Message(entry) if field.is_map() => enumeration(&entry.map_entry_value_field()),
        _ => None,
    }
}
