//! Faults: what can go wrong between a caller and LiveKit, on demand.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::error::{Refusal, TwirpCode};
use crate::server;
use crate::spec::Rpc;

/// Something that goes wrong: with every call, or with those of one method; always, or a number of times.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> livekit_sdk::Result<()> {
/// use livekit_sdk::services::room::RoomServiceClient;
/// use livekit_sdk::testing::{Fault, TestServer};
/// use livekit_sdk::TwirpCode;
///
/// let server = TestServer::new();
/// server.inject(Fault::twirp(TwirpCode::Unavailable, "try again").on(&RoomServiceClient::CREATE_ROOM).once());
///
/// let lk = server.livekit();
/// assert!(lk.room().create_room("daily").await.unwrap_err().is_unavailable());
/// assert!(lk.room().create_room("daily").await.is_ok());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    route: Option<(&'static str, &'static str)>,
    region: Option<usize>,
    header: Option<(String, String)>,
    left: Option<usize>,
    delay: Duration,
    effect: Effect,
}

/// What happens in place of the answer, or to it.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// Nothing: the call is answered, after the delay.
    Answer,
    /// Another answer is given; the call is not carried out.
    Replace(Response<Bytes>),
    /// Nothing listens.
    Unreachable,
    /// The connection ends before the request was read.
    DropUnread,
    /// The connection ends when the call has been carried out.
    DropUnanswered,
    /// The answer's body ends early, and so does the connection.
    Truncate(usize),
    /// The answer's body is other bytes.
    Garble(Bytes),
    /// The answer's body comes byte by byte.
    Slow(Duration),
    /// The answer says that it is of another type.
    Mislabel(HeaderValue),
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self { route: None, region: None, header: None, left: None, delay: Duration::ZERO, effect }
    }

    /// The answer comes late.
    pub fn delay(by: Duration) -> Self {
        Self { delay: by, ..Self::new(Effect::Answer) }
    }

    /// A Twirp error; the call is not carried out.
    pub fn twirp(code: TwirpCode, message: impl Into<String>) -> Self {
        Self::refusal(Refusal::new(code, message))
    }

    /// An error answer of any kind; the call is not carried out.
    pub fn refusal(refusal: Refusal) -> Self {
        Self::new(Effect::Replace(server::error(&refusal)))
    }

    /// A phone call that fails with a SIP status, such as 486 and `Busy Here`.
    pub fn sip(status: u16, reason: impl Into<String>) -> Self {
        Self::refusal(super::sip_status::refusal(status.into(), &reason.into()))
    }

    /// Any status and body, with a content type; the call is not carried out. For the pages of proxies.
    ///
    /// A status that HTTP does not have becomes 500.
    pub fn status(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        insert(&mut response, CONTENT_TYPE, content_type);
        Self::new(Effect::Replace(response))
    }

    /// A redirect with this status to another URL.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::status(status, "text/html", "").with_header(LOCATION, location)
    }

    /// No connection comes about, as if nothing listened. Over TCP, where something does, the connection ends
    /// before the request was read.
    pub fn unreachable() -> Self {
        Self::new(Effect::Unreachable)
    }

    /// The connection ends before the request was read.
    pub fn drop_unread() -> Self {
        Self::new(Effect::DropUnread)
    }

    /// The call is carried out, and the connection ends without an answer.
    pub fn drop_unanswered() -> Self {
        Self::new(Effect::DropUnanswered)
    }

    /// The connection ends after so many bytes of the answer's body.
    pub fn truncate(after: usize) -> Self {
        Self::new(Effect::Truncate(after))
    }

    /// The answer's body is replaced by other bytes; its status is still 200.
    pub fn garbage(body: impl Into<Bytes>) -> Self {
        Self::new(Effect::Garble(body.into()))
    }

    /// The answer's body comes byte by byte, each after this time.
    pub fn slow_body(per_byte: Duration) -> Self {
        Self::new(Effect::Slow(per_byte))
    }

    /// The answer says it is of another content type. One that HTTP does not allow is left as it was.
    pub fn content_type(text: &str) -> Self {
        Self::new(HeaderValue::from_str(text).map_or(Effect::Answer, Effect::Mislabel))
    }

    /// Adds a header to an answer that is given in place of the real one. One that HTTP does not allow is
    /// left out.
    #[must_use]
    pub fn with_header(mut self, name: impl TryInto<HeaderName>, value: &str) -> Self {
        if let (Effect::Replace(response), Ok(name)) = (&mut self.effect, name.try_into()) {
            insert(response, name, value);
        }
        self
    }

    /// Adds a delay before whatever happens.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Only calls of this method. Default: of every method.
    #[must_use]
    pub fn on<Req, Res>(mut self, rpc: &Rpc<Req, Res>) -> Self {
        self.route = Some((rpc.service(), rpc.method()));
        self
    }

    /// Only calls that reach the region of this index. Default: every region.
    #[must_use]
    pub fn in_region(mut self, index: usize) -> Self {
        self.region = Some(index);
        self
    }

    /// Only calls that come with this header: those that a caller marks with
    /// [`with_header`](crate::Call::with_header). Default: every call.
    #[must_use]
    pub fn on_header(mut self, name: &str, value: &str) -> Self {
        self.header = Some((name.to_owned(), value.to_owned()));
        self
    }

    /// Only the next call. Default: always.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Only the next `times` calls. Default: always.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.left = Some(times);
        self
    }

    fn strikes(&self, service: &str, method: &str, region: usize, headers: &HeaderMap) -> bool {
        let is_marked =
            |(name, value): &(String, String)| headers.get(name).is_some_and(|own| own == value.as_str());
        self.left != Some(0)
            && self.route.is_none_or(|route| route == (service, method))
            && self.region.is_none_or(|own| own == region)
            && self.header.as_ref().is_none_or(is_marked)
    }
}

fn insert(response: &mut Response<Bytes>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The faults that are yet to happen, in the order in which they were injected.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(super) fn inject(&self, fault: Fault) {
        self.faults().push(fault);
    }

    pub(super) fn clear(&self) {
        self.faults().clear();
    }

    /// What goes wrong with this call, and after how long; one fault strikes at a time.
    pub(super) fn take(
        &self,
        (service, method): (&str, &str),
        region: usize,
        headers: &HeaderMap,
    ) -> (Duration, Effect) {
        let mut faults = self.faults();
        let strikes = |fault: &&mut Fault| fault.strikes(service, method, region, headers);
        let Some(fault) = faults.iter_mut().find(strikes) else {
            return (Duration::ZERO, Effect::Answer);
        };
        fault.left = fault.left.map(|left| left.saturating_sub(1));
        let taken = (fault.delay, fault.effect.clone());
        faults.retain(|fault| fault.left != Some(0));
        taken
    }

    fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
