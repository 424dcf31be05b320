//! Calls as a server sees them, and answers as a caller sees them.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use livekit_sdk::auth::{TokenVerifier, VideoGrant, decode_unverified};
use livekit_sdk::proto::{DeleteRoomRequest, Room};
use livekit_sdk::testing::TestServer;
use livekit_sdk::transport::{BoxFuture, Transport};
use livekit_sdk::{Error, ErrorKind, LiveKit, Result, TwirpCode};
use prost::Message as _;

/// Records requests, and answers all of them alike.
#[derive(Clone, Debug, Default)]
struct Recorder {
    seen: Arc<Mutex<Vec<Request<Bytes>>>>,
    answer: Answer,
}

#[derive(Clone, Debug, Default)]
enum Answer {
    #[default]
    Empty,
    Raw(u16, Vec<u8>),
    Never,
    Broken,
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        self.seen.lock().unwrap().push(request);
        let answer = self.answer.clone();
        Box::pin(async move {
            match answer {
                Answer::Empty => Ok(Response::new(Bytes::new())),
                Answer::Raw(status, body) => {
                    Ok(Response::builder().status(status).body(body.into()).unwrap())
                }
                Answer::Never => std::future::pending().await,
                Answer::Broken => Err(Error::unreachable("the cable is cut")),
            }
        })
    }
}

impl Recorder {
    fn answering(answer: Answer) -> Self {
        Self { answer, ..Self::default() }
    }

    fn livekit(&self) -> LiveKit {
        let server = TestServer::new();
        let builder = LiveKit::builder().url("wss://lk.example/base").api_key(server.api_key().clone());
        builder.header("X-Team", "blue").transport(self.clone()).build().unwrap()
    }

    fn only(&self) -> Request<Bytes> {
        let mut seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1, "one call, one request");
        seen.pop().unwrap()
    }
}

fn header<'a>(request: &'a Request<Bytes>, name: &str) -> &'a str {
    request.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_call_on_the_wire() {
    let recorder = Recorder::default();
    recorder
        .livekit()
        .room()
        .update_room_metadata(("daily", "{}"))
        .with_header("X-Team", "red")
        .await
        .unwrap();

    let request = recorder.only();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://lk.example/base/twirp/livekit.RoomService/UpdateRoomMetadata");
    assert_eq!(header(&request, "content-type"), "application/protobuf");
    assert_eq!(header(&request, "accept"), "application/protobuf");
    assert_eq!(header(&request, "user-agent"), concat!("livekit-sdk-rust/", env!("CARGO_PKG_VERSION")));
    assert_eq!(header(&request, "x-team"), "red", "the call's header wins over the client's");
    assert!(request.headers()["authorization"].is_sensitive());
    let id = header(&request, "x-livekit-request-id");
    assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'), "{id} is a UUID of version 4");
    let body = livekit_sdk::proto::UpdateRoomMetadataRequest::decode(request.body().clone()).unwrap();
    assert_eq!((body.room.as_str(), body.metadata.as_str()), ("daily", "{}"));
}

#[tokio::test]
async fn tokens_are_scoped_and_short_lived() {
    let recorder = Recorder::default();
    recorder.livekit().room().get_participant(("daily", "alice")).await.unwrap();
    let request = recorder.only();
    let token = header(&request, "authorization").strip_prefix("Bearer ").unwrap();
    let claims = TokenVerifier::new(TestServer::new().api_key().clone()).verify(token).unwrap();
    assert_eq!(claims.grants.video, Some(VideoGrant::default().room_admin(true).room("daily")));
    assert_eq!(claims.exp.unwrap() - claims.nbf.unwrap(), 600);
    assert_eq!(claims.grants.sip, None);
}

