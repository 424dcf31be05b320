//! The one error type of this crate.

use std::error::Error as StdError;
use std::fmt;

mod refusal;
mod rpc;
mod telephony;

pub use refusal::{Refusal, TwirpCode};
pub use rpc::RpcCode;
pub use telephony::{SipStatus, SipTransfer};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

/// What went wrong, and what is known about it.
///
/// [`kind`](Self::kind) says who refused: the server, the network, this crate. The predicates
/// (`is_not_found`, `is_timeout`, …) answer what callers usually ask. `Display` describes this layer
/// alone; [`source`](StdError::source) leads to the cause.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    call: Option<CallInfo>,
    source: Option<Source>,
}

/// The call that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallInfo {
    pub(crate) route: String,
    pub(crate) request_id: String,
    /// Host and port of the last attempt; empty if there was none.
    pub(crate) host: String,
    pub(crate) attempts: u32,
}

/// Who refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server, or something in front of it, answered with an error.
    Refused(Refusal),
    /// No answer: the connection could not be made, or broke.
    Unreachable(Unreachable),
    /// No answer in time.
    Timeout,
    /// The server answered with success, but the answer cannot be read.
    BadReply,
    /// The answer is larger than what is read: 32 MiB.
    TooLarge,
    /// A token cannot be made or is not accepted.
    Token(TokenProblem),
    /// A webhook is not accepted.
    Webhook(WebhookProblem),
    /// The configuration cannot work: a missing variable, a malformed URL.
    Config,
    /// The request cannot be sent as it is.
    Request,
}

/// Where a connection failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unreachable {
    /// The host's name could not be resolved. Check the URL and DNS.
    Dns,
    /// Nothing listens there, or something in between does not let through. Check the URL, the port, proxies.
    Connect,
    /// Both sides did not agree on an encrypted connection: usually a certificate that is not trusted. Check
    /// the scheme, the clock and the root certificates.
    Tls,
    /// The connection broke. The server may have done what it was asked to do.
    Interrupted,
}

/// Why a token cannot be made or is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenProblem {
    /// `exp` has passed, even with leeway.
    Expired,
    /// `nbf` has not come yet, even with leeway. Usually a clock that is wrong.
    NotYetValid,
    /// The signature was made with another secret.
    WrongKey,
    /// `iss` names an API key that the verifier does not know.
    UnknownIssuer,
    /// Not a JWT, or its claims do not have the shape of LiveKit's.
    Malformed,
    /// The token has no `exp`.
    MissingExpiry,
    /// Signed with something other than HS256.
    UnsupportedAlgorithm,
    /// The token to be made lacks an identity, a room, a key or a secret, or its lifetime overflows.
    Incomplete,
    /// The room configuration to be put into the token holds credentials.
    HoldsCredentials,
}

