//! What the tests share.

use std::fmt::Debug;
use std::time::{SystemTime, UNIX_EPOCH};

use livekit_api::access_token::TokenVerifier;
use livekit_api::services::{LiveKitApi, ServerError, ServerErrorCode, ServiceError, ServiceResult};
use livekit_api::webhooks::WebhookReceiver;
use livekit_protocol::WebhookEvent;
use livekit_sdk::testing::{DEV_KEY, DEV_SECRET, Listener, TestServer};

/// A server on a port, and LiveKit's client of it.
pub(crate) struct Driven {
    pub(crate) server: TestServer,
    pub(crate) lk: LiveKitApi,
    listener: Listener,
}

pub(crate) async fn drive() -> Driven {
    let server = TestServer::new();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let lk = LiveKitApi::with_api_key(&listener.url(), DEV_KEY, DEV_SECRET);
    Driven { server, lk, listener }
}

impl Driven {
    pub(crate) fn with_token(&self, token: &str) -> LiveKitApi {
        LiveKitApi::with_token(&self.listener.url(), token)
    }

    /// The webhooks that were sent so far, as LiveKit's receiver verifies and reads them.
    #[track_caller]
    pub(crate) fn received(&self) -> Vec<WebhookEvent> {
        let receiver = WebhookReceiver::new(TokenVerifier::with_api_key(DEV_KEY, DEV_SECRET));
        let sent = self.server.webhooks().into_iter();
        let read = sent.map(|sent| {
            let body = std::str::from_utf8(&sent.body).unwrap();
            receiver.receive(body, &sent.authorization).unwrap_or_else(|error| panic!("{error}: {body}"))
        });
        read.collect()
    }

    #[track_caller]
    pub(crate) fn received_names(&self) -> Vec<String> {
        self.received().into_iter().map(|event| event.event).collect()
    }
}

/// What a call was refused with, which has to have this code.
#[track_caller]
pub(crate) fn refused<T: Debug>(result: ServiceResult<T>, code: &str) -> ServerErrorCode {
    match result {
        Err(ServiceError::Twirp(ServerError::Twirp(refusal))) => {
            assert_eq!(refusal.code, code, "{}", refusal.msg);
            refusal
        }
        other => panic!("expected {code}, got {other:?}"),
    }
}

/// Whether this is an id that the server made.
pub(crate) fn is_id(id: &str, prefix: &str) -> bool {
    let rest = id.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.len() == 12 && rest.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Whether a time in seconds is now, give or take a minute.
pub(crate) fn is_now(seconds: i64) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    seconds.abs_diff(i64::try_from(now).unwrap()) < 60
}
