//! What holds for all grants, and for all URLs of servers.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, Uri};
use livekit_sdk::auth::{ClaimGrants, Grant as _};
use livekit_sdk::transport::{BoxFuture, Transport};
use livekit_sdk::{LiveKit, Result};
use livekit_tests::dice::Dice;
use serde_json::{Map, Value, json};

const CASES: usize = 2_000;

/// Every kind of field: flags, choices, texts, lists, and blocks of them.
fn template() -> Value {
    json!({
        "video": {
            "roomCreate": true, "roomJoin": true, "roomAdmin": true, "hidden": true,
            "canPublish": [true, false], "canSubscribe": [true, false],
            "room": ["a", "b"], "destinationRoom": ["a", "b"],
            "canPublishSources": [["camera"], ["microphone", "camera"], ["screen_share"]],
        },
        "sip": { "admin": true, "call": true },
        "agentEndpoint": { "call": true, "agentName": ["a", "b"] },
        "agentThread": { "read": true, "threadIds": [["t"], ["u", "t"]], "scope": ["a", "b"] },
    })
}

/// Some of the fields, with one of their values; with the first, unless they may contradict each other.
fn grants(dice: &mut Dice, may_contradict: bool) -> ClaimGrants {
    let mut chosen = Map::new();
    for (block, fields) in template().as_object().unwrap() {
        let mut some = Map::new();
        for (key, values) in fields.as_object().unwrap() {
            let value = match values {
                Value::Array(values) => {
                    // Lists are joined, so they never contradict each other.
                    let any = may_contradict || values[0].is_array();
                    values[if any { dice.below(values.len()) } else { 0 }].clone()
                }
                flag => flag.clone(),
            };
            if dice.below(2) == 0 {
                some.insert(key.clone(), value);
            }
        }
        if dice.below(3) > 0 {
            chosen.insert(block.clone(), some.into());
        }
    }
    serde_json::from_value(chosen.into()).unwrap()
}

fn merged(one: &ClaimGrants, other: &ClaimGrants) -> ClaimGrants {
    let mut both = one.clone();
    both.merge(other.clone());
    both
}

#[test]
fn grants_add_up() {
    let mut dice = Dice::new(0x9E37_79B9_7F4A_7C15);
    for _ in 0..CASES {
        let [a, b, c] = [(); 3].map(|()| grants(&mut dice, true));
        assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)), "associative");
        assert_eq!(merged(&a, &a), a, "idempotent");
        assert_eq!(merged(&merged(&a, &b), &b), merged(&a, &b), "added twice is added once");
        let none = ClaimGrants::default();
        assert_eq!((merged(&a, &none), merged(&none, &a)), (a.clone(), a), "nothing adds nothing");
    }
}

#[test]
fn grants_cover_what_they_are_made_of() {
    let mut dice = Dice::new(0xD1B5_4A32_D192_ED03);
    let mut seen = [0; 2];
    for _ in 0..CASES {
        let [a, b] = [(); 2].map(|()| grants(&mut dice, true));
        assert!(a.covers(&a) && a.covers(&ClaimGrants::default()), "reflexive: {a:?}");
        assert!(merged(&a, &b).covers(&b), "what was added last: {a:?} {b:?}");
        // Without contradictions there is an order, and merging is its upper bound.
        let [a, b, c] = [(); 3].map(|()| grants(&mut dice, false));
        let both = merged(&a, &b);
        assert!(both.covers(&a) && both.covers(&b), "{a:?} {b:?}");
        assert!(!(a.covers(&b) && b.covers(&c)) || a.covers(&c), "transitive: {a:?} {b:?} {c:?}");
        assert!(!(c.covers(&a) && c.covers(&b)) || c.covers(&both), "least: {a:?} {b:?} {c:?}");
        assert_eq!(a.covers(&b), merged(&a, &b).covers(&a) && a.covers(&merged(&a, &b)), "{a:?} {b:?}");
        seen[usize::from(a.covers(&b))] += 1;
    }
    assert!(seen[0] > 100 && seen[1] > 20, "both happen: {seen:?}");
}

/// Keeps where requests went.
#[derive(Clone, Debug, Default)]
struct Tracker(Arc<Mutex<Vec<Uri>>>);

impl Transport for Tracker {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        self.0.lock().unwrap().push(request.uri().clone());
        Box::pin(async { Ok(Response::new(Bytes::new())) })
    }
}

const SCHEMES: [(&str, &str); 8] = [
    ("http", "http"),
    ("https", "https"),
    ("ws", "http"),
    ("wss", "https"),
    ("WSS", "https"),
    ("Ws", "http"),
    ("HTTPS", "https"),
    ("hTTp", "http"),
];

const HOSTS: [(&str, &str); 6] = [
    ("lk.example", "lk.example"),
    ("LK.Example", "lk.example"),
    ("127.0.0.1", "127.0.0.1"),
    ("[::1]", "[::1]"),
    ("[2001:DB8::0:1]", "[2001:db8::1]"),
    ("bücher.example", "xn--bcher-kva.example"),
];

const PATHS: [&str; 6] = ["", "/", "/livekit", "/livekit/", "/a/b%20c", "/a//b///"];

#[tokio::test]
async fn a_route_follows_whatever_url_was_configured() {
    let mut dice = Dice::new(0x2545_F491_4F6C_DD1D);
    for _ in 0..CASES {
        let ((scheme, real), (host, canonical)) = (dice.pick(&SCHEMES), dice.pick(&HOSTS));
        let (path, port) =
            (dice.pick(&PATHS), dice.pick(&[None, Some(80), Some(443), Some(7880), Some(65_535)]));
        let (before, after) = (dice.pick(&["", " ", "\n"]), dice.pick(&["", "\n", " \t"]));
        let told = port.map_or(String::new(), |port| format!(":{port}"));
        let url = format!("{before}{scheme}://{host}{told}{path}{after}");

        let tracker = Tracker::default();
        let lk = LiveKit::builder().url(&url).token("t").transport(tracker.clone()).build().unwrap();
        lk.room().list_rooms(()).await.unwrap();
        let default = if real == "https" { 443 } else { 80 };
        let shown = if port == Some(default) { String::new() } else { told };
        let base = format!("{real}://{canonical}{shown}{}", path.trim_end_matches('/'));
        let expected = format!("{base}/twirp/livekit.RoomService/ListRooms");
        assert_eq!(tracker.0.lock().unwrap()[0].to_string(), expected, "{url:?}");
    }
}
