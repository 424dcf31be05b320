//! What prost makes of the schema, as far as code that uses it can tell: derived traits, boxes, variants. The
//! rules are those of `context.rs` in prost-build.

use prost_reflect::{EnumValueDescriptor, FieldDescriptor, Kind as Type, MessageDescriptor};

use crate::model;
use crate::schema::{Schema, oneof_of};

/// Whether a type is `Copy` if these are its fields, or its members.
pub(super) fn is_copy(schema: &Schema, mut fields: impl Iterator<Item = FieldDescriptor>) -> bool {
    fields.all(|field| match field.kind() {
        _ if field.is_list() || field.is_map() => false,
        Type::Message(_) if model::is_boxed(schema, &field) || is_recursive(&field) => false,
        Type::Message(inner) => is_copy(schema, inner.fields()),
        Type::String | Type::Bytes => false,
        _ => true,
    })
}

/// Whether a type is `Eq` and `Hash` if these are its fields, or its members.
pub(super) fn is_eq(mut fields: impl Iterator<Item = FieldDescriptor>) -> bool {
    fields.all(|field| match field.kind() {
        Type::Message(_) if field.is_list() || field.is_map() || is_recursive(&field) => false,
        Type::Message(inner) => is_eq(inner.fields()),
        Type::Float | Type::Double => false,
        _ => true,
    })
}

/// Whether a field is kept in a box: because it would contain itself, or because we say so.
pub(super) fn is_boxed(schema: &Schema, field: &FieldDescriptor) -> bool {
    // Our annotation reaches no member of a oneof, which prost looks up by the name of the oneof.
    let is_asked_for = oneof_of(field).is_none() && model::is_boxed(schema, field);
    !field.is_list() && !field.is_map() && (is_asked_for || is_recursive(field))
}

/// Whether the message of a field contains, directly or further down, the message that the field is in. What
/// is in a list or a map is on the heap already.
fn is_recursive(field: &FieldDescriptor) -> bool {
    let mut open: Vec<_> = contained(field).into_iter().collect();
    let mut seen: Vec<MessageDescriptor> = Vec::new();
    while let Some(message) = open.pop() {
        if message == *field.parent_message() {
            return true;
        }
        if !seen.contains(&message) {
            open.extend(message.fields().filter_map(|field| contained(&field)));
            seen.push(message);
        }
    }
    false
}

/// The message that a field holds in place.
fn contained(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Type::Message(message) if !field.is_list() && !field.is_map() => Some(message),
        _ => None,
    }
}

/// The value that stands for this one's number, where it is another: only the first of a number becomes a
/// variant.
pub(crate) fn alias_of(value: &EnumValueDescriptor) -> Option<String> {
    // The descriptor lists values by their numbers; the text has the order that prost goes by.
    let values = &value.parent_enum().enum_descriptor_proto().value;
    let first = values.iter().find(|other| other.number() == value.number())?;
    (first.name() != value.name()).then(|| first.name().to_owned())
}
