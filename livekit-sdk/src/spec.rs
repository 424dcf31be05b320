//! What a method needs and how it travels, as data: the constants that `#[service]` makes.

use std::fmt;
use std::time::Duration;

use crate::auth::{ClaimGrants, Grant as _};
use crate::error::{Error, ErrorKind, Result};
use crate::proto::well_known::Duration as ProtoDuration;

/// How long a phone rings when the caller does not say.
const DEFAULT_RINGING: Duration = Duration::from_secs(30);

/// What a call waits beyond the ringing, so that the server's own answer arrives first.
const RINGING_MARGIN: Duration = Duration::from_secs(2);

/// A field of a request that is text.
type Text<Req> = fn(&Req) -> &str;

/// A method of a Twirp service, with the types of its request and response.
pub struct Rpc<Req, Res> {
    service: &'static str,
    method: &'static str,
    host_label: Option<&'static str>,
    grants: Option<fn(&mut ClaimGrants)>,
    room: Option<Text<Req>>,
    destination_room: Option<Text<Req>>,
    dial: Option<Dial<Req>>,
    wait: Option<Wait<Req>>,
    types: std::marker::PhantomData<fn(Req) -> Res>,
}

impl<Req, Res> Rpc<Req, Res> {
    /// A method that needs no grants.
    ///
    /// `service` is the full name (`livekit.RoomService`), `method` the name on the wire.
    pub const fn new(service: &'static str, method: &'static str) -> Self {
        Self {
            service,
            method,
            host_label: None,
            grants: None,
            room: None,
            destination_room: None,
            dial: None,
            wait: None,
            types: std::marker::PhantomData,
        }
    }

    /// Names the first label of the host that serves the method on LiveKit Cloud.
    #[must_use]
    pub const fn with_host_label(mut self, label: &'static str) -> Self {
        self.host_label = Some(label);
        self
    }

    /// Sets the grants that the method demands.
    #[must_use]
    pub const fn with_grants(mut self, grants: fn(&mut ClaimGrants)) -> Self {
        self.grants = Some(grants);
        self
    }

    /// Limits the grants to the room that the request names.
    #[must_use]
    pub const fn with_room(mut self, room: Text<Req>) -> Self {
        self.room = Some(room);
        self
    }

    /// Limits the grants to the destination room that the request names.
    #[must_use]
    pub const fn with_destination_room(mut self, room: Text<Req>) -> Self {
        self.destination_room = Some(room);
        self
    }

    /// Marks the method as one that makes a phone ring.
    #[must_use]
    pub const fn with_dial(mut self, dial: Dial<Req>) -> Self {
        self.dial = Some(dial);
        self
    }

    /// Names the field of the request that says how long the server may take, in milliseconds; what 0 in it
    /// stands for; and how much longer the client waits.
    #[must_use]
    pub const fn with_wait(mut self, time: fn(&Req) -> u32, default_ms: u32, margin_ms: u32) -> Self {
        self.wait = Some(Wait { time, default_ms, margin_ms });
        self
    }

    /// The full name of the service: `livekit.RoomService`.
    pub const fn service(&self) -> &'static str {
        self.service
    }

    /// The name on the wire: `CreateRoom`.
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// The first label of the host that serves the method on LiveKit Cloud, if it has its own.
    pub const fn host_label(&self) -> Option<&'static str> {
        self.host_label
    }

    /// Whether a call can make a phone ring, so that sending it twice may dial twice.
    pub const fn can_dial(&self) -> bool {
        self.dial.is_some()
    }

    /// Whether the grants that the method demands are known.
    pub const fn has_grants(&self) -> bool {
        self.grants.is_some()
    }

    /// The grants that this request demands, limited to the rooms it names.
    pub fn grants(&self, request: &Req) -> ClaimGrants {
        let mut grants = ClaimGrants::default();
        if let Some(demand) = self.grants {
            demand(&mut grants);
        }
        if let Some(room) = self.room {
            grants.video.get_or_insert_default().room = room(request).to_owned();
        }
        if let Some(room) = self.destination_room {
            grants.video.get_or_insert_default().destination_room = room(request).to_owned();
        }
        grants
    }

    /// Whether `held` allows this request: every flag is set, and the rooms are the request's own.
    ///
    /// Rooms are compared exactly, as LiveKit does: a token without a room administers none.
    pub fn allows(&self, held: &ClaimGrants, request: &Req) -> bool {
        let demanded = self.grants(request);
        let video = held.video.clone().unwrap_or_default();
        let same = |scope: Option<Text<Req>>, held: &str| scope.is_none_or(|room| room(request) == held);
        held.covers(&demanded)
            && same(self.room, &video.room)
            && same(self.destination_room, &video.destination_room)
    }

    /// How long the call has to be given at least, if it waits for somebody to answer a phone, or if the
    /// request lets the server take so long.
    ///
    /// Where the request leaves its ringing limit open, this sets it to the default of 30 s, so that
    /// client and server agree.
    pub(crate) fn floor(&self, request: &mut Req) -> Result<Option<Duration>> {
        match (&self.dial, &self.wait) {
            (Some(dial), _) => dial.floor(request),
            (None, Some(wait)) => Ok(Some(wait.floor(request))),
            (None, None) => Ok(None),
        }
    }
}

impl<Req, Res> fmt::Debug for Rpc<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.method)
    }
}

/// How long the server may take, by what the request says.
struct Wait<Req> {
    time: fn(&Req) -> u32,
    default_ms: u32,
    margin_ms: u32,
}

impl<Req> Wait<Req> {
    fn floor(&self, request: &Req) -> Duration {
        let time = match (self.time)(request) {
            0 => self.default_ms,
            time => time,
        };
        Duration::from_millis(u64::from(time) + u64::from(self.margin_ms))
    }
}

