//! An application with JWTs of its own beside LiveKit's. Both have to work, whoever comes first:
//! jsonwebtoken chooses its cryptography once in a process, and panics where it cannot.

use std::error::Error;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use livekit_sdk::LiveKit;
use livekit_sdk::auth::{ApiKey, TokenVerifier, VideoGrant};
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const PRIVATE: &[u8] = include_bytes!("test-only-private.pem");
const PUBLIC: &[u8] = include_bytes!("test-only-public.pem");
const API_KEY: &str = "devkey";
const SECRET: &str = "a-secret-of-at-least-32-characters";

/// Later than any run of this.
const EXPIRY: u64 = 1 << 40;

fn main() -> Outcome {
    let turns: [fn() -> Outcome; 4] = match std::env::args().nth(1).as_deref() {
        Some("first=app") => [application, sdk, application, sdk],
        Some("first=sdk") => [sdk, application, sdk, application],
        _ => return Err("say first=app or first=sdk".into()),
    };
    turns.iter().try_for_each(|turn| turn())?;
    shared_token()
}

/// What the application does with its own library.
fn application() -> Outcome {
    let private = EncodingKey::from_rsa_pem(PRIVATE)?;
    round_trip(Algorithm::RS256, &private, &DecodingKey::from_rsa_pem(PUBLIC)?)?;
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    round_trip(Algorithm::HS256, &secret, &DecodingKey::from_secret(SECRET.as_bytes()))?;

    // A public key derived from the private one: the library asks its provider for that, too.
    let published = Jwk::from_encoding_key(&private, Algorithm::RS256)?;
    round_trip(Algorithm::RS256, &private, &DecodingKey::from_jwk(&published)?)?;
    println!("app: the key's JWK was published");
    Ok(())
}

/// Signs and verifies; what was changed on the way is refused, so that the check is known to be one.
fn round_trip(algorithm: Algorithm, signing: &EncodingKey, verifying: &DecodingKey) -> Outcome {
    let claims = json!({ "sub": "app-user", "exp": EXPIRY });
    let token = encode(&Header::new(algorithm), &claims, signing)?;
    let validation = Validation::new(algorithm);
    if decode::<Value>(&token, verifying, &validation)?.claims != claims {
        return Err(format!("{algorithm:?}: the claims came back changed").into());
    }

    let other = encode(&Header::new(algorithm), &json!({ "sub": "admin", "exp": EXPIRY }), signing)?;
    let (message, _) = token.rsplit_once('.').ok_or("a token without dots")?;
    let (_, signature) = other.rsplit_once('.').ok_or("a token without dots")?;
    match decode::<Value>(format!("{message}.{signature}"), verifying, &validation) {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
        other => return Err(format!("{algorithm:?}: another token's signature gave {other:?}").into()),
    }
    println!("app: {algorithm:?} signed and verified");
    Ok(())
}

/// What the application does with LiveKit.
fn sdk() -> Outcome {
    let key = ApiKey::new(API_KEY, SECRET)?;
    let claims = TokenVerifier::new(key.clone()).verify(&join_token(&key)?)?;
    if claims.identity() != "alice" {
        return Err(format!("these are not the claims that were signed: {claims:?}").into());
    }
    println!("sdk: token minted and verified");

    // The client brings TLS along, with a choice of cryptography of its own.
    LiveKit::new("wss://livekit.invalid", API_KEY, SECRET)?;
    println!("sdk: client built");
    Ok(())
}

/// One token, read by either with the other's signature under it.
fn shared_token() -> Outcome {
    let key = ApiKey::new(API_KEY, SECRET)?;
    let decoding = DecodingKey::from_secret(SECRET.as_bytes());
    let theirs = decode::<Value>(join_token(&key)?, &decoding, &Validation::new(Algorithm::HS256))?;
    if theirs.claims["video"]["room"] != "lobby" {
        return Err(format!("the application read {} in a LiveKit token", theirs.claims).into());
    }
    println!("app: verified a token of the sdk");

    let signing = EncodingKey::from_secret(SECRET.as_bytes());
    let claims = json!({ "iss": API_KEY, "sub": "bob", "exp": EXPIRY });
    let token = encode(&Header::new(Algorithm::HS256), &claims, &signing)?;
    if TokenVerifier::new(key).verify(&token)?.identity() != "bob" {
        return Err("the sdk read another identity than the application wrote".into());
    }
    println!("sdk: verified a token of the app");
    Ok(())
}

fn join_token(key: &ApiKey) -> Outcome<String> {
    Ok(key.access_token().identity("alice").grant(VideoGrant::join("lobby")).to_jwt()?)
}