#[tokio::test]
async fn a_call_can_bring_its_own_token_or_grants() {
    let recorder = Recorder::default();
    let lk = recorder.livekit();
    lk.room().list_rooms(()).with_token("ready.made.token").await.unwrap();
    assert_eq!(header(&recorder.only(), "authorization"), "Bearer ready.made.token");

    lk.room().list_rooms(()).with_grants(VideoGrant::default().room_create(true)).await.unwrap();
    let request = recorder.only();
    let claims =
        decode_unverified(header(&request, "authorization").strip_prefix("Bearer ").unwrap()).unwrap();
    assert_eq!(claims.grants.video, Some(VideoGrant::default().room_create(true)));
}

#[tokio::test]
async fn a_client_with_a_ready_token_sends_it_as_it_is() {
    let recorder = Recorder::default();
    let builder = LiveKit::builder().url("https://lk.example").token("ready.made.token\n");
    let lk = builder.transport(recorder.clone()).build().unwrap();
    lk.sip().list_sip_inbound_trunk(()).await.unwrap();
    assert_eq!(header(&recorder.only(), "authorization"), "Bearer ready.made.token");
}

#[tokio::test]
async fn methods_the_schema_does_not_know_can_be_called() {
    let recorder =
        Recorder::answering(Answer::Raw(200, Room { sid: "RM_1".into(), ..Room::default() }.encode_to_vec()));
    let request = DeleteRoomRequest { room: "daily".into() };
    let call = recorder.livekit().call::<_, Room>("livekit.NewService", "NewMethod", request);
    let room = call.with_grants(VideoGrant::admin("daily")).await.unwrap();
    assert_eq!(room.sid, "RM_1");
    assert!(recorder.only().uri().path().ends_with("/twirp/livekit.NewService/NewMethod"));
}

#[tokio::test]
async fn cloud_agents_live_on_a_host_of_their_own() {
    let recorder = Recorder::default();
    let builder =
        LiveKit::builder().url("wss://proj.livekit.cloud").api_key(TestServer::new().api_key().clone());
    let lk = builder.transport(recorder.clone()).build().unwrap();
    lk.cloud_agent().list_agents(()).await.unwrap();
    assert_eq!(recorder.only().uri().host(), Some("agents.livekit.cloud"));
    lk.room().list_rooms(()).await.unwrap();
    assert_eq!(recorder.only().uri().host(), Some("proj.livekit.cloud"));
}

