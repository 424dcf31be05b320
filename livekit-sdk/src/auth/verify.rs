//! Checking tokens.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{DecodeSliceError, Engine as _};
use jsonwebtoken::Algorithm;
use serde::Deserialize;

use super::claims::Claims;
#[cfg(feature = "webhooks")]
use super::claims::Seconds;
use super::grant::Text;
use super::key::{ApiKey, HEADER};
use crate::error::{Error, Result, TokenProblem};
use crate::json;

/// How far clocks may differ unless [`TokenVerifier::with_leeway`] says otherwise: 60 s, as on LiveKit's server.
pub const DEFAULT_LEEWAY: Duration = Duration::from_secs(60);

/// Room for a signature of HS256, and for more than it, so that a longer one is seen to be longer.
const TAG_ROOM: usize = 48;

/// Headers that need no parsing: ours and those of LiveKit's Go and Python SDKs, the JavaScript SDK
/// (`{"alg":"HS256"}`), and the Rust SDK (`{"typ":"JWT","alg":"HS256"}`).
const KNOWN_HEADERS: [&str; 3] = [HEADER, "eyJhbGciOiJIUzI1NiJ9", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"];

/// Checks tokens that were signed with any of a set of API keys.
///
/// Accepted is a JWT that is signed with HS256 and a known key (looked up by `iss`), has an `exp` that has
/// not passed and, if it has an `nbf`, one that has come, give or take the leeway. `aud`, `iat` and unknown
/// claims are not checked. Nothing in the token but `iss` is looked at before its signature is found right.
///
/// ```
/// use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier};
/// use livekit_sdk::TokenProblem;
///
/// let (old, new) = (ApiKey::new("key1", "secret1")?, ApiKey::new("key2", "secret2")?);
/// let verifier = TokenVerifier::from_keys([old, new.clone()]);
///
/// let jwt = new.access_token().identity("alice").to_jwt()?;
/// assert_eq!(verifier.verify(&jwt)?.identity(), "alice");
///
/// let forged = AccessToken::new("key2", "guessed").identity("alice").to_jwt()?;
/// let error = verifier.verify(&forged).unwrap_err();
/// assert_eq!(error.token_problem(), Some(TokenProblem::WrongKey));
/// # Ok::<(), livekit_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct TokenVerifier {
    keys: Vec<ApiKey>,
    leeway: u64,
}

impl TokenVerifier {
    /// Accepts tokens signed with `key`.
    pub fn new(key: ApiKey) -> Self {
        Self::from_keys([key])
    }

    /// Accepts tokens signed with any of `keys`.
    ///
    /// Two keys may have the same id and different secrets: while a secret is replaced, either is accepted.
    pub fn from_keys(keys: impl IntoIterator<Item = ApiKey>) -> Self {
        Self { keys: keys.into_iter().collect(), leeway: DEFAULT_LEEWAY.as_secs() }
    }

