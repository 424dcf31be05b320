//! Receiving what LiveKit reports: rooms that start, participants that leave, recordings that end.
//!
//! LiveKit posts JSON to a URL of yours, with a token in the `Authorization` header that vouches for the
//! exact bytes of the body. Give [`WebhookReceiver::receive`] those bytes **as they arrived**: a framework
//! that parses the body and writes it again changes them.
//!
//! ```
//! use livekit_sdk::auth::{ApiKey, TokenVerifier};
//! use livekit_sdk::proto::WebhookEvent;
//! use livekit_sdk::webhook::{self, WebhookReceiver};
//!
//! let key = ApiKey::new("devkey", "a-secret-of-at-least-32-characters")?;
//! let receiver = WebhookReceiver::new(TokenVerifier::new(key.clone()));
//!
//! // LiveKit does this part; here, for a test, we do.
//! let sent = WebhookEvent { event: "room_started".into(), id: "EV_1".into(), ..Default::default() };
//! let (body, authorization) = webhook::sign(&sent, &key)?;
//!
//! let event = receiver.receive(&body, &authorization)?;
//! assert_eq!(event.event, "room_started");
//! # Ok::<(), livekit_sdk::Error>(())
//! ```
//!
//! LiveKit tries again, up to four times, if it gets no answer, or one of status 429 or 5xx. An event can
//! therefore arrive more than once, with the same `id`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::CtOutput;
use sha2::{Digest as _, Sha256};

use crate::auth::{ApiKey, TokenVerifier};
use crate::error::{Error, ErrorKind, Result, WebhookProblem};
use crate::json;
use crate::proto::WebhookEvent;

/// How long the token of a webhook is valid when LiveKit's server, or [`sign`], makes it.
pub const WEBHOOK_TTL: Duration = Duration::from_secs(5 * 60);

/// Checks and reads webhooks.
#[derive(Clone, Debug)]
pub struct WebhookReceiver {
    verifier: TokenVerifier,
}

impl WebhookReceiver {
    /// Accepts webhooks that are signed with a key of `verifier`. LiveKit signs with the API key named in its
    /// webhook settings, or with the `signing_key` of a single request.
    pub fn new(verifier: impl Into<TokenVerifier>) -> Self {
        Self { verifier: verifier.into() }
    }

    /// Checks that LiveKit sent this, and reads it.
    ///
    /// `body` is the body of the request, byte for byte. `authorization` is its `Authorization` header:
    /// LiveKit sends the token alone, and a `Bearer ` before it is accepted as well.
    ///
    /// An event that this version knows no name for, or that has unknown fields, is delivered all the same.
    ///
    /// # Errors
    /// - [`ErrorKind::Token`]: the token is not acceptable; see [`TokenVerifier::verify`].
    /// - [`ErrorKind::Webhook`] with the [`WebhookProblem`]: the token vouches for no body (`MissingHash`) or
    ///   for another (`HashMismatch`), or the body is no event (`Malformed`).
    pub fn receive(&self, body: &[u8], authorization: &str) -> Result<WebhookEvent> {
        self.verifier.verify_body_hash(token_of(authorization), |hash| check_hash(body, hash))?;
        let malformed = |place: String| {
            Error::webhook(
                WebhookProblem::Malformed,
                format!("the webhook is authentic, but no event ({place})"),
            )
        };
        // Checked at once, the text of every field needs no check of its own.
        let text = str::from_utf8(body)
            .map_err(|error| malformed(format!("byte {} is not UTF-8", error.valid_up_to())))?;
        let mut event = WebhookEvent::default();
        json::read_text(&mut event, text)
            .map_err(|error| malformed(format!("line {}, column {}", error.line(), error.column())))?;
        Ok(event)
    }
}

/// What follows `Bearer `, or everything.
fn token_of(authorization: &str) -> &str {
    let trimmed = authorization.trim_ascii();
    match trimmed.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_ascii(),
        _ => trimmed,
    }
}

fn check_hash(body: &[u8], claimed: &str) -> Result<()> {
    if claimed.is_empty() {
        let message = "the token vouches for no body: it has no `sha256` claim. It is not a webhook's token";
        return Err(Error::webhook(WebhookProblem::MissingHash, message));
    }
    // 32 bytes, and some more in which a longer hash is seen to be longer.
    let mut bytes = [0; 36];
    let length = STANDARD.decode_slice(claimed, &mut bytes).unwrap_or_default();
    let claimed = bytes.get(..length).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    // Compared in constant time.
    let actual = CtOutput::<Sha256>::new(Sha256::digest(body));
    match claimed {
        Some(claimed) if CtOutput::new(claimed.into()) == actual => Ok(()),
        _ => Err(Error::webhook(
            WebhookProblem::HashMismatch,
            "the body is not the one that was signed. Pass it byte for byte as it arrived, before any framework \
             has parsed it",
        )),
    }
}

