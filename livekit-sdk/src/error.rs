//! The one error type of this crate, and the table of Twirp error codes.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;

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
}

/// Who refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server, or something in front of it, answered with an error.
    Refused(Refusal),
    /// No answer: the connection could not be made, or broke.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// The server answered with success, but the answer cannot be read.
    BadReply,
    /// A token cannot be made or is not accepted.
    Token(TokenProblem),
    /// A webhook is not accepted.
    Webhook(WebhookProblem),
    /// The configuration cannot work: a missing variable, a malformed URL.
    Config,
    /// The request cannot be sent as it is.
    Request,
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

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The Twirp code. Where the answer was not Twirp's (a proxy's page, a load balancer's empty body),
    /// the code that its status stands for.
    pub code: TwirpCode,
    /// The HTTP status.
    pub status: u16,
    /// The server's message; for an answer that was not Twirp's, the start of its body.
    pub message: String,
    /// What the server added, such as `sip_status_code`.
    pub meta: BTreeMap<String, String>,
    /// Whether the answer came from something that does not speak Twirp.
    pub from_intermediary: bool,
}

macro_rules! twirp_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)*) => {
        /// A Twirp error code.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum TwirpCode {
            $($(#[$doc])* $name,)*
            /// A code that this version does not know, as the server spelled it.
            Other(String),
        }

        impl TwirpCode {
            /// The code as it is written on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(code) => code,
                }
            }

            /// The HTTP status that Twirp sends with this code; 500 for unknown codes.
            pub fn http_status(&self) -> u16 {
                match self {
                    $(Self::$name => $status,)*
                    Self::Other(_) => 500,
                }
            }
        }

        impl From<&str> for TwirpCode {
            fn from(code: &str) -> Self {
                match code {
                    $($text => Self::$name,)*
                    // Some SDKs and servers write it in one word.
                    "dataloss" => Self::DataLoss,
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

// Codes and statuses of Twirp v8.1.3.
twirp_codes! {
    /// The caller gave up.
    Canceled = "canceled", 408;
    /// The server failed in an unknown way.
    Unknown = "unknown", 500;
    /// A value in the request is not acceptable.
    InvalidArgument = "invalid_argument", 400;
    /// The request could not be decoded.
    Malformed = "malformed", 400;
    /// The server did not finish in time.
    DeadlineExceeded = "deadline_exceeded", 408;
    /// Something the request names does not exist.
    NotFound = "not_found", 404;
    /// The server has no such service or method.
    BadRoute = "bad_route", 404;
    /// Something the request would create exists already.
    AlreadyExists = "already_exists", 409;
    /// The caller is known and may not do this.
    PermissionDenied = "permission_denied", 403;
    /// The token is missing or wrong, or lacks a grant.
    Unauthenticated = "unauthenticated", 401;
    /// A quota or rate limit is used up.
    ResourceExhausted = "resource_exhausted", 429;
    /// The system is not in a state in which this can be done.
    FailedPrecondition = "failed_precondition", 412;
    /// The operation was given up, often because of a conflict.
    Aborted = "aborted", 409;
    /// A value lies outside its range.
    OutOfRange = "out_of_range", 400;
    /// The server does not implement the method.
    Unimplemented = "unimplemented", 501;
    /// The server failed.
    Internal = "internal", 500;
    /// The server, or the participant asked for, cannot be reached now.
    Unavailable = "unavailable", 503;
    /// Data is lost or corrupted.
    DataLoss = "data_loss", 500;
}

impl fmt::Display for TwirpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a phone network answered a call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SipStatus {
    /// The SIP status code, such as 486 (busy here); `None` if the server gave only a reason.
    pub code: Option<u16>,
    /// The reason phrase, or the name of the status.
    pub reason: String,
}

/// How much of a body that is not Twirp's is kept, in bytes.
#[cfg(feature = "client")]
const SNIPPET: usize = 512;

impl Refusal {
    /// An error answer with the status that Twirp sends with its code.
    pub fn new(code: TwirpCode, message: impl Into<String>) -> Self {
        let status = code.http_status();
        Self { code, status, message: message.into(), meta: BTreeMap::new(), from_intermediary: false }
    }

    /// The answer of a server that lacks the method.
    pub fn unimplemented(method: &str) -> Self {
        Self::new(TwirpCode::Unimplemented, format!("{method} is not implemented"))
    }

    /// Adds a value for the caller's program to read.
    #[must_use]
    pub fn with_meta(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.meta.insert(key.into(), value.into());
        self
    }

    /// Reads an answer whose status is not 200.
    ///
    /// A body that is not Twirp's gets the code that Twirp's own clients give to its status.
    #[cfg(feature = "client")]
    pub(crate) fn from_answer(status: u16, body: &[u8], location: Option<&str>) -> Self {
        if let Some(refusal) = Self::from_twirp(status, body) {
            return refusal;
        }
        let code = match status {
            401 => TwirpCode::Unauthenticated,
            403 => TwirpCode::PermissionDenied,
            404 => TwirpCode::BadRoute,
            429 => TwirpCode::ResourceExhausted,
            502..=504 => TwirpCode::Unavailable,
            300..=399 | 400 => TwirpCode::Internal,
            _ => TwirpCode::Unknown,
        };
        let mut refusal = Self::new(code, snippet(body));
        refusal.status = status;
        refusal.from_intermediary = true;
        match location {
            Some(location) => refusal.with_meta("location", location),
            None => refusal,
        }
    }

    /// Reads Twirp's JSON: a `code`, and optionally `msg` and `meta`.
    #[cfg(feature = "client")]
    fn from_twirp(status: u16, body: &[u8]) -> Option<Self> {
        let json: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let meta = json.get("meta").and_then(serde_json::Value::as_object);
        let meta = meta.into_iter().flatten();
        Some(Self {
            code: TwirpCode::from(json.get("code")?.as_str()?),
            status,
            message: json.get("msg").and_then(text).unwrap_or_default(),
            // A value that is not text is kept as the JSON it is.
            meta: meta
                .map(|(key, value)| (key.clone(), text(value).unwrap_or_else(|| value.to_string())))
                .collect(),
            from_intermediary: false,
        })
    }
}

/// The start of a body, on one line, without control characters.
#[cfg(feature = "client")]
fn snippet(body: &[u8]) -> String {
    let start = body.get(..SNIPPET).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut line = words.collect::<Vec<_>>().join(" ");
    if body.len() > SNIPPET {
        line.push('…');
    }
    line
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

    /// No answer came: for transports of your own.
    #[cfg(feature = "client")]
    pub fn unreachable(source: impl Into<Source>) -> Self {
        Self::new(ErrorKind::Unreachable, "the server cannot be reached").with_source(source)
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

    /// How the phone network answered, if a call or transfer failed there.
    pub fn sip_status(&self) -> Option<SipStatus> {
        let meta = &self.refusal()?.meta;
        let (code, reason) = (meta.get("sip_status_code"), meta.get("sip_status"));
        if code.is_none() && reason.is_none() {
            return None;
        }
        Some(SipStatus {
            code: code.and_then(|code| code.parse().ok()),
            reason: reason.cloned().unwrap_or_default(),
        })
    }

    /// Something the request names does not exist.
    pub fn is_not_found(&self) -> bool {
        self.has_code(&TwirpCode::NotFound)
    }

    /// Something the request would create exists already.
    pub fn is_already_exists(&self) -> bool {
        self.has_code(&TwirpCode::AlreadyExists)
    }

    /// A value in the request is not acceptable.
    pub fn is_invalid_argument(&self) -> bool {
        self.has_code(&TwirpCode::InvalidArgument) || self.has_code(&TwirpCode::Malformed)
    }

    /// The server did not accept the token: check API key, secret, clock and grants. LiveKit answers so
    /// also where a grant is missing.
    pub fn is_unauthenticated(&self) -> bool {
        self.has_code(&TwirpCode::Unauthenticated)
    }

    /// The token is valid, but does not allow this.
    pub fn is_permission_denied(&self) -> bool {
        self.has_code(&TwirpCode::PermissionDenied)
    }

    /// A quota or rate limit is used up.
    pub fn is_resource_exhausted(&self) -> bool {
        self.has_code(&TwirpCode::ResourceExhausted)
    }

    /// The server does not have the method: it is older than this SDK, or not LiveKit Cloud.
    pub fn is_unimplemented(&self) -> bool {
        self.has_code(&TwirpCode::Unimplemented) || self.has_code(&TwirpCode::BadRoute)
    }

    /// The server, or the participant asked for, cannot be reached now; trying later may help.
    pub fn is_unavailable(&self) -> bool {
        self.has_code(&TwirpCode::Unavailable)
    }

    /// Time ran out, here or on the server.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout) || self.has_code(&TwirpCode::DeadlineExceeded)
    }

    /// No connection: check the URL, DNS, TLS and proxies.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Unreachable)
    }

    fn has_code(&self, code: &TwirpCode) -> bool {
        self.code() == Some(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.call {
            Some(call) => write!(f, "{}: {} (request {})", call.route, self.0.message, call.request_id),
            None => f.write_str(&self.0.message),
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
            (true, true) => format!("HTTP {status} with an empty body"),
            (true, false) => format!("HTTP {status} from something that is not LiveKit's API: {message}"),
        };
        Self::new(ErrorKind::Refused(refusal), text)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
