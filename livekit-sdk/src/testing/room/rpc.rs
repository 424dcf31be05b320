//! Participant RPC: methods that a participant offers, and how a call of one ends.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Refusal, TwirpCode};
use crate::transport::BoxFuture;

/// Bytes of a payload.
const MAX_PAYLOAD: usize = 15 * 1024;

/// How long a handler may take when the caller does not say.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers one method.
pub(super) type Handler = Arc<dyn Fn(String) -> BoxFuture<'static, Result<String, RpcFailure>> + Send + Sync>;

/// The methods that a participant offers, by name.
pub(in crate::testing) type Handlers = HashMap<String, Handler>;

/// How a participant's RPC handler fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcFailure {
    /// 1400 to 1599 are LiveKit's; others are the application's own.
    pub code: u32,
    /// What went wrong, for people.
    pub message: String,
    /// What went wrong, for the caller's program.
    pub data: String,
}

impl RpcFailure {
    /// A failure with an application's own code.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: String::new() }
    }

    /// The code that the server gives to the failure.
    fn twirp_code(&self) -> TwirpCode {
        match self.code {
            1400 | 1402 => TwirpCode::InvalidArgument,
            1401 => TwirpCode::NotFound,
            1403 | 1404 => TwirpCode::Unimplemented,
            1501 | 1502 => TwirpCode::Canceled,
            1503 => TwirpCode::Unavailable,
            _ => TwirpCode::Internal,
        }
    }
}

impl fmt::Display for RpcFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RpcError: {}: {}", self.code, self.message)?;
        if self.data.is_empty() { Ok(()) } else { write!(f, ": {}", self.data) }
    }
}

impl From<RpcFailure> for Refusal {
    fn from(failure: RpcFailure) -> Self {
        Self::new(failure.twirp_code(), failure.to_string())
    }
}

/// Calls a method of a participant, which offers it or not.
pub(super) async fn call(
    handler: Option<Handler>,
    payload: String,
    timeout_ms: u32,
) -> Result<String, RpcFailure> {
    if payload.len() > MAX_PAYLOAD {
        return Err(RpcFailure::new(1402, "Request payload too large"));
    }
    let Some(handler) = handler else {
        return Err(RpcFailure::new(1400, "Method not supported at destination"));
    };
    let timeout = match timeout_ms {
        0 => RESPONSE_TIMEOUT,
        milliseconds => Duration::from_millis(milliseconds.into()),
    };
    let answered = tokio::time::timeout(timeout, handler(payload)).await;
    let response = answered.map_err(|_| RpcFailure::new(1502, "Response timeout"))??;
    match response.len() > MAX_PAYLOAD {
        true => Err(RpcFailure::new(1504, "Response payload too large")),
        false => Ok(response),
    }
}