    /// How far the clock of the token's maker and ours may differ. Whole seconds; default
    /// [`DEFAULT_LEEWAY`]; zero is allowed.
    #[must_use]
    pub fn with_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.as_secs();
        self
    }

    /// Checks a token and answers what it says.
    ///
    /// `token` is the JWT alone, without `Bearer `.
    ///
    /// # Errors
    /// [`ErrorKind::Token`](crate::ErrorKind::Token) with the [`TokenProblem`]: `Malformed`,
    /// `UnsupportedAlgorithm`, `UnknownIssuer`, `WrongKey`, `MissingExpiry`, `Expired` or `NotYetValid`. The
    /// message says what to look at. Nothing of the token is in it.
    pub fn verify(&self, token: &str) -> Result<Claims> {
        self.verify_at(token, SystemTime::now())
    }

    /// As [`verify`](Self::verify), with the time given. For tests, and for tokens received earlier.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_at(&self, token: &str, now: SystemTime) -> Result<Claims> {
        let payload = self.authentic_payload(token)?;
        let mut claims = Claims::default();
        parse_claims(&payload, &mut claims)?;
        self.check(&claims.issuer, claims.exp, claims.nbf, now)?;
        Ok(claims)
    }

    /// As [`verify`](Self::verify), whichever API key the token names: the secret of the only key counts.
    #[cfg(feature = "testing")]
    pub(crate) fn verify_any_issuer(&self, token: &str) -> Result<Claims> {
        let payload = self.authentic_payload(token)?;
        let mut claims = Claims::default();
        parse_claims(&payload, &mut claims)?;
        self.check_times(claims.exp, claims.nbf, SystemTime::now())?;
        Ok(claims)
    }

    /// Checks a token that vouches for the body of a webhook, and has `check` look at its `sha256` (empty if
    /// it has none).
    #[cfg(feature = "webhooks")]
    pub(crate) fn verify_body_hash(&self, token: &str, check: impl FnOnce(&str) -> Result<()>) -> Result<()> {
        let payload = self.authentic_payload(token)?;
        let claims: BodyClaims<'_> =
            json::from_str(text_of(&payload)?).map_err(|error| unreadable(&error))?;
        let [exp, nbf] = [claims.exp, claims.nbf].map(|time| time.map(|Seconds(time)| time));
        let [issuer, hash] =
            [&claims.iss, &claims.sha256].map(|text| text.as_ref().map_or("", |text| &text.0));
        self.check(issuer, exp, nbf, SystemTime::now())?;
        check(hash)
    }

    /// The payload of a token that has the right form and the signature of one of the keys.
    fn authentic_payload(&self, token: &str) -> Result<Vec<u8>> {
        let parts = Parts::of(token)?;
        parts.check_header()?;
        let payload = decode_payload(parts.payload)?;
        let mut tag = [0; TAG_ROOM];
        let tag = decode_tag(parts.tag, &mut tag)?;
        match &*self.keys {
            // With one key its signature can be checked before anything is parsed.
            [key] if key.has_signed(parts.message, tag) => {}
            _ => self.check_issuer(parse_issuer(&payload)?.as_deref(), parts.message, tag)?,
        }
        Ok(payload)
    }

    fn check_issuer(&self, issuer: Option<&str>, message: &[u8], tag: &[u8]) -> Result<()> {
        let mut named = self.keys.iter().filter(|key| issuer == Some(key.id())).peekable();
        if named.peek().is_none() {
            return Err(unknown_issuer());
        }
        if named.any(|key| key.has_signed(message, tag)) {
            return Ok(());
        }
        Err(Error::token(
            TokenProblem::WrongKey,
            "the token's signature is not that of its API key: it was signed with another secret, or changed \
             afterwards. Check that both sides use the same LIVEKIT_API_SECRET",
        ))
    }

    /// Checks what is signed.
    fn check(&self, issuer: &str, exp: Option<u64>, nbf: Option<u64>, now: SystemTime) -> Result<()> {
        if !self.keys.iter().any(|key| key.id() == issuer) {
            return Err(unknown_issuer());
        }
        self.check_times(exp, nbf, now)
    }

    fn check_times(&self, exp: Option<u64>, nbf: Option<u64>, now: SystemTime) -> Result<()> {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let leeway = self.leeway;
        let Some(exp) = exp else {
            return Err(Error::token(TokenProblem::MissingExpiry, "the token has no expiry (`exp`)"));
        };
        if now > exp.saturating_add(leeway) {
            let message = format!(
                "the token expired {} s ago, and {leeway} s are tolerated. Make a new one, or check the clocks",
                now - exp
            );
            return Err(Error::token(TokenProblem::Expired, message));
        }
        if let Some(nbf) = nbf.filter(|nbf| now.saturating_add(leeway) < *nbf) {
            let message = format!(
                "the token is valid only in {} s, and {leeway} s are tolerated. Check the clocks",
                nbf - now
            );
            return Err(Error::token(TokenProblem::NotYetValid, message));
        }
        Ok(())
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifier").field("keys", &self.keys).field("leeway", &self.leeway).finish()
    }
}

impl From<ApiKey> for TokenVerifier {
    fn from(key: ApiKey) -> Self {
        Self::new(key)
    }
}

impl FromIterator<ApiKey> for TokenVerifier {
    fn from_iter<I: IntoIterator<Item = ApiKey>>(keys: I) -> Self {
        Self::from_keys(keys)
    }
}

/// Reads what a token says, **without checking anything**: anybody can have written it.
///
/// For logs and tools. To let somebody in, use [`TokenVerifier`].
///
/// # Errors
/// [`TokenProblem::Malformed`] if it is not a JWT, or its claims do not have the shape of LiveKit's.
pub fn decode_unverified(token: &str) -> Result<Claims> {
    let mut claims = Claims::default();
    parse_claims(&decode_payload(Parts::of(token)?.payload)?, &mut claims)?;
    Ok(claims)
}