/// Why a webhook is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WebhookProblem {
    /// The token carries no `sha256` claim, so it vouches for no body.
    MissingHash,
    /// The body is not the one that was signed. Usually a framework has re-encoded it.
    HashMismatch,
    /// The body is authentic, but is not a webhook event.
    Malformed,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), call: None, source: None }))
    }

    pub(crate) fn token(problem: TokenProblem, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Token(problem), message)
    }

    #[cfg(feature = "webhooks")]
    pub(crate) fn webhook(problem: WebhookProblem, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Webhook(problem), message)
    }

    /// No answer came, and the server may have seen the request: for transports of your own.
    #[cfg(feature = "client")]
    pub fn unreachable(source: impl Into<Source>) -> Self {
        let kind = ErrorKind::Unreachable(Unreachable::Interrupted);
        Self::new(kind, "the connection broke before an answer was complete").with_source(source)
    }

    /// The server has not seen the request, because of `place`: for transports of your own. Such a call is
    /// attempted again even if it rings a phone.
    #[cfg(feature = "client")]
    pub fn unsent(place: Unreachable, source: impl Into<Source>) -> Self {
        let text = match place {
            Unreachable::Dns => "the server's name cannot be resolved",
            Unreachable::Connect => "the server cannot be reached",
            Unreachable::Tls => "no encrypted connection to the server comes about",
            Unreachable::Interrupted => return Self::unreachable(source),
        };
        Self::new(ErrorKind::Unreachable(place), text).with_source(source)
    }

    /// Adds which call failed.
    #[cfg(feature = "client")]
    pub(crate) fn in_call(mut self, call: CallInfo) -> Self {
        self.0.call = Some(call);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Who refused, and why.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The server's answer, if there was one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.0.kind {
            ErrorKind::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The Twirp code of the server's answer, if there was one.
    pub fn code(&self) -> Option<&TwirpCode> {
        self.refusal().map(|refusal| &refusal.code)
    }

    /// The HTTP status of the server's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// Why a token was not made or not accepted.
    pub fn token_problem(&self) -> Option<TokenProblem> {
        match self.0.kind {
            ErrorKind::Token(problem) => Some(problem),
            _ => None,
        }
    }

    /// The id that was sent with the failed call, to be quoted to support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.call.as_ref().map(|call| call.request_id.as_str())
    }

    /// The failed call, as `livekit.RoomService/CreateRoom`.
    pub fn route(&self) -> Option<&str> {
        self.0.call.as_ref().map(|call| call.route.as_str())
    }

    /// Host and port of the last attempt at the failed call.
    pub fn host(&self) -> Option<&str> {
        self.0.call.as_ref().map(|call| call.host.as_str()).filter(|host| !host.is_empty())
    }

    /// How often the failed call was attempted. Zero if it was refused before it was sent.
    pub fn attempts(&self) -> u32 {
        self.0.call.as_ref().map_or(0, |call| call.attempts)
    }

    /// Something the request names does not exist: a room, a participant, an egress, a trunk.
    ///
    /// Check the name, which is compared letter by letter, and whether it is of this project. Rooms go when the
    /// last participant has left (after their `departure_timeout`), so one that was there a minute ago may be
    /// gone. [`is_room_not_found`](Self::is_room_not_found) and
    /// [`is_participant_not_found`](Self::is_participant_not_found) tell the two usual cases apart.
    pub fn is_not_found(&self) -> bool {
        self.has_code(&TwirpCode::NotFound)
    }

    /// There is no such room. LiveKit says so with `not_found`, which participants, agents and recordings share,
    /// and with a text; this looks at both.
    ///
    /// Check the name and whether anybody is in the room: calls about participants need a room that is live on a
    /// server, not one that was only created.
    pub fn is_room_not_found(&self) -> bool {
        self.is_not_found() && self.says("room does not exist")
    }

    /// There is no such participant, or no such room with participants. As
    /// [`is_room_not_found`](Self::is_room_not_found), this looks at code and text.
    ///
    /// Check that it is the identity that is named, not the display name nor the id (`PA_…`), and whether the
    /// participant has left in the meantime.
    pub fn is_participant_not_found(&self) -> bool {
        self.is_not_found() && self.says("participant does not exist")
    }

    /// Something the request would create exists already: a trunk of the same numbers, a rule for the same trunk.
    ///
    /// Creating a room that exists is no such error. After a call that got no answer, this may mean that the
    /// first attempt came through.
    pub fn is_already_exists(&self) -> bool {
        self.has_code(&TwirpCode::AlreadyExists)
    }

    /// A value in the request is not acceptable. The server's message names it.
    ///
    /// Check fields that were left empty, lengths, and values that exclude each other. Sending it again does not
    /// help. If the message speaks of a body that cannot be read, check what is between here and LiveKit.
    pub fn is_invalid_argument(&self) -> bool {
        self.has_code(&TwirpCode::InvalidArgument) || self.has_code(&TwirpCode::Malformed)
    }

    /// The server did not accept the token.
    ///
    /// Check, in this order:
    /// - the secret, and that it belongs to the API key: they come in pairs;
    /// - the server: a key of one project or installation is unknown to any other, so a wrong host looks like this;
    /// - the clock, if it is more than a minute off: tokens are valid from the moment they are made;
    /// - a [ready token](crate::LiveKitBuilder::token): whether it has expired, and holds the grant. LiveKit
    ///   answers so also where a grant is missing, or is for another room;
    /// - a proxy in between that asks for a login of its own: [`Refusal::from_intermediary`] is then set.
    pub fn is_unauthenticated(&self) -> bool {
        self.has_code(&TwirpCode::Unauthenticated)
    }

    /// The token is valid, but does not allow this, or the project's plan does not.
    ///
    /// Tokens that this crate signs hold the grants that a method needs, so check what replaces them:
    /// [`with_grants`](crate::Call::with_grants), [`with_token`](crate::Call::with_token), and the room that a
    /// ready token is limited to. If [`Refusal::from_intermediary`] is set, a proxy or firewall refused.
    pub fn is_permission_denied(&self) -> bool {
        self.has_code(&TwirpCode::PermissionDenied)
    }

    /// A quota or rate limit is used up: of LiveKit Cloud's plan, of a server's capacity, or a proxy's.
    ///
    /// Calls have already waited if they were told for how long (`Retry-After`) and had the time
    /// ([`with_deadline`](crate::Call::with_deadline)). Check how many calls, participants or egresses there are
    /// at once.
    pub fn is_resource_exhausted(&self) -> bool {
        self.has_code(&TwirpCode::ResourceExhausted)
    }

    /// The server does not have the method.
    ///
    /// Check whether the method is one of LiveKit Cloud's alone, whether the server is older than this SDK, and
    /// the URL: a wrong host or a missing base path answers 404, which reads as this code with
    /// [`Refusal::from_intermediary`] set. Egress, ingress and SIP need their own services beside the server.
    pub fn is_unimplemented(&self) -> bool {
        self.has_code(&TwirpCode::Unimplemented) || self.has_code(&TwirpCode::BadRoute)
    }

    /// The server, or the participant asked for, cannot be reached now; trying later may help.
    ///
    /// Also what a proxy says (502, 503, 504) whose LiveKit is away: [`Refusal::from_intermediary`] is then set.
    /// With self-hosted egress, ingress or SIP, check that a worker is running and has capacity. The server may
    /// have begun what it was asked for, which matters for calls that ring a phone.
    pub fn is_unavailable(&self) -> bool {
        self.has_code(&TwirpCode::Unavailable)
    }

    /// Time ran out, here or on the server. What was asked for may have happened all the same.
    ///
    /// Check the timeout ([`with_timeout`](crate::Call::with_timeout)) against what the call waits for, the way
    /// to the host, and, if the server says it ([`code`](Self::code) is there), what it waited for in turn.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout) || self.has_code(&TwirpCode::DeadlineExceeded)
    }

    /// No connection, or one that broke: check the URL, DNS, TLS and proxies. The [`kind`](Self::kind) says
    /// where it failed, and [`Unreachable`] what to check there.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Unreachable(_))
    }

    /// The server has not seen the call: no connection came about. It can be made again without doing
    /// anything twice.
    pub fn is_unsent(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Unreachable(place) if place != Unreachable::Interrupted)
    }

    /// LiveKit Cloud serves the project in other regions only (HTTP 451), and none of them could be found.
    ///
    /// Check the URL, which should be the project's own (`https://NAME.livekit.cloud`) and not that of a region,
    /// and whether a firewall lets through to the other regions' hosts.
    pub fn is_wrong_region(&self) -> bool {
        self.status() == Some(451)
    }

    fn says(&self, text: &str) -> bool {
        self.refusal().is_some_and(|refusal| refusal.message.contains(text))
    }

    fn has_code(&self, code: &TwirpCode) -> bool {
        self.code() == Some(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = &self.0.message;
        match &self.0.call {
            None => f.write_str(message),
            Some(CallInfo { route, request_id, attempts: 0, .. }) => {
                write!(f, "{route}: {message} (request {request_id})")
            }
            Some(CallInfo { route, request_id, host, attempts }) => {
                let attempt =
                    if *attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") };
                write!(f, "{route}: {message} ({host}, {attempt}, request {request_id})")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, message, call, source } = &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("message", message)
            .field("call", call)
            .field("source", source)
            .finish()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, status, message, from_intermediary, .. } = &refusal;
        let text = match (from_intermediary, message.is_empty()) {
            (false, _) => format!("{code}: {message}"),
            (true, _) if (300..400).contains(status) && refusal.meta.contains_key("location") => {
                format!("HTTP {status}, a redirect to {}: is the URL right?", refusal.meta["location"])
            }
            (true, true) => format!("HTTP {status} with an empty body"),
            (true, false) => format!("HTTP {status}, not in Twirp's form: {message}"),
        };
        Self::new(ErrorKind::Refused(refusal), text)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
