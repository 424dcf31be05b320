//! The schema at run time: what methods and their messages look like.

use std::sync::OnceLock;

use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};

/// The services and messages that this crate is generated from, with their annotations.
const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The descriptors. Reading them takes longer than starting a server, so they are read when first needed.
fn pool() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(DESCRIPTORS).expect("a constant that the build has written"))
}

/// A method by the full name of its service and its own name.
pub(super) fn method(service: &str, method: &str) -> Option<MethodDescriptor> {
    let service = pool().get_service_by_name(service)?;
    service.methods().find(|found| found.name() == method)
}

/// An annotation of this project that is a message, if it is among the options of an element.
pub(super) fn annotation(options: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    let extension = pool().get_extension_by_name(&format!("livekit.sdk.{name}"))?;
    let value = options.has_extension(&extension).then(|| options.get_extension(&extension))?;
    value.as_message().cloned()
}

/// A field that is a message, if it is set.
pub(super) fn message(of: &DynamicMessage, field: &str) -> Option<DynamicMessage> {
    of.has_field_by_name(field).then(|| of.get_field_by_name(field))??.as_message().cloned()
}

/// A field that is text; empty if there is none.
pub(super) fn text(of: &DynamicMessage, field: &str) -> String {
    let value = of.get_field_by_name(field);
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