#[tokio::test(start_paused = true)]
async fn time_runs_out_after_ten_seconds_or_as_the_caller_says() {
    let recorder = Recorder::answering(Answer::Never);
    let lk = recorder.livekit();
    let elapsed = async |call: livekit_sdk::Call<_, _>| {
        let start = tokio::time::Instant::now();
        let error = call.await.unwrap_err();
        assert!(error.is_timeout() && *error.kind() == ErrorKind::Timeout, "{error}");
        start.elapsed()
    };
    assert_eq!(elapsed(lk.room().list_rooms(())).await, Duration::from_secs(10));
    let short = lk.room().list_rooms(()).with_timeout(Duration::from_millis(250));
    assert_eq!(elapsed(short).await, Duration::from_millis(250));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_a_phone_outlasts_its_ringing() {
    let recorder = Recorder::answering(Answer::Never);
    let lk = recorder.livekit();
    let call = || lk.sip().create_sip_participant(("ST_1", "+15550100", "daily"));
    for (call, seconds) in [
        (call(), 10),
        (call().wait_until_answered(true), 32),
        (call().wait_until_answered(true).ringing_timeout(Duration::from_secs(60)), 62),
        (call().wait_until_answered(true).with_timeout(Duration::from_secs(5)), 32),
        (call().wait_until_answered(true).with_timeout(Duration::from_secs(90)), 90),
    ] {
        let start = tokio::time::Instant::now();
        assert!(call.await.unwrap_err().is_timeout());
        assert_eq!(start.elapsed(), Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn failures_tell_who_refused() {
    let fail =
        async |answer| Recorder::answering(answer).livekit().room().delete_room("daily").await.unwrap_err();

    let error = fail(Answer::Broken).await;
    assert!(error.is_unreachable() && error.status().is_none());
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the cable is cut");
    assert_eq!(error.route(), Some("livekit.RoomService/DeleteRoom"));
    assert!(error.to_string().contains(error.request_id().unwrap()), "{error}");

    let error = fail(Answer::Raw(200, b"<html>".to_vec())).await;
    assert_eq!(*error.kind(), ErrorKind::BadReply, "a page is no message");

    let error = fail(Answer::Raw(401, b"invalid API key\n".to_vec())).await;
    assert!(error.is_unauthenticated() && error.to_string().contains("invalid API key"), "{error}");

    let error = fail(Answer::Raw(503, br#"{"code":"unavailable","msg":"try later"}"#.to_vec())).await;
    assert_eq!((error.code(), error.status()), (Some(&TwirpCode::Unavailable), Some(503)));
}

#[tokio::test]
async fn an_option_that_cannot_be_applied_fails_the_call_and_sends_nothing() {
    let recorder = Recorder::default();
    let error =
        recorder.livekit().room().list_rooms(()).with_header("X-Bad\n", "planted-secret").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Request);
    assert!(!format!("{error:?} {error}").contains("planted"), "{error:?}");
    assert!(recorder.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_listener_that_is_dropped_is_gone() {
    let server = TestServer::new();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let lk = LiveKit::builder().url(listener.url()).api_key(server.api_key().clone()).build().unwrap();
    lk.room().list_rooms(()).await.unwrap();

    let address = listener.address();
    drop(listener);
    let refused = async || tokio::net::TcpStream::connect(address).await.is_err();
    while !refused().await {
        tokio::task::yield_now().await;
    }
    assert!(lk.room().list_rooms(()).await.unwrap_err().is_unreachable());
}

#[tokio::test]
async fn tokens_are_checked_by_the_in_memory_server() {
    let server = TestServer::new();
    let as_key = |key: &str, secret: &str| {
        let builder = LiveKit::builder().url("http://livekit.test").transport(server.transport());
        builder.api_key(livekit_sdk::auth::ApiKey::new(key, secret).unwrap()).build().unwrap()
    };
    let wrong_secret = as_key("devkey", "other").room().list_rooms(()).await.unwrap_err();
    assert!(
        wrong_secret.is_unauthenticated() && wrong_secret.refusal().unwrap().from_intermediary,
        "{wrong_secret}"
    );
    assert!(as_key("stranger", "secret").room().list_rooms(()).await.unwrap_err().is_unauthenticated());

    let lk = server.livekit();
    lk.room().create_room("daily").await.unwrap();
    let with = async |grant: VideoGrant| lk.room().list_participants("daily").with_grants(grant).await;
    assert!(with(VideoGrant::admin("daily")).await.is_ok());
    for lacking in [VideoGrant::admin("weekly"), VideoGrant::admin(""), VideoGrant::default().room_list(true)]
    {
        let error = with(lacking).await.unwrap_err();
        assert!(error.is_unauthenticated() && !error.refusal().unwrap().from_intermediary, "{error}");
    }
}

/// Every method of the schema, called as `{route}` with a token that allows everything.
#[tokio::test]
async fn every_method_of_the_schema_is_served_and_checks_its_grants() {
    let server = TestServer::new();
    let sources =
        livekit_sdk_proto::files().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let schema = livekit_build_support::schema::Schema::parse(&sources.collect::<Vec<_>>()).unwrap();
    let services = livekit_build_support::report::coverage(&schema);
    let mut methods = 0;
    for service in services {
        let descriptor = schema.pool().get_service_by_name(&service.service).unwrap();
        for method in descriptor.methods() {
            let route = format!("http://livekit.test/twirp/{}/{}", service.service, method.name());
            let request = Request::post(route).header("content-type", "application/protobuf");
            let bare = request.body(Bytes::new()).unwrap();
            let answer = server.router().handle(bare).await;
            let text = String::from_utf8_lossy(answer.body()).into_owned();
            assert_eq!(
                (answer.status().as_u16(), text.contains("unauthenticated")),
                (401, true),
                "{method:?} {text}"
            );
            methods += 1;
        }
    }
    assert_eq!(methods, 89);
}
