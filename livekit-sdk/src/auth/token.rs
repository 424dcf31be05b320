//! Making tokens.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::claims::{Claims, Stamped};
use super::grant::Grant;
use super::grants::ClaimGrants;
use super::key::ApiKey;
use crate::error::{Error, Result, TokenProblem};
use crate::proto::{RoomConfiguration, participant_info};
use crate::redact::Redact;

/// How long a token is valid unless [`AccessToken::ttl`] says otherwise: 6 hours, as in LiveKit's other SDKs.
pub const DEFAULT_TTL: Duration = Duration::from_secs(6 * 60 * 60);

/// The last second a token may expire at. Every JSON reader keeps whole numbers up to here exact.
const LATEST_EXPIRY: u64 = (1 << 53) - 1;

/// Makes a token: for a participant to join a room with, or for a program to call the API with.
///
/// ```
/// use std::time::Duration;
/// use livekit_sdk::auth::{AccessToken, VideoGrant};
/// use livekit_sdk::proto::TrackSource;
///
/// let jwt = AccessToken::new("devkey", "a-secret-of-at-least-32-characters")
///     .identity("alice")
///     .name("Alice")
///     .attribute("team", "red")
///     .ttl(Duration::from_secs(600))
///     .grant(VideoGrant::join("standup").publish_sources([TrackSource::Microphone]))
///     .to_jwt()?;
/// # assert_eq!(jwt.split('.').count(), 3);
/// # Ok::<(), livekit_sdk::Error>(())
/// ```
///
/// The token is valid from the moment of [`to_jwt`](Self::to_jwt), for [`DEFAULT_TTL`] unless
/// [`ttl`](Self::ttl) is set. It has `iss`, `exp` and `nbf`, and of the rest what was set. `iat` is not
/// written: `nbf` says the same, and some verifiers refuse an `iat` that is a second ahead of their clock.
#[derive(Clone)]
pub struct AccessToken(Box<Draft>);

/// Boxed, because every setter hands it on.
#[derive(Clone)]
struct Draft {
    key: Result<ApiKey, &'static str>,
    claims: Claims,
    /// `None`: what the claims say, or the default.
    ttl: Option<Duration>,
    allow_credentials: bool,
}

impl AccessToken {
    /// Starts a token that `key` and `secret` will sign. If either is empty, [`to_jwt`](Self::to_jwt) says so.
    ///
    /// Each call prepares the key anew. To make many tokens, prepare an [`ApiKey`] once and use
    /// [`with_key`](Self::with_key).
    pub fn new(key: impl AsRef<str>, secret: impl AsRef<str>) -> Self {
        Self::start(ApiKey::checked(key.as_ref(), secret.as_ref()), Claims::default())
    }

    /// Starts a token that `key` will sign.
    pub fn with_key(key: &ApiKey) -> Self {
        Self::start(Ok(key.clone()), Claims::default())
    }

    /// Starts a token from the claims of another, to sign it again, perhaps changed or with another key.
    ///
    /// It keeps everything, `nbf` and `exp` included: a token that is signed again ends when the first one
    /// did, unless [`ttl`](Self::ttl) is called. Only `iss` becomes that of `key`.
    ///
    /// ```
    /// use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier};
    ///
    /// # fn sign_again(jwt: &str, ours: ApiKey, theirs: ApiKey) -> livekit_sdk::Result<String> {
    /// let claims = TokenVerifier::new(theirs).verify(jwt)?;
    /// AccessToken::from_claims(&ours, claims).name("Alice").to_jwt()
    /// # }
    /// ```
    pub fn from_claims(key: &ApiKey, claims: Claims) -> Self {
        let mut token = Self::start(Ok(key.clone()), claims);
        token.0.claims.grants.prune();
        token
    }

    fn start(key: Result<ApiKey, &'static str>, claims: Claims) -> Self {
        Self(Box::new(Draft { key, claims, ttl: None, allow_credentials: false }))
    }

