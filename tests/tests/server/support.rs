//! What the scenarios share.

use std::future::Future;

use livekit_sdk::testing::TestServer;
use livekit_sdk::{Error, LiveKit, TwirpCode};

/// Runs a scenario against a server of its own, in process and then over TCP.
pub(crate) async fn both<S, F>(scenario: S)
where
    S: Fn(TestServer, LiveKit) -> F,
    F: Future<Output = ()>,
{
    let server = TestServer::new();
    let lk = server.livekit();
    scenario(server, lk).await;

    let server = TestServer::new();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let lk = LiveKit::builder().url(listener.url()).api_key(server.api_key().clone()).build().unwrap();
    scenario(server, lk).await;
}

/// Asserts that a call was refused with this code.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Error>, code: TwirpCode) {
    match result {
        Ok(answer) => panic!("expected {code}, got the answer {answer:?}"),
        Err(error) => assert_eq!(error.code(), Some(&code), "{error}"),
    }
}

/// The webhooks that a server has sent, by name.
pub(crate) fn events(server: &TestServer) -> Vec<String> {
    server.webhooks().into_iter().map(|sent| sent.event.event).collect()
}
