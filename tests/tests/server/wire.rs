//! HTTP as LiveKit's server speaks it, below the SDK's own client.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use http::Method;
use livekit_sdk::auth::{ApiKey, VideoGrant};
use livekit_sdk::proto::{CreateRoomRequest, ListRoomsResponse, Room, TrackInfo};
use livekit_sdk::testing::TestServer;
use prost::Message as _;
use serde_json::{Value, json};

use crate::raw::{JSON, PROTOBUF, Raw, path};

const CREATE: &str = "RoomService/CreateRoom";
const LIST: &str = "RoomService/ListRooms";

/// Runs a scenario against a server of its own, in process and then over TCP.
async fn both<F: Future<Output = ()>>(scenario: impl Fn(TestServer, Raw) -> F) {
    let server = TestServer::new();
    let raw = Raw::in_process(&server);
    scenario(server, raw).await;

    let server = TestServer::new();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let raw = Raw::over_tcp(&server, &listener);
    scenario(server, raw).await;
}

#[track_caller]
fn keys(json: &Value) -> BTreeSet<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn json_requests_may_use_either_name_and_hold_unknown_fields() {
    both(async |_, raw| {
        let room = raw
            .json(
                CREATE,
                json!({
                    "name": "daily",
                    "empty_timeout": 60,
                    "departureTimeout": "7",
                    "max_participants": null,
                    "nonsense": { "name": "x" },
                    "agents": [{ "agentName": "a", "nonsense": [1] }],
                }),
            )
            .await
            .success();
        assert_eq!((&room["empty_timeout"], &room["departure_timeout"]), (&json!(60), &json!(7)));
        assert_eq!(room["max_participants"], json!(0));
        let agents =
            raw.json("AgentDispatchService/ListDispatch", json!({ "room": "daily" })).await.success();
        assert_eq!(agents["agent_dispatches"][0]["agent_name"], "a");
    })
    .await;
}

#[tokio::test]
async fn json_answers_have_the_names_of_the_schema_and_every_field() {
    both(async |server, raw| {
        let room = raw.json(CREATE, json!({ "name": "daily" })).await.success();
        let expected = [
            "active_recording",
            "creation_time",
            "creation_time_ms",
            "departure_timeout",
            "empty_timeout",
            "enabled_codecs",
            "max_participants",
            "metadata",
            "name",
            "num_participants",
            "num_publishers",
            "sid",
            "turn_password",
            "version",
        ];
        assert_eq!(keys(&room), BTreeSet::from(expected));
        assert_eq!((&room["metadata"], &room["num_participants"]), (&json!(""), &json!(0)));
        assert_eq!((&room["active_recording"], &room["version"]), (&json!(false), &json!(null)));
        // 64 bits are text.
        assert!(room["creation_time"].as_str().unwrap().parse::<i64>().unwrap() > 1_700_000_000, "{room}");

        let alice = server.join_room("daily", "alice").unwrap();
        alice.publish(TrackInfo { name: "cam".to_owned(), ..Default::default() }).unwrap();
        let all = raw.json("RoomService/ListParticipants", json!({ "room": "daily" })).await.success();
        let info = &all["participants"][0];
        assert_eq!((&info["state"], &info["kind"]), (&json!("ACTIVE"), &json!("STANDARD")));
        assert_eq!((&info["attributes"], &info["kind_details"]), (&json!({}), &json!([])));
        assert_eq!(info["permission"]["can_publish_sources"], json!([]));
        let track = &info["tracks"][0];
        assert_eq!((&track["name"], &track["type"]), (&json!("cam"), &json!("AUDIO")));
        // A message is `null`; what has no value by default is left out.
        assert_eq!((&track["version"], &track["codecs"]), (&json!(null), &json!([])));
        assert!(!keys(info).contains("isPublisher") && keys(info).contains("is_publisher"));
    })
    .await;
}