const NOT_THREE_PARTS: &str = "not a token: a JWT has three parts, separated by points";

/// A token, taken apart at its points.
struct Parts<'a> {
    header: &'a str,
    payload: &'a str,
    tag: &'a str,
    /// Header and payload: what is signed.
    message: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Self> {
        if token.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer ")) {
            return Err(malformed("the token begins with `Bearer `: pass what follows it"));
        }
        let split = || {
            let (message, tag) = token.rsplit_once('.')?;
            let (header, payload) = message.split_once('.')?;
            Some(Self { header, payload, tag, message: message.as_bytes() })
        };
        split().ok_or_else(|| {
            malformed(if token.trim().is_empty() { "the token is empty" } else { NOT_THREE_PARTS })
        })
    }

    fn check_header(&self) -> Result<()> {
        if KNOWN_HEADERS.contains(&self.header) {
            return Ok(());
        }
        let unsupported = |message| Error::token(TokenProblem::UnsupportedAlgorithm, message);
        // The payload does not matter here, and need not be copied.
        let header = match jsonwebtoken::decode_header(format!("{}..", self.header)) {
            Ok(header) => header,
            Err(_) if self.names_algorithm() => {
                return Err(unsupported("the token is not signed with HS256, the one algorithm of LiveKit"));
            }
            Err(_) => return Err(malformed("the token's header cannot be read")),
        };
        if header.alg != Algorithm::HS256 {
            return Err(unsupported("the token is not signed with HS256, the one algorithm of LiveKit"));
        }
        // RFC 7515, 4.1.11: who does not understand all of these has to refuse the token.
        if header.crit.is_some() {
            return Err(unsupported("the token demands extensions (`crit`) that are not supported"));
        }
        Ok(())
    }

    /// Whether the header is one, save that its `alg` is none of jsonwebtoken's (`none`, for instance).
    fn names_algorithm(&self) -> bool {
        #[derive(Deserialize)]
        struct Header {
            #[serde(rename = "alg")]
            _alg: String,
        }
        let json = URL_SAFE_NO_PAD.decode(self.header).unwrap_or_default();
        serde_json::from_slice::<Header>(&json).is_ok()
    }
}

fn malformed(message: impl Into<String>) -> Error {
    Error::token(TokenProblem::Malformed, message)
}

fn unknown_issuer() -> Error {
    Error::token(
        TokenProblem::UnknownIssuer,
        "the token was issued by an API key (`iss`) that is not known here. Check LIVEKIT_API_KEY",
    )
}

fn decode_payload(part: &str) -> Result<Vec<u8>> {
    // `decode` would ask for zeroed memory, which allocators are slower to give.
    let mut bytes = Vec::with_capacity(part.len().div_ceil(4) * 3);
    match URL_SAFE_NO_PAD.decode_vec(part, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) if part.contains('.') => Err(malformed(NOT_THREE_PARTS)),
        Err(_) => Err(malformed("the token's payload is not base64 (URL-safe, unpadded)")),
    }
}

fn decode_tag<'a>(part: &str, tag: &'a mut [u8; TAG_ROOM]) -> Result<&'a [u8]> {
    match URL_SAFE_NO_PAD.decode_slice(part, tag) {
        Ok(length) => Ok(tag.get(..length).unwrap_or_default()),
        Err(DecodeSliceError::OutputSliceTooSmall) => Err(malformed("the token's signature is too long")),
        Err(DecodeSliceError::DecodeError(_)) => {
            Err(malformed("the token's signature is not base64 (URL-safe, unpadded)"))
        }
    }
}

fn parse_claims(payload: &[u8], claims: &mut Claims) -> Result<()> {
    claims.read_json(text_of(payload)?).map_err(|error| unreadable(&error))
}

fn text_of(payload: &[u8]) -> Result<&str> {
    str::from_utf8(payload).map_err(|_| malformed("the token's claims are not Unicode"))
}

/// What counts in the token of a webhook.
#[cfg(feature = "webhooks")]
#[derive(Deserialize)]
struct BodyClaims<'a> {
    #[serde(borrow)]
    iss: Option<Text<'a>>,
    exp: Option<Seconds>,
    nbf: Option<Seconds>,
    #[serde(borrow)]
    sha256: Option<Text<'a>>,
}

