//! The fault matrix: every fault, for calls that may be repeated and for one that dials, with failover and
//! without. In process time is paused, so that the table can tell how long each took; over TCP, with both
//! versions of HTTP, those that take no time come to the same.

use std::collections::BTreeSet;
use std::time::Duration;

use livekit_sdk::proto::SipOutboundTrunkInfo;
use livekit_sdk::testing::{Fault, TestServer};
use livekit_sdk::{Error, ErrorKind, LiveKit, Result, TwirpCode};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::tcp::{self, Http};

/// A project on LiveKit Cloud, of three regions.
fn project() -> TestServer {
    let server = TestServer::new();
    server.add_region("a", "https://project.livekit.cloud");
    server.add_region("b", "https://b.livekit.cloud");
    server.add_region("c", "https://c.livekit.cloud");
    server
}

fn client(server: &TestServer, failover: bool) -> LiveKit {
    let builder = LiveKit::builder().url("https://project.livekit.cloud").api_key(server.api_key().clone());
    builder.transport(server.transport()).failover(failover).build().unwrap()
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Plain,
    List,
    Dial,
}

/// Something to list, and a trunk to dial through.
async fn prepare(lk: &LiveKit) -> Result<String> {
    lk.room().create_room("daily").await?;
    let trunk = SipOutboundTrunkInfo {
        address: "sip.example.com".to_owned(),
        numbers: vec!["+15550100".to_owned()],
        ..Default::default()
    };
    Ok(lk.sip().create_sip_outbound_trunk(trunk).await?.sip_trunk_id)
}

async fn call(lk: &LiveKit, kind: Kind, trunk: &str) -> Result<()> {
    match kind {
        Kind::Plain => lk.room().create_room("daily").await.map(drop),
        Kind::List => lk.room().list_rooms(()).await.map(drop),
        Kind::Dial => {
            let call = lk.sip().create_sip_participant((trunk, "+15550199", "support"));
            call.wait_until_answered(true).await.map(drop)
        }
    }
}

/// The columns of the table.
const COLUMNS: [(Kind, bool); 6] = [
    (Kind::Plain, true),
    (Kind::Plain, false),
    (Kind::List, true),
    (Kind::List, false),
    (Kind::Dial, true),
    (Kind::Dial, false),
];

/// What became of a call: the outcome and the attempts at it, of which the server has to have seen as many.
async fn outcome_of(server: &TestServer, lk: &LiveKit, fault: &Fault, kind: Kind) -> String {
    let trunk = prepare(&server.livekit()).await.unwrap();
    server.clear_calls();
    server.inject(fault.clone());
    let outcome = call(lk, kind, &trunk).await;
    let calls = server.calls();
    let ids: BTreeSet<_> = calls.iter().map(|call| call.request_id().unwrap().to_owned()).collect();
    assert!(ids.len() <= 1, "every attempt has the id of its call: {ids:?}");
    let attempts = outcome.as_ref().err().map_or(1, |error| error.attempts() as usize);
    // What finds nobody listening is not seen by the server.
    let is_unsent = outcome.as_ref().is_err_and(Error::is_unsent);
    assert_eq!(calls.len(), if is_unsent { 0 } else { attempts }, "{outcome:?}");
    format!("{} ×{attempts}", name(&outcome))
}

/// As [`outcome_of`], in process and with the seconds it took.
async fn timed_outcome_of(fault: &Fault, kind: Kind, failover: bool) -> String {
    let server = project();
    let began = Instant::now();
    let outcome = outcome_of(&server, &client(&server, failover), fault, kind).await;
    // Backoff is a matter of chance, and less than a second in all.
    let seconds = began.elapsed().as_secs();
    let calls = server.calls();
    let is_busy = |status: u16| matches!(status, 429 | 503);
    if failover && !calls.iter().any(|call| call.status.is_some_and(|status| is_busy(status.as_u16()))) {
        let regions: BTreeSet<_> = calls.iter().map(|call| call.region).collect();
        assert_eq!(regions.len(), calls.len(), "no region is tried twice while there are others");
    }
    format!("{outcome} {seconds}s")
}

fn name(outcome: &Result<()>) -> String {
    let Err(error) = outcome else { return "ok".to_owned() };
    match error.kind() {
        ErrorKind::Refused(refusal) => format!("{} {}", refusal.status, refusal.code),
        ErrorKind::Unreachable(place) => format!("{place:?}").to_lowercase(),
        kind => format!("{kind:?}").to_lowercase(),
    }
}

