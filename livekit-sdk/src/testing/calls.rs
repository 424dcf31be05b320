//! What was called, for tests to look at.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};
use prost::Message;
use serde::de::DeserializeOwned;

use super::json_wire;
use crate::auth::{ClaimGrants, decode_unverified};
use crate::spec::Rpc;

/// How many calls are kept; older ones are forgotten.
const KEPT: usize = 10_000;

/// A call as the server saw it.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReceivedCall {
    /// The full name of the service: `livekit.RoomService`.
    pub service: String,
    /// The method's name on the wire.
    pub method: String,
    /// The version of HTTP that the call came in; what came without HTTP says 1.1.
    pub version: Version,
    /// The headers of the request. They include the caller's token.
    pub headers: HeaderMap,
    /// The body of the request. Empty if the connection was dropped before it was read.
    pub body: Bytes,
    /// Which attempt this is at the call with this request id, from 1 on.
    pub attempt: usize,
    /// The index of the region that was called.
    pub region: usize,
    /// The status of the answer; `None` while there is none, or if the connection was dropped.
    pub status: Option<StatusCode>,
}

impl ReceivedCall {
    /// The id by which a caller marks attempts at the same call.
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get("x-livekit-request-id").and_then(|id| id.to_str().ok())
    }

    /// What the caller's token grants, whether or not the token was accepted.
    pub fn grants(&self) -> Option<ClaimGrants> {
        let header = self.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
        decode_unverified(header.strip_prefix("Bearer ")?).ok().map(|claims| claims.grants)
    }

    /// Whether this is a call of `rpc`.
    pub fn is<Req, Res>(&self, rpc: &Rpc<Req, Res>) -> bool {
        self.service == rpc.service() && self.method == rpc.method()
    }

    /// The request; `None` if it is not of this type, or cannot be decoded.
    pub fn request<Req: Message + Default + DeserializeOwned>(&self) -> Option<Req> {
        match json_wire::is_json(&self.headers) {
            true => serde_json::from_slice(&self.body).ok(),
            false => Req::decode(self.body.clone()).ok(),
        }
    }
}

impl fmt::Debug for ReceivedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.method)?;
        match self.status {
            Some(status) => write!(f, " → {}", status.as_u16())?,
            None => f.write_str(" → no answer")?,
        }
        match self.attempt {
            0 | 1 => Ok(()),
            attempt => write!(f, " (attempt {attempt})"),
        }
    }
}

/// Is called with every call once its end is known.
type Callback = Arc<dyn Fn(&ReceivedCall) + Send + Sync>;

/// The calls so far.
#[derive(Default)]
pub(super) struct CallLog(Mutex<Log>);

#[derive(Default)]
struct Log {
    callbacks: Vec<Callback>,
    calls: VecDeque<ReceivedCall>,
    /// How many calls were forgotten.
    forgotten: usize,
    /// How often each request id of these calls was seen.
    attempts: HashMap<String, usize>,
}

impl CallLog {
    /// Notes a call, and answers its place.
    pub(super) fn begin(&self, mut call: ReceivedCall) -> usize {
        let mut log = self.log();
        call.attempt = 1;
        if let Some(id) = call.request_id().map(str::to_owned) {
            let attempts = log.attempts.entry(id).or_default();
            *attempts += 1;
            call.attempt = *attempts;
        }
        if log.calls.len() == KEPT {
            let oldest = log.calls.pop_front();
            if let Some(id) = oldest.as_ref().and_then(ReceivedCall::request_id) {
                log.attempts.remove(id);
            }
            log.forgotten += 1;
        }
        log.calls.push_back(call);
        log.forgotten + log.calls.len() - 1
    }

    /// Adds what a call was made of.
    pub(super) fn read(&self, place: usize, body: Bytes) {
        if let Some(call) = self.log().at(place) {
            call.body = body;
        }
    }

    /// Adds how a call ended: with an answer, or with a dropped connection.
    pub(super) fn end(&self, place: usize, status: Option<StatusCode>) {
        let mut log = self.log();
        let callbacks = log.callbacks.clone();
        let Some(call) = log.at(place) else { return };
        call.status = status;
        if callbacks.is_empty() {
            return;
        }
        let call = call.clone();
        drop(log);
        callbacks.iter().for_each(|callback| callback(&call));
    }

    /// Has every call from now on shown to `callback`.
    pub(super) fn watch(&self, callback: impl Fn(&ReceivedCall) + Send + Sync + 'static) {
        self.log().callbacks.push(Arc::new(callback));
    }

    pub(super) fn all(&self) -> Vec<ReceivedCall> {
        self.log().calls.iter().cloned().collect()
    }

    /// Forgets the calls so far; those that have no answer yet are not found again.
    pub(super) fn clear(&self) {
        let mut log = self.log();
        log.forgotten += log.calls.len();
        log.calls.clear();
        log.attempts.clear();
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// The call of this place, unless it is forgotten.
    fn at(&mut self, place: usize) -> Option<&mut ReceivedCall> {
        self.calls.get_mut(place.checked_sub(self.forgotten)?)
    }
}
