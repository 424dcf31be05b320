//! The server as LiveKit's own mock: what each field of the control header does.

use std::time::Duration;

use base64::Engine as _;
use http::Method;
use livekit_sdk::proto::{CreateRoomRequest, Room, SipStatus};
use livekit_sdk::testing::TestServer;
use prost::Message as _;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::raw::{Answer, JSON, PROTOBUF, Raw, path};

#[path = "mock/answers.rs"]
mod answers;

const CREATE: &str = "RoomService/CreateRoom";
const DIAL: &str = "SIP/CreateSIPParticipant";
const TRANSFER: &str = "SIP/TransferSIPParticipant";
const REGION: &str = "x-lk-mock-region";

fn mock() -> (TestServer, Raw) {
    let server = TestServer::builder().control_header().regions(3).build();
    let raw = Raw::in_process(&server);
    (server, raw)
}

/// Calls a method with wishes; `None` if the connection ended.
async fn controlled(raw: &Raw, route: &str, control: Value) -> Option<Answer> {
    let control = control.to_string();
    let headers = [("content-type", JSON), ("x-lk-mock", &control)];
    raw.send(Method::POST, &path(route), &headers, r#"{"name":"daily"}"#).await
}

/// Calls a method with the older headers.
async fn legacy(raw: &Raw, headers: &[(&str, &str)]) -> Option<Answer> {
    let mut all = vec![("content-type", JSON)];
    all.extend(headers);
    raw.send(Method::POST, &path(CREATE), &all, r#"{"name":"daily"}"#).await
}

/// How long a call takes by the (paused) clock.
async fn timed(call: impl Future<Output = Option<Answer>>) -> (u128, Option<Answer>) {
    let start = Instant::now();
    let answer = call.await;
    (start.elapsed().as_millis(), answer)
}

#[tokio::test]
async fn fail_regions() {
    let (_, raw) = mock();
    let answer = controlled(&raw, CREATE, json!({ "failRegions": [0, 2] })).await.unwrap();
    assert_eq!(answer.refused(503, "unavailable"), Value::Null);
    assert!(answer.headers.contains_key(REGION) && answer.header(REGION).is_empty());
    assert!(answer.text().contains("503"), "the text names the status: {}", answer.text());

    let first = raw.at("http://region-1.livekit.test");
    let answer = controlled(&first, CREATE, json!({ "failRegions": [0, 2] })).await.unwrap();
    assert_eq!((answer.success()["sid"].as_str(), answer.header(REGION)), (Some("MOCK_SID"), "1"));
    for ignored in [json!({ "failRegions": [] }), json!({ "failRegions": [-1, 9] }), json!({})] {
        controlled(&first, CREATE, ignored).await.unwrap().success();
    }
    // What is no JSON object of this shape is not there.
    for nonsense in ["{", "[]", "1", r#"{"failRegions":1}"#] {
        legacy(&first, &[("x-lk-mock", nonsense)]).await.unwrap().success();
    }
}

#[tokio::test(start_paused = true)]
async fn fail_modes() {
    let (server, raw) = mock();
    let fail = |mode: &str| json!({ "failRegions": [0], "failMode": mode, "failStatus": 502 });
    for mode in ["status", "", "nonsense"] {
        let (waited, answer) = timed(controlled(&raw, CREATE, fail(mode))).await;
        answer.unwrap().refused(502, "unavailable");
        assert_eq!(waited, 0);
    }
    assert!(controlled(&raw, CREATE, fail("drop")).await.is_none());
    let (waited, answer) = timed(controlled(&raw, CREATE, fail("delay"))).await;
    answer.unwrap().refused(502, "unavailable");
    assert_eq!(waited, 30_000);
    let calls = server.calls();
    let statuses = calls.iter().map(|call| call.status.map(|status| status.as_u16()));
    assert_eq!(statuses.collect::<Vec<_>>(), [Some(502), Some(502), Some(502), None, Some(502)]);
}

#[tokio::test]
async fn a_dropped_connection_has_no_answer() {
    let server = TestServer::builder().control_header().build();
    let listeners = server.listen_regions(&["127.0.0.1:0", "127.0.0.1:0"]).await.unwrap();
    let drop = json!({ "failRegions": [1], "failMode": "drop" });
    let answer = controlled(&Raw::over_tcp(&server, &listeners[0]), CREATE, drop.clone()).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.header(REGION)), (200, "0"));
    assert!(controlled(&Raw::over_tcp(&server, &listeners[1]), CREATE, drop).await.is_none());
}

