//! The options of an element, as they are written.

use prost_reflect::{DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MapKey, Value};

use crate::schema::ANNOTATIONS;

/// Options of protobuf itself that the schema keeps; the others say how other languages name things.
const KEPT: [&str; 4] = ["allow_alias", "debug_redact", "deprecated", "packed"];

/// The options of an element that are not ours: name and value, as they are written. An option that is a
/// list is written once for each value.
pub(crate) fn foreign_options(options: &DynamicMessage) -> Vec<(String, String)> {
    let kept = options.fields().filter(|(field, _)| KEPT.contains(&field.name()));
    let mut all: Vec<_> =
        kept.map(|(field, value)| (field.name().to_owned(), field_text(&field, value))).collect();
    for (option, value) in custom(options) {
        let name = format!("({})", option.full_name());
        let values = match value {
            Value::List(values) => values.iter().collect(),
            value => vec![value],
        };
        all.extend(values.into_iter().map(|value| (name.clone(), of_kind(&option.kind(), value))));
    }
    all
}

/// The files that declare the options of an element that are not ours.
pub(super) fn declared_in(options: &DynamicMessage) -> Vec<String> {
    custom(options).into_iter().map(|(option, _)| option.parent_file().name().to_owned()).collect()
}

/// Upstream's own options, by number.
fn custom(options: &DynamicMessage) -> Vec<(ExtensionDescriptor, &Value)> {
    let all = options.extensions().filter(|(option, _)| option.package_name() != ANNOTATIONS);
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(option, _)| option.number());
    all
}

fn field_text(field: &FieldDescriptor, value: &Value) -> String {
    match (field.kind(), value) {
        (Kind::Message(entry), Value::Map(entries)) => {
            let kind = entry.map_entry_value_field().kind();
            let mut entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{{ key: {}, value: {} }}", key_text(key), of_kind(&kind, value)))
                .collect();
            entries.sort();
            format!("[{}]", entries.join(", "))
        }
        (kind, value) => of_kind(&kind, value),
    }
}

fn key_text(key: &MapKey) -> String {
    text(&Value::from(key.clone()))
}

/// A value with its type known: enum values by their names.
fn of_kind(kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Enum(item), Value::EnumNumber(number)) => match item.get_value(*number) {
            Some(value) => value.name().to_owned(),
            None => number.to_string(),
        },
        (_, Value::List(values)) => {
            format!("[{}]", values.iter().map(|value| of_kind(kind, value)).collect::<Vec<_>>().join(", "))
        }
        _ => text(value),
    }
}

/// A value as it is written in an option.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::I32(value) | Value::EnumNumber(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::U32(value) => value.to_string(),
        Value::U64(value) => value.to_string(),
        // With a point or an exponent: 1e22 in digits alone is an integer, and too large for one.
        Value::F32(value) => format!("{value:?}").to_lowercase(),
        Value::F64(value) => format!("{value:?}").to_lowercase(),
        Value::String(value) => quoted(value),
        Value::Bytes(value) => format!("\"{}\"", value.escape_ascii()),
        Value::List(values) => format!("[{}]", values.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Map(_) => "{}".to_owned(),
        Value::Message(message) => {
            let fields: Vec<_> = message
                .fields()
                .map(|(field, value)| format!("{}: {}", field.name(), field_text(&field, value)))
                .collect();
            if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
        }
    }
}

/// Text in quotes. Control characters are written by number: an editor or git may take them for something else.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '\\' | '"' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            // Three digits, so that a digit that follows is none of them.
            c if c.is_ascii_control() => quoted.push_str(&format!("\\{:03o}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