/// How a call rings, and which fields of its request say so.
pub struct Dial<Req> {
    condition: Option<fn(&Req) -> bool>,
    ringing: Option<fn(&mut Req) -> &mut Option<ProtoDuration>>,
    assumed: bool,
}

impl<Req> Dial<Req> {
    /// A call that dials and returns at once.
    pub const fn new() -> Self {
        Self { condition: None, ringing: None, assumed: false }
    }

    /// The field that makes the call wait for an answer.
    #[must_use]
    pub const fn with_condition(mut self, condition: fn(&Req) -> bool) -> Self {
        self.condition = Some(condition);
        self
    }

    /// The field that limits the ringing. The call waits that long (30 s by default), and 2 s more.
    #[must_use]
    pub const fn with_ringing(mut self, ringing: fn(&mut Req) -> &mut Option<ProtoDuration>) -> Self {
        self.ringing = Some(ringing);
        self
    }

    /// The call waits for the default ringing of 30 s, and 2 s more, though it sends no limit.
    #[must_use]
    pub const fn with_assumed_ringing(mut self) -> Self {
        self.assumed = true;
        self
    }

    fn floor(&self, request: &mut Req) -> Result<Option<Duration>> {
        if self.condition.is_some_and(|waits| !waits(request)) {
            return Ok(None);
        }
        let ringing = match self.ringing {
            Some(field) => {
                let sent = field(request).get_or_insert_with(|| DEFAULT_RINGING.into());
                Duration::try_from(*sent).map_err(|_| invalid("is negative"))?
            }
            None if self.assumed => DEFAULT_RINGING,
            None => return Ok(None),
        };
        ringing.checked_add(RINGING_MARGIN).map(Some).ok_or_else(|| invalid("is too long"))
    }
}

impl<Req> Default for Dial<Req> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Req> fmt::Debug for Dial<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial")
            .field("waits", &(self.ringing.is_some() || self.assumed))
            .field("conditional", &self.condition.is_some())
            .finish()
    }
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::Request, format!("the ringing timeout {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{SipGrant, VideoGrant};

    #[derive(Default)]
    struct Transfer {
        room: String,
        waits: bool,
        ringing: Option<ProtoDuration>,
    }

    const RPC: Rpc<Transfer, ()> = Rpc::<Transfer, ()>::new("test.Phone", "Transfer")
        .with_grants(|grants| {
            grants.video.get_or_insert_default().room_admin = true;
            grants.sip.get_or_insert_default().call = true;
        })
        .with_room(|request| request.room.as_str());

    const DIAL: Dial<Transfer> = Dial::<Transfer>::new().with_ringing(|request| &mut request.ringing);

    fn admin(room: &str) -> ClaimGrants {
        let call = SipGrant::default().call(true);
        ClaimGrants::default().video(VideoGrant::admin(room)).sip(call)
    }

    #[test]
    fn every_demanded_grant_is_needed_and_the_room_is_exact() {
        let request = Transfer { room: "a".to_owned(), ..Transfer::default() };
        assert!(RPC.allows(&admin("a"), &request));
        assert!(!RPC.allows(&admin("b"), &request));
        assert!(!RPC.allows(&admin(""), &request));
        assert!(!RPC.allows(&admin("a"), &Transfer::default()), "an empty room is a room of its own");
        assert!(!RPC.allows(&ClaimGrants::default().video(VideoGrant::admin("a")), &request), "no sip.call");
        assert!(!RPC.allows(&ClaimGrants::default(), &request));
        let more = admin("a").video(VideoGrant::admin("a").room_create(true).can_publish(false));
        assert!(RPC.allows(&more, &request), "more than demanded is no less");
    }

    #[test]
    fn tokens_hold_what_is_demanded_and_no_more() {
        let request = Transfer { room: "a".to_owned(), ..Transfer::default() };
        assert_eq!(RPC.grants(&request), admin("a"));
    }

    #[test]
    fn waiting_calls_outlast_the_ringing() {
        let floor = |dial: &Dial<Transfer>, request: &mut Transfer| dial.floor(request).expect("a floor");
        let mut open = Transfer::default();
        assert_eq!(floor(&DIAL, &mut open), Some(Duration::from_secs(32)));
        assert_eq!(open.ringing, Some(Duration::from_secs(30).into()), "client and server have to agree");
        let mut short = Transfer { ringing: Some(Duration::from_millis(1500).into()), ..Transfer::default() };
        assert_eq!(floor(&DIAL, &mut short), Some(Duration::from_millis(3500)));
    }

    #[test]
    fn calls_that_do_not_wait_have_no_floor() {
        const CONDITIONAL: Dial<Transfer> =
            Dial::<Transfer>::new().with_condition(|request| request.waits).with_assumed_ringing();
        assert_eq!(CONDITIONAL.floor(&mut Transfer::default()).expect("no error"), None);
        let mut waits = Transfer { waits: true, ..Transfer::default() };
        assert_eq!(CONDITIONAL.floor(&mut waits).expect("no error"), Some(Duration::from_secs(32)));
        assert_eq!(Dial::<Transfer>::new().floor(&mut waits).expect("no error"), None);
    }

    #[test]
    fn ringing_that_cannot_be_waited_for_is_an_error() {
        for ringing in [
            ProtoDuration { seconds: -1, nanos: 0 },
            ProtoDuration { seconds: i64::MAX, nanos: 999_999_999 },
            ProtoDuration { seconds: i64::MIN, nanos: i32::MIN },
        ] {
            let mut request = Transfer { ringing: Some(ringing), ..Transfer::default() };
            let floor = DIAL.floor(&mut request);
            assert!(floor.is_err() || floor.is_ok_and(|floor| floor > Some(DEFAULT_RINGING)));
        }
    }
}
