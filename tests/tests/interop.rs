//! Tokens and webhooks that other SDKs made, verified by ours; ours in `vectors/rust.json`, which theirs
//! verify; and our server, driven by theirs (`interop/README.md`).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "interop/drive.rs"]
mod drive;

use std::path::Path;

use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier, decode_unverified};
use livekit_sdk::proto::WebhookEvent;
use livekit_sdk::webhook::WebhookReceiver;
use serde::Deserialize;
use serde_json::{Value, json, to_value};

#[derive(Deserialize)]
struct Vectors {
    maker: String,
    tokens: Vec<TokenVector>,
    webhooks: Vec<WebhookVector>,
}

#[derive(Deserialize)]
struct TokenVector {
    name: String,
    key: String,
    secret: String,
    token: String,
    claims: Value,
}

#[derive(Deserialize)]
struct WebhookVector {
    name: String,
    key: String,
    secret: String,
    authorization: String,
    body: String,
    event: String,
    id: String,
    received: Option<Value>,
}

/// Every file in the folder, so that none can be forgotten.
fn vectors() -> Vec<Vectors> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/vectors");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<Vectors> =
        files.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect();
    for maker in ["livekit-server-sdk", "livekit-api", "livekit-sdk"] {
        assert!(all.iter().any(|vectors| vectors.maker.starts_with(maker)), "no vectors of {maker}");
    }
    assert!(all.iter().all(|vectors| vectors.tokens.len() > 20 && vectors.webhooks.len() > 5));
    all
}

/// Claims without what means the same as its absence. Some SDKs write `"roomAdmin": false` or `"sub": ""`;
/// we do not. An explicit `false` of a choice (`canPublish`, …) stays.
fn meant(value: &Value) -> Value {
    let Value::Object(map) = value else { return value.clone() };
    let absent = |key: &str, value: &Value| match value {
        Value::Bool(flag) => !flag && !key.starts_with("can"),
        other => [json!(null), json!(""), json!([]), json!({})].contains(other),
    };
    let kept = map
        .iter()
        .map(|(key, value)| (key.clone(), if key == "roomConfig" { value.clone() } else { meant(value) }));
    Value::Object(kept.filter(|(key, value)| key == "roomConfig" || !absent(key, value)).collect())
}

#[test]
fn tokens_of_every_maker_are_verified_and_lose_nothing() {
    for vectors in vectors() {
        for vector in vectors.tokens {
            let at = format!("{}: {}", vectors.maker, vector.name);
            let key = ApiKey::new(&vector.key, &vector.secret).unwrap();
            let claims =
                TokenVerifier::new(key.clone()).verify(&vector.token).unwrap_or_else(|e| panic!("{at}: {e}"));
            assert_eq!(meant(&to_value(&claims).unwrap()), meant(&vector.claims), "{at}");
            let again = AccessToken::from_claims(&key, claims.clone()).allow_sensitive_credentials().to_jwt();
            let again = decode_unverified(&again.unwrap_or_else(|e| panic!("{at}: {e}"))).unwrap();
            assert_eq!(meant(&to_value(&again).unwrap()), meant(&vector.claims), "{at}: signed again");
            let other = TokenVerifier::new(ApiKey::new(&vector.key, "another secret").unwrap());
            assert!(other.verify(&vector.token).is_err(), "{at}: accepted with another secret");
        }
    }
}

#[test]
fn webhooks_of_every_maker_are_received() {
    for vectors in vectors() {
        for vector in vectors.webhooks {
            let at = format!("{}: {}", vectors.maker, vector.name);
            let receiver = WebhookReceiver::new(ApiKey::new(&vector.key, &vector.secret).unwrap());
            let receive = |body: &[u8]| receiver.receive(body, &vector.authorization);
            let event = receive(vector.body.as_bytes()).unwrap_or_else(|e| panic!("{at}: {e}"));
            assert_eq!((&event.event, &event.id), (&vector.event, &vector.id), "{at}");
            let changed = format!("{} ", vector.body);
            assert!(receive(changed.as_bytes()).is_err(), "{at}: accepted with another body");
        }
    }
}

/// Where a body holds what this schema does not know (enum values above all), we read what its maker did.
#[test]
fn bodies_that_do_not_survive_reading_are_read_as_their_maker_reads_them() {
    let all = vectors()
        .into_iter()
        .flat_map(|vectors| vectors.webhooks.into_iter().map(move |v| (vectors.maker.clone(), v)));
    let altered: Vec<_> =
        all.filter_map(|(maker, vector)| Some((maker, vector.received.clone()?, vector))).collect();
    assert!(altered.len() >= 4, "{}", altered.len());
    for (maker, received, vector) in altered {
        let ours: WebhookEvent = serde_json::from_str(&vector.body).unwrap();
        let theirs: WebhookEvent = serde_json::from_value(received).unwrap();
        assert_eq!(ours, theirs, "{maker}: {}", vector.name);
    }
}
