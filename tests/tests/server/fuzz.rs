//! Arbitrary bytes at every route: whatever comes in, what goes out is an answer.

use bytes::Bytes;
use http::Method;
use livekit_build_support::schema::Schema;
use livekit_sdk::testing::TestServer;
use livekit_tests::dice::Dice;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};

use crate::raw::{Answer, JSON, PROTOBUF, Raw};

#[path = "../wire/random.rs"]
mod random;

use random::{Random, Values};

/// Requests per route and way of calling. Enough to meet every member of most oneofs.
const CASES: usize = 12;

/// The routes that the server has, as it lists them itself.
fn routes(server: &TestServer) -> Vec<String> {
    let listed = format!("{:?}", server.router());
    let routes = listed.split('"').filter(|part| part.starts_with("/twirp/")).map(str::to_owned);
    let routes: Vec<_> = routes.collect();
    assert!(routes.len() >= 89, "only {} routes were found", routes.len());
    routes
}

fn schema() -> Schema {
    let files = livekit_sdk_proto::files().iter();
    let files: Vec<_> = files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Schema::parse(&files).unwrap()
}

fn method(schema: &Schema, route: &str) -> MethodDescriptor {
    let (service, name) = route.strip_prefix("/twirp/").unwrap().split_once('/').unwrap();
    let service = schema.pool().get_service_by_name(service).unwrap();
    service.methods().find(|method| method.name() == name).unwrap()
}

/// A valid request, about a room that exists where it names one.
fn request(method: &MethodDescriptor, case: usize) -> DynamicMessage {
    let mut random = Random::new(method.full_name(), case, Values::Json);
    let mut request = random.message(&method.input(), 0);
    for (name, value) in [
        ("room", "daily"),
        ("room_name", "daily"),
        ("destination_room", "weekly"),
        ("identity", "alice"),
        ("participant_identity", "alice"),
    ] {
        let is_text = |field: &prost_reflect::FieldDescriptor| {
            field.kind() == prost_reflect::Kind::String && !field.is_list()
        };
        if let Some(field) = method.input().get_field_by_name(name).filter(is_text) {
            request.set_field(&field, Value::String(value.to_owned()));
        }
    }
    request
}

/// An answer as LiveKit gives them: a message, a Twirp error, or plain text from before Twirp.
#[track_caller]
fn check(method: &MethodDescriptor, content_type: &str, answer: &Answer, told: &str) {
    let told = format!("{told}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    match answer.header("content-type") {
        "text/plain; charset=utf-8" => assert!([401, 404, 413].contains(&answer.status.as_u16()), "{told}"),
        JSON if answer.status != 200 => {
            let json = answer.json();
            let is_text = |key: &str| json[key].as_str().is_some_and(|text| !text.is_empty());
            assert!(is_text("code") && is_text("msg"), "{told}");
            let unknown =
                json.as_object().unwrap().keys().find(|it| !["code", "msg", "meta"].contains(&&***it));
            assert_eq!(unknown, None, "{told}");
        }
        JSON => {
            assert_eq!(content_type, JSON, "{told}");
            let message = DynamicMessage::deserialize(method.output(), answer.json());
            assert!(message.is_ok(), "{told}: {message:?}");
        }
        PROTOBUF => {
            assert_eq!((content_type, answer.status.as_u16()), (PROTOBUF, 200), "{told}");
            assert!(DynamicMessage::decode(method.output(), answer.body.clone()).is_ok(), "{told}");
        }
        other => panic!("{other:?}: {told}"),
    }
}

/// Sends everything to every route; answers how many calls were successes, and how many were malformed.
async fn fuzz(server: &TestServer, cases: usize) -> (usize, usize) {
    let (schema, raw) = (schema(), Raw::in_process(server));
    let mut dice = Dice::new(0x9E37_79B9_7F4A_7C15);
    let (mut successes, mut malformed) = (0, 0);
    for route in routes(server) {
        let method = method(&schema, &route);
        for case in 0..cases {
            // Some of the calls close them.
            let _alice = server.join_room("daily", "alice").unwrap();
            let valid = request(&method, case);
            let protobuf = valid.encode_to_vec();
            let json = serde_json::to_vec(&valid).unwrap();
            let bodies = [
                (PROTOBUF, protobuf.clone()),
                (PROTOBUF, dice.mutate(protobuf)),
                (PROTOBUF, dice.bytes()),
                (JSON, json.clone()),
                (JSON, dice.mutate(json)),
                (JSON, dice.bytes()),
            ];
            for (content_type, body) in bodies {
                let told = format!("{route} {:?}", Bytes::from(body.clone()));
                let headers = [("content-type", content_type)];
                let answer = raw.send(Method::POST, &route, &headers, body).await;
                let answer = answer.unwrap_or_else(|| panic!("no answer: {told}"));
                check(&method, content_type, &answer, &told);
                successes += usize::from(answer.status == 200);
                malformed += usize::from(answer.body.starts_with(br#"{"code":"malformed""#));
            }
        }
    }
    (successes, malformed)
}

#[tokio::test(start_paused = true)]
async fn whatever_is_sent_is_answered() {
    let (successes, malformed) = fuzz(&TestServer::new(), CASES).await;
    assert!(successes > 100 && malformed > 1000, "{successes} successes, {malformed} malformed");
}

#[tokio::test(start_paused = true)]
async fn whatever_is_sent_to_the_mock_is_answered() {
    let (successes, malformed) = fuzz(&TestServer::builder().control_header().build(), CASES / 4).await;
    assert!(successes > 89 * 2 && malformed == 0, "{successes} successes, {malformed} malformed");
}

/// Headers that say what shall go wrong are as arbitrary as bodies.
#[tokio::test(start_paused = true)]
async fn whatever_the_control_header_says_is_answered() {
    let server = TestServer::builder().control_header().build();
    let raw = Raw::in_process(&server);
    let mut dice = Dice::new(0xD1B5_4A32_D192_ED03);
    let wishes = r#"{"failRegions":[0],"failMode":"delay","failStatus":599,"failTwirpCode":"x","delayMs":7,
        "regionsStatus":404,"response":{"sid":"é"},"skipAuth":true,"sipStatus":{"code":486,"status":"x"},
        "pinnedRegions":["region-0"]}"#;
    let wishes = wishes.replace('\n', "");
    for _ in 0..2000 {
        let control = dice.mutate(wishes.clone().into_bytes());
        let control = String::from_utf8_lossy(&control).replace(|c: char| c.is_control(), "");
        for path in ["/twirp/livekit.SIP/CreateSIPParticipant", "/settings/regions"] {
            let headers = [("content-type", JSON), ("x-lk-mock", &*control)];
            let answer = raw.send(Method::POST, path, &headers, "{}").await;
            let answer = answer.unwrap_or_else(|| panic!("no answer: {control}"));
            assert!(answer.status.as_u16() >= 100, "{control}");
        }
    }
}
