//! How a SIP status becomes an error answer.

use crate::error::{Refusal, TwirpCode};

/// The answer to a phone call that failed with this SIP status.
pub(super) fn refusal(status: u16, reason: &str) -> Refusal {
    Refusal::new(twirp_code(status), format!("sip status: {status}: {reason}"))
        .with_meta("sip_status_code", status.to_string())
        .with_meta("sip_status", reason)
}

/// The code of the newest protocol. Servers before 1.52 answer 480 and 486 with `resource_exhausted`.
fn twirp_code(status: u16) -> TwirpCode {
    match status {
        301 | 302 | 404 | 410 | 481 | 604 => TwirpCode::NotFound,
        401 | 402 | 403 | 433 | 470 | 603 | 607 | 608 => TwirpCode::PermissionDenied,
        407 | 428 | 436..=438 | 494 => TwirpCode::Unauthenticated,
        408 | 504 => TwirpCode::DeadlineExceeded,
        409 | 412 | 480 | 482 | 483 | 486 => TwirpCode::FailedPrecondition,
        416 => TwirpCode::OutOfRange,
        440 | 600 => TwirpCode::ResourceExhausted,
        487 | 491 => TwirpCode::Aborted,
        505 | 513 => TwirpCode::InvalidArgument,
        300..=499 | 601..=699 => TwirpCode::InvalidArgument,
        500..=599 => TwirpCode::FailedPrecondition,
        _ => TwirpCode::Unknown,
    }
}
