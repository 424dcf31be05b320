//! What `tracing` is told, at every level, of calls that succeed, fail and are repeated.

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use livekit_sdk::auth::ApiKey;
use livekit_sdk::proto::{
    EncodedFileOutput, S3Upload, SipOutboundTrunkInfo, StreamOutput, encoded_file_output,
};
use livekit_sdk::testing::{Fault, TestServer};
use livekit_sdk::{LiveKit, TwirpCode};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{PLANTED, chain, clean};

const SECRET: &str = "a-planted-secret-of-more-than-32-characters";

/// Writes down everything, of whatever crate and level.
#[derive(Clone, Default)]
struct Scribe {
    text: Arc<Mutex<String>>,
    spans: Arc<AtomicU64>,
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?} {value:#?}");
    }
}

impl Scribe {
    fn line(&self, what: &Metadata<'_>, record: impl FnOnce(&mut Line<'_>)) {
        let mut text = self.text.lock().unwrap();
        let _ = write!(text, "{} {} {}:", what.level(), what.target(), what.name());
        record(&mut Line(&mut text));
        text.push('\n');
    }
}

impl Subscriber for Scribe {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(span.metadata(), |line| span.record(line));
        Id::from_u64(1 + self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.text.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.line(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn project() -> TestServer {
    let server = TestServer::with_api_key(ApiKey::new("devkey", SECRET).unwrap());
    server.add_region("a", "https://project.livekit.cloud");
    server.add_region("b", "https://b.livekit.cloud");
    server.add_region("c", "https://c.livekit.cloud");
    server
}

fn client(server: &TestServer) -> LiveKit {
    let builder = LiveKit::builder().url("https://project.livekit.cloud").header("X-Door", SECRET);
    builder.api_key(server.api_key().clone()).transport(server.transport()).build().unwrap()
}

/// Calls with secrets in their requests; what fails is written down as well.
async fn call(lk: &LiveKit) -> String {
    let mut errors = String::new();
    let mut note = |error: Option<livekit_sdk::Error>| {
        errors.extend(error.iter().map(|error| chain(error)));
    };
    let s3 = S3Upload { secret: SECRET.to_owned(), ..S3Upload::default() };
    let file = EncodedFileOutput { output: Some(encoded_file_output::Output::S3(s3)), ..Default::default() };
    let stream =
        StreamOutput { urls: vec![format!("rtmp://live.example/app/{SECRET}")], ..Default::default() };
    let egress = lk.egress().start_room_composite_egress("daily").set(|request| {
        request.file_outputs.push(file);
        request.stream_outputs.push(stream);
    });
    note(egress.await.err());
    let trunk = SipOutboundTrunkInfo {
        address: "sip.example.com".to_owned(),
        numbers: vec!["+15550100".to_owned()],
        auth_username: "alice".to_owned(),
        auth_password: SECRET.to_owned(),
        ..Default::default()
    };
    match lk.sip().create_sip_outbound_trunk(trunk).await {
        Ok(trunk) => {
            let dial = lk.sip().create_sip_participant((trunk.sip_trunk_id, "+15550199", "support"));
            note(dial.wait_until_answered(true).await.err());
        }
        Err(error) => note(Some(error)),
    }
    note(lk.room().list_rooms(()).with_token(SECRET).await.err());
    errors
}

fn faults() -> Vec<Fault> {
    vec![
        Fault::unreachable(),
        Fault::drop_unread(),
        Fault::drop_unanswered(),
        Fault::truncate(0),
        Fault::delay(Duration::from_secs(60)),
        Fault::twirp(TwirpCode::Unavailable, "try later"),
        Fault::status(401, "text/plain", "invalid API key"),
        Fault::status(429, "text/plain", "slow down").with_header("retry-after", "1"),
        Fault::status(502, "text/html", "<h1>Bad Gateway</h1>"),
        Fault::garbage("\u{1}garbage"),
        Fault::redirect(301, "https://elsewhere"),
        Fault::sip(486, "Busy Here"),
    ]
}

/// The tokens that the server saw are secrets too.
fn tokens(server: &TestServer) -> Vec<String> {
    let calls = server.calls();
    let tokens = calls.iter().map(|call| call.headers["authorization"].to_str().unwrap().to_owned());
    tokens.map(|token| token.trim_start_matches("Bearer ").to_owned()).collect()
}

fn check(server: &TestServer, text: &str) {
    clean(&"tracing", text);
    for token in tokens(server) {
        let signature = token.rsplit('.').next().unwrap_or_default();
        assert!(!text.contains(signature), "tracing shows a token:\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_call_tells_a_secret() {
    let scribe = Scribe::default();
    let _guard = tracing::subscriber::set_default(scribe.clone());
    for fault in [None].into_iter().chain(faults().into_iter().map(Some)) {
        let server = project();
        if let Some(fault) = fault {
            server.inject(fault);
        }
        let errors = call(&client(&server)).await;
        check(&server, &errors);
        check(&server, &scribe.text.lock().unwrap());
    }
    let server = project();
    server.pin_regions(&["c"]);
    check(&server, &call(&client(&server)).await);
    let text = scribe.text.lock().unwrap().clone();
    check(&server, &text);
    for told in ["livekit.call", "attempting again", "livekit.Egress/StartRoomCompositeEgress", "request_id="]
    {
        assert!(text.contains(told), "{told} is missing: is the feature on?\n{text}");
    }
    assert!(!PLANTED.is_empty() && text.matches("attempting again").count() > 10, "{text}");
}

/// Over TCP, what reqwest and hyper tell is in it as well.
#[tokio::test]
async fn no_call_over_http_tells_a_secret() {
    let scribe = Scribe::default();
    let _guard = tracing::subscriber::set_default(scribe.clone());
    let server = project();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let lk = LiveKit::new(&listener.url(), "devkey", SECRET).unwrap();
    let errors = call(&lk).await;
    let wrong = LiveKit::new(&listener.url(), "devkey", "another-planted-secret").unwrap();
    let errors = errors + &call(&wrong).await;
    check(&server, &errors);
    check(&server, &scribe.text.lock().unwrap());
}
