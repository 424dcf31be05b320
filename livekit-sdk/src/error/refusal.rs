//! Error answers: the table of Twirp's codes, and how an answer is read.

use std::collections::BTreeMap;
use std::fmt;

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
            300..=400 => TwirpCode::Internal,
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

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::*;
    use crate::error::Error;

    fn read(status: u16, body: &str) -> Refusal {
        Refusal::from_answer(status, body.as_bytes(), None)
    }

    #[test]
    fn twirp_errors_keep_code_message_meta_and_status() {
        let refusal = read(
            412,
            r#"{"code":"failed_precondition","msg":"busy","meta":{"sip_status_code":"486","n":7}}"#,
        );
        assert_eq!(refusal.code, TwirpCode::FailedPrecondition);
        assert_eq!((refusal.status, refusal.message.as_str()), (412, "busy"));
        assert_eq!(refusal.meta["n"], "7", "a value that is not text is kept");
        let status = Error::from(refusal).sip_status().expect("a SIP status");
        assert_eq!(status.code, Some(486));
    }

    #[test]
    fn a_twirp_error_may_lack_everything_but_its_code() {
        let refusal = read(500, r#"{"code":"internal"}"#);
        assert_eq!((refusal.code, refusal.from_intermediary), (TwirpCode::Internal, false));
    }

    #[test]
    fn every_code_reads_as_it_is_written() {
        let codes = [
            "canceled",
            "unknown",
            "invalid_argument",
            "malformed",
            "deadline_exceeded",
            "not_found",
            "bad_route",
            "already_exists",
            "permission_denied",
            "unauthenticated",
            "resource_exhausted",
            "failed_precondition",
            "aborted",
            "out_of_range",
            "unimplemented",
            "internal",
            "unavailable",
            "data_loss",
        ];
        for code in codes {
            let read = TwirpCode::from(code);
            assert_eq!(read.as_str(), code);
            assert!(!matches!(read, TwirpCode::Other(_)), "{code}");
        }
        assert_eq!(TwirpCode::from("dataloss"), TwirpCode::DataLoss);
        assert_eq!(TwirpCode::from("brand_new"), TwirpCode::Other("brand_new".to_owned()));
    }

    #[test]
    fn answers_that_are_not_twirps_get_the_code_of_their_status() {
        let expected = [
            (301, "internal"),
            (400, "internal"),
            (401, "unauthenticated"),
            (403, "permission_denied"),
            (404, "bad_route"),
            (429, "resource_exhausted"),
            (451, "unknown"),
            (500, "unknown"),
            (502, "unavailable"),
            (503, "unavailable"),
            (504, "unavailable"),
        ];
        for (status, code) in expected {
            for body in
                ["", "some text", "<html>oops</html>", "{}", "[]", "null", "{\"code\":7}", "\u{0}\u{1}"]
            {
                let refusal = read(status, body);
                assert_eq!(refusal.code.as_str(), code, "{status} {body:?}");
                assert!(refusal.from_intermediary && refusal.status == status);
            }
        }
    }

    #[test]
    fn the_start_of_a_page_is_kept_on_one_line() {
        let refusal = read(502, &format!("<html>\r\n\t<h1>Bad   Gateway</h1>\u{7}{}", "x".repeat(10_000)));
        assert!(refusal.message.starts_with("<html> <h1>Bad Gateway</h1> xxx"), "{}", refusal.message);
        assert!(refusal.message.len() <= SNIPPET + '…'.len_utf8() && refusal.message.ends_with('…'));
        let text = Error::from(refusal).to_string();
        assert!(text.contains("HTTP 502") && text.contains("Bad Gateway"), "{text}");
        assert_eq!(Error::from(read(451, "")).to_string(), "HTTP 451 with an empty body");
    }

    #[test]
    fn a_redirect_tells_where_to() {
        let refusal = Refusal::from_answer(302, b"", Some("https://elsewhere"));
        assert_eq!(refusal.meta["location"], "https://elsewhere");
    }
}
