//! A request that is put together, and what it takes to get it answered.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use crate::client::LiveKit;
use crate::error::{CallInfo, Error, ErrorKind, Refusal, Result};
use crate::region::{Age, authority, moved, untried};
use crate::retry::{Next, Outcome, Policy};
use crate::trace::CallSpan;

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/protobuf");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("livekit-sdk-rust/", env!("CARGO_PKG_VERSION")));
const BEARER: &str = "Bearer ";
/// What is shorter is no token, and may be a word that is part of every answer.
const SHORTEST_TOKEN: usize = 16;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-livekit-request-id");
const TIME_LEFT: HeaderName = HeaderName::from_static("x-twirp-timeout-ms");

/// A call, ready to be sent as often as it takes.
pub(super) struct Delivery<'a> {
    pub(super) livekit: &'a LiveKit,
    /// Where the caller wants the call to go.
    pub(super) base: Url,
    /// What follows the base: service and method.
    pub(super) route: &'a str,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) policy: Policy,
    /// When the caller wants to know, whatever there is to know by then.
    pub(super) deadline: Option<Instant>,
    /// Spreads the waits of many callers: in `0.0..1.0`.
    pub(super) chance: f64,
}

/// An attempt that failed, and what that says about repeating it.
struct Failure {
    error: Error,
    outcome: Outcome,
}

/// The headers of a call, in order of precedence: those that the protocol needs, the caller's own, those of
/// the client.
pub(super) fn headers(livekit: &LiveKit, own: &HeaderMap, token: &str, info: &CallInfo) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, AGENT);
    for (name, value) in livekit.headers().iter().chain(own) {
        headers.insert(name, value.clone());
    }
    let refused = |error| {
        Error::new(ErrorKind::Request, "the token holds characters that HTTP forbids").with_source(error)
    };
    // Wiped from memory with the last copy of the header.
    let bearer = Bytes::from_owner(Zeroizing::new([BEARER, token].concat().into_bytes()));
    let mut bearer = HeaderValue::from_maybe_shared(bearer).map_err(refused)?;
    bearer.set_sensitive(true);
    headers.insert(AUTHORIZATION, bearer);
    headers.insert(CONTENT_TYPE, PROTOBUF);
    headers.insert(ACCEPT, PROTOBUF);
    if let Ok(id) = HeaderValue::try_from(&info.request_id) {
        headers.insert(REQUEST_ID, id);
    }
    Ok(headers)
}

impl Delivery<'_> {
    /// Sends until an answer stands, and keeps in `info` how far it got.
    pub(super) async fn answer(&self, info: &mut CallInfo) -> Result<Bytes> {
        let mut at = self.base.clone();
        let mut tried = Vec::new();
        let mut regions = None;
        loop {
            info.attempts += 1;
            info.host = authority(&at);
            let began = Instant::now();
            let Failure { error, outcome } = match self.attempt(&at).await {
                Ok(body) => return Ok(body),
                Err(failure) => failure,
            };
            tried.push(at.clone());
            let (wait, next) = match self.policy.next(info.attempts, outcome, self.left(), self.chance) {
                Next::Stop => return Err(error),
                Next::Repeat(wait) => (wait, Some(at)),
                Next::FailOver(wait) => {
                    let regions = match &mut regions {
                        Some(regions) => regions,
                        // A call asks once, even where there is nothing to be learnt.
                        none => none.insert(self.regions(Age::Allowed).await),
                    };
                    (wait, Some(self.untried(regions, &tried).unwrap_or_else(|| self.base.clone())))
                }
                Next::Move => {
                    let regions = regions.insert(self.regions(Age::Since(began)).await);
                    (Duration::ZERO, self.untried(regions, &tried))
                }
            };
            let Some(next) = next else { return Err(error) };
            CallSpan::retry(info, &error, wait, &authority(&next));
            tokio::time::sleep(self.at_most(wait)).await;
            if self.left().is_some_and(|left| left.is_zero()) {
                return Err(error);
            }
            at = next;
        }
    }

    async fn regions(&self, age: Age) -> Vec<Url> {
        let transport = self.livekit.transport();
        let regions = self.livekit.regions().of(&self.base, &self.headers, transport, age);
        match self.left() {
            Some(left) => tokio::time::timeout(left, regions).await.unwrap_or_default(),
            None => regions.await,
        }
    }

    /// The nearest region that was not tried yet.
    fn untried(&self, regions: &[Url], tried: &[Url]) -> Option<Url> {
        untried(regions, tried).map(|region| moved(&self.base, region))
    }

    fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// `time`, or what is left of it.
    fn at_most(&self, time: Duration) -> Duration {
        self.left().map_or(time, |left| left.min(time))
    }

    async fn attempt(&self, at: &Url) -> Result<Bytes, Failure> {
        let timeout = self.at_most(self.policy.timeout);
        let request = self.request(at, timeout).map_err(Failure::unsent)?;
        let sent = tokio::time::timeout(timeout, self.livekit.transport().send(request)).await;
        let answer = match sent {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if error.is_unsent() => return Err(Failure::unsent(error)),
            Ok(Err(error)) => return Err(Failure { error, outcome: Outcome::Unanswered }),
            Err(_) => {
                let error = Error::new(ErrorKind::Timeout, format!("no answer within {timeout:?}"));
                return Err(Failure { error, outcome: Outcome::Unanswered });
            }
        };
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            status => {
                let outcome = Outcome::Answered(status, retry_after(&answer));
                Err(Failure { error: self.refusal(&answer), outcome })
            }
        }
    }

    /// What an error answer says. Servers may quote the token that they refuse, and errors get logged.
    fn refusal(&self, answer: &Response<Bytes>) -> Error {
        let bearer = self.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|bearer| bearer.strip_prefix(BEARER)).unwrap_or_default();
        let location = answer.headers().get(LOCATION).map(|value| without(value.as_bytes(), token));
        let location = location.as_ref().and_then(|value| str::from_utf8(value).ok());
        Refusal::from_answer(answer.status().as_u16(), &without(answer.body(), token), location).into()
    }

    fn request(&self, at: &Url, timeout: Duration) -> Result<Request<Bytes>> {
        let base = at.as_str().trim_end_matches('/');
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::try_from(format!("{base}/twirp/{}", self.route)).map_err(|error| {
            let text = format!("{} does not make a valid URL", self.route);
            Error::new(ErrorKind::Request, text).with_source(error)
        })?;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().insert(TIME_LEFT, HeaderValue::from(milliseconds(timeout)));
        Ok(request)
    }
}

impl Failure {
    fn unsent(error: Error) -> Self {
        Self { error, outcome: Outcome::Unsent }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// When the server wants to be asked again, where it says so in seconds.
fn retry_after(answer: &Response<Bytes>) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<u32>().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// A text with `<redacted>` wherever it quotes `token`.
fn without<'a>(text: &'a [u8], token: &str) -> Cow<'a, [u8]> {
    if token.len() < SHORTEST_TOKEN {
        return Cow::Borrowed(text);
    }
    let find = |text: &[u8]| text.windows(token.len()).position(|part| part == token.as_bytes());
    let (mut rest, mut kept) = (text, Vec::new());
    while let Some((before, after)) = find(rest).and_then(|at| rest.split_at_checked(at)) {
        kept.extend_from_slice(before);
        kept.extend_from_slice(b"<redacted>");
        rest = after.get(token.len()..).unwrap_or_default();
    }
    match kept.is_empty() {
        true => Cow::Borrowed(text),
        false => Cow::Owned([&kept, rest].concat()),
    }
}
