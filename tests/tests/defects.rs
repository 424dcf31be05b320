//! Defects of the official Rust SDK (livekit-api 0.10), each as what its users see, and what ours see instead.
//!
//! Not here, because no test of this crate's public API can show them:
//! - that minting a token breaks the application's own JWTs takes a process of its own: `apps.rs`;
//! - tests that pass without a server: ours have one in process, and what needs more is `#[ignore]`d;
//! - a new HTTP client, TLS roots and all, for each lookup of regions: they are asked through the one transport
//!   that a client has, as [`regions_are_asked_through_the_clients_own_transport`] shows;
//! - root certificates that fail to load in silence, and none of one's own: the TLS tests in `conformance/`;
//! - what a build for tokens alone compiles: `apps.rs`;
//! - hard-wired hosts of the REST API: there is no REST API here;
//! - items without documentation: the lint `missing_docs` is denied.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier, decode_unverified};
use livekit_sdk::proto::{
    AcceptWhatsAppCallRequest, DeleteRoomRequest, ListEgressResponse, MuteRoomTrackResponse, Room,
    RoomCompositeEgressRequest, S3Upload, SipTransferReason, SipTransferStatus, TokenPagination,
    TransferSipParticipantResponse, UpdateIngressRequest, WebhookEvent,
};
use livekit_sdk::testing::{Fault, TestServer};
use livekit_sdk::transport::{BoxFuture, Transport};
use livekit_sdk::webhook::{WebhookReceiver, sign};
use livekit_sdk::{ErrorKind, LiveKit, Result, TokenProblem, TwirpCode, proto};
use prost::Message;

/// Answers every request alike, and keeps them.
#[derive(Clone, Debug)]
struct Stub {
    status: u16,
    body: Bytes,
    seen: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Stub {
    fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, body: body.into(), seen: Arc::default() }
    }

    fn answering(message: &impl Message) -> Self {
        Self::new(200, message.encode_to_vec())
    }

    fn at(&self, url: &str) -> LiveKit {
        LiveKit::builder().url(url).token("a.ready.token").transport(self.clone()).build().unwrap()
    }

    fn livekit(&self) -> LiveKit {
        self.at("https://lk.example")
    }

    fn request<M: Message + Default>(&self) -> M {
        M::decode(self.seen.lock().unwrap().last().unwrap().body().clone()).unwrap()
    }
}

impl Transport for Stub {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        self.seen.lock().unwrap().push(request);
        let answer = Response::builder().status(self.status).body(self.body.clone()).unwrap();
        Box::pin(async { Ok(answer) })
    }
}

fn cloud(server: &TestServer) -> LiveKit {
    for name in ["a", "b", "c"] {
        server.add_region(name, &format!("https://{name}.livekit.cloud"));
    }
    let builder = LiveKit::builder().url("https://a.livekit.cloud").api_key(server.api_key().clone());
    builder.transport(server.transport()).build().unwrap()
}

/// "Error decoding response body" for a wrong key, a proxy's page, a region pin, and a Twirp error without `msg`.
#[tokio::test]
async fn wrong_key_says_unauthenticated_not_a_decode_error() {
    let server = TestServer::new();
    let wrong = LiveKit::builder().url("http://lk.test").api_key(ApiKey::new("devkey", "wrong").unwrap());
    let wrong = wrong.transport(server.transport()).build().unwrap();
    let error = wrong.room().list_rooms(()).await.unwrap_err();
    assert!(error.is_unauthenticated() && error.status() == Some(401), "{error}");
}