#[tokio::test]
async fn fail_status_and_code() {
    let (_, raw) = mock();
    for (status, code) in [
        (400, "invalid_argument"),
        (401, "unauthenticated"),
        (403, "permission_denied"),
        (404, "not_found"),
        (429, "resource_exhausted"),
        (500, "unavailable"),
        (503, "unavailable"),
        (599, "unavailable"),
        (409, "internal"),
        (302, "internal"),
    ] {
        let fail = json!({ "failRegions": [0], "failStatus": status });
        controlled(&raw, CREATE, fail).await.unwrap().refused(status, code);
        let fail = json!({ "failRegions": [0], "failStatus": status, "failTwirpCode": "dataloss" });
        controlled(&raw, CREATE, fail).await.unwrap().refused(status, "dataloss");
        let fail = json!({ "failRegions": [0], "failStatus": status, "failTwirpCode": "" });
        controlled(&raw, CREATE, fail).await.unwrap().refused(status, code);
    }
    for beyond in [0, 99, 600, -1, 70_000] {
        let fail = json!({ "failRegions": [0], "failStatus": beyond });
        controlled(&raw, CREATE, fail).await.unwrap().refused(503, "unavailable");
    }
}

#[tokio::test(start_paused = true)]
async fn delay_ms_replaces_the_natural_latency() {
    let (_, raw) = mock();
    let wait = async |route: &str, body: Value, control: Value| {
        let (body, control) = (body.to_string(), control.to_string());
        let headers = [("content-type", JSON), ("x-lk-mock", &*control)];
        let (waited, answer) = timed(raw.send(Method::POST, &path(route), &headers, body)).await;
        (waited, answer.unwrap().status.as_u16())
    };
    let answered = json!({ "roomName": "daily", "wait_until_answered": true });
    assert_eq!(wait(DIAL, json!({}), json!({})).await, (0, 200));
    assert_eq!(wait(DIAL, answered.clone(), json!({})).await, (11_000, 200));
    assert_eq!(wait(TRANSFER, json!({}), json!({})).await, (11_000, 200));
    assert_eq!(wait(CREATE, json!({}), json!({})).await, (0, 200));
    // Other methods that dial answer at once.
    assert_eq!(wait("Connector/DialWhatsAppCall", json!({}), json!({})).await, (0, 200));

    assert_eq!(wait(CREATE, json!({}), json!({ "delayMs": 250 })).await, (250, 200));
    assert_eq!(wait(TRANSFER, json!({}), json!({ "delayMs": 0 })).await, (0, 200));
    assert_eq!(wait(DIAL, answered, json!({ "delayMs": 20_000 })).await, (20_000, 200));
    assert_eq!(wait(CREATE, json!({}), json!({ "delayMs": -1 })).await, (0, 200));
    assert_eq!(wait(TRANSFER, json!({}), json!({ "failRegions": [0] })).await, (11_000, 503));
    let both = json!({ "failRegions": [0], "delayMs": 250, "failMode": "delay" });
    assert_eq!(wait(CREATE, json!({}), both).await, (30_250, 503));
}