fn faults() -> Vec<(&'static str, Fault)> {
    let second = Duration::from_secs(1);
    vec![
        ("nothing listens", Fault::unreachable()),
        ("dropped before reading", Fault::drop_unread()),
        ("dropped before answering", Fault::drop_unanswered()),
        ("truncated body", Fault::truncate(0)),
        ("late by 60 s", Fault::delay(60 * second)),
        ("slow body", Fault::slow_body(60 * second)),
        ("unavailable", Fault::twirp(TwirpCode::Unavailable, "")),
        ("internal", Fault::twirp(TwirpCode::Internal, "")),
        ("bad gateway page", Fault::status(502, "text/html", "<h1>Bad Gateway</h1>")),
        ("invalid argument", Fault::twirp(TwirpCode::InvalidArgument, "")),
        ("wrong key", Fault::status(401, "text/plain", "invalid API key")),
        ("busy", Fault::status(429, "text/plain", "slow down")),
        ("busy for 2 s", Fault::status(429, "text/plain", "slow down").with_header("retry-after", "2")),
        ("out of service for 2 s", Fault::status(503, "text/plain", "soon").with_header("retry-after", "2")),
        ("busy for an hour", Fault::status(429, "text/plain", "later").with_header("retry-after", "3600")),
        ("garbage", Fault::garbage("\u{1}garbage")),
        ("moved elsewhere", Fault::redirect(301, "https://elsewhere.example/")),
        ("wrong region", Fault::status(451, "text/plain", "project not allowed in this region.")),
        ("callee is busy", Fault::sip(486, "Busy Here")),
    ]
}

#[rustfmt::skip]
const EXPECTED: &str = "
                         | create, failover              | create                        | list, failover                | list                          | dial, failover                | dial
nothing listens          | connect ×3 0s                 | connect ×1 0s                 | connect ×3 0s                 | connect ×1 0s                 | connect ×3 0s                 | connect ×1 0s
dropped before reading   | interrupted ×3 0s             | interrupted ×1 0s             | interrupted ×3 0s             | interrupted ×1 0s             | interrupted ×1 0s             | interrupted ×1 0s
dropped before answering | interrupted ×3 0s             | interrupted ×1 0s             | interrupted ×3 0s             | interrupted ×1 0s             | interrupted ×1 0s             | interrupted ×1 0s
truncated body           | interrupted ×3 0s             | interrupted ×1 0s             | interrupted ×3 0s             | interrupted ×1 0s             | interrupted ×1 0s             | interrupted ×1 0s
late by 60 s             | timeout ×3 30s                | timeout ×1 10s                | timeout ×3 30s                | timeout ×1 10s                | timeout ×1 32s                | timeout ×1 32s
slow body                | timeout ×3 30s                | timeout ×1 10s                | timeout ×3 30s                | timeout ×1 10s                | timeout ×1 32s                | timeout ×1 32s
unavailable              | 503 unavailable ×3 0s         | 503 unavailable ×1 0s         | 503 unavailable ×3 0s         | 503 unavailable ×1 0s         | 503 unavailable ×1 0s         | 503 unavailable ×1 0s
internal                 | 500 internal ×3 0s            | 500 internal ×1 0s            | 500 internal ×3 0s            | 500 internal ×1 0s            | 500 internal ×1 0s            | 500 internal ×1 0s
bad gateway page         | 502 unavailable ×3 0s         | 502 unavailable ×1 0s         | 502 unavailable ×3 0s         | 502 unavailable ×1 0s         | 502 unavailable ×1 0s         | 502 unavailable ×1 0s
invalid argument         | 400 invalid_argument ×1 0s    | 400 invalid_argument ×1 0s    | 400 invalid_argument ×1 0s    | 400 invalid_argument ×1 0s    | 400 invalid_argument ×1 0s    | 400 invalid_argument ×1 0s
wrong key                | 401 unauthenticated ×1 0s     | 401 unauthenticated ×1 0s     | 401 unauthenticated ×1 0s     | 401 unauthenticated ×1 0s     | 401 unauthenticated ×1 0s     | 401 unauthenticated ×1 0s
busy                     | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s
busy for 2 s             | 429 resource_exhausted ×3 4s  | 429 resource_exhausted ×3 4s  | 429 resource_exhausted ×3 4s  | 429 resource_exhausted ×3 4s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s
out of service for 2 s   | 503 unavailable ×3 4s         | 503 unavailable ×3 4s         | 503 unavailable ×3 4s         | 503 unavailable ×3 4s         | 503 unavailable ×1 0s         | 503 unavailable ×1 0s
busy for an hour         | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s  | 429 resource_exhausted ×1 0s
garbage                  | badreply ×1 0s                | badreply ×1 0s                | badreply ×1 0s                | badreply ×1 0s                | badreply ×1 0s                | badreply ×1 0s
moved elsewhere          | 301 internal ×1 0s            | 301 internal ×1 0s            | 301 internal ×1 0s            | 301 internal ×1 0s            | 301 internal ×1 0s            | 301 internal ×1 0s
wrong region             | 451 unknown ×3 0s             | 451 unknown ×3 0s             | 451 unknown ×3 0s             | 451 unknown ×3 0s             | 451 unknown ×3 0s             | 451 unknown ×3 0s
callee is busy           | 412 failed_precondition ×1 0s | 412 failed_precondition ×1 0s | 412 failed_precondition ×1 0s | 412 failed_precondition ×1 0s | 412 failed_precondition ×1 0s | 412 failed_precondition ×1 0s
";

