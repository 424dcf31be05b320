//! An API key with its secret, ready to sign and to check.

use std::env::VarError;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::EncodingKey;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result, TokenProblem};

/// `{"alg":"HS256","typ":"JWT"}`: the header of every token made here.
pub(super) const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Room for base64 of 32 bytes: 43 characters, and the padding that is cut off.
const TAG_ROOM: usize = 44;

/// An API key and its secret, prepared once and then shared: a clone is one reference count.
///
/// The secret itself is not kept, only the state that HMAC derives from it, which is wiped from memory
/// with the last clone. `Debug` shows the key's id alone.
#[derive(Clone)]
pub struct ApiKey(Arc<Inner>);

struct Inner {
    id: String,
    /// For messages as a whole.
    mac: Hs256,
    /// For messages that begin as every token of this key does.
    start: Start,
}

/// The beginning that all tokens of a key share, `{"iss":"the key"`, so that it is encoded and hashed once.
struct Start {
    /// As JSON. Of a length that base64 encodes without looking at what follows.
    json: Vec<u8>,
    /// As the token has it, with the header before it.
    jwt: Vec<u8>,
    /// Has seen `jwt`.
    mac: Hs256,
}

impl ApiKey {
    /// Takes an API key (such as `APIabc123`) and its secret.
    ///
    /// ASCII white space around either is dropped: secrets mounted as files often end in a line break.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if either is empty.
    ///
    /// ```
    /// use livekit_sdk::auth::ApiKey;
    ///
    /// let key = ApiKey::new("devkey", "secret\n")?;
    /// assert_eq!(key.id(), "devkey");
    /// assert_eq!(format!("{key:?}"), r#"ApiKey("devkey")"#);
    /// # Ok::<(), livekit_sdk::Error>(())
    /// ```
    pub fn new(id: impl AsRef<str>, secret: impl AsRef<str>) -> Result<Self> {
        Self::checked(id.as_ref(), secret.as_ref()).map_err(|reason| Error::new(ErrorKind::Config, reason))
    }

    /// Takes the API key and the secret from `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the variable, if one is not set, empty, or not Unicode.
    pub fn from_env() -> Result<Self> {
        Self::new(variable("LIVEKIT_API_KEY")?.as_str(), variable("LIVEKIT_API_SECRET")?.as_str())
    }

    /// As [`new`](Self::new), for callers that report the reason later.
    pub(super) fn checked(id: &str, secret: &str) -> Result<Self, &'static str> {
        let (id, secret) = (id.trim_ascii(), secret.trim_ascii());
        if id.is_empty() {
            return Err("the API key is empty");
        }
        if secret.is_empty() {
            return Err("the API secret is empty");
        }
        let mac = Hs256::new(&EncodingKey::from_secret(secret.as_bytes()))?;
        let start = Start::new(id, &mac);
        Ok(Self(Arc::new(Inner { id: id.to_owned(), mac, start })))
    }

    /// The API key, which tokens name as their issuer (`iss`).
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Makes a JWT of a payload that begins with `iss`.
    pub(super) fn sign(&self, payload: &[u8]) -> Result<String> {
        let unsigned = |reason: &str| Error::token(TokenProblem::Incomplete, reason);
        let start = &self.0.start;
        let rest =
            payload.strip_prefix(&*start.json).ok_or_else(|| unsigned("the token has another issuer"))?;
        // Four characters for three bytes, begun or complete; one point.
        let mut jwt = Vec::with_capacity(start.jwt.len() + rest.len().div_ceil(3) * 4 + 1 + TAG_ROOM);
        jwt.extend_from_slice(&start.jwt);
        encode(rest, &mut jwt);
        let tag = start.mac.sign(jwt.get(start.jwt.len()..).unwrap_or_default());
        jwt.push(b'.');
        encode(&tag, &mut jwt);
        String::from_utf8(jwt).map_err(|error| unsigned("the token is not text").with_source(error))
    }

    /// Whether `tag` is this key's signature of `message`. Takes equally long for every wrong tag.
    pub(super) fn has_signed(&self, message: &[u8], tag: &[u8]) -> bool {
        let Inner { mac, start, .. } = &*self.0;
        match message.strip_prefix(&*start.jwt) {
            Some(unseen) => start.mac.verifies(unseen, tag),
            None => mac.verifies(message, tag),
        }
    }
}

/// Reads an environment variable, which may hold a secret. It must not be empty.
pub(crate) fn variable(name: &str) -> Result<Zeroizing<String>> {
    let refused = |why| Error::new(ErrorKind::Config, format!("the environment variable {name} is {why}"));
    match std::env::var(name) {
        Ok(value) if value.trim_ascii().is_empty() => Err(refused("empty")),
        Ok(value) => Ok(Zeroizing::new(value)),
        Err(VarError::NotPresent) => Err(refused("not set")),
        // The error itself is not passed on as the cause: it quotes the value.
        Err(VarError::NotUnicode(_)) => Err(refused("not Unicode")),
    }
}

