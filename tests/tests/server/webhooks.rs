//! Webhooks: signed, in order, and sent again when that may help.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use livekit_sdk::auth::{ApiKey, TokenVerifier};
use livekit_sdk::testing::TestServer;
use livekit_sdk::webhook::WebhookReceiver;

/// A backend that receives webhooks, and answers with the statuses it was given, then with 200.
pub(crate) struct Backend {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<(http::HeaderMap, Bytes)>>>,
}

impl Backend {
    pub(crate) async fn start(statuses: impl IntoIterator<Item = u16>) -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let mut statuses: Vec<_> = statuses.into_iter().collect();
        statuses.reverse();
        let (statuses, seen) = (Arc::new(Mutex::new(statuses)), Arc::clone(&received));
        tokio::spawn(async move {
            loop {
                let (stream, _) = socket.accept().await.unwrap();
                let (statuses, seen) = (Arc::clone(&statuses), Arc::clone(&seen));
                let answer = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let (statuses, seen) = (Arc::clone(&statuses), Arc::clone(&seen));
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await.unwrap().to_bytes();
                        seen.lock().unwrap().push((head.headers, body));
                        let status = statuses.lock().unwrap().pop().unwrap_or(200);
                        Response::builder()
                            .status(status)
                            .header("retry-after", "0")
                            .body(Full::<Bytes>::default())
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        });
        Self { url, received }
    }

    /// Waits for so many requests.
    pub(crate) async fn received(&self, count: usize) -> Vec<(http::HeaderMap, Bytes)> {
        let wait = async {
            while self.received.lock().unwrap().len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("the webhooks arrive");
        self.received.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn webhooks_are_posted_and_vouched_for() {
    let backend = Backend::start([]).await;
    let key = ApiKey::new("key", "secret").unwrap();
    let server = TestServer::builder().api_key(key.clone()).webhook_url(&backend.url).build();
    server.join_room("daily", "alice").unwrap().leave();

    let receiver = WebhookReceiver::new(TokenVerifier::new(key));
    let received = backend.received(3).await;
    let events = received.iter().map(|(headers, body)| {
        assert_eq!(headers["content-type"], "application/webhook+json");
        assert_eq!(headers["user-agent"], "LiveKit");
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(!authorization.starts_with("Bearer"), "the token stands alone");
        receiver.receive(body, authorization).unwrap()
    });
    let events: Vec<_> = events.collect();
    assert_eq!(
        events.iter().map(|event| event.event.as_str()).collect::<Vec<_>>(),
        ["room_started", "participant_joined", "participant_left"],
        "in order"
    );
    assert!(events.iter().all(|event| event.id.starts_with("EV_") && event.created_at > 1_700_000_000));
}

#[tokio::test]
async fn a_webhook_is_sent_again_with_the_same_token() {
    // Retry-After: 0 spares the waits of a second and more.
    let backend = Backend::start([503, 429]).await;
    let server = TestServer::builder().webhook_url(&backend.url).build();
    server.livekit().room().create_room("daily").await.unwrap();
    let received = backend.received(3).await;
    assert!(received.iter().all(|(headers, body)| {
        (&headers["authorization"], body) == (&received[0].0["authorization"], &received[0].1)
    }));
}

#[tokio::test]
async fn a_webhook_that_is_refused_is_not_sent_again() {
    let backend = Backend::start([400, 501]).await;
    let server = TestServer::builder().webhook_url(&backend.url).build();
    let lk = server.livekit();
    lk.room().create_room("daily").await.unwrap();
    lk.room().delete_room("daily").await.unwrap();
    server.join_room("daily", "alice").unwrap();
    let events: Vec<_> = backend
        .received(4)
        .await
        .iter()
        .map(|(_, body)| serde_json::from_slice::<serde_json::Value>(body).unwrap()["event"].clone())
        .collect();
    assert_eq!(events, ["room_started", "room_finished", "room_started", "participant_joined"]);
}

#[tokio::test]
async fn callbacks_see_what_is_sent() {
    let server = TestServer::new();
    let receiver = WebhookReceiver::new(server.api_key().clone());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (events, lk) = (Arc::clone(&seen), server.clone());
    server.on_webhook(move |sent| {
        let event = receiver.receive(&sent.body, &sent.authorization).unwrap();
        // A callback may use the server: what that tells comes after.
        if event.event == "room_started" {
            lk.join_room(&event.room.as_ref().unwrap().name, "greeter").unwrap();
        }
        events.lock().unwrap().push(event.event);
    });
    server.livekit().room().create_room("daily").await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["room_started", "participant_joined"]);
}

#[tokio::test]
async fn a_webhook_can_be_waited_for() {
    let server = TestServer::new();
    let later = server.clone();
    let joining = tokio::spawn(async move {
        tokio::task::yield_now().await;
        later.join_room("daily", "alice").unwrap()
    });
    let joined = server.webhook(|event| event.event == "participant_joined").await.unwrap();
    assert_eq!(joined.event.participant.unwrap().identity, "alice");
    joining.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_does_not_come_is_an_error_that_helps() {
    let server = TestServer::new();
    server.livekit().room().create_room("daily").await.unwrap();
    let error = server.webhook(|event| event.event == "room_finished").await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("room_started"), "{error}");
}
