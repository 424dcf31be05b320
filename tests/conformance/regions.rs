//! Which region a call goes to, and how long a list of regions is good for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use livekit_sdk::testing::{Fault, TestServer, TestTransport};
use livekit_sdk::transport::{BoxFuture, Transport};
use livekit_sdk::{LiveKit, Result, TwirpCode};
use tokio::time::Instant;

fn project() -> TestServer {
    let server = TestServer::new();
    for (name, url) in [
        ("a", "https://project.livekit.cloud"),
        ("b", "wss://b.livekit.cloud"),
        ("c", "https://c.livekit.cloud"),
    ] {
        server.add_region(name, url);
    }
    server
}

fn client(server: &TestServer, url: &str) -> LiveKit {
    let builder = LiveKit::builder().url(url).api_key(server.api_key().clone());
    builder.transport(server.transport()).build().unwrap()
}

/// The regions that were called, in order.
fn regions(server: &TestServer) -> Vec<usize> {
    server.calls().iter().map(|call| call.region).collect()
}

fn unavailable() -> Fault {
    Fault::twirp(TwirpCode::Unavailable, "")
}

#[tokio::test(start_paused = true)]
async fn failures_move_on_and_keep_the_base_path() {
    let server = project();
    server.inject(unavailable().in_region(0));
    server.inject(unavailable().in_region(1));
    let lk = client(&server, "wss://project.livekit.cloud");
    lk.room().create_room("daily").await.unwrap();
    assert_eq!(regions(&server), [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_pinned_project_is_found_without_failover_and_without_waiting() {
    let server = project();
    server.pin_regions(&["c"]);
    let lk = client(&server, "https://project.livekit.cloud");
    let began = Instant::now();
    lk.room().create_room("daily").with_failover(false).await.unwrap();
    assert_eq!((regions(&server), began.elapsed()), (vec![0, 2], Duration::ZERO));

    let dial = lk.sip().create_sip_participant(("ST_unknown", "+15550100", "support"));
    assert!(dial.wait_until_answered(true).await.unwrap_err().is_not_found(), "a pinned dial moves as well");
}

#[tokio::test(start_paused = true)]
async fn a_project_that_is_pinned_nowhere_is_told() {
    let server = project();
    server.pin_regions(&["elsewhere"]);
    let error = client(&server, "https://project.livekit.cloud").room().list_rooms(()).await.unwrap_err();
    assert!(error.is_wrong_region() && error.to_string().contains("not allowed in this region"), "{error}");
    assert_eq!(error.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_hosts_do_not_fail_over() {
    let server = project();
    server.inject(unavailable());
    for url in ["https://livekit.example", "https://notlivekit.cloud", "http://127.0.0.1:7880"] {
        let error = client(&server, url).room().list_rooms(()).await.unwrap_err();
        assert_eq!(error.attempts(), 1, "{url}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_host_is_tried_again_when_there_is_no_other() {
    let server = TestServer::new();
    server.inject(unavailable().times(2));
    let lk = client(&server, "https://project.livekit.cloud");
    lk.room().create_room("daily").await.unwrap();
    assert_eq!(regions(&server), [0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn short_calls_are_attempted_once() {
    let server = project();
    server.inject(unavailable());
    let lk = client(&server, "https://project.livekit.cloud");
    for (milliseconds, attempts) in [(4_999, 1), (5_000, 3)] {
        let call = lk.room().list_rooms(()).with_timeout(Duration::from_millis(milliseconds));
        assert_eq!(call.await.unwrap_err().attempts(), attempts, "{milliseconds} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_holds_across_attempts() {
    let server = project();
    server.inject(Fault::delay(Duration::from_secs(60)));
    let lk = client(&server, "https://project.livekit.cloud");
    let began = Instant::now();
    let error = lk.room().list_rooms(()).with_deadline(Duration::from_secs(15)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!((began.elapsed().as_secs(), error.attempts()), (15, 2));
}

#[tokio::test(start_paused = true)]
async fn times_without_end_are_no_limit() {
    let server = project();
    let call = client(&server, "https://project.livekit.cloud").room().list_rooms(());
    call.with_timeout(Duration::MAX).with_deadline(Duration::MAX).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_attempt_says_how_long_it_is_waited_for() {
    let server = project();
    server.inject(unavailable().in_region(0));
    let lk = client(&server, "https://project.livekit.cloud");
    let call =
        lk.room().list_rooms(()).with_timeout(Duration::from_secs(8)).with_deadline(Duration::from_secs(6));
    call.await.unwrap();
    let left: Vec<u64> = server
        .calls()
        .iter()
        .map(|call| call.headers["x-twirp-timeout-ms"].to_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(left[0], 6_000);
    assert!((5_700..=5_900).contains(&left[1]), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn a_list_is_good_for_as_long_as_it_says_and_stale_ones_are_better_than_none() {
    let server = project();
    server.set_regions_max_age(Some(Duration::from_secs(60)));
    server.inject(unavailable().in_region(0));
    let lk = client(&server, "https://project.livekit.cloud");
    lk.room().list_rooms(()).await.unwrap();
    // The list still says so, though the project has moved.
    server.pin_regions(&["c"]);
    server.clear_calls();
    lk.room().list_rooms(()).await.unwrap();
    assert_eq!(regions(&server), [0, 1, 2], "a refused region makes it ask anew");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_stops() {
    let server = project();
    server.inject(unavailable().after(Duration::from_secs(1)));
    let lk = client(&server, "https://project.livekit.cloud");
    let call = tokio::time::timeout(Duration::from_millis(1_500), async { lk.room().list_rooms(()).await });
    assert!(call.await.is_err());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(server.calls().len(), 2, "nothing is sent after the call was dropped");
}

#[tokio::test(start_paused = true)]
async fn an_rpc_is_waited_for_as_long_as_it_may_take() {
    let server = TestServer::new();
    let alice = server.join_room("daily", "alice").unwrap();
    alice
        .on_rpc("think", async |_| {
            tokio::time::sleep(Duration::from_secs(25)).await;
            Ok("done".to_owned())
        })
        .unwrap();
    let call = server.livekit().room().perform_rpc(("daily", "alice", "think")).response_timeout_ms(30_000);
    assert_eq!(call.await.unwrap().payload, "done");
}

/// Passes on what it is given, and keeps the head of it; lists of regions may never come.
#[derive(Clone, Debug)]
struct Recorder {
    to: TestTransport,
    has_lists: Arc<AtomicBool>,
    heads: Arc<Mutex<Vec<http::request::Parts>>>,
}

impl Recorder {
    fn new(server: &TestServer) -> Self {
        let has_lists = Arc::new(AtomicBool::new(true));
        Self { to: server.transport(), has_lists, heads: Arc::default() }
    }

    /// From now on, lists of regions do not come.
    fn withhold_lists(&self) {
        self.has_lists.store(false, Ordering::Relaxed);
    }

    /// What was asked of `/settings/regions`.
    fn discoveries(&self) -> Vec<http::request::Parts> {
        let is_discovery = |head: &&http::request::Parts| head.uri.path() == "/settings/regions";
        self.heads.lock().unwrap().iter().filter(is_discovery).cloned().collect()
    }

    fn uris(&self) -> Vec<String> {
        self.heads.lock().unwrap().iter().map(|head| head.uri.to_string()).collect()
    }
}

impl Transport for Recorder {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>>> {
        let (head, body) = request.into_parts();
        self.heads.lock().unwrap().push(head.clone());
        let is_discovery = head.uri.path() == "/settings/regions";
        let answer = self.to.send(http::Request::from_parts(head, body));
        match self.has_lists.load(Ordering::Relaxed) {
            _ if !is_discovery => answer,
            false => Box::pin(std::future::pending()),
            true => Box::pin(async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                answer.await
            }),
        }
    }
}

fn recorded(server: &TestServer, recorder: &Recorder, url: &str) -> LiveKit {
    let builder = LiveKit::builder().url(url).api_key(server.api_key().clone()).header("x-caller", "me");
    builder.transport(recorder.clone()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn regions_are_asked_for_where_the_client_was_pointed_and_only_when_they_are_needed() {
    let server = project();
    let recorder = Recorder::new(&server);
    let lk = recorded(&server, &recorder, "wss://project.livekit.cloud/base");
    lk.room().list_rooms(()).await.unwrap_err();
    assert_eq!(recorder.uris().len(), 1, "a refusal asks for no regions");

    server.inject(unavailable());
    lk.room().list_rooms(()).with_header("x-call", "mine").await.unwrap_err();
    let route = "base/twirp/livekit.RoomService/ListRooms";
    assert_eq!(
        recorder.uris()[1..],
        [
            format!("https://project.livekit.cloud/{route}"),
            "https://project.livekit.cloud/settings/regions".to_owned(),
            format!("https://b.livekit.cloud/{route}"),
            format!("https://c.livekit.cloud/{route}"),
        ]
    );
    let asked = &recorder.discoveries()[0];
    assert_eq!(asked.method, http::Method::GET);
    assert!(!asked.headers.contains_key("content-type"));
    for header in ["authorization", "user-agent", "x-livekit-request-id", "x-caller", "x-call"] {
        assert!(asked.headers.contains_key(header), "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_calls_ask_for_regions_once() {
    let server = project();
    server.set_regions_max_age(Some(Duration::from_secs(60)));
    server.inject(unavailable().in_region(0));
    let recorder = Recorder::new(&server);
    let lk = recorded(&server, &recorder, "https://project.livekit.cloud");
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(lk.room().list_rooms(()).into_future())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(recorder.discoveries().len(), 1);
    tokio::time::sleep(Duration::from_secs(61)).await;
    lk.room().list_rooms(()).await.unwrap();
    assert_eq!(recorder.discoveries().len(), 2, "a list that is too old is asked for anew");

    server.set_regions_max_age(None);
    tokio::time::sleep(Duration::from_secs(61)).await;
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(lk.room().list_rooms(()).into_future())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    // They ask within 100 ms of each other, and are answered after another 100 ms.
    let asked = recorder.discoveries().len() - 2;
    assert!((1..=2).contains(&asked), "a list that may not be kept is good for those who wait: {asked}");
}

#[tokio::test(start_paused = true)]
async fn regions_that_do_not_come_are_not_waited_for_long() {
    let server = project();
    server.inject(unavailable().times(2));
    let recorder = Recorder::new(&server);
    recorder.withhold_lists();
    let lk = recorded(&server, &recorder, "https://project.livekit.cloud");
    let began = Instant::now();
    lk.room().list_rooms(()).await.unwrap();
    assert_eq!(regions(&server), [0, 0, 0], "the host itself is tried again");
    assert_eq!(began.elapsed().as_secs(), 2, "they are asked for once in a call");

    server.inject(unavailable());
    let began = Instant::now();
    let call = lk.room().list_rooms(()).with_deadline(Duration::from_secs(1));
    assert!(call.await.unwrap_err().is_unavailable());
    assert_eq!(began.elapsed().as_millis(), 1_000, "nor longer than the caller waits");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_silent_costs_many_calls_no_more_than_one() {
    let server = project();
    let recorder = Recorder::new(&server);
    let lk = recorded(&server, &recorder, "https://project.livekit.cloud");
    server.inject(unavailable().in_region(0));
    lk.room().list_rooms(()).await.unwrap();

    recorder.withhold_lists();
    let began = Instant::now();
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(lk.room().list_rooms(()).into_future())).collect();
    for call in calls {
        call.await.unwrap().expect("what was last known leads to another region");
    }
    assert_eq!((began.elapsed().as_secs(), recorder.discoveries().len()), (2, 2));
}
