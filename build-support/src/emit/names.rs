//! The names that prost gives to types and fields, seen from the module that holds the packages.

use heck::{ToSnakeCase, ToUpperCamelCase};
use prost_reflect::{
    EnumDescriptor, EnumValueDescriptor, FieldDescriptor, MessageDescriptor, OneofDescriptor,
};

use crate::schema::{WELL_KNOWN, oneof_of};

/// Where the well-known types come from: theirs have protobuf JSON.
pub(crate) const WELL_KNOWN_TYPES: &str = "::pbjson_types";

/// `livekit::simulation_run::Job`
pub(crate) fn message(message: &MessageDescriptor) -> String {
    scope(message.package_name(), message.parent_message().as_ref()) + &ty(message.name())
}

/// `livekit::egress_info::Status`
pub(crate) fn enumeration(item: &EnumDescriptor) -> String {
    scope(item.package_name(), item.parent_message().as_ref()) + &ty(item.name())
}

/// `livekit::EgressStatus::EgressActive`, `livekit::TrackType::Audio`: without the name of the enum, if a word
/// follows it.
pub(crate) fn value(value: &EnumValueDescriptor) -> String {
    let item = value.parent_enum();
    let name = ty(value.name());
    let name = match name.strip_prefix(&ty(item.name())) {
        Some(rest) if rest.starts_with(char::is_uppercase) => identifier(rest.to_owned()),
        _ => name,
    };
    format!("{}::{name}", enumeration(item))
}

/// `livekit::egress_info::Request`
pub(crate) fn oneof(oneof: &OneofDescriptor) -> String {
    let message = oneof.parent_message();
    let name = ty(oneof.name());
    let nested = message.child_messages().map(|nested| ty(nested.name()));
    let mut nested = nested.chain(message.child_enums().map(|nested| ty(nested.name())));
    let suffix = if nested.any(|nested| nested == name) { "OneOf" } else { "" };
    format!("{}{name}{suffix}", scope(message.package_name(), Some(message)))
}

/// The type that a field is declared in: its message, or the oneof that it is a member of.
pub(crate) fn owner(field: &FieldDescriptor) -> String {
    match oneof_of(field) {
        Some(of) => oneof(&of),
        None => message(field.parent_message()),
    }
}

/// `livekit::Room::turn_password`, `livekit::egress_info::Request::RoomComposite`
pub(crate) fn member(field: &FieldDescriptor) -> String {
    let name = match oneof_of(field) {
        Some(_) => ty(field.name()),
        None => self::field(field.name()),
    };
    format!("{}::{name}", owner(field))
}

/// `room_composite`, `r#type`
pub(crate) fn field(name: &str) -> String {
    identifier(name.to_snake_case())
}

fn ty(name: &str) -> String {
    identifier(name.to_upper_camel_case())
}

/// The module of what is declared in a message: `livekit::egress_info`.
pub(crate) fn module(message: &MessageDescriptor) -> String {
    scope(message.package_name(), message.parent_message().as_ref()) + &field(message.name())
}

/// The module of a package: `livekit`, `acme::rpc`.
pub(crate) fn package(name: &str) -> String {
    match name {
        WELL_KNOWN => WELL_KNOWN_TYPES.to_owned(),
        _ => name.split('.').map(field).collect::<Vec<_>>().join("::"),
    }
}

/// The modules that lead to what is declared in a message, or else in a package.
fn scope(package: &str, message: Option<&MessageDescriptor>) -> String {
    let module = message.map_or_else(|| self::package(package), module);
    if module.is_empty() { module } else { module + "::" }
}

/// The words that Rust keeps for itself, of all editions; prost writes them raw.
const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try",
    "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Those that cannot even be written raw.
const PATH_WORDS: [&str; 5] = ["crate", "extern", "self", "Self", "super"];

pub(crate) fn identifier(name: String) -> String {
    if PATH_WORDS.contains(&name.as_str()) {
        name + "_"
    } else if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else if name.starts_with(char::is_numeric) {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_prost() {
        for (name, expected) in
            [("aliOSS", "ali_oss"), ("type", "r#type"), ("gen", "r#gen"), ("super", "super_"), ("_3d", "_3d")]
        {
            assert_eq!(field(name), expected);
        }
        for (name, expected) in [("SIPTrunkInfo", "SipTrunkInfo"), ("ali_oss", "AliOss"), ("self", "Self_")] {
            assert_eq!(ty(name), expected);
        }
    }
}
