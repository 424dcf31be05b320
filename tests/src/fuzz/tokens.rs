//! Tokens, and the webhooks that they vouch for.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use livekit_sdk::auth::{AccessToken, ApiKey, Claims, TokenVerifier, decode_unverified};
use livekit_sdk::webhook::{WebhookReceiver, sign};
use livekit_sdk::{ErrorKind, WebhookProblem};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::json::round_trip;

const SECRET: &str = "a-secret-of-at-least-32-characters";

fn key() -> ApiKey {
    ApiKey::new("devkey", SECRET).expect("a key")
}

/// The same key by name, with another secret.
fn stranger() -> ApiKey {
    ApiKey::new("devkey", "another-secret-of-at-least-32-chars").expect("a key")
}

/// Reads the input as a token, and as the claims of one: what is accepted was signed with our secret, letter by
/// letter, and says what was signed.
///
/// # Panics
/// Something of this does not hold.
pub fn token(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        if TokenVerifier::new(key()).verify(text).is_ok() {
            assert_signed(text, data.len(), SystemTime::now());
        }
        if let Ok(claims) = decode_unverified(text) {
            signs_again(claims);
        }
    }
    if let Ok(claims) = serde_json::from_slice::<Claims>(data) {
        signs_again(claims);
    }
}

/// Claims survive being signed, whoever wrote them.
fn signs_again(mut claims: Claims) {
    // Both are the signer's: a token that is signed again is ours, and keeps its times if it has them.
    claims.issuer = "devkey".to_owned();
    let exp = *claims.exp.get_or_insert(2_000_000_000);
    let draft = AccessToken::from_claims(&key(), claims).allow_sensitive_credentials();
    // Refused is what LiveKit would refuse: to join without an identity or without a room.
    let Ok(jwt) = draft.to_jwt() else { return };
    let expected = json(draft.claims());
    let read = decode_unverified(&jwt).expect("what was signed can be read");
    assert_eq!(json(&read), expected, "{jwt}");
    let Some(then) = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(exp)) else { return };
    if read.nbf.is_none_or(|nbf| nbf <= exp) {
        assert_signed(&jwt, jwt.len() / 2, then);
    }
}

/// Claims as JSON, with fractions to nine digits: serde_json does not read more of them for sure.
fn json(claims: &Claims) -> Value {
    let mut value = serde_json::to_value(claims).expect("claims are JSON");
    round_fractions(&mut value);
    value
}

fn round_fractions(value: &mut Value) {
    match value {
        Value::Number(number) if !(number.is_u64() || number.is_i64()) => {
            *value = format!("{:.9e}", number.as_f64().unwrap_or_default()).into();
        }
        Value::Array(values) => values.iter_mut().for_each(round_fractions),
        Value::Object(object) => object.values_mut().for_each(round_fractions),
        _ => {}
    }
}

/// The token is accepted, until any letter of it is another, or the secret is.
fn assert_signed(jwt: &str, place: usize, now: SystemTime) {
    let verifier = TokenVerifier::new(key());
    assert!(verifier.verify_at(jwt, now).is_ok(), "{jwt}");
    assert!(TokenVerifier::new(stranger()).verify_at(jwt, now).is_err(), "{jwt}");
    let dot = jwt.rfind('.').unwrap_or_default();
    // One place in what is signed, and the signature's first letter and last.
    for at in [place % jwt.len(), dot + 1, jwt.len() - 1] {
        let mut changed = jwt.as_bytes().to_vec();
        let old = changed[at];
        changed[at] = if old == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII for ASCII");
        assert!(verifier.verify_at(&changed, now).is_err(), "letter {at}, which was {old}: {changed}");
    }
    for cut in [&jwt[..jwt.len() - 1], &jwt[..dot], &jwt[1..]] {
        assert!(verifier.verify_at(cut, now).is_err(), "{cut}");
    }
}

/// Reads the first line of the input as an `Authorization` header and the rest as a body; and the body again with
/// a header that vouches for it.
///
/// # Panics
/// A body is accepted that was not vouched for, or one that was is not, or an event is not read as it is written.
pub fn webhook(data: &[u8]) {
    let receiver = WebhookReceiver::new(key());
    let line = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (header, rest) = data.split_at(line);
    let body = rest.get(1..).unwrap_or_default();
    if let Ok(header) = std::str::from_utf8(header)
        && is_authentic(&receiver, body, header)
    {
        assert!(!is_authentic(&WebhookReceiver::new(stranger()), body, header), "another secret");
        assert!(!is_authentic(&receiver, &[body, b" "].concat(), header), "another body");
    }
    let hash = STANDARD.encode(Sha256::digest(body));
    let header = key().access_token().sha256(hash).to_jwt().expect("a token");
    assert!(
        is_authentic(&receiver, body, &header) && is_authentic(&receiver, body, &format!("Bearer {header}"))
    );
    if let Ok(event) = receiver.receive(body, &header) {
        round_trip(&event);
        let (body, header) = sign(&event, &key()).expect("an event that was read can be sent");
        assert!(receiver.receive(&body, &header).is_ok());
    }
}

/// Whether the body passes for what LiveKit sent, be it an event or not.
fn is_authentic(receiver: &WebhookReceiver, body: &[u8], header: &str) -> bool {
    match receiver.receive(body, header) {
        Ok(_) => true,
        Err(error) => *error.kind() == ErrorKind::Webhook(WebhookProblem::Malformed),
    }
}