impl Start {
    fn new(id: &str, mac: &Hs256) -> Self {
        let mut json = format!(r#"{{"iss":{}"#, serde_json::Value::from(id)).into_bytes();
        json.truncate(json.len() / 3 * 3);
        let mut jwt = format!("{HEADER}.").into_bytes();
        encode(&json, &mut jwt);
        let mac = Hs256(mac.over(&jwt));
        Self { json, jwt, mac }
    }
}

/// Appends base64. Unlike `encode_string`, without a buffer in between.
fn encode(bytes: &[u8], to: &mut Vec<u8>) {
    let start = to.len();
    to.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = to.get_mut(start..).and_then(|free| URL_SAFE_NO_PAD.encode_slice(bytes, free).ok());
    to.truncate(start + written.unwrap_or_default());
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApiKey").field(&self.0.id).finish()
    }
}

/// HS256, that is HMAC-SHA-256, that has taken in its key, and perhaps the beginning of the message.
///
/// jsonwebtoken's own `encode` and `decode` would ask the process for its one cryptographic backend, which
/// belongs to the application.
struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(key: &EncodingKey) -> Result<Self, &'static str> {
        Hmac::new_from_slice(key.as_bytes()).map(Self).map_err(|_| "the API secret cannot be a key for HMAC")
    }

    fn over(&self, message: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(message)
    }

    fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.over(message).finalize().into_bytes().into()
    }

    fn verifies(&self, message: &[u8], tag: &[u8]) -> bool {
        self.over(message).verify_slice(tag).is_ok()
    }
}

#[cfg(test)]
impl ApiKey {
    /// A JWT of any header and payload, whatever they are.
    #[allow(clippy::unwrap_used, reason = "for tests")]
    pub(crate) fn sign_as(&self, header: &str, payload: &str) -> String {
        let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
        let message = format!("{header}.{payload}");
        let tag = URL_SAFE_NO_PAD.encode(self.0.mac.sign(message.as_bytes()));
        format!("{message}.{tag}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    #[test]
    fn signs_as_rfc_4231_says() {
        let mac = Hs256::new(&EncodingKey::from_secret(b"Jefe")).unwrap();
        let message = b"what do ya want for nothing?";
        let tag = mac.sign(message);
        let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(mac.verifies(message, &tag));
        let mut changed = tag;
        changed[31] ^= 1;
        for wrong in [&changed[..], &tag[..31], &[]] {
            assert!(!mac.verifies(message, wrong));
        }
    }

    #[test]
    fn the_header_is_what_it_says() {
        let json = URL_SAFE_NO_PAD.decode(HEADER).unwrap();
        assert_eq!(json, br#"{"alg":"HS256","typ":"JWT"}"#);
        let header = jsonwebtoken::decode_header(format!("{HEADER}..")).unwrap();
        assert_eq!(header, jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256));
    }

    const PAYLOAD: &[u8] = br#"{"iss":"key"}"#;

    #[test]
    fn the_prepared_beginning_changes_nothing() {
        for id in ["k", "ke", "key", "keyd", "APIbenchmark1234", "a\"quoted\\ké", &"long".repeat(100)] {
            let key = ApiKey::new(id, "secret").unwrap();
            for rest in ["}", r#","a":1}"#, r#","ab":1}"#, r#","abc":1}"#] {
                let payload = format!(r#"{{"iss":{}{rest}"#, serde_json::Value::from(id));
                let jwt = key.sign(payload.as_bytes()).unwrap();
                assert_eq!(jwt, key.sign_as(r#"{"alg":"HS256","typ":"JWT"}"#, &payload));
                let (message, tag) = jwt.rsplit_once('.').unwrap();
                let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
                assert!(key.has_signed(message.as_bytes(), &tag));
                assert!(!key.has_signed(&message.as_bytes()[1..], &tag));
                assert!(!key.has_signed(&message.as_bytes()[..message.len() - 1], &tag));
            }
        }
        let error = ApiKey::new("key", "secret").unwrap().sign(br#"{"iss":"kex"}"#).unwrap_err();
        assert_eq!(error.token_problem(), Some(TokenProblem::Incomplete));
    }

    #[test]
    fn white_space_around_key_and_secret_is_dropped() {
        let (clean, dirty) =
            (ApiKey::new("key", "secret").unwrap(), ApiKey::new(" key\n", "secret\r\n").unwrap());
        assert_eq!(dirty.id(), "key");
        assert_eq!(dirty.sign(PAYLOAD).unwrap(), clean.sign(PAYLOAD).unwrap());
    }

    #[test]
    fn empty_keys_and_secrets_are_refused() {
        for (id, secret) in [("", "secret"), (" \n", "secret"), ("key", ""), ("key", "\t\n")] {
            let error = ApiKey::new(id, secret).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Config);
            assert!(error.to_string().contains("empty"), "{error}");
        }
    }

    #[test]
    fn the_buffer_for_a_token_is_as_long_as_the_token() {
        let key = ApiKey::new("key", "secret").unwrap();
        for length in 0..8 {
            let payload = [PAYLOAD, &vec![b' '; length]].concat();
            let jwt = key.sign(&payload).unwrap();
            assert!(jwt.capacity() - jwt.len() <= 4, "{length}");
        }
    }

    #[test]
    fn debug_shows_the_id_alone() {
        let key = ApiKey::new("devkey", "planted-secret").unwrap();
        assert_eq!(format!("{key:?}"), r#"ApiKey("devkey")"#);
        assert!(!format!("{key:#?}").contains("planted"));
    }
}
