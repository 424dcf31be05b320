//! How a SIP status becomes an error answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;

use crate::error::{Refusal, TwirpCode};
use crate::proto::well_known::Any;
use crate::proto::{SipStatus, SipStatusCode};

/// The answer to a phone call that failed with this SIP status.
pub(super) fn refusal(status: i32, reason: &str) -> Refusal {
    answer(twirp_code(status), status, reason)
}

/// The same from a server whose protocol is older than 1.52: a callee that is busy or unavailable is
/// `resource_exhausted`.
pub(super) fn refusal_before_1_52(status: i32, reason: &str) -> Refusal {
    match status {
        480 | 486 => answer(TwirpCode::ResourceExhausted, status, reason),
        _ => refusal(status, reason),
    }
}

/// What a status is called in the schema, or else its number.
pub(super) fn name(status: i32) -> String {
    let known = SipStatusCode::try_from(status);
    known.map_or_else(|_| status.to_string(), |code| code.as_str_name().to_owned())
}

fn answer(code: TwirpCode, status: i32, reason: &str) -> Refusal {
    let details = details(&code, status, reason);
    Refusal::new(code, format!("sip status: {status}: {reason}"))
        .with_meta("sip_status_code", status.to_string())
        .with_meta("sip_status", reason)
        .with_meta("error_details", details)
}

/// The code of the newest protocol.
fn twirp_code(status: i32) -> TwirpCode {
    match status {
        301 | 302 | 404 | 410 | 481 | 604 => TwirpCode::NotFound,
        401 | 402 | 403 | 433 | 470 | 603 | 607 | 608 => TwirpCode::PermissionDenied,
        407 | 428 | 436..=438 | 494 => TwirpCode::Unauthenticated,
        408 | 504 => TwirpCode::DeadlineExceeded,
        409 | 412 | 480 | 482 | 483 | 486 => TwirpCode::FailedPrecondition,
        416 => TwirpCode::OutOfRange,
        440 | 600 => TwirpCode::ResourceExhausted,
        487 | 491 => TwirpCode::Aborted,
        300..=499 | 505 | 513 | 601..=699 => TwirpCode::InvalidArgument,
        500..=599 => TwirpCode::FailedPrecondition,
        _ => TwirpCode::Unknown,
    }
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// What programs read: the status as gRPC would carry it.
fn details(code: &TwirpCode, status: i32, reason: &str) -> String {
    let sip = SipStatus { code: status, status: reason.to_owned(), ..Default::default() };
    let sip = Any {
        type_url: "type.googleapis.com/livekit.SIPStatus".to_owned(),
        value: sip.encode_to_vec().into(),
    };
    let message = format!("sip status {status}: {reason}");
    STANDARD.encode(Status { code: grpc_code(code), message, details: vec![sip] }.encode_to_vec())
}

/// The number of gRPC for those codes that a SIP status can become.
fn grpc_code(code: &TwirpCode) -> i32 {
    match code {
        TwirpCode::InvalidArgument => 3,
        TwirpCode::DeadlineExceeded => 4,
        TwirpCode::NotFound => 5,
        TwirpCode::PermissionDenied => 7,
        TwirpCode::ResourceExhausted => 8,
        TwirpCode::FailedPrecondition => 9,
        TwirpCode::Aborted => 10,
        TwirpCode::OutOfRange => 11,
        TwirpCode::Unauthenticated => 16,
        // `unknown`
        _ => 2,
    }
}
