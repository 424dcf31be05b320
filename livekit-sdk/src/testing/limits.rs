//! How large what callers send may be, with the defaults of a self-hosted server.

use std::collections::HashMap;

use super::refusals::{exceeded, invalid};
use crate::error::Refusal;

/// Bytes of a room's name, a participant's name and a participant's identity.
pub(super) const MAX_NAME: usize = 256;
/// Bytes of metadata.
pub(super) const MAX_METADATA: usize = 512 * 1024;
/// Bytes of the keys and values of attributes together.
pub(super) const MAX_ATTRIBUTES: usize = 64 * 1024;

pub(super) fn room_name(name: &str) -> Result<(), Refusal> {
    match name.len() > MAX_NAME {
        true => Err(invalid(format!("room name exceeds {MAX_NAME} bytes"))),
        false => Ok(()),
    }
}

pub(super) fn participant_name(name: &str) -> Result<(), Refusal> {
    bounded("name", name.len(), MAX_NAME)
}

pub(super) fn metadata(metadata: &str) -> Result<(), Refusal> {
    bounded("metadata", metadata.len(), MAX_METADATA)
}

pub(super) fn attributes(attributes: &HashMap<String, String>) -> Result<(), Refusal> {
    let size = attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
    bounded("attributes", size, MAX_ATTRIBUTES)
}

fn bounded(what: &str, size: usize, max: usize) -> Result<(), Refusal> {
    if size > max { Err(exceeded(what, max)) } else { Ok(()) }
}