    /// Who holds the token: the participant's identity, unique in the room, at most 256 bytes. A token to
    /// join a room needs one.
    #[must_use]
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.0.claims.subject = identity.into();
        // Some makers repeat the identity in a claim of this name. It would be a stale copy now.
        self.0.claims.extra.remove("identity");
        self
    }

    /// The participant's display name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.claims.name = name.into();
        self
    }

    /// What kind of participant joins. Default: `Standard`, which is not written.
    #[must_use]
    pub fn kind(mut self, kind: participant_info::Kind) -> Self {
        self.0.claims.kind = kind.to_claim();
        self
    }

    /// Details of the kind; replaces those set before.
    #[must_use]
    pub fn kind_details(mut self, details: impl IntoIterator<Item = participant_info::KindDetail>) -> Self {
        self.0.claims.kind_details = details.into_iter().map(|detail| detail.to_claim()).collect();
        self
    }

    /// The participant's metadata, for the application to use as it likes.
    #[must_use]
    pub fn metadata(mut self, metadata: impl Into<String>) -> Self {
        self.0.claims.metadata = metadata.into();
        self
    }

    /// The participant's attributes; replaces those set before.
    #[must_use]
    pub fn attributes<K: Into<String>, V: Into<String>>(
        mut self,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.0.claims.attributes =
            attributes.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// Adds one attribute of the participant, or changes it.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.claims.attributes.insert(name.into(), value.into());
        self
    }

    /// Adds what the token grants: a [`VideoGrant`](super::VideoGrant), a [`SipGrant`](super::SipGrant), …, or
    /// several at once as [`ClaimGrants`]. Repeated, it adds up, as [`Grant::merge`] describes.
    ///
    /// A block that grants nothing is not written.
    #[must_use]
    pub fn grant(mut self, grant: impl Into<ClaimGrants>) -> Self {
        self.0.claims.grants.merge(grant.into());
        self.0.claims.grants.prune();
        self
    }

    /// How the room shall be set up if joining creates it: agents, recording, timeouts.
    ///
    /// The holder of a token can read it. Credentials in `config` are therefore refused by
    /// [`to_jwt`](Self::to_jwt), unless [`allow_sensitive_credentials`](Self::allow_sensitive_credentials)
    /// is called.
    #[must_use]
    pub fn room_config(mut self, config: RoomConfiguration) -> Self {
        self.0.claims.room_config = Some(Box::new(config));
        self
    }

    /// The preset that the room is set up by if joining creates it (LiveKit Cloud). What
    /// [`room_config`](Self::room_config) sets wins over it.
    #[must_use]
    pub fn room_preset(mut self, preset: impl Into<String>) -> Self {
        self.0.claims.room_preset = preset.into();
        self
    }

    /// SHA-256 of a body that the token vouches for, as base64 with padding. Webhooks use it.
    #[must_use]
    pub fn sha256(mut self, hash: impl Into<String>) -> Self {
        self.0.claims.sha256 = hash.into();
        self
    }

    /// How long the token is valid, from the moment of [`to_jwt`](Self::to_jwt). Default, and the meaning of
    /// zero: [`DEFAULT_TTL`]. Fractions of a second are rounded up.
    ///
    /// A participant whose token expires stays in the room; the token counts on joining only.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.0.ttl = Some(if ttl.is_zero() { DEFAULT_TTL } else { ttl });
        self
    }

    /// Lets credentials in the room configuration pass. Only for tokens that nobody but servers will see.
    #[must_use]
    pub fn allow_sensitive_credentials(mut self) -> Self {
        self.0.allow_credentials = true;
        self
    }

    /// What the token will say, save what is decided on signing: `iss`, `exp` and `nbf`.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// Signs the token.
    ///
    /// # Errors
    /// - [`TokenProblem::Incomplete`]: the key or the secret is empty; `room_join` is granted without an
    ///   identity or without a room; or the lifetime ends beyond what a token can say.
    /// - [`TokenProblem::HoldsCredentials`]: the room configuration holds credentials. The message names
    ///   their fields.
    pub fn to_jwt(&self) -> Result<String> {
        self.to_jwt_at(SystemTime::now())
    }

    /// As [`to_jwt`](Self::to_jwt), with the time given. For tests.
    ///
    /// # Errors
    /// As [`to_jwt`](Self::to_jwt).
    pub fn to_jwt_at(&self, now: SystemTime) -> Result<String> {
        let incomplete = |reason: &str| Error::token(TokenProblem::Incomplete, reason);
        let key = self.0.key.as_ref().map_err(|reason| incomplete(reason))?;
        self.check_join()?;
        self.check_credentials()?;
        let stamped =
            self.stamp(key.id(), now).ok_or_else(|| incomplete("the token's lifetime is too long"))?;
        // Enough for most tokens to be written without growing the buffer.
        let mut payload = Vec::with_capacity(512);
        stamped
            .write_json(&mut payload)
            .map_err(|error| incomplete("the claims cannot be written as JSON").with_source(error))?;
        key.sign(&payload)
    }

    fn check_join(&self) -> Result<()> {
        let Some(video) = self.0.claims.grants.video.as_ref().filter(|video| video.room_join) else {
            return Ok(());
        };
        let reason = match (self.0.claims.identity().is_empty(), video.room.is_empty()) {
            (false, false) => return Ok(()),
            (true, false) => "a token to join a room needs an identity: call `identity(…)`",
            (false, true) => "a token to join a room needs the room's name: use `VideoGrant::join(room)`",
            (true, true) => "a token to join a room needs an identity and the room's name",
        };
        Err(Error::token(TokenProblem::Incomplete, reason))
    }

    fn check_credentials(&self) -> Result<()> {
        let Some(config) = self.0.claims.room_config.as_ref().filter(|_| !self.0.allow_credentials) else {
            return Ok(());
        };
        let secrets = config.secrets();
        if secrets.is_empty() {
            return Ok(());
        }
        let message = format!(
            "the room configuration holds credentials, which whoever holds the token could read: {}. \
             Call `allow_sensitive_credentials()` if only servers will see it",
            secrets.join(", ")
        );
        Err(Error::token(TokenProblem::HoldsCredentials, message))
    }

    /// The claims with their times, or `None` if the lifetime is too long.
    fn stamp<'a>(&'a self, issuer: &'a str, now: SystemTime) -> Option<Stamped<'a>> {
        let claims = &self.0.claims;
        if let (None, Some(_)) = (self.0.ttl, claims.exp) {
            return Some(Stamped { claims, issuer, exp: claims.exp, nbf: claims.nbf, iat: claims.iat });
        }
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let ttl = self.0.ttl.unwrap_or(DEFAULT_TTL);
        let seconds = ttl.as_secs().checked_add(u64::from(ttl.subsec_nanos() > 0))?;
        let exp = now.checked_add(seconds).filter(|exp| *exp <= LATEST_EXPIRY)?;
        Some(Stamped { claims, issuer, exp: Some(exp), nbf: Some(now), iat: claims.iat.map(|_| now) })
    }
}

