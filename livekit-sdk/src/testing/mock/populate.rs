//! Answers that nobody has written: what the request says, and ids that look like ids.

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

/// An answer to `request`: its plain fields are those of the request with the same name and type, other ids
/// are made up, and each list of messages has one element with ids.
pub(super) fn populate(answer: &MessageDescriptor, request: &DynamicMessage) -> DynamicMessage {
    let mut message = DynamicMessage::new(answer.clone());
    for field in answer.fields() {
        let value = echo(&field, request).or_else(|| id(&field)).or_else(|| list(&field));
        if let Some(value) = value {
            message.set_field(&field, value);
        }
    }
    message
}

/// What the request says of a field.
fn echo(field: &FieldDescriptor, request: &DynamicMessage) -> Option<Value> {
    let descriptor = prost_reflect::ReflectMessage::descriptor(request);
    let same = descriptor.get_field_by_name(field.name())?;
    let is_plain = |field: &FieldDescriptor| {
        !field.is_list() && !field.is_map() && !matches!(field.kind(), Kind::Message(_) | Kind::Enum(_))
    };
    let is_same = is_plain(field) && is_plain(&same) && field.kind() == same.kind();
    (is_same && request.has_field(&same)).then(|| request.get_field(&same).into_owned())
}

fn id(field: &FieldDescriptor) -> Option<Value> {
    let name = field.name();
    let is_id = matches!(name, "id" | "sid") || name.ends_with("_id") || name.ends_with("_sid");
    let is_text = field.kind() == Kind::String && !field.is_list();
    (is_id && is_text).then(|| Value::String(format!("MOCK_{}", name.to_uppercase())))
}

fn list(field: &FieldDescriptor) -> Option<Value> {
    let Kind::Message(item) = field.kind() else { return None };
    field.is_list().then(|| {
        let mut message = DynamicMessage::new(item.clone());
        for field in item.fields() {
            if let Some(value) = id(&field) {
                message.set_field(&field, value);
            }
        }
        Value::List(vec![Value::Message(message)])
    })
}
