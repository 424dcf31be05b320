//! What the mock answers when nothing is to go wrong, and whom.

use http::Method;
use livekit_sdk::LiveKit;
use livekit_sdk::auth::{ApiKey, SipGrant, VideoGrant};
use livekit_sdk::proto::{CreateRoomRequest, Room};
use livekit_sdk::testing::TestServer;
use prost::Message as _;
use serde_json::{Value, json};

use super::{CREATE, DIAL, REGION, TRANSFER, controlled, mock};
use crate::raw::{Answer, JSON, PROTOBUF, everything, path};

#[tokio::test]
async fn answers_are_made_up() {
    let (_, raw) = mock();
    let request = json!({
        "name": "daily", "metadata": "m", "empty_timeout": 5, "maxParticipants": 7, "tags": { "a": "b" },
        "agents": [{ "agentName": "a" }], "egress": { "tracks": {} }, "nonsense": 1,
    });
    let answer = raw.json(CREATE, request).await;
    let expected = json!({
        "sid": "MOCK_SID", "name": "daily", "metadata": "m", "emptyTimeout": 5, "maxParticipants": 7,
        "enabledCodecs": [{}],
    });
    assert_eq!(answer.success(), expected);
    assert_eq!(answer.header(REGION), "0");

    let request = CreateRoomRequest { name: "daily".to_owned(), ..Default::default() };
    let answer = raw.post(CREATE, PROTOBUF, request.encode_to_vec()).await;
    assert_eq!((answer.header("content-type"), answer.header(REGION)), (PROTOBUF, "0"));
    let room = Room::decode(answer.body).unwrap();
    assert_eq!((&*room.sid, &*room.name, room.version), ("MOCK_SID", "daily", None));

    let json = async |route: &str, body: Value| raw.json(route, body).await.success();
    // No track: messages stay empty.
    let mute = json!({ "room": "daily", "identity": "alice", "trackSid": "TR_a", "muted": true });
    assert_eq!(json("RoomService/MutePublishedTrack", mute).await, json!({}));
    assert_eq!(json("SIP/GetSIPInboundTrunk", json!({ "sipTrunkId": "ST_a" })).await, json!({}));
    assert_eq!(json("RoomService/ListRooms", json!({})).await, json!({ "rooms": [{ "sid": "MOCK_SID" }] }));
    let stopped = json("Egress/StopEgress", json!({ "egressId": "EG_a" })).await;
    assert_eq!(stopped["egressId"], "EG_a");
    // Ids in text are made up wherever the request has none; the status, an enum, is not there.
    let started = json("Egress/StartWebEgress", json!({ "url": "https://a.example" })).await;
    assert_eq!(
        (&started["egressId"], &started["roomId"]),
        (&json!("MOCK_EGRESS_ID"), &json!("MOCK_ROOM_ID"))
    );
    assert_eq!(started.get("status"), None);
    // Nothing is remembered.
    assert_eq!(json("RoomService/ListRooms", json!({ "names": ["x"] })).await["rooms"][0]["sid"], "MOCK_SID");
    // A body that cannot be read is an empty request.
    let unread = raw.post(CREATE, JSON, "{").await.success();
    assert_eq!((&unread["sid"], unread.get("name")), (&json!("MOCK_SID"), None));
}