#[tokio::test]
async fn a_proxys_page_says_its_status_and_what_is_on_it() {
    let error = Stub::new(502, "<h1>Bad Gateway</h1>").livekit().room().list_rooms(()).await.unwrap_err();
    assert!(error.is_unavailable() && error.status() == Some(502));
    assert!(error.to_string().contains("Bad Gateway"), "{error}");
    let error = Stub::new(500, r#"{"code":"internal"}"#).livekit().room().list_rooms(()).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Some(&TwirpCode::Internal), Some(500)));
}

#[tokio::test(start_paused = true)]
async fn a_project_pinned_to_a_region_is_served_there() {
    let server = TestServer::new();
    let lk = cloud(&server);
    server.pin_regions(&["c"]);
    lk.room().create_room("daily").await.unwrap();
    server.pin_regions(&["nowhere"]);
    let error = cloud(&server).room().create_room("daily").await.unwrap_err();
    assert!(error.is_wrong_region() && error.status() == Some(451), "{error}");
}

/// Three regions were asked to dial, each after a timeout of our own, with nothing to tell them apart.
#[tokio::test(start_paused = true)]
async fn one_phone_call_rings_once() {
    let server = TestServer::new();
    let lk = cloud(&server);
    server.inject(Fault::delay(Duration::from_secs(600)));
    let dial = lk.sip().create_sip_participant(("ST_1", "+15550100", "daily")).wait_until_answered(true);
    assert!(dial.await.unwrap_err().is_timeout());
    assert_eq!(server.calls().len(), 1);
    assert!(server.calls()[0].request_id().is_some());
}

/// `Ok(())` for a transfer that failed.
#[tokio::test]
async fn a_failed_transfer_is_a_failure() {
    let response = TransferSipParticipantResponse {
        status: SipTransferStatus::StsTransferFailed.into(),
        reason: SipTransferReason::StrRejected.into(),
        transfer_id: "STR_1".to_owned(),
        ..Default::default()
    };
    let stub = Stub::answering(&response);
    let call = stub.livekit().sip().transfer_sip_participant(("daily", "alice", "tel:+15550100"));
    let error = call.await.unwrap().into_result().unwrap_err();
    let transfer = error.sip_transfer().unwrap();
    assert_eq!((transfer.reason.as_str(), transfer.id.as_deref()), ("STR_REJECTED", Some("STR_1")));
}

/// The event was lost, and LiveKit sent it again and again.
#[test]
fn an_enum_value_of_tomorrow_does_not_lose_a_webhook() {
    let key = ApiKey::new("devkey", "secret").unwrap();
    let body = br#"{"event":"egress_ended","egressInfo":{"egressId":"EG_1","status":"EGRESS_PONDERING"}}"#;
    let jwt = sign(&WebhookEvent::default(), &key).unwrap().1;
    let receiver = WebhookReceiver::new(key.clone());
    let error = receiver.receive(body, &jwt).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Webhook(_)), "not the body that was signed: {error}");
    let event: WebhookEvent = serde_json::from_slice(body).unwrap();
    assert_eq!(
        (event.event.as_str(), event.egress_info.unwrap().egress_id.as_str()),
        ("egress_ended", "EG_1")
    );
}

/// Renaming an ingress sent default audio and video options, which replaced its own.
#[tokio::test]
async fn renaming_an_ingress_keeps_its_encoding() {
    let stub = Stub::new(200, "");
    stub.livekit().ingress().update_ingress("IN_1").name("new").await.unwrap();
    let sent: UpdateIngressRequest = stub.request();
    let expected =
        UpdateIngressRequest { ingress_id: "IN_1".into(), name: "new".into(), ..Default::default() };
    assert_eq!(sent, expected);
}

/// "Invalid URL, scheme is not http", five causes down, until a feature was turned on.
#[tokio::test]
async fn https_works_as_installed() {
    let listener = TestServer::new().listen("127.0.0.1:0").await.unwrap();
    let url = listener.url().replace("http://", "https://");
    let error = LiveKit::new(&url, "devkey", "secret").unwrap().room().list_rooms(()).await.unwrap_err();
    // Nobody speaks TLS there, and that is what is said.
    assert!(error.is_unreachable(), "{error}");
    let cause = std::error::Error::source(&error).unwrap();
    assert!(!format!("{error:?} {cause}").contains("scheme is not http"), "{error:?}");
}

/// "A short-lived token per request" lived for six hours.
#[tokio::test]
async fn the_token_of_a_call_is_short_lived() {
    let server = TestServer::new();
    server.livekit().room().list_rooms(()).await.unwrap();
    let header = server.calls()[0].headers["authorization"].to_str().unwrap().to_owned();
    let claims = decode_unverified(header.trim_start_matches("Bearer ")).unwrap();
    assert_eq!(claims.exp.unwrap() - claims.nbf.unwrap(), 600);
}

/// Five ways to panic on what comes from outside.
#[tokio::test]
async fn nothing_from_outside_panics() {
    let muted = Stub::answering(&MuteRoomTrackResponse { track: None });
    let muted = muted.livekit().room().mute_published_track(("daily", "alice", "TR_1")).await;
    assert_eq!(muted.unwrap().track, None);

    let stub = Stub::new(200, "");
    let lk = LiveKit::builder().url("https://lk.example").token("a.ready.token\n").transport(stub);
    assert!(
        lk.build().unwrap().room().list_rooms(()).await.is_ok(),
        "a secret mounted as a file ends in \\n"
    );

    let token = AccessToken::new("devkey", "secret").ttl(Duration::MAX);
    assert_eq!(token.to_jwt().unwrap_err().token_problem(), Some(TokenProblem::Incomplete));

    let endless = proto::Duration { seconds: i64::MAX, nanos: 999_999_999 };
    let dial = Stub::new(200, "").livekit().sip().create_sip_participant(("ST_1", "+15550100", "daily"));
    let dial = dial.wait_until_answered(true).set(|request| request.ringing_timeout = Some(endless));
    // Whether it is waited for or refused, nothing overflows.
    let _ = dial.await.is_ok();
}

