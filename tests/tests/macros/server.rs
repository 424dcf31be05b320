//! `#[service]`, both halves: a Twirp service of our own, called and served in one process.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use livekit_sdk::auth::{AccessToken, ClaimGrants, TokenVerifier, VideoGrant};
use livekit_sdk::server::{Context, Router};
use livekit_sdk::{Refusal, Request as RequestMessage, ServiceClient as _, TwirpCode};
use prost::Message as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower_service::Service as _;

use crate::support::{KEY, key, livekit};

#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize, RequestMessage)]
#[request(extension = "PinCardCall")]
#[serde(default)]
struct PinCardRequest {
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    room: String,
    #[prost(string, tag = "2")]
    text: String,
}

#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize, RequestMessage)]
#[request(extension = "MoveCardCall")]
#[serde(default)]
struct MoveCardRequest {
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    room: String,
    #[prost(string, tag = "2")]
    #[request(key = 2)]
    target: String,
}

#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
struct Card {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(string, tag = "2")]
    by: String,
}

/// Cards pinned to the wall of a room.
#[livekit_sdk::service(package = "board.v1", name = "Board")]
trait Board {
    /// Pins a card.
    #[rpc(name = "PinCard", access(video(room_admin)), room = "room")]
    fn pin_card(request: PinCardRequest) -> Card;

    /// Moves a card to another room.
    #[rpc(name = "MoveCard", access(video(room_admin)), room = "room", destination_room = "target")]
    fn move_card(request: MoveCardRequest) -> Card;

    /// Drops a card; nobody has written this yet.
    #[rpc(name = "DropCard", access(video(room_admin)), room = "room")]
    fn drop_card(request: PinCardRequest) -> Card;
}

struct Wall;

impl Board for Wall {
    async fn pin_card(&self, context: Context, request: PinCardRequest) -> Result<Card, Refusal> {
        if request.text.is_empty() {
            let refusal = Refusal::new(TwirpCode::InvalidArgument, "a card needs a text");
            return Err(refusal.with_meta("argument", "text"));
        }
        let by = context.claims().map(|claims| claims.identity().to_owned()).unwrap_or_default();
        Ok(Card { text: request.text, by })
    }

    async fn move_card(&self, context: Context, request: MoveCardRequest) -> Result<Card, Refusal> {
        let by = context.headers().get("x-by").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Card { text: format!("{} to {}", request.room, request.target), by: by.to_owned() })
    }
}

/// Lets everybody in.
fn open() -> Router {
    BoardServer::router(Wall)
}

/// Lets in who holds a token with the grants that a method declares.
fn guarded() -> Router {
    open().with_verifier(TokenVerifier::new(key()))
}

fn request(path: &str, content_type: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let builder = Request::builder().method(Method::POST).uri(path).header("content-type", content_type);
    builder.body(body.into()).unwrap()
}

const PIN: &str = "/twirp/board.v1.Board/PinCard";

fn pin() -> PinCardRequest {
    PinCardRequest { room: "r".to_owned(), text: "hello".to_owned() }
}

fn content_type(response: &Response<Bytes>) -> &str {
    response.headers().get("content-type").unwrap().to_str().unwrap()
}

