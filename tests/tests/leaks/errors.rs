//! Errors, with everything that led to them.

use std::thread;

use bytes::Bytes;
use http::{Request, Response};
use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier, decode_unverified};
use livekit_sdk::proto::{RoomConfiguration, WebhookEvent};
use livekit_sdk::transport::{BoxFuture, Transport};
use livekit_sdk::webhook::{WebhookReceiver, sign};
use livekit_sdk::{Error, LiveKit, Result};

use super::{PLANTED, chain, clean};

const SECRET: &str = "a-planted-secret-of-more-than-32-characters";

fn check(error: Error) {
    clean(&format!("{:?}", error.kind()), &chain(&error));
}

/// Answers with a status, and with whatever it makes of the caller's token.
#[derive(Debug)]
struct Parrot {
    status: u16,
    answer: fn(&str) -> String,
    location: bool,
}

impl Transport for Parrot {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        let token = request.headers()["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
        let mut answer = Response::builder().status(self.status);
        if self.location {
            answer = answer.header("location", format!("https://elsewhere/?token={token}"));
        }
        let answer = answer.body((self.answer)(token).into()).unwrap();
        Box::pin(async { Ok(answer) })
    }
}

async fn failed(parrot: Parrot, token: &str) -> Error {
    let lk = LiveKit::builder().url("https://lk.example").token(token).transport(parrot).build().unwrap();
    lk.room().list_rooms(()).await.unwrap_err()
}

/// Some versions of LiveKit quote the token that they do not accept.
#[tokio::test]
async fn a_server_that_quotes_the_token() {
    let answers: [fn(&str) -> String; 4] = [
        |token| format!("invalid token: {token}, error: expired"),
        |token| format!(r#"{{"code":"unauthenticated","msg":"invalid token: {token}"}}"#),
        |token| format!(r#"{{"code":"unauthenticated","msg":"no","meta":{{"token":"{token}"}}}}"#),
        // The token lies across the end of what is kept of a page.
        |token| format!("{}{token}", "x".repeat(505)),
    ];
    for answer in answers {
        let error = failed(Parrot { status: 401, answer, location: false }, SECRET).await;
        assert!(error.is_unauthenticated());
        check(error);
    }
    let error = failed(Parrot { status: 401, answer: answers[0], location: false }, SECRET).await;
    assert!(error.to_string().contains("invalid token: <redacted>, error: expired"), "{error}");
    check(failed(Parrot { status: 302, answer: |_| String::new(), location: true }, SECRET).await);
    check(
        failed(Parrot { status: 200, answer: |token| format!("\u{1}{token}"), location: false }, SECRET)
            .await,
    );
}

#[tokio::test]
async fn what_cannot_be_sent() {
    let parrot = || Parrot { status: 200, answer: |_| String::new(), location: false };
    check(failed(parrot(), "planted\ntoken").await);
    let lk = LiveKit::builder().url("https://lk.example").token("t").transport(parrot()).build().unwrap();
    check(lk.room().list_rooms(()).with_header("X-Door", "planted\n").await.unwrap_err());
    check(lk.room().list_rooms(()).with_token("planted\u{7f}").await.unwrap_err());
    check(
        LiveKit::builder().url("https://lk.example").token("t").header("X", "planted\n").build().unwrap_err(),
    );
}

#[test]
fn a_configuration_that_cannot_work() {
    for url in [
        format!("https://alice:{PLANTED}@lk.example"),
        format!("https://lk.example?token={PLANTED}"),
        format!("https://lk.example#{PLANTED}"),
        format!("https://alice:{PLANTED}@"),
        format!("https://[{PLANTED}"),
    ] {
        check(LiveKit::new(&url, "devkey", SECRET).unwrap_err());
    }
    check(ApiKey::new("", SECRET).unwrap_err());
    check(LiveKit::new("https://lk.example", " ", SECRET).unwrap_err());
}

/// The environment belongs to the process, so each case gets a process of its own.
#[cfg(unix)]
#[test]
fn an_environment_that_cannot_be_read() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::process::Command;

    let odd = || OsString::from_vec(b"planted\xff".to_vec());
    for name in ["LIVEKIT_API_SECRET", "LIVEKIT_API_KEY", "LIVEKIT_TOKEN", "LIVEKIT_URL"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "errors::reports_its_environment", "--ignored", "--nocapture"])
            .env_clear()
            .env("LIVEKIT_URL", "https://lk.example")
            .env("LIVEKIT_API_KEY", "devkey")
            .env("LIVEKIT_API_SECRET", SECRET)
            .env(name, odd())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
        clean(&name, &text);
        // A token counts only where there is no key.
        assert_eq!(text.contains("is not Unicode"), name != "LIVEKIT_TOKEN", "{name}: {text}");
    }
}

#[test]
#[ignore = "needs an environment: `an_environment_that_cannot_be_read` starts it"]
fn reports_its_environment() {
    for error in [LiveKit::from_env().err(), ApiKey::from_env().err()].into_iter().flatten() {
        println!("{}", chain(&error));
    }
}

#[test]
fn tokens_that_are_not_accepted() {
    let key = ApiKey::new("devkey", SECRET).unwrap();
    let verifier = TokenVerifier::new(key.clone());
    let jwt = key.access_token().identity(PLANTED).metadata(PLANTED).to_jwt().unwrap();
    let forged = AccessToken::new("devkey", "guessed").identity(PLANTED).to_jwt().unwrap();
    let stranger = AccessToken::new("planted-issuer", SECRET).to_jwt().unwrap();
    let long = format!("{jwt}planted");
    for token in [PLANTED, "planted.planted.planted", "Bearer planted", &forged, &stranger, &long] {
        check(verifier.verify(token).unwrap_err());
    }
    check(decode_unverified("planted.planted.planted").unwrap_err());
    check(verifier.verify_at(&jwt, std::time::SystemTime::UNIX_EPOCH).unwrap_err());
}

#[test]
fn tokens_that_are_not_made() {
    let key = ApiKey::new("devkey", SECRET).unwrap();
    let config: RoomConfiguration = serde_json::from_value(serde_json::json!({
        "egress": { "room": { "fileOutputs": [{ "s3": { "secret": SECRET, "accessKey": SECRET } }] } }
    }))
    .unwrap();
    let error = key.access_token().room_config(config).to_jwt().unwrap_err();
    assert!(error.to_string().contains("egress.room.file_outputs[0].s3.secret"), "{error}");
    check(error);
    check(AccessToken::new("", SECRET).to_jwt().unwrap_err());
}

#[test]
fn webhooks_that_are_not_accepted() {
    let key = ApiKey::new("devkey", SECRET).unwrap();
    let receiver = WebhookReceiver::new(key.clone());
    let (body, authorization) = sign(&WebhookEvent::default(), &key).unwrap();
    check(receiver.receive(b"planted", &authorization).unwrap_err());
    check(receiver.receive(&body, "planted").unwrap_err());
    check(receiver.receive(&body, "Bearer planted.planted.planted").unwrap_err());
}

/// What panics takes messages along.
#[test]
fn a_panic_with_an_error_shows_no_more_than_the_error() {
    let panic = thread::spawn(|| {
        let error = LiveKit::new(&format!("https://alice:{PLANTED}@lk.example"), "k", SECRET);
        drop(error.unwrap());
    });
    let message = panic.join().unwrap_err();
    clean(&"a panic", message.downcast_ref::<String>().unwrap());
}