/// A page token could be sent, but never received.
#[tokio::test]
async fn recordings_beyond_the_first_page_can_be_listed() {
    let token = TokenPagination { token: "next".to_owned() };
    let stub =
        Stub::answering(&ListEgressResponse { items: Vec::new(), next_page_token: Some(token.clone()) });
    let page = stub.livekit().egress().list_egress(()).await.unwrap();
    assert_eq!(page.next_page_token, Some(token.clone()));
    stub.livekit().egress().list_egress(()).page_token(token.clone()).await.unwrap();
    assert_eq!(stub.request::<proto::ListEgressRequest>().page_token, Some(token));
}

/// The types were there, and no way to call with them.
#[tokio::test]
async fn a_method_that_the_sdk_forgot_can_be_called() {
    let stub = Stub::answering(&Room { sid: "RM_1".to_owned(), ..Room::default() });
    let request = DeleteRoomRequest { room: "daily".to_owned() };
    let room: Room = stub.livekit().call("livekit.Tomorrow", "Do", request).await.unwrap();
    assert_eq!(room.sid, "RM_1");
}

/// "Failed to encode jwt", whatever was wrong with it.
#[test]
fn a_refused_token_says_why() {
    let key = ApiKey::new("devkey", "secret").unwrap();
    let verifier = TokenVerifier::new(key.clone());
    let jwt = key.access_token().to_jwt().unwrap();
    let later = std::time::SystemTime::now() + Duration::from_secs(86_400);
    for (error, problem, text) in [
        (verifier.verify_at(&jwt, later), TokenProblem::Expired, "expired"),
        (
            TokenVerifier::new(ApiKey::new("devkey", "x").unwrap()).verify(&jwt),
            TokenProblem::WrongKey,
            "secret",
        ),
        (verifier.verify(&format!("Bearer {jwt}")), TokenProblem::Malformed, "Bearer"),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.token_problem(), Some(problem));
        assert!(error.to_string().contains(text), "{error}");
    }
}

/// Claims that the crate did not know were dropped, and a `null` was an error.
#[test]
fn claims_survive_being_read() {
    let key = ApiKey::new("devkey", "secret").unwrap();
    let json = r#"{"iss":"devkey","exp":2000000000,"roomPreset":"p","kindDetails":["cloud_agent"],"aud":"x",
        "video":{"canSubscribeMetrics":true,"canManageAgentSession":true,"tomorrow":1}}"#;
    let claims: livekit_sdk::auth::Claims = serde_json::from_str(json).unwrap();
    let jwt = AccessToken::from_claims(&key, claims).to_jwt().unwrap();
    let read = TokenVerifier::new(key).verify(&jwt).unwrap();
    let expected: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), expected);
    let nulls = r#"{"video":null,"metadata":null,"attributes":null}"#;
    assert!(serde_json::from_str::<livekit_sdk::auth::Claims>(nulls).is_ok());
}

/// Storage secrets and stream keys in clear; `leaks.rs` looks everywhere else.
#[test]
fn debug_output_holds_no_secret() {
    let upload = S3Upload { secret: "hunter2".to_owned(), ..S3Upload::default() };
    let ingress = proto::IngressInfo { stream_key: "hunter2".to_owned(), ..Default::default() };
    let trunk = proto::SipInboundTrunkInfo { auth_password: "hunter2".to_owned(), ..Default::default() };
    assert!(!format!("{upload:?} {ingress:?} {trunk:?}").contains("hunter2"));
}

/// The filter of a list was an argument that nothing looked at.
#[tokio::test]
async fn filters_of_lists_are_sent() {
    let stub = Stub::new(200, "");
    stub.livekit().sip().list_sip_inbound_trunk(()).trunk_ids(["ST_1"]).numbers(["+15550100"]).await.unwrap();
    let sent: proto::ListSipInboundTrunkRequest = stub.request();
    assert_eq!((&*sent.trunk_ids, &*sent.numbers), (&["ST_1".to_owned()][..], &["+15550100".to_owned()][..]));
}

/// `https://host/livekit` became `https://host/`.
#[tokio::test]
async fn a_base_path_is_kept() {
    let stub = Stub::new(200, "");
    stub.at("wss://lk.example/livekit/").room().list_rooms(()).await.unwrap();
    let uri = stub.seen.lock().unwrap()[0].uri().to_string();
    assert_eq!(uri, "https://lk.example/livekit/twirp/livekit.RoomService/ListRooms");
}

/// Every recording was 1080p30, whatever the server's default.
#[tokio::test]
async fn an_egress_without_options_leaves_encoding_to_the_server() {
    let stub = Stub::new(200, "");
    stub.livekit().egress().start_room_composite_egress("daily").await.unwrap();
    let sent: RoomCompositeEgressRequest = stub.request();
    assert_eq!(sent, RoomCompositeEgressRequest { room_name: "daily".to_owned(), ..Default::default() });
}