/// The status and the Twirp error of an answer.
fn refused(response: &Response<Bytes>) -> (u16, Value) {
    assert_eq!(content_type(response), "application/json");
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

#[tokio::test]
async fn a_call_reaches_the_implementation_and_comes_back() {
    let lk = livekit(guarded());
    let board = lk.service::<BoardClient>();
    let card = board.pin_card("r").text("hello").await.unwrap();
    assert_eq!(card, Card { text: "hello".to_owned(), by: String::new() });
    let card = board.move_card(("r", "s")).with_header("x-by", "alice").await.unwrap();
    assert_eq!(card, Card { text: "r to s".to_owned(), by: "alice".to_owned() });
    assert_eq!(BoardClient::SERVICE, "board.v1.Board");
}

#[tokio::test]
async fn a_plain_message_is_as_good_as_setters() {
    let card = livekit(open()).service::<BoardClient>().pin_card(pin()).await.unwrap();
    assert_eq!(card.text, "hello");
}

#[tokio::test]
async fn a_refusal_arrives_as_it_was_given() {
    let error = livekit(open()).service::<BoardClient>().pin_card("r").await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!((&refusal.code, refusal.status), (&TwirpCode::InvalidArgument, 400));
    assert_eq!(refusal.message, "a card needs a text");
    assert_eq!(refusal.meta.get("argument").unwrap(), "text");
    assert_eq!(error.route(), Some("board.v1.Board/PinCard"));
}

#[tokio::test]
async fn a_method_that_is_not_written_is_unimplemented() {
    let error = livekit(open()).service::<BoardClient>().drop_card("r").await.unwrap_err();
    assert!(error.is_unimplemented(), "{error}");
    assert_eq!(error.status(), Some(501));
    assert!(error.to_string().contains("DropCard is not implemented"), "{error}");
}

#[tokio::test]
async fn an_answer_is_written_as_its_request_was() {
    let response = open().handle(request(PIN, "application/protobuf", pin().encode_to_vec())).await;
    assert_eq!((response.status(), content_type(&response)), (StatusCode::OK, "application/protobuf"));
    assert_eq!(Card::decode(response.into_body()).unwrap().text, "hello");

    for header in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        let response =
            open().handle(request(PIN, header, json!({"room": "r", "text": "hello"}).to_string())).await;
        assert_eq!((response.status(), content_type(&response)), (StatusCode::OK, "application/json"));
        let card: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(card, json!({"text": "hello", "by": ""}));
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_is_malformed() {
    for (content_type, body) in [
        ("application/protobuf", &b"\xff\xff"[..]),
        ("application/json", b"{"),
        ("application/json", b"{\"room\": 3}"),
        ("application/json", b""),
    ] {
        let (status, error) = refused(&open().handle(request(PIN, content_type, body)).await);
        assert_eq!((status, &error["code"]), (400, &json!("malformed")), "{error}");
        assert!(error["msg"].as_str().unwrap().starts_with("the request cannot be decoded: "), "{error}");
    }
}

#[tokio::test]
async fn an_unknown_method_is_a_bad_route_and_an_unknown_service_is_nobodys() {
    let path = "/twirp/board.v1.Board/BurnCard";
    let (status, error) = refused(&open().handle(request(path, "application/json", "{}")).await);
    assert_eq!((status, &error["code"]), (404, &json!("bad_route")));
    assert_eq!(error["meta"]["twirp_invalid_route"], format!("POST {path}"));

    for path in
        ["/twirp/board.v1.Wall/PinCard", "/twirp/board.v1.Boar/PinCard", "/", "/board.v1.Board/PinCard"]
    {
        let response = open().handle(request(path, "application/json", "{}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(content_type(&response).starts_with("text/plain"), "{path}");
    }
}

#[tokio::test]
async fn only_post_with_a_known_content_type_is_a_route() {
    let mut get = request(PIN, "application/json", "{}");
    *get.method_mut() = Method::GET;
    let mut bare = request(PIN, "application/json", "{}");
    bare.headers_mut().clear();
    let text = request(PIN, "text/plain", "{}");
    let longer = request(PIN, "application/jsonx", "{}");
    for (request, route) in [(get, "GET"), (bare, "POST"), (text, "POST"), (longer, "POST")] {
        let (status, error) = refused(&open().handle(request).await);
        assert_eq!((status, &error["code"]), (404, &json!("bad_route")), "{error}");
        assert_eq!(error["meta"]["twirp_invalid_route"], format!("{route} {PIN}"));
    }
}

#[tokio::test]
async fn a_body_of_more_than_10_mib_is_not_read() {
    const LIMIT: usize = 10 * 1024 * 1024;
    let card = |size: usize| {
        // Tag and length of `text` take five bytes at this size.
        PinCardRequest { room: String::new(), text: "x".repeat(size - 5) }.encode_to_vec()
    };
    for (size, expected) in [(LIMIT, StatusCode::OK), (LIMIT + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        let body = card(size);
        assert_eq!(body.len(), size);
        let request = request(PIN, "application/protobuf", body).map(Full::new);
        let response = open().call(request).await.unwrap();
        assert_eq!(response.status(), expected);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!body.is_empty());
    }
}

/// A body that does not say how long it is.
struct Undeclared(Full<Bytes>);

impl http_body::Body for Undeclared {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::pin::Pin::new(&mut self.0).poll_frame(context)
    }
}

#[tokio::test]
async fn a_body_that_turns_out_to_be_too_large_is_malformed() {
    let request = request(PIN, "application/protobuf", vec![0; 10 * 1024 * 1024 + 1]);
    let response = open().call(request.map(|body| Undeclared(Full::new(body)))).await.unwrap();
    let (head, body) = response.into_parts();
    let answer = Response::from_parts(head, body.collect().await.unwrap().to_bytes());
    let (status, error) = refused(&answer);
    assert_eq!((status, &error["code"]), (400, &json!("malformed")));
}

/// The Twirp code that a call with this token is refused with, `None` if it is let in.
async fn refusal(grants: impl Into<ClaimGrants>) -> Option<TwirpCode> {
    let call = livekit(guarded()).service::<BoardClient>().pin_card(pin()).with_grants(grants);
    call.await.err().map(|error| error.code().unwrap().clone())
}

#[tokio::test]
async fn a_token_needs_the_grant_for_the_very_room() {
    let admin = VideoGrant::default().room_admin(true);
    assert_eq!(refusal(admin.clone().room("r")).await, None);
    let denied = Some(TwirpCode::Unauthenticated);
    assert_eq!(refusal(admin.clone().room("s")).await, denied);
    assert_eq!(refusal(admin.clone()).await, denied, "a token without a room is for no room");
    assert_eq!(refusal(VideoGrant::default().room("r")).await, denied, "the flag is missing");
    assert_eq!(refusal(ClaimGrants::default()).await, denied);
}

#[tokio::test]
async fn a_request_without_a_room_does_not_widen_a_token() {
    let call = livekit(guarded()).service::<BoardClient>().pin_card("").text("hello");
    let error = call.with_grants(VideoGrant::admin("r")).await.unwrap_err();
    assert!(error.is_unauthenticated(), "{error}");
}

#[tokio::test]
async fn the_destination_room_is_compared_too() {
    let board = livekit(guarded()).service::<BoardClient>();
    let admin = VideoGrant::admin("r");
    let allowed = board.move_card(("r", "s")).with_grants(admin.clone().destination_room("s")).await;
    assert!(allowed.is_ok(), "{allowed:?}");
    for grant in [admin.clone().destination_room("t"), admin] {
        let error = board.move_card(("r", "s")).with_grants(grant).await.unwrap_err();
        assert!(error.is_unauthenticated(), "{error}");
    }
}

#[tokio::test]
async fn without_a_token_a_guarded_method_refuses_and_a_bad_token_is_not_even_routed() {
    let body = || pin().encode_to_vec();
    let (status, error) = refused(&guarded().handle(request(PIN, "application/protobuf", body())).await);
    assert_eq!((status, &error["code"]), (401, &json!("unauthenticated")));

    let forged =
        AccessToken::new(KEY, "another-secret-of-at-least-32-characters").grant(VideoGrant::admin("r"));
    let forged = format!("Bearer {}", forged.to_jwt().unwrap());
    for header in [forged.as_str(), "Bearer nonsense", "Basic Zm9v", "Bearer "] {
        let mut request = request(PIN, "application/protobuf", body());
        request.headers_mut().insert("authorization", header.parse().unwrap());
        let response = guarded().handle(request).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{header}");
        assert!(content_type(&response).starts_with("text/plain"), "{header}");
    }
}

#[tokio::test]
async fn the_implementation_sees_who_calls() {
    let token =
        AccessToken::with_key(&key()).identity("alice").grant(VideoGrant::admin("r")).to_jwt().unwrap();
    let card = livekit(guarded()).service::<BoardClient>().pin_card(pin()).with_token(token).await.unwrap();
    assert_eq!(card.by, "alice");
}

#[test]
fn constants_describe_the_methods() {
    let rpc = BoardClient::MOVE_CARD;
    assert_eq!((rpc.service(), rpc.method()), ("board.v1.Board", "MoveCard"));
    assert!(rpc.has_grants() && !rpc.can_dial());
    let grants = rpc.grants(&MoveCardRequest::from(("r", "s")));
    assert_eq!(grants, VideoGrant::admin("r").destination_room("s").into());
}