#[tokio::test]
async fn the_sdk_itself_can_call_it() {
    let server = TestServer::builder().control_header().build();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let key = ApiKey::new("any", "secret").unwrap();
    let lk = LiveKit::builder().url(listener.url()).api_key(key).build().unwrap();
    assert_eq!(lk.room().create_room("daily").await.unwrap().sid, "MOCK_SID");
    let failing = lk.room().create_room("daily").with_header("X-Lk-Mock", r#"{"failRegions":[0]}"#);
    assert!(failing.await.unwrap_err().is_unavailable());
}

#[tokio::test]
async fn tokens_and_grants() {
    let (server, raw) = mock();
    let room = json!({ "room": "daily" });
    const ADMIN: &str = "RoomService/ListParticipants";

    let refused = |answer: Answer, status: u16, code: &str| {
        answer.refused(status, code);
        assert_eq!((answer.headers.contains_key(REGION), answer.header(REGION)), (true, ""));
    };
    let raw = raw.with_token("");
    refused(raw.json(ADMIN, room.clone()).await, 401, "unauthenticated");
    let headers = [("content-type", JSON), ("authorization", "Basic x")];
    refused(raw.send(Method::POST, &path(ADMIN), &headers, "{}").await.unwrap(), 401, "unauthenticated");
    let signed = |secret: &str, grant: VideoGrant| {
        ApiKey::new("any", secret).unwrap().access_token().grant(grant).to_jwt().unwrap()
    };
    let raw = raw.with_token(signed("guessed", VideoGrant::admin("daily")));
    refused(raw.json(ADMIN, room.clone()).await, 401, "unauthenticated");
    let raw = raw.with_token(signed("secret", VideoGrant::default().room_create(true)));
    refused(raw.json(ADMIN, room.clone()).await, 403, "permission_denied");
    raw.json(CREATE, json!({})).await.success();

    // Any issuer will do, and rooms are compared where there is one.
    let raw = raw.with_token(signed("secret", VideoGrant::admin("daily")));
    raw.json(ADMIN, room.clone()).await.success();
    raw.json(ADMIN, json!({})).await.success();
    refused(raw.json(ADMIN, json!({ "room": "weekly" })).await, 403, "permission_denied");
    let moved = json!({ "room": "daily", "identity": "a", "destinationRoom": "weekly" });
    refused(raw.json("RoomService/MoveParticipant", moved.clone()).await, 403, "permission_denied");
    let expired = server.api_key().access_token().grant(VideoGrant::admin("daily"));
    let expired = expired.to_jwt_at(std::time::UNIX_EPOCH).unwrap();
    let raw = raw.with_token(expired);
    refused(raw.json(ADMIN, room.clone()).await, 401, "unauthenticated");

    let raw = raw.with_token(everything(server.api_key()));
    raw.json("RoomService/MoveParticipant", moved).await.success();
    // A transfer needs both of its grants.
    let sip = server.api_key().access_token().grant(SipGrant::default().call(true)).to_jwt().unwrap();
    let raw = raw.with_token(sip);
    let now = json!({ "delayMs": 0 });
    refused(controlled(&raw, TRANSFER, now.clone()).await.unwrap(), 403, "permission_denied");
    controlled(&raw, DIAL, now).await.unwrap().success();
}

#[tokio::test]
async fn services_whose_messages_it_does_not_know() {
    let (server, raw) = mock();
    const LIST: &str = "AgentDispatchService/ListDispatch";
    // Another room, but nobody looks.
    assert_eq!(raw.json(LIST, json!({ "room": "other" })).await.success(), json!({}));
    assert_eq!(raw.post(LIST, PROTOBUF, "").await.body, "");
    let create = VideoGrant::default().room_create(true);
    let raw = raw.with_token(server.api_key().access_token().grant(create).to_jwt().unwrap());
    raw.json(LIST, json!({})).await.refused(403, "permission_denied");

    let raw = raw.with_token("");
    raw.json(LIST, json!({})).await.refused(401, "unauthenticated");
    for unknown in [
        "PhoneNumberService/ListPhoneNumbers",
        "CloudAgent/ListAgents",
        "AgentSimulation/ListSimulationRuns",
        "Replay/ListReplays",
        "RoomService/Nope",
        "Nope/Nope",
    ] {
        assert_eq!(raw.json(unknown, json!({})).await.success(), json!({}), "{unknown}");
        let answer = raw.post(unknown, PROTOBUF, "").await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, ""), "{unknown}");
        assert_eq!((answer.header("content-type"), answer.header(REGION)), (PROTOBUF, "0"));
    }
    let failing = controlled(&raw, "Replay/Seek", json!({ "failRegions": [0] })).await.unwrap();
    failing.refused(503, "unavailable");
}

#[tokio::test]
async fn what_is_not_a_call() {
    let (_, raw) = mock();
    for health in ["/", "/_test/health"] {
        raw.get(health, &[]).await.plain(200, "ok");
    }
    for elsewhere in ["/nope", "/twirp", "/_test"] {
        raw.get(elsewhere, &[]).await.plain(404, "404 page not found\n");
    }
}

/// Every method of those services that are in the mock's table is checked, and no other.
#[tokio::test]
async fn each_method_in_the_table_needs_its_grants() {
    let (server, raw) = mock();
    let nobody = server.api_key().access_token().identity("nobody").to_jwt().unwrap();
    let raw = raw.with_token(nobody);
    let listed = format!("{:?}", server.router());
    let (mut denied, mut allowed) = (0, 0);
    for route in listed.split('"').filter_map(|part| part.strip_prefix("/twirp/livekit.")) {
        let answer = controlled(&raw, route, json!({ "delayMs": 0 })).await.unwrap();
        match answer.status.as_u16() {
            200 => allowed += 1,
            _ => {
                answer.refused(403, "permission_denied");
                denied += 1;
            }
        }
    }
    // 14 of rooms, 10 of egress, 4 of ingress, 16 of SIP, 5 of the connector; 3 of agent dispatch.
    assert_eq!((denied, allowed), (49 + 3, 6 + 18 + 7 + 6));
}