#[tokio::test(start_paused = true)]
async fn permission_and_pin_come_before_the_delay_and_failures_after_it() {
    let (_, raw) = mock();
    let all = json!({
        "pinnedRegions": ["region-1"], "delayMs": 250, "sipStatus": { "code": 486 }, "failRegions": [0],
    });
    let (waited, answer) = timed(controlled(&raw, DIAL, all)).await;
    answer.unwrap().plain(451, "project not allowed in this region.");
    assert_eq!(waited, 0);
    let unpinned = json!({ "delayMs": 250, "sipStatus": { "code": 486 }, "failRegions": [0] });
    let (waited, answer) = timed(controlled(&raw, DIAL, unpinned.clone())).await;
    answer.unwrap().refused(429, "resource_exhausted");
    assert_eq!(waited, 250);
    let raw = raw.with_token("");
    let (waited, answer) = timed(controlled(&raw, DIAL, unpinned)).await;
    answer.unwrap().refused(401, "unauthenticated");
    assert_eq!(waited, 0);
}

#[tokio::test]
async fn regions_status_and_discovery() {
    let (_, raw) = mock();
    let answer = raw.get("/settings/regions", &[]).await;
    let listed = answer.success();
    assert_eq!(listed["regions"][2]["region"], "region-2");
    assert_eq!(
        (listed["regions"][0].get("distance"), &listed["regions"][2]["distance"]),
        (None, &json!("2"))
    );
    assert_eq!((answer.header("cache-control"), answer.header(REGION)), ("max-age=0", "0"));
    let second = Raw::in_process(&mock().0).at("http://region-1.livekit.test");
    assert_eq!(second.get("/settings/regions", &[]).await.header(REGION), "1");

    let control = |json: &str| vec![("x-lk-mock".to_owned(), json.to_owned())];
    let discover = async |control: Vec<(String, String)>| {
        let headers: Vec<_> = control.iter().map(|(name, value)| (&**name, &**value)).collect();
        raw.get("/settings/regions", &headers).await
    };
    let failed = discover(control(r#"{"regionsStatus":404}"#)).await;
    assert_eq!((failed.status.as_u16(), failed.text(), failed.header(REGION)), (404, "", ""));
    assert_eq!(discover(control(r#"{"regionsStatus":200}"#)).await.success(), listed);
    let names = |answer: &Answer| {
        let regions = answer.success()["regions"].as_array().unwrap().clone();
        regions.iter().map(|region| region["region"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let pinned = discover(control(r#"{"pinnedRegions":["region-2","elsewhere"]}"#)).await;
    assert_eq!(names(&pinned), ["region-2"]);
    assert_eq!(pinned.success()["regions"][0]["distance"], "2");
    assert_eq!(names(&discover(control(r#"{"pinnedRegions":["elsewhere"]}"#)).await), [""; 0]);
    assert_eq!(names(&discover(control(r#"{"pinnedRegions":[]}"#)).await).len(), 3);
    // Calls that fail do not make discovery fail.
    assert_eq!(names(&discover(control(r#"{"failRegions":[0],"delayMs":60000}"#)).await).len(), 3);
    assert_eq!(discover(vec![("x-lk-mock-regions-status".into(), "500".into())]).await.status, 500);
}

#[tokio::test]
async fn pinned_regions() {
    let (server, raw) = mock();
    let pin = |names: Value| json!({ "pinnedRegions": names });
    let answer = controlled(&raw, CREATE, pin(json!(["region-1"]))).await.unwrap();
    answer.plain(451, "project not allowed in this region.");
    assert!(answer.headers.contains_key(REGION) && answer.header(REGION).is_empty());
    controlled(&raw, CREATE, pin(json!([]))).await.unwrap().success();
    controlled(&raw, CREATE, pin(json!(["elsewhere"]))).await.unwrap().plain(451, answer.text());
    controlled(&raw, CREATE, pin(json!(["elsewhere", "region-0"]))).await.unwrap().success();
    let raw = raw.at("http://region-1.livekit.test");
    controlled(&raw, CREATE, pin(json!(["region-1"]))).await.unwrap().success();
    // A pin of the server holds for calls that bring none.
    server.pin_regions(&["region-0"]);
    raw.json(CREATE, json!({})).await.plain(451, answer.text());
    controlled(&raw, CREATE, pin(json!(["region-1"]))).await.unwrap().success();
    // A server that was given no regions is the first of its own.
    let alone = Raw::in_process(&TestServer::builder().control_header().build());
    controlled(&alone, CREATE, pin(json!(["region-0"]))).await.unwrap().success();
}

#[tokio::test]
async fn a_response_of_ones_own() {
    let (_, raw) = mock();
    let answer = |response: Value| json!({ "response": response });
    let own = json!({ "sid": "RM_own", "numParticipants": 3, "enabledCodecs": [{ "mime": "video/VP8" }] });
    assert_eq!(controlled(&raw, CREATE, answer(own.clone())).await.unwrap().success(), own);
    let snake = answer(json!({ "num_participants": 3, "creation_time": "5" }));
    let snake = controlled(&raw, CREATE, snake).await.unwrap().success();
    assert_eq!(snake, json!({ "numParticipants": 3, "creationTime": "5" }));
    assert_eq!(controlled(&raw, CREATE, answer(json!({}))).await.unwrap().success(), json!({}));
    for unread in [json!({ "sid": 1 }), json!([]), json!("x"), json!({ "nonsense": 1 }), Value::Null] {
        let made_up = controlled(&raw, CREATE, answer(unread)).await.unwrap().success();
        assert_eq!((&made_up["sid"], &made_up["name"]), (&json!("MOCK_SID"), &json!("daily")));
    }
    let control = answer(own).to_string();
    let headers = [("content-type", PROTOBUF), ("x-lk-mock", &*control)];
    let binary = raw.send(Method::POST, &path(CREATE), &headers, "").await.unwrap();
    assert_eq!(Room::decode(binary.body).unwrap().sid, "RM_own");
}

#[tokio::test]
async fn skip_auth() {
    let (_, raw) = mock();
    let raw = raw.with_token("");
    controlled(&raw, CREATE, json!({ "skipAuth": false })).await.unwrap().refused(401, "unauthenticated");
    controlled(&raw, CREATE, json!({ "skipAuth": true })).await.unwrap().success();
}

#[tokio::test]
async fn sip_status() {
    let (_, raw) = mock();
    let dial = async |route: &str, status: Value| {
        controlled(&raw, route, json!({ "sipStatus": status, "delayMs": 0 })).await.unwrap()
    };
    for route in [DIAL, TRANSFER] {
        let answer = dial(route, json!({ "code": 486, "status": "Busy Here" })).await;
        let meta = answer.refused(429, "resource_exhausted");
        assert_eq!((&meta["sip_status_code"], &meta["sip_status"]), (&json!("486"), &json!("Busy Here")));
        assert_eq!(meta.as_object().unwrap().len(), 3);
        let status = details(&meta);
        assert_eq!((status.code, &*status.message), (8, "sip status 486: Busy Here"));
        let [any] = &status.details[..] else { panic!("one detail: {status:?}") };
        assert_eq!(any.type_url, "type.googleapis.com/livekit.SIPStatus");
        let detail = SipStatus::decode(&*any.value).unwrap();
        assert_eq!((detail.code, &*detail.status), (486, "Busy Here"));
        assert_eq!(answer.header(REGION), "");
    }
    for (code, status, twirp, grpc, name) in [
        (480, 429, "resource_exhausted", 8, "SIP_STATUS_TEMPORARILY_UNAVAILABLE"),
        (404, 404, "not_found", 5, "SIP_STATUS_NOTFOUND"),
        (403, 403, "permission_denied", 7, "SIP_STATUS_FORBIDDEN"),
        (408, 408, "deadline_exceeded", 4, "SIP_STATUS_REQUEST_TIMEOUT"),
        (487, 409, "aborted", 10, "SIP_STATUS_REQUEST_TERMINATED"),
        (503, 412, "failed_precondition", 9, "SIP_STATUS_SERVICE_UNAVAILABLE"),
        (407, 401, "unauthenticated", 16, "SIP_STATUS_PROXY_AUTH_REQUIRED"),
        (416, 400, "out_of_range", 11, "SIP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE"),
        (400, 400, "invalid_argument", 3, "SIP_STATUS_BAD_REQUEST"),
        (799, 500, "unknown", 2, "799"),
    ] {
        let meta = dial(DIAL, json!({ "code": code })).await.refused(status, twirp);
        let read = details(&meta);
        assert_eq!((meta["sip_status"].as_str(), read.code), (Some(name), grpc), "{code}");
    }
    // Other methods do not dial, and 200 is no failure.
    dial(CREATE, json!({ "code": 486 })).await.success();
    dial(DIAL, json!({ "code": 200 })).await.success();
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<livekit_sdk::proto::Any>,
}

fn details(meta: &Value) -> Status {
    let details = meta["error_details"].as_str().unwrap();
    let details = base64::engine::general_purpose::STANDARD.decode(details).unwrap();
    Status::decode(&*details).unwrap()
}

#[tokio::test(start_paused = true)]
async fn older_headers() {
    let (_, raw) = mock();
    let fail = ("x-lk-mock-fail-regions", "2, 0");
    legacy(&raw, &[fail]).await.unwrap().refused(503, "unavailable");
    legacy(&raw, &[("x-lk-mock-fail-regions", "1,x")]).await.unwrap().success();
    legacy(&raw, &[fail, ("x-lk-mock-fail-status", "404")]).await.unwrap().refused(404, "not_found");
    let code = ("x-lk-mock-fail-twirp-code", "aborted");
    legacy(&raw, &[fail, code]).await.unwrap().refused(503, "aborted");
    assert!(legacy(&raw, &[fail, ("x-lk-mock-fail-mode", "drop")]).await.is_none());
    let delay = [("x-lk-mock-fail-mode", "delay"), ("x-lk-mock-delay-ms", "700")];
    let (waited, answer) = timed(legacy(&raw, &[fail, delay[0], delay[1]])).await;
    answer.unwrap().refused(503, "unavailable");
    assert_eq!(waited, 700);
    // Only the mode `delay` looks at that header.
    let (waited, _) = timed(legacy(&raw, &[delay[1]])).await;
    assert_eq!(waited, 0);
    let response = ("x-lk-mock-response", r#"{"sid":"RM_own"}"#);
    assert_eq!(legacy(&raw, &[response]).await.unwrap().success(), json!({ "sid": "RM_own" }));

    // The JSON wins, field by field.
    let json = ("x-lk-mock", r#"{"failStatus":429,"response":{"sid":"RM_json"}}"#);
    let status = ("x-lk-mock-fail-status", "404");
    legacy(&raw, &[fail, status, json]).await.unwrap().refused(429, "resource_exhausted");
    assert_eq!(legacy(&raw, &[response, json]).await.unwrap().success(), json!({ "sid": "RM_json" }));
    legacy(&raw, &[fail, ("x-lk-mock", r#"{"failRegions":[1]}"#)]).await.unwrap().success();

    let raw = raw.with_token("");
    legacy(&raw, &[("x-lk-mock-skip-auth", "true")]).await.unwrap().success();
    legacy(&raw, &[("x-lk-mock-skip-auth", "yes")]).await.unwrap().refused(401, "unauthenticated");
    let both = [("x-lk-mock-skip-auth", "true"), ("x-lk-mock", r#"{"skipAuth":false}"#)];
    legacy(&raw, &both).await.unwrap().refused(401, "unauthenticated");
}

#[tokio::test]
async fn faults_and_the_call_log_work_as_ever() {
    let (server, raw) = mock();
    server.inject(livekit_sdk::testing::Fault::delay(Duration::from_millis(1)).once());
    raw.json(CREATE, json!({ "name": "daily" })).await.success();
    let calls = server.calls();
    let request: CreateRoomRequest = calls[0].request().unwrap();
    assert_eq!((&*calls[0].method, &*request.name), ("CreateRoom", "daily"));
}
