//! The answers to what cannot be done.

use crate::error::{Refusal, TwirpCode};

pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(TwirpCode::InvalidArgument, message)
}

pub(super) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::new(TwirpCode::NotFound, message)
}

/// Nobody is there to handle the request. A server of several nodes says so after some seconds; this one
/// knows at once.
pub(super) fn unavailable(message: impl Into<String>) -> Refusal {
    Refusal::new(TwirpCode::Unavailable, message)
}

pub(super) fn failed_precondition(message: impl Into<String>) -> Refusal {
    Refusal::new(TwirpCode::FailedPrecondition, message)
}

pub(super) fn no_room() -> Refusal {
    not_found("requested room does not exist")
}

pub(super) fn no_participant() -> Refusal {
    not_found("participant does not exist")
}

/// What LiveKit says of an exceeded limit; it repeats the message as meta `argument`.
pub(super) fn exceeded(what: &str, max: usize) -> Refusal {
    let text = format!("{what} size exceeds limit: {max}");
    invalid(text.clone()).with_meta("argument", text)
}
