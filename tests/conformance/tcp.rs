//! What only shows where there are connections: both versions of HTTP, redirects, base paths, addresses.

use std::net::SocketAddr;
use std::time::Duration;

use livekit_sdk::testing::{DEV_KEY, DEV_SECRET, Fault, Listener, TestServer};
use livekit_sdk::{ErrorKind, LiveKit, LiveKitBuilder, Unreachable};
use reqwest::redirect::Policy;
use tokio::process::Command;

/// The versions of HTTP.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Http {
    One,
    Two,
}

impl Http {
    pub(crate) fn version(self) -> http::Version {
        match self {
            Self::One => http::Version::HTTP_11,
            Self::Two => http::Version::HTTP_2,
        }
    }
}

const BOTH: [Http; 2] = [Http::One, Http::Two];

/// A project of three regions, each at a port of its own.
pub(crate) async fn project() -> (TestServer, Vec<Listener>) {
    let server = TestServer::new();
    let listeners = server.listen_regions(&["127.0.0.1:0"; 3]).await.unwrap();
    (server, listeners)
}

/// A client of the project, whose host is one of LiveKit Cloud's that leads to the first region.
pub(crate) fn client(server: &TestServer, listeners: &[Listener], http: Http) -> LiveKitBuilder {
    let first = listeners[0].address();
    let client = reqwest::Client::builder().no_proxy().redirect(Policy::none());
    let client = client.resolve("project.livekit.cloud", first);
    let client = match http {
        Http::One => client.http1_only(),
        Http::Two => client.http2_prior_knowledge(),
    };
    builder(server, &format!("http://project.livekit.cloud:{}", first.port()))
        .reqwest_client(client.build().unwrap())
}

fn builder(server: &TestServer, url: &str) -> LiveKitBuilder {
    LiveKit::builder().url(url).api_key(server.api_key().clone())
}

async fn listening() -> (TestServer, Listener) {
    let server = TestServer::new();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    (server, listener)
}

#[tokio::test]
async fn answers_that_do_not_come_are_not_waited_for() {
    for http in BOTH {
        for fault in [Fault::delay(Duration::from_secs(60)), Fault::slow_body(Duration::from_secs(60))] {
            let (server, listeners) = project().await;
            let lk = client(&server, &listeners, http).timeout(Duration::from_millis(100)).build().unwrap();
            server.inject(fault);
            let error = lk.room().create_room("daily").await.unwrap_err();
            assert!(error.is_timeout() && error.attempts() == 1, "{http:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_port_that_nothing_listens_at_is_told_from_one_that_breaks() {
    let (server, listener) = listening().await;
    server.inject(Fault::drop_unread());
    let lk = builder(&server, &listener.url()).build().unwrap();
    let error = lk.room().list_rooms(()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unreachable(Unreachable::Interrupted));

    let address: SocketAddr = listener.address();
    drop(listener);
    let error = lk.room().list_rooms(()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unreachable(Unreachable::Connect), "{error}");
    assert_eq!(error.host(), Some(address.to_string().as_str()));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_told() {
    let server = TestServer::new();
    let lk = builder(&server, "http://does-not-exist.invalid").build().unwrap();
    let error = lk.room().list_rooms(()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unreachable(Unreachable::Dns), "{error:?}");
}

#[tokio::test]
async fn redirects_that_keep_the_method_are_followed() {
    let (server, listener) = listening().await;
    let (front, front_listener) = listening().await;
    let lk = builder(&server, &front_listener.url()).build().unwrap();
    for status in [307, 308] {
        let target = format!("{}/twirp/livekit.RoomService/CreateRoom", listener.url());
        front.inject(Fault::redirect(status, &target).once());
        let room = lk.room().create_room(format!("room-{status}")).max_participants(7).await.unwrap();
        assert_eq!(room.max_participants, 7, "the request arrives whole, and with its token");
    }
    assert_eq!((front.calls().len(), server.calls().len()), (2, 2));
}

#[tokio::test]
async fn a_post_never_becomes_a_get() {
    let (server, listener) = listening().await;
    let (front, front_listener) = listening().await;
    let lk = builder(&server, &front_listener.url()).build().unwrap();
    let target = format!("{}/twirp/livekit.RoomService/ListRooms", listener.url());
    for status in [301, 302, 303] {
        front.inject(Fault::redirect(status, &target).once());
        let error = lk.room().list_rooms(()).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&target) && text.contains("redirect"), "{text}");
        assert_eq!((error.status(), error.attempts()), (Some(status), 1));
    }
    assert!(server.calls().is_empty(), "nothing is sent where a redirect leads");
}

#[tokio::test]
async fn the_token_is_not_sent_to_another_host_and_circles_end() {
    let (server, listener) = listening().await;
    let lk = builder(&server, &listener.url()).build().unwrap();
    server.inject(Fault::redirect(307, "http://localhost:1/twirp/x").once());
    let error = lk.room().list_rooms(()).await.unwrap_err();
    assert!(error.to_string().contains("http://localhost:1/twirp/x"), "{error}");

    server.clear_calls();
    server.inject(Fault::redirect(308, "/twirp/livekit.RoomService/ListRooms"));
    let error = lk.room().list_rooms(()).await.unwrap_err();
    assert_eq!((error.status(), error.attempts(), server.calls().len()), (Some(308), 1, 6));
}

#[tokio::test]
async fn a_host_may_be_an_address_of_version_6() {
    let server = TestServer::new();
    let error = builder(&server, "ws://[::1]:9").build().unwrap().room().list_rooms(()).await.unwrap_err();
    assert_eq!(error.host(), Some("[::1]:9"));
    // Not every machine that runs this has such addresses.
    if let Ok(listener) = server.listen("[::1]:0").await {
        let url = listener.url();
        assert!(url.starts_with("http://[::1]:"), "{url}");
        builder(&server, &url).build().unwrap().room().create_room("daily").await.unwrap();
    }
}

#[tokio::test]
async fn the_systems_proxy_is_used() {
    let (server, listener) = listening().await;
    let test = std::env::current_exe().unwrap();
    let proxied = Command::new(test)
        .args(["--ignored", "--exact", "tcp::a_call_through_the_proxy"])
        .env("http_proxy", listener.url())
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output();
    let output = proxied.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let calls = server.calls();
    assert_eq!((calls.len(), calls[0].headers["host"].as_bytes()), (1, &b"livekit.invalid"[..]));
}

#[tokio::test]
#[ignore = "needs a proxy in its environment: `the_systems_proxy_is_used` runs it with one"]
async fn a_call_through_the_proxy() {
    let lk = LiveKit::new("http://livekit.invalid", DEV_KEY, DEV_SECRET).unwrap();
    lk.room().create_room("daily").await.unwrap();
}