/// Signs an event as LiveKit would: the body of the request, and its `Authorization` header. For tests.
///
/// The token is valid for [`WEBHOOK_TTL`].
///
/// # Errors
/// [`ErrorKind::Request`] if the event cannot be written as JSON.
pub fn sign(event: &WebhookEvent, key: &ApiKey) -> Result<(Vec<u8>, String)> {
    let body = serde_json::to_vec(event).map_err(|error| {
        Error::new(ErrorKind::Request, "the event cannot be written as JSON").with_source(error)
    })?;
    let hash = STANDARD.encode(Sha256::digest(&body));
    let authorization = key.access_token().sha256(hash).ttl(WEBHOOK_TTL).to_jwt()?;
    Ok((body, authorization))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;
    use crate::auth::AccessToken;
    use crate::error::TokenProblem;
    use crate::proto::Room;

    fn key() -> ApiKey {
        ApiKey::new("key", "secret").unwrap()
    }

    fn receiver() -> WebhookReceiver {
        WebhookReceiver::new(key())
    }

    fn event() -> WebhookEvent {
        let room = Room { name: "räum".to_owned(), sid: "RM_1".to_owned(), ..Default::default() };
        WebhookEvent {
            event: "room_started".to_owned(),
            id: "EV_1".to_owned(),
            room: Some(room),
            ..Default::default()
        }
    }

    fn authorize(body: &[u8]) -> String {
        key().access_token().sha256(STANDARD.encode(Sha256::digest(body))).to_jwt().unwrap()
    }

    #[test]
    fn what_is_signed_is_received() {
        let (body, authorization) = sign(&event(), &key()).unwrap();
        assert_eq!(receiver().receive(&body, &authorization).unwrap(), event());
        for prefixed in ["Bearer ", "bearer  ", " BEARER "] {
            assert_eq!(receiver().receive(&body, &format!("{prefixed}{authorization}\n")).unwrap(), event());
        }
        let claims = crate::auth::decode_unverified(&authorization).unwrap();
        assert_eq!(claims.exp.zip(claims.nbf).map(|(exp, nbf)| exp - nbf), Some(300));
    }

    #[test]
    fn a_body_changed_by_a_byte_is_refused() {
        let (body, authorization) = sign(&event(), &key()).unwrap();
        let mut spaced = body.clone();
        spaced.push(b' ');
        let mut flipped = body.clone();
        flipped[body.len() / 2] ^= 1;
        for other in [spaced.as_slice(), &flipped, &body[1..], b""] {
            let error = receiver().receive(other, &authorization).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Webhook(WebhookProblem::HashMismatch));
        }
    }

    #[test]
    fn a_hash_that_is_none_matches_nothing() {
        let body = b"{}";
        let digest = Sha256::digest(body);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let unpadded = STANDARD.encode(digest).trim_end_matches('=').to_owned();
        let short = STANDARD.encode(&digest[..31]);
        for hash in [hex, unpadded, short, "planted!".to_owned()] {
            let authorization = key().access_token().sha256(hash).to_jwt().unwrap();
            let error = receiver().receive(body, &authorization).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Webhook(WebhookProblem::HashMismatch));
            assert!(!format!("{error:?}").contains("planted"));
        }
    }

    #[test]
    fn a_token_without_a_hash_vouches_for_nothing() {
        let authorization = key().access_token().identity("alice").to_jwt().unwrap();
        let error = receiver().receive(b"{}", &authorization).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Webhook(WebhookProblem::MissingHash));
    }

    #[test]
    fn the_token_is_checked_first() {
        let body = b"planted";
        let forged = AccessToken::new("key", "guessed").sha256("x").to_jwt().unwrap();
        for (authorization, problem) in [
            (forged.as_str(), TokenProblem::WrongKey),
            ("", TokenProblem::Malformed),
            ("Bearer", TokenProblem::Malformed),
            ("Bearer ", TokenProblem::Malformed),
            ("Basic a.b.c", TokenProblem::Malformed),
        ] {
            let error = receiver().receive(body, authorization).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Token(problem), "{authorization}");
        }
    }

    #[test]
    fn authentic_nonsense_is_named_so_and_not_quoted() {
        for body in
            [&b"planted"[..], b"[]", br#"{"room":"planted"}"#, br#"{"createdAt":"planted"}"#, b"\xff", b""]
        {
            let error = receiver().receive(body, &authorize(body)).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Webhook(WebhookProblem::Malformed));
            assert!(!format!("{error:?} {error}").contains("planted"), "{error:?}");
        }
    }

    #[test]
    fn events_of_the_future_are_delivered() {
        let body = br#"{"event":"planet_aligned","id":"EV_2","createdAt":"17","planet":{"a":[1]},
            "participant":{"identity":"a","kind":"HOLOGRAM","state":99,"disconnectReason":"BORED"},
            "egressInfo":{"egressId":"EG_1","status":"EGRESS_PONDERING"}}"#;
        let event = receiver().receive(body, &authorize(body)).unwrap();
        assert_eq!((event.event.as_str(), event.created_at), ("planet_aligned", 17));
        assert_eq!(event.egress_info.unwrap().egress_id, "EG_1");
        assert_eq!(event.participant.unwrap().identity, "a");
        let snake = br#"{"event":"room_started","created_at":17,"num_dropped":2}"#;
        assert_eq!(receiver().receive(snake, &authorize(snake)).unwrap().created_at, 17);
    }

    #[test]
    fn any_of_several_keys_may_sign() {
        let other = ApiKey::new("other", "else").unwrap();
        let receiver = WebhookReceiver::new(TokenVerifier::from_keys([key(), other.clone()]));
        for key in [key(), other] {
            let (body, authorization) = sign(&event(), &key).unwrap();
            assert!(receiver.receive(&body, &authorization).is_ok());
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(
            !format!("{:?}", WebhookReceiver::new(ApiKey::new("key", "planted").unwrap()))
                .contains("planted")
        );
    }
}