/// A redirect turned the call into a GET: `unsupported method "GET"`.
#[tokio::test]
async fn a_redirected_call_says_where_to_and_is_never_a_get() {
    let server = TestServer::new();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("{}/elsewhere", listener.url());
    for status in [301, 302, 303] {
        server.inject(Fault::redirect(status, &elsewhere).once());
        let lk = LiveKit::builder().url(listener.url()).api_key(server.api_key().clone()).build().unwrap();
        let error = lk.room().list_rooms(()).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().contains(&elsewhere), "{error}");
    }
    assert_eq!(server.calls().len(), 3, "nothing followed");
}

/// Nothing was checked before the first call: "relative URL without a base", "builder error".
#[test]
fn what_cannot_work_is_refused_at_once_and_by_name() {
    for (url, key, secret, text) in [
        ("lk.example", "devkey", "secret", "no scheme"),
        ("https://lk.example", "", "secret", "API key is empty"),
        ("https://lk.example", "devkey", " \n", "API secret is empty"),
    ] {
        let error = LiveKit::new(url, key, secret).unwrap_err();
        assert!(*error.kind() == ErrorKind::Config && error.to_string().contains(text), "{error}");
    }
    assert_eq!(LiveKit::new("WSS://lk.example", "devkey", "secret").unwrap().url(), "https://lk.example/");
}

/// A new client, TLS roots and all, was built for each lookup.
#[tokio::test(start_paused = true)]
async fn regions_are_asked_through_the_clients_own_transport() {
    let stub = Stub::new(503, "");
    let error = stub.at("https://project.livekit.cloud").room().list_rooms(()).await.unwrap_err();
    assert_eq!(error.attempts(), 3);
    let seen = stub.seen.lock().unwrap();
    assert!(seen.iter().any(|it| it.method() == Method::GET && it.uri().path() == "/settings/regions"));
}

/// Every client waited for the same 200 ms, and came back at the same moment.
#[tokio::test(start_paused = true)]
async fn those_who_wait_do_not_come_back_all_at_once() {
    let mut waits = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let stub = Stub::new(503, "");
        let began = tokio::time::Instant::now();
        stub.at("https://project.livekit.cloud").room().list_rooms(()).await.unwrap_err();
        waits.insert(began.elapsed().as_millis());
    }
    assert!(waits.len() > 5 && waits.iter().all(|wait| (450..=760).contains(wait)), "{waits:?}");
}

/// The receiver took text, so that every caller converted, and some re-encoded.
#[test]
fn a_webhook_is_received_as_the_bytes_that_arrived() {
    let key = ApiKey::new("devkey", "secret").unwrap();
    let event = WebhookEvent { event: "room_started".to_owned(), ..WebhookEvent::default() };
    let (body, authorization): (Vec<u8>, String) = sign(&event, &key).unwrap();
    let receiver = WebhookReceiver::new(key);
    assert_eq!(receiver.receive(&body, &authorization).unwrap(), event);
    assert_eq!(receiver.receive(&body, &format!("Bearer {authorization}")).unwrap(), event);
}

/// "server error: server error: not_found: …".
#[tokio::test]
async fn an_error_says_each_thing_once() {
    let server = TestServer::new();
    let error = server.livekit().room().delete_room("nowhere").await.unwrap_err();
    let text = error.to_string();
    for part in ["not_found", "does not exist", "livekit.RoomService/DeleteRoom"] {
        assert_eq!(text.matches(part).count(), 1, "{text}");
    }
    assert!(error.is_room_not_found());
}

/// State shared by handlers needed an `Arc` around it.
#[test]
fn a_client_is_shared_by_cloning_it() {
    fn shared<T: Clone + Send + Sync + 'static>(value: &T) -> T {
        value.clone()
    }
    let lk = shared(&Stub::new(200, "").livekit());
    shared(&lk.room());
}

/// The ringing timeout of a WhatsApp call could not be set, and the client gave up when the server did.
#[tokio::test(start_paused = true)]
async fn accepting_a_whatsapp_call_outlasts_its_ringing() {
    let server = TestServer::new();
    server.inject(Fault::delay(Duration::from_secs(600)));
    let request = AcceptWhatsAppCallRequest {
        wait_until_answered: true,
        ringing_timeout: Some(Duration::from_secs(20).into()),
        ..Default::default()
    };
    let began = tokio::time::Instant::now();
    let error = server.livekit().connector().accept_whats_app_call(request.clone()).await.unwrap_err();
    assert!(error.is_timeout() && began.elapsed() == Duration::from_secs(32), "{:?}", began.elapsed());
    assert_eq!(server.calls()[0].request::<AcceptWhatsAppCallRequest>(), Some(request));
}