fn row(name: &str, cells: [&str; 6]) -> String {
    let cells = cells.map(|cell| format!("{cell:29}")).join(" | ");
    format!("{}\n", format!("{name:24} | {cells}").trim_end())
}

#[tokio::test(start_paused = true)]
async fn every_fault_comes_to_what_it_should() {
    let mut table =
        row("", ["create, failover", "create", "list, failover", "list", "dial, failover", "dial"]);
    for (name, fault) in faults() {
        let mut cells = [const { String::new() }; 6];
        for (cell, (kind, failover)) in cells.iter_mut().zip(COLUMNS) {
            *cell = timed_outcome_of(&fault, kind, failover).await;
        }
        table += &row(name, cells.each_ref().map(String::as_str));
    }
    assert_eq!(table.trim(), EXPECTED.trim(), "\n{table}");
}

/// What the table expects of a fault that takes no time, without the seconds; none of others.
fn timeless(name: &str) -> Option<Vec<&'static str>> {
    let row = EXPECTED.lines().find(|row| row.starts_with(&format!("{name:24} |")))?;
    row.split(" | ").skip(1).map(|cell| cell.trim_end().strip_suffix(" 0s")).collect()
}

/// Over TCP something listens, and time passes.
async fn assert_table_over_tcp(http: Http) {
    let mut compared = JoinSet::new();
    for (name, fault) in faults().into_iter().skip(1) {
        let Some(expected) = timeless(name) else { continue };
        for (expected, (kind, failover)) in expected.into_iter().zip(COLUMNS) {
            let fault = fault.clone();
            compared.spawn(async move {
                let (server, listeners) = tcp::project().await;
                let lk = tcp::client(&server, &listeners, http).failover(failover).build().unwrap();
                let outcome = outcome_of(&server, &lk, &fault, kind).await;
                assert_eq!(outcome, expected, "{name}: {kind:?}, {http:?}, failover {failover}");
                assert!(server.calls().iter().all(|call| call.version == http.version()));
            });
        }
    }
    assert!(compared.len() > 60, "{} cells", compared.len());
    compared.join_all().await;
}

#[tokio::test]
async fn every_fault_comes_to_the_same_over_http_1() {
    assert_table_over_tcp(Http::One).await;
}

#[tokio::test]
async fn every_fault_comes_to_the_same_over_http_2() {
    assert_table_over_tcp(Http::Two).await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_one_region_is_survived() {
    for (name, fault) in faults().into_iter().take(9) {
        let server = project();
        server.inject(fault.in_region(0));
        client(&server, true)
            .room()
            .create_room("daily")
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[tokio::test(start_paused = true)]
async fn errors_tell_where_and_how_often() {
    let server = project();
    server.inject(Fault::twirp(TwirpCode::Unavailable, "try later"));
    let error: Error = client(&server, true).room().list_rooms(()).await.unwrap_err();
    assert_eq!((error.attempts(), error.host()), (3, Some("c.livekit.cloud:443")));
    let text = error.to_string();
    for told in [
        "livekit.RoomService/ListRooms",
        "try later",
        "c.livekit.cloud:443",
        "3 attempts",
        error.request_id().unwrap(),
    ] {
        assert_eq!(text.matches(told).count(), 1, "{told}: {text}");
    }
}
