//! Which fields are credentials: those that upstream marks, those that we do, and those that are named like
//! one, until somebody has judged them.

use heck::ToSnakeCase as _;
use prost_reflect::{ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value};

use crate::schema::Schema;

/// The annotation by which we judge a field.
pub const ANNOTATION: &str = "secret";

/// A field with one of these words in its name has to be judged. URLs are among them because keys and tokens
/// travel in their paths and queries.
const WORDS: [&str; 23] = [
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "jwt",
    "key",
    "keys",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "pin",
    "secret",
    "secrets",
    "signature",
    "token",
    "tokens",
    "uri",
    "url",
    "urls",
];

/// Whether a field is a credential.
///
/// Our judgement decides, then upstream's. A field that nobody has judged is one if it is named so: what
/// upstream adds tomorrow is hidden rather than printed.
pub fn is_secret(schema: &Schema, field: &FieldDescriptor) -> bool {
    judgement(schema, field).unwrap_or_else(|| is_marked_upstream(field) || is_named_so(field))
}

/// Whether a field is named like a credential, while neither upstream nor we say whether it is one.
pub fn is_unjudged(schema: &Schema, field: &FieldDescriptor) -> bool {
    is_named_so(field) && !is_marked_upstream(field) && judgement(schema, field).is_none()
}

/// The fields of these messages that nobody has judged, by full name.
pub fn unjudged<'a>(
    schema: &Schema,
    messages: impl IntoIterator<Item = &'a MessageDescriptor>,
) -> Vec<String> {
    let fields = messages.into_iter().flat_map(MessageDescriptor::fields);
    fields.filter(|field| is_unjudged(schema, field)).map(|field| field.full_name().to_owned()).collect()
}

/// What we say of a field, if we do.
pub fn judgement(schema: &Schema, field: &FieldDescriptor) -> Option<bool> {
    schema.annotation(field.full_name(), ANNOTATION)?.as_bool()
}

/// Whether a field is `SENSITIVITY_SECRET` upstream, or is not to be seen in debug output.
pub fn is_marked_upstream(field: &FieldDescriptor) -> bool {
    let marks = |(option, value): (ExtensionDescriptor, &Value)| {
        option.full_name() == "logger.sensitivity"
            && match (option.kind(), value) {
                (Kind::Enum(levels), Value::EnumNumber(level)) => {
                    levels.get_value(*level).is_some_and(|level| level.name() == "SENSITIVITY_SECRET")
                }
                _ => false,
            }
    };
    let options = field.options();
    let is_redacted = options.get_field_by_name("debug_redact").is_some_and(|it| it.as_bool() == Some(true));
    is_redacted || options.extensions().any(marks)
}

/// Whether a field can hold a credential: text, bytes, lists of them, and maps to them.
pub fn can_be_secret(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => is_text_or_bytes(&entry.map_entry_value_field().kind()),
        kind => is_text_or_bytes(&kind),
    }
}

fn is_text_or_bytes(kind: &Kind) -> bool {
    match kind {
        Kind::String | Kind::Bytes => true,
        Kind::Message(message) => {
            ["google.protobuf.StringValue", "google.protobuf.BytesValue"].contains(&message.full_name())
        }
        _ => false,
    }
}

fn is_named_so(field: &FieldDescriptor) -> bool {
    can_be_secret(field) && field.name().to_snake_case().split('_').any(|word| WORDS.contains(&word))
}