#[tokio::test]
async fn empty_messages() {
    both(async |server, raw| {
        assert_eq!(raw.json(LIST, json!({})).await.success(), json!({ "rooms": [] }));
        server.join_room("daily", "alice").unwrap();
        let alice = json!({ "room": "daily", "identity": "alice" });
        assert_eq!(raw.json("RoomService/RemoveParticipant", alice).await.success(), json!({}));
        let deleted = raw.post("RoomService/DeleteRoom", PROTOBUF, "\x0a\x05daily").await;
        assert_eq!((deleted.status.as_u16(), deleted.text()), (200, ""));
        assert_eq!(deleted.header("content-type"), PROTOBUF);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_of_the_type_of_its_request() {
    both(async |_, raw| {
        let request = CreateRoomRequest { name: "daily".to_owned(), ..Default::default() };
        for content_type in [PROTOBUF, "application/protobuf; charset=utf-8", "Application/Protobuf;x"] {
            let answer = raw.post(CREATE, content_type, request.encode_to_vec()).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, PROTOBUF));
            assert_eq!(Room::decode(answer.body).unwrap().name, "daily");
        }
        for content_type in [JSON, "application/json;charset=UTF-8", "application/json ; a=b; c=d"] {
            let answer = raw.post(CREATE, content_type, r#"{"name":"daily"}"#).await;
            assert_eq!(answer.success()["name"], "daily", "{content_type}");
        }
        for content_type in ["", "text/plain", "application/jsonp", "application/x-protobuf"] {
            let answer = raw.post(LIST, content_type, "{}").await;
            let route = format!("POST {}", path(LIST));
            assert_eq!(answer.refused(404, "bad_route"), json!({ "twirp_invalid_route": route }));
            assert!(answer.json()["msg"].as_str().unwrap().contains(content_type), "{}", answer.text());
        }
    })
    .await;
}

#[tokio::test]
async fn routes_that_do_not_exist() {
    both(async |_, raw| {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer =
                raw.send(method.clone(), &path(LIST), &[("content-type", JSON)], "{}").await.unwrap();
            let route = format!("{method} {}", path(LIST));
            assert_eq!(answer.refused(404, "bad_route"), json!({ "twirp_invalid_route": route }));
        }
        let answer = raw.json("RoomService/Nope", json!({})).await;
        let route = "POST /twirp/livekit.RoomService/Nope";
        assert_eq!(answer.refused(404, "bad_route"), json!({ "twirp_invalid_route": route }));
        // Removed from the protocol, and still called by some clients.
        raw.json("SIP/CreateSIPTrunk", json!({})).await.refused(404, "bad_route");

        raw.json("Nope/ListRooms", json!({})).await.plain(404, "404 page not found\n");
        for elsewhere in ["/twirp", "/twirp/", "/twirp/livekit.RoomService", "/nope", "/settings/regions"] {
            raw.get(elsewhere, &[]).await.plain(404, "404 page not found\n");
        }
    })
    .await;
}

#[tokio::test]
async fn bodies_that_cannot_be_decoded() {
    both(async |_, raw| {
        raw.post(CREATE, PROTOBUF, &b"\xff"[..]).await.refused(400, "malformed");
        raw.post(CREATE, PROTOBUF, &b"\x0a\x05da"[..]).await.refused(400, "malformed");
        for json in ["", "{", "[]", "null", "1", r#"{"name":1}"#, r#"{"name":"a"} x"#, r#"{"agents":{}}"#] {
            raw.post(CREATE, JSON, json).await.refused(400, "malformed");
        }
        raw.post(CREATE, JSON, &b"{\"name\":\"\xff\"}"[..]).await.refused(400, "malformed");
        let deep = format!("{}1{}", r#"{"nonsense":["#.repeat(50_000), "]}".repeat(50_000));
        raw.post(LIST, JSON, deep).await.success();
        assert_eq!(raw.json(LIST, json!({})).await.success(), json!({ "rooms": [] }));
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    both(async |_, raw| {
        let limit = 10 * 1024 * 1024;
        let metadata = |length| json!({ "name": "daily", "metadata": "x".repeat(length) }).to_string();
        let around = metadata(0).len();
        raw.post(CREATE, JSON, metadata(limit - around)).await.refused(400, "invalid_argument");
        let answer = raw.post(CREATE, JSON, metadata(limit - around + 1)).await;
        assert_eq!(answer.status, 413);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    })
    .await;
}

#[tokio::test]
async fn tokens_that_are_not_accepted() {
    both(async |server, raw| {
        let rejected = |answer: crate::raw::Answer| {
            assert_eq!(answer.status, 401, "{}", answer.text());
            assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        };
        for header in ["Basic abc", "bearer abc", "Bearer", "Bearer abc"] {
            let headers = [("content-type", JSON), ("authorization", header)];
            rejected(raw.send(Method::POST, &path(LIST), &headers, "{}").await.unwrap());
        }
        let list = VideoGrant::default().room_list(true);
        let foreign = ApiKey::new("foreign", "secret").unwrap().access_token().grant(list.clone());
        let raw = raw.with_token(foreign.to_jwt().unwrap());
        rejected(raw.json(LIST, json!({})).await);
        // The token comes before the body.
        rejected(raw.post(LIST, JSON, "{").await);

        let raw = raw.with_token("");
        raw.json(LIST, json!({})).await.refused(401, "unauthenticated");
        let raw = raw.with_token(server.api_key().access_token().grant(list).to_jwt().unwrap());
        raw.json(LIST, json!({})).await.success();
        raw.json(CREATE, json!({ "name": "daily" })).await.refused(401, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_token_may_be_in_the_query() {
    both(async |server, raw| {
        let token = crate::raw::everything(server.api_key());
        let raw = raw.with_token("");
        let path = |token: &str| format!("{}?a=b&access_token={token}", path(LIST));
        let headers = [("content-type", PROTOBUF)];
        let answer = raw.send(Method::POST, &path(&token), &headers, "").await.unwrap();
        assert_eq!(ListRoomsResponse::decode(answer.body).unwrap().rooms, []);
        let answer = raw.send(Method::POST, &path("nonsense"), &headers, "").await.unwrap();
        assert_eq!(answer.status, 401);
        // The header counts where there is one.
        let headers = [("content-type", PROTOBUF), ("authorization", "Bearer nonsense")];
        let answer = raw.send(Method::POST, &path(&token), &headers, "").await.unwrap();
        assert_eq!(answer.status, 401);
    })
    .await;
}

#[tokio::test]
async fn two_slashes_are_one() {
    both(async |_, raw| {
        let path = format!("/{}", path(LIST));
        let answer = raw.send(Method::POST, &path, &[("content-type", JSON)], "{}").await.unwrap();
        assert_eq!(answer.success(), json!({ "rooms": [] }));
    })
    .await;
}

#[tokio::test]
async fn pages_of_any_origin_may_call() {
    both(async |_, raw| {
        let headers = [("origin", "https://a.example"), ("access-control-request-method", "POST")];
        let answer = raw.send(Method::OPTIONS, &path(LIST), &headers, "").await.unwrap();
        assert!(answer.status.is_success() && answer.body.is_empty(), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-methods"), "OPTIONS, HEAD, GET, POST, PATCH, DELETE");
        assert_eq!(answer.header("access-control-allow-headers"), "*");
        assert_eq!(answer.header("access-control-max-age"), "86400");

        let headers = [("origin", "https://a.example"), ("content-type", JSON)];
        let answer = raw.send(Method::POST, &path(LIST), &headers, "{}").await.unwrap();
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(raw.json(LIST, json!({})).await.header("access-control-allow-origin"), "");
    })
    .await;
}

#[tokio::test]
async fn health() {
    both(async |_, raw| raw.get("/", &[]).await.plain(200, "OK")).await;
}

#[tokio::test]
async fn regions_on_ports() {
    let server = TestServer::new();
    let listeners = server.listen_regions(&["127.0.0.1:0", "0.0.0.0:0"]).await.unwrap();
    let ports: Vec<_> = listeners.iter().map(|listener| listener.address().port()).collect();
    let raw = Raw::over_tcp(&server, &listeners[1]);
    let answer = raw.get("/settings/regions", &[]).await;
    assert_eq!(
        answer.success(),
        json!({ "regions": [
            { "region": "region-0", "url": format!("http://127.0.0.1:{}", ports[0]) },
            { "region": "region-1", "url": format!("http://127.0.0.1:{}", ports[1]), "distance": "1" },
        ]})
    );
    assert_eq!(answer.header("cache-control"), "");
    server.set_regions_max_age(Some(Duration::from_secs(90)));
    assert_eq!(raw.get("/settings/regions", &[]).await.header("cache-control"), "max-age=90");

    raw.json(LIST, json!({})).await.success();
    server.pin_regions(&["region-0"]);
    raw.json(LIST, json!({})).await.plain(451, "project not allowed in this region.");
    let listed = raw.get("/settings/regions", &[]).await.success();
    assert_eq!(listed["regions"].as_array().unwrap().len(), 1);
    Raw::over_tcp(&server, &listeners[0]).json(LIST, json!({})).await.success();
    server.pin_regions(&[]);
    raw.json(LIST, json!({})).await.success();
    let seen: Vec<_> = server.calls().iter().map(|call| (call.region, call.status.unwrap())).collect();
    assert_eq!(seen.iter().map(|(region, _)| *region).collect::<Vec<_>>(), [1, 1, 0, 1]);
    assert_eq!(seen[1].1, 451);
}

#[tokio::test]
async fn an_address_that_is_taken_makes_no_region() {
    let server = TestServer::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    assert!(server.listen_regions(&["127.0.0.1:0", &taken]).await.is_err());
    Raw::in_process(&server).get("/settings/regions", &[]).await.plain(404, "404 page not found\n");
}

#[tokio::test]
async fn regions_in_process() {
    let server = TestServer::new();
    let indices = [
        server.add_region("near", "https://near.livekit.cloud"),
        server.add_region("far", "wss://Far.livekit.cloud:444/"),
    ];
    assert_eq!(indices, [0, 1]);
    for url in ["https://p.livekit.cloud", "https://near.livekit.cloud", "https://far.livekit.cloud:444"] {
        Raw::in_process(&server).at(url).json(LIST, json!({})).await.success();
    }
    let seen: Vec<_> = server.calls().iter().map(|call| call.region).collect();
    assert_eq!(seen, [0, 0, 1]);
    let settings = Raw::in_process(&server).get("/settings/regions", &[]).await.success();
    assert_eq!(settings["regions"][1]["region"], "far");
    assert_eq!(settings["regions"][1]["url"], "wss://Far.livekit.cloud:444/");

    let server = TestServer::builder().regions(2).build();
    let settings = Raw::in_process(&server).get("/settings/regions", &[]).await.success();
    assert_eq!(
        settings,
        json!({ "regions": [
            { "region": "region-0", "url": "http://livekit.test" },
            { "region": "region-1", "url": "http://region-1.livekit.test", "distance": "1" },
        ]})
    );
}