/// Reads `iss` and nothing else.
fn parse_issuer(payload: &[u8]) -> Result<Option<Cow<'_, str>>> {
    #[derive(Deserialize)]
    struct Issuer<'a> {
        #[serde(borrow)]
        iss: Option<Text<'a>>,
    }
    match json::from_str::<Issuer<'_>>(text_of(payload)?) {
        Ok(claims) => Ok(claims.iss.map(|Text(issuer)| issuer)),
        Err(error) => Err(unreadable(&error)),
    }
}

/// serde_json's own message can quote the value that it did not like, so only the place is told.
fn unreadable(error: &serde_json::Error) -> Error {
    let what = if error.is_data() { "do not have the shape of LiveKit's" } else { "are not JSON" };
    malformed(format!("the token's claims {what} (line {}, column {})", error.line(), error.column()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;
    use crate::auth::{AccessToken, VideoGrant};

    const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    fn key() -> ApiKey {
        ApiKey::new("key", "secret").unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn problem(verifier: &TokenVerifier, token: &str) -> TokenProblem {
        let error = verifier.verify_at(token, at(1000)).unwrap_err();
        // Whatever is in the token, nothing of it is told.
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
        error.token_problem().unwrap()
    }

    #[test]
    fn a_good_token_is_accepted_with_every_header() {
        let verifier = TokenVerifier::new(key());
        for header in [
            HS256,
            r#"{"alg":"HS256"}"#,
            r#"{"typ":"JWT","alg":"HS256"}"#,
            r#"{"alg":"HS256","typ":"at+jwt","kid":"1","custom":[1]}"#,
            r#"{ "typ" : null, "alg" : "HS256" }"#,
        ] {
            let token = key().sign_as(header, r#"{"iss":"key","exp":1000,"sub":"alice"}"#);
            assert_eq!(verifier.verify_at(&token, at(1000)).unwrap().identity(), "alice", "{header}");
        }
        let ours = key().access_token().identity("alice").grant(VideoGrant::join("r")).to_jwt().unwrap();
        assert_eq!(verifier.verify(&ours).unwrap().grants.video, Some(VideoGrant::join("r")));
    }

    #[test]
    fn the_headers_that_need_no_parsing_say_hs256() {
        for header in KNOWN_HEADERS {
            assert_eq!(jsonwebtoken::decode_header(format!("{header}..")).unwrap().alg, Algorithm::HS256);
        }
    }

    #[test]
    fn other_algorithms_are_refused() {
        let payload = r#"{"iss":"key","exp":1000}"#;
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None","typ":"JWT"}"#,
            r#"{"alg":"RS256","typ":"JWT"}"#,
            r#"{"alg":"HS384"}"#,
            r#"{"alg":"HS512"}"#,
            r#"{"alg":"planted"}"#,
            r#"{"alg":"hs256"}"#,
            r#"{"alg":"HS256","crit":["exp"],"exp":1}"#,
        ] {
            let signed = key().sign_as(header, payload);
            assert_eq!(
                problem(&TokenVerifier::new(key()), &signed),
                TokenProblem::UnsupportedAlgorithm,
                "{header}"
            );
            let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
            assert_eq!(problem(&TokenVerifier::new(key()), &unsigned), TokenProblem::UnsupportedAlgorithm);
        }
    }

    #[test]
    fn times_are_checked_to_the_second() {
        let (exp, nbf) = (10_000, 5_000);
        let token = key().sign_as(HS256, r#"{"iss":"key","exp":10000,"nbf":5000}"#);
        for leeway in [0, 1, 60, 3600] {
            let verifier = TokenVerifier::new(key()).with_leeway(Duration::from_secs(leeway));
            let problem_at =
                |seconds| verifier.verify_at(&token, at(seconds)).err().and_then(|e| e.token_problem());
            assert_eq!(problem_at(nbf - leeway), None);
            assert_eq!(problem_at(nbf - leeway - 1), Some(TokenProblem::NotYetValid));
            assert_eq!(problem_at(exp + leeway), None);
            assert_eq!(problem_at(exp + leeway + 1), Some(TokenProblem::Expired));
        }
        let default = TokenVerifier::new(key());
        assert!(default.verify_at(&token, at(exp + 60)).is_ok());
        let error = default.verify_at(&token, at(exp + 61)).unwrap_err();
        assert!(error.to_string().contains("expired 61 s ago"), "{error}");
        let error = default.verify_at(&token, at(nbf - 100)).unwrap_err();
        assert!(error.to_string().contains("in 100 s"), "{error}");
    }

    #[test]
    fn extreme_times_are_no_panic() {
        let boundless = TokenVerifier::new(key()).with_leeway(Duration::MAX);
        for claims in [
            r#"{"iss":"key","exp":18446744073709551615,"nbf":18446744073709551615}"#,
            r#"{"iss":"key","exp":1e400,"nbf":-1e300}"#,
            r#"{"iss":"key","exp":-9223372036854775808,"nbf":-1}"#,
        ] {
            let token = key().sign_as(HS256, claims);
            for verifier in [TokenVerifier::new(key()), boundless.clone()] {
                let _ = verifier.verify_at(&token, at(0));
                let _ = verifier.verify_at(&token, at(1 << 40));
                let _ = verifier.verify_at(&token, SystemTime::UNIX_EPOCH - Duration::from_secs(10));
            }
        }
    }

    #[test]
    fn an_expiry_is_required() {
        for claims in [r#"{"iss":"key"}"#, r#"{"iss":"key","exp":null}"#] {
            let token = key().sign_as(HS256, claims);
            assert_eq!(problem(&TokenVerifier::new(key()), &token), TokenProblem::MissingExpiry);
        }
    }

    #[test]
    fn wrong_secrets_and_unknown_issuers_are_told_apart() {
        let other = ApiKey::new("other", "else").unwrap();
        let [one, two] = [TokenVerifier::new(key()), TokenVerifier::from_keys([key(), other.clone()])];
        let none = TokenVerifier::from_keys([]);
        let sign = |key: &ApiKey, issuer: &str| {
            key.sign_as(HS256, &format!(r#"{{{issuer}"exp":1000,"sub":"planted"}}"#))
        };
        let forged = sign(&other, r#""iss":"key","#);
        let foreign = sign(&ApiKey::new("third", "third").unwrap(), r#""iss":"planted","#);
        let borrowed = sign(&key(), r#""iss":"other","#);
        let anonymous = sign(&key(), "");
        for (verifier, token, expected) in [
            (&one, &forged, TokenProblem::WrongKey),
            (&two, &forged, TokenProblem::WrongKey),
            (&one, &foreign, TokenProblem::UnknownIssuer),
            (&two, &foreign, TokenProblem::UnknownIssuer),
            // Signed by a key we hold, in the name of another.
            (&one, &borrowed, TokenProblem::UnknownIssuer),
            (&two, &borrowed, TokenProblem::WrongKey),
            (&one, &anonymous, TokenProblem::UnknownIssuer),
            (&two, &anonymous, TokenProblem::UnknownIssuer),
            (&none, &forged, TokenProblem::UnknownIssuer),
        ] {
            assert_eq!(problem(verifier, token), expected);
        }
        assert!(two.verify_at(&sign(&other, r#""iss":"other","#), at(1000)).is_ok());
    }

    #[test]
    fn a_secret_can_be_replaced_while_both_are_accepted() {
        let new = ApiKey::new("key", "new secret").unwrap();
        let verifier: TokenVerifier = [key(), new.clone()].into_iter().collect();
        for key in [key(), new] {
            assert!(verifier.verify(&key.access_token().to_jwt().unwrap()).is_ok());
        }
        let stolen = AccessToken::new("key", "stolen").to_jwt().unwrap();
        assert_eq!(problem(&verifier, &stolen), TokenProblem::WrongKey);
    }

    #[test]
    fn a_changed_token_is_refused() {
        let token = key().sign_as(HS256, r#"{"iss":"key","exp":1000,"sub":"planted"}"#);
        let verifier = TokenVerifier::new(key());
        assert!(verifier.verify_at(&token, at(1000)).is_ok());
        for position in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(verifier.verify_at(&changed, at(1000)).is_err(), "{position}");
            let cut = &token[..position];
            assert!(verifier.verify_at(cut, at(1000)).is_err(), "{position}");
        }
    }

    #[test]
    fn malformed_tokens_are_named_so() {
        let verifier = TokenVerifier::new(key());
        let good = key().sign_as(HS256, r#"{"iss":"key","exp":1000}"#);
        for (token, told) in [
            (String::new(), "empty"),
            (" \n".to_owned(), "empty"),
            ("planted".to_owned(), "three parts"),
            ("planted.planted".to_owned(), "three parts"),
            (format!("{good}.planted"), "three parts"),
            (format!("Bearer {good}"), "Bearer"),
            (format!("bearer {good}"), "Bearer"),
            (format!("{good}="), "base64"),
            (format!("{good}\n"), "base64"),
            (good.replacen('.', ".!", 1), "payload is not base64"),
            ("planted.e30.".to_owned(), "header cannot be read"),
            (key().sign_as("[]", "{}"), "header cannot be read"),
            (key().sign_as(r#"{"typ":"JWT"}"#, "{}"), "header cannot be read"),
            (key().sign_as(HS256, "planted"), "not JSON"),
            (key().sign_as(HS256, r#"["planted"]"#), "shape"),
            (key().sign_as(HS256, r#"{"iss":"key","exp":"planted"}"#), "shape"),
            (key().sign_as(HS256, r#"{"iss":"key","exp":1,"roomConfig":"planted"}"#), "shape"),
        ] {
            assert_eq!(problem(&verifier, &token), TokenProblem::Malformed, "{token}");
            let message = verifier.verify_at(&token, at(1000)).unwrap_err().to_string();
            assert!(message.contains(told), "{told}: {message}");
        }
    }

    #[test]
    fn what_is_not_signed_is_not_read() {
        let unsigned = key().sign_as(HS256, r#"{"iss":"key","exp":"planted"}"#);
        let unsigned = format!("{}.AAAA", unsigned.rsplit_once('.').unwrap().0);
        assert_eq!(problem(&TokenVerifier::new(key()), &unsigned), TokenProblem::WrongKey);
    }

    #[test]
    fn decoding_without_checking_checks_nothing() {
        let claims =
            decode_unverified(&AccessToken::new("k", "s").identity("alice").to_jwt().unwrap()).unwrap();
        assert_eq!((claims.issuer.as_str(), claims.identity()), ("k", "alice"));
        assert_eq!(decode_unverified("a.b.c").unwrap_err().token_problem(), Some(TokenProblem::Malformed));
    }

    /// Enough randomness to hit odd inputs, and the same ones each time.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % limit as u64).unwrap()
        }
    }

    #[test]
    fn no_input_is_a_panic() {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let verifier = TokenVerifier::from_keys([key(), ApiKey::new("other", "else").unwrap()]);
        let good =
            key().sign_as(HS256, r#"{"iss":"key","exp":1000,"video":{"room":"é","x":[{}]},"roomConfig":{}}"#);
        let alphabet: Vec<char> = "eyJ.=-_A0 \n\0é\u{10FFFF}{}[]\":,".chars().collect();
        for _ in 0..20_000 {
            let token: String = if random.below(2) == 0 {
                (0..random.below(60)).map(|_| alphabet[random.below(alphabet.len())]).collect()
            } else {
                let mut chars: Vec<char> = good.chars().collect();
                for _ in 0..=random.below(3) {
                    let position = random.below(chars.len());
                    chars[position] = alphabet[random.below(alphabet.len())];
                }
                chars.into_iter().collect()
            };
            let _ = verifier.verify_at(&token, at(1000));
            let _ = decode_unverified(&token);
        }
    }

    #[test]
    fn deep_and_long_payloads_are_no_panic() {
        let deep =
            format!(r#"{{"iss":"key","exp":1000,"x":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            problem(&TokenVerifier::new(key()), &key().sign_as(HS256, &deep)),
            TokenProblem::Malformed
        );
        let long = format!(r#"{{"iss":"key","exp":1000,"metadata":"{}"}}"#, "x".repeat(1 << 20));
        let claims = TokenVerifier::new(key()).verify_at(&key().sign_as(HS256, &long), at(1000)).unwrap();
        assert_eq!(claims.metadata.len(), 1 << 20);
    }

    #[test]
    fn debug_shows_no_secret() {
        let verifier = TokenVerifier::new(ApiKey::new("key", "planted").unwrap());
        assert_eq!(format!("{verifier:?}"), r#"TokenVerifier { keys: [ApiKey("key")], leeway: 60 }"#);
    }
}