impl ApiKey {
    /// Starts a token that this key will sign: the same as [`AccessToken::with_key`].
    pub fn access_token(&self) -> AccessToken {
        AccessToken::with_key(self)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("key", &self.0.key)
            .field("claims", &self.0.claims)
            .field("ttl", &self.0.ttl)
            .field("allow_sensitive_credentials", &self.0.allow_credentials)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use serde_json::{Value, json, to_value};

    use super::*;
    use crate::auth::{SipGrant, TokenVerifier, VideoGrant, decode_unverified};
    use crate::error::ErrorKind;

    fn key() -> ApiKey {
        ApiKey::new("key", "secret").unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn payload(token: &AccessToken) -> Value {
        to_value(decode_unverified(&token.to_jwt_at(at(1000)).unwrap()).unwrap()).unwrap()
    }

    fn problem(token: &AccessToken) -> (ErrorKind, String) {
        let error = token.to_jwt().unwrap_err();
        (error.kind().clone(), error.to_string())
    }

    #[test]
    fn a_bare_token_has_three_claims() {
        assert_eq!(
            payload(&AccessToken::with_key(&key())),
            json!({ "iss": "key", "nbf": 1000, "exp": 22_600 })
        );
    }

    #[test]
    fn setters_write_their_claim() {
        use participant_info::{Kind, KindDetail};
        let token = key()
            .access_token()
            .identity("alice")
            .name("Alice")
            .kind(Kind::Agent)
            .kind_details([KindDetail::CloudAgent, KindDetail::BridgeRtsp])
            .metadata("m")
            .attributes([("a", "1"), ("b", "2")])
            .attribute("b", "3")
            .room_preset("p")
            .sha256("h")
            .room_config(RoomConfiguration { name: "r".to_owned(), ..Default::default() })
            .grant(VideoGrant::join("r").can_publish(false))
            .grant(SipGrant::default().call(true))
            .ttl(Duration::from_secs(60));
        let expected = json!({
            "iss": "key", "sub": "alice", "nbf": 1000, "exp": 1060, "name": "Alice", "kind": "agent",
            "kindDetails": ["cloud_agent", "bridge_rtsp"], "metadata": "m", "attributes": { "a": "1", "b": "3" },
            "roomPreset": "p", "sha256": "h", "roomConfig": { "name": "r" },
            "video": { "roomJoin": true, "room": "r", "canPublish": false }, "sip": { "call": true }
        });
        assert_eq!(payload(&token), expected);
        assert_eq!(token.claims().identity(), "alice");
    }

    #[test]
    fn grants_add_up_and_empty_ones_are_not_written() {
        let token = AccessToken::with_key(&key())
            .grant(VideoGrant::default().can_publish(false))
            .grant(VideoGrant::default().room_list(true))
            .grant(SipGrant::default());
        assert_eq!(payload(&token)["video"], json!({ "canPublish": false, "roomList": true }));
        assert_eq!(payload(&token).get("sip"), None);
    }

    #[test]
    fn lifetimes() {
        let exp = |ttl| payload(&AccessToken::with_key(&key()).ttl(ttl))["exp"].as_u64().unwrap();
        assert_eq!(exp(Duration::ZERO), 1000 + 6 * 3600);
        assert_eq!(exp(Duration::from_millis(1)), 1001);
        assert_eq!(exp(Duration::from_millis(1500)), 1002);
        assert_eq!(exp(Duration::from_secs(LATEST_EXPIRY - 1000)), LATEST_EXPIRY);
        for ttl in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(LATEST_EXPIRY - 999)] {
            let error = AccessToken::with_key(&key()).ttl(ttl).to_jwt_at(at(1000)).unwrap_err();
            assert_eq!(error.token_problem(), Some(TokenProblem::Incomplete));
            assert!(error.to_string().contains("too long"), "{error}");
        }
    }

    #[test]
    fn a_clock_before_1970_is_no_panic() {
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(5);
        let jwt = AccessToken::with_key(&key()).to_jwt_at(before).unwrap();
        assert_eq!(decode_unverified(&jwt).unwrap().nbf, Some(0));
    }

    #[test]
    fn joining_needs_an_identity_and_a_room() {
        let join = |identity: &str, room: &str| {
            AccessToken::with_key(&key()).identity(identity).grant(VideoGrant::join(room))
        };
        assert!(join("alice", "r").to_jwt().is_ok());
        for (identity, room, named) in
            [("", "r", "identity"), ("alice", "", "room"), ("", "", "identity and the room")]
        {
            let (kind, message) = problem(&join(identity, room));
            assert_eq!(kind, ErrorKind::Token(TokenProblem::Incomplete));
            assert!(message.contains(named), "{message}");
        }
        let without = AccessToken::with_key(&key()).grant(VideoGrant::admin("r"));
        assert!(without.to_jwt().is_ok());
    }

    #[test]
    fn empty_keys_and_secrets_are_reported() {
        for (key, secret, named) in [("", "secret", "key is empty"), ("key", " \n", "secret is empty")] {
            let (kind, message) = problem(&AccessToken::new(key, secret));
            assert_eq!(kind, ErrorKind::Token(TokenProblem::Incomplete));
            assert!(message.contains(named), "{message}");
        }
    }

    #[test]
    fn credentials_in_a_room_configuration_are_refused_by_name() {
        let config: RoomConfiguration = serde_json::from_value(json!({
            "egress": {
                "room": {
                    "fileOutputs": [{ "filepath": "a" }, { "s3": { "accessKey": "id", "secret": "planted" } }],
                    "streamOutputs": [{ "urls": ["rtmp://planted"] }]
                },
                "participant": { "segmentOutputs": [{ "gcp": { "credentials": "planted" } }] },
                "tracks": { "azure": { "accountKey": "planted" } }
            }
        }))
        .unwrap();
        let token = AccessToken::with_key(&key()).room_config(config.clone());
        let (kind, message) = problem(&token);
        assert_eq!(kind, ErrorKind::Token(TokenProblem::HoldsCredentials));
        for path in [
            "egress.room.file_outputs[1].s3.secret",
            "egress.room.stream_outputs[0].urls",
            "egress.participant.segment_outputs[0].gcp.credentials",
            "egress.tracks.azure.account_key",
        ] {
            assert!(message.contains(path), "{path}: {message}");
        }
        assert!(!message.contains("planted") && !message.contains("file_outputs[0]"), "{message}");
        let jwt = token.allow_sensitive_credentials().to_jwt().unwrap();
        assert_eq!(decode_unverified(&jwt).unwrap().room_config.as_deref(), Some(&config));
        let harmless = RoomConfiguration { name: "r".to_owned(), ..Default::default() };
        assert!(AccessToken::with_key(&key()).room_config(harmless).to_jwt().is_ok());
    }

    #[test]
    fn signing_again_keeps_everything() {
        let (ours, theirs) = (key(), ApiKey::new("other", "else").unwrap());
        let first = r#"{"iss":"other","sub":"alice","exp":2000,"nbf":500,"iat":499,"identity":"alice","aud":["x"],
            "video":{"roomJoin":true,"room":"r","new":1},"sip":{"later":2},"roomConfig":{"newer":{}},"kind":"hologram"}"#;
        let jwt = theirs.sign_as(r#"{"alg":"HS256"}"#, first);
        let claims = TokenVerifier::new(theirs).verify_at(&jwt, at(1000)).unwrap();
        let again = AccessToken::from_claims(&ours, claims.clone());
        let mut expected: Value = serde_json::from_str(first).unwrap();
        expected["iss"] = json!("key");
        assert_eq!(payload(&again), expected);
        // A new lifetime and a new holder replace what belonged to the old ones.
        let renewed = payload(&again.ttl(Duration::from_secs(60)).identity("bob"));
        assert_eq!(
            (&renewed["exp"], &renewed["nbf"], &renewed["iat"]),
            (&json!(1060), &json!(1000), &json!(1000))
        );
        assert_eq!((&renewed["sub"], renewed.get("identity")), (&json!("bob"), None));
    }

    #[test]
    fn debug_shows_no_secret() {
        let token = AccessToken::new("key", "planted").metadata("planted").attribute("a", "planted");
        for shown in
            [format!("{token:?}"), format!("{token:#?}"), format!("{:?}", AccessToken::new("", "planted"))]
        {
            assert!(!shown.contains("planted"), "{shown}");
        }
        let error = AccessToken::new("", "planted").grant(VideoGrant::join("")).to_jwt().unwrap_err();
        assert!(!format!("{error:?} {error}").contains("planted"));
    }
}
