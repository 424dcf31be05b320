//! Tokens as an application uses them: through the public API, across keys, clocks and makers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use std::time::{Duration, SystemTime};

use livekit_sdk::auth::{
    AccessToken, AgentEndpointGrant, AgentGrant, AgentThreadGrant, ApiKey, ClaimGrants, Claims,
    DEFAULT_LEEWAY, DEFAULT_TTL, Grant, InferenceGrant, ObservabilityGrant, SipGrant, TokenVerifier,
    VideoGrant, decode_unverified,
};
use livekit_sdk::proto::{RoomConfiguration, TrackSource, participant_info};
use livekit_sdk::{ErrorKind, TokenProblem};
use serde_json::json;

fn key() -> ApiKey {
    ApiKey::new("APIkey", "a-secret-of-at-least-32-characters").unwrap()
}

fn all_grants() -> ClaimGrants {
    ClaimGrants::default()
        .video(VideoGrant::join("räum").publish_sources([TrackSource::Camera]).can_subscribe(false))
        .sip(SipGrant::default().call(true))
        .agent(AgentGrant::default().dispatch_admin(true))
        .inference(InferenceGrant::default().perform(true))
        .observability(ObservabilityGrant::default().write(true))
        .agent_endpoint(AgentEndpointGrant::default().call(true).agent_name("a"))
        .agent_thread(AgentThreadGrant::default().read(true).thread_ids(["t1", "t2"]))
}

#[test]
fn what_is_minted_is_what_is_verified() {
    let config = RoomConfiguration { name: "räum".to_owned(), max_participants: 3, ..Default::default() };
    let token = AccessToken::with_key(&key())
        .identity("älice 🙂")
        .name("\"Alice\"\n")
        .kind(participant_info::Kind::Agent)
        .kind_details([participant_info::KindDetail::CloudAgent])
        .metadata("{\"a\":\"\\u0000\"}")
        .attributes([("ключ", "値"), ("", "")])
        .room_config(config.clone())
        .room_preset("preset")
        .grant(all_grants());
    let claims = TokenVerifier::new(key()).verify(&token.to_jwt().unwrap()).unwrap();
    assert_eq!(claims.identity(), "älice 🙂");
    assert_eq!(claims.grants, all_grants());
    assert_eq!(claims.room_config.as_deref(), Some(&config));
    assert_eq!(claims.participant_kind(), participant_info::Kind::Agent);
    assert_eq!(claims.participant_kind_details(), [participant_info::KindDetail::CloudAgent]);
    assert_eq!(claims.attributes["ключ"], "値");
    // All that was set, and what is decided on signing.
    let mut expected = token.claims().clone();
    (expected.issuer, expected.exp, expected.nbf) = ("APIkey".to_owned(), claims.exp, claims.nbf);
    assert_eq!(claims, expected);
}

#[test]
fn a_token_is_valid_from_now_for_six_hours() {
    let before = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let claims = decode_unverified(&key().access_token().to_jwt().unwrap()).unwrap();
    let nbf = claims.nbf.unwrap();
    assert!((before..before + 60).contains(&nbf));
    assert_eq!(claims.exp, Some(nbf + DEFAULT_TTL.as_secs()));
    assert_eq!(claims.iat, None);
    assert_eq!(claims.expires_at(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(nbf) + DEFAULT_TTL));
}

#[test]
fn a_token_ends() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let jwt = key().access_token().ttl(Duration::from_secs(10)).to_jwt_at(start).unwrap();
    let verifier = TokenVerifier::from(key());
    let end = start + Duration::from_secs(10) + DEFAULT_LEEWAY;
    assert!(verifier.verify_at(&jwt, end).is_ok());
    let error = verifier.verify_at(&jwt, end + Duration::from_secs(1)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Token(TokenProblem::Expired));
    let error = verifier.verify_at(&jwt, start - DEFAULT_LEEWAY - Duration::from_secs(1)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Token(TokenProblem::NotYetValid));
}

#[test]
fn a_relay_signs_again_with_its_own_key_and_changes_nothing_else() {
    let relay = ApiKey::new("APIrelay", "another-secret").unwrap();
    let jwt = key().access_token().identity("alice").grant(all_grants()).to_jwt().unwrap();
    let claims = TokenVerifier::new(key()).verify(&jwt).unwrap();
    let again = AccessToken::from_claims(&relay, claims.clone()).to_jwt().unwrap();
    let relayed = TokenVerifier::new(relay).verify(&again).unwrap();
    assert_eq!(relayed.issuer, "APIrelay");
    assert_eq!((relayed.exp, relayed.nbf, relayed.grants), (claims.exp, claims.nbf, claims.grants));
}

#[test]
fn claims_are_json_of_the_payload() {
    let payload = json!({
        "iss": "APIkey", "sub": "alice", "exp": 1, "aud": ["a"], "video": { "room": "r", "new": { "x": [1] } }
    });
    let claims: Claims = serde_json::from_value(payload.clone()).unwrap();
    assert_eq!(serde_json::to_value(&claims).unwrap(), payload);
    assert_eq!(serde_json::from_str::<Claims>(&payload.to_string()).unwrap(), claims);
}

/// Grants of one's own, outside of `livekit-sdk`.
#[derive(Clone, Debug, Default, PartialEq, Grant)]
struct HouseGrant {
    /// Open the front door.
    #[grant(key = "openDoor")]
    open_door: bool,
    /// Rooms that may be entered.
    #[grant(key = "rooms")]
    rooms: Vec<String>,
    /// What LiveKit allows in them.
    #[grant(key = "video")]
    video: Option<VideoGrant>,
}

#[test]
fn grants_can_be_derived_outside_of_the_crate() {
    let held = HouseGrant::from(VideoGrant::admin("kitchen")).open_door(true).rooms(["kitchen", "hall"]);
    assert!(held.covers(&HouseGrant::default().rooms(["hall"])));
    assert!(!held.covers(&HouseGrant::default().rooms(["cellar"])));
    assert!(!held.covers(&HouseGrant::from(VideoGrant::admin("cellar"))));
    let json = json!({ "openDoor": true, "rooms": ["kitchen", "hall"], "video": { "roomAdmin": true, "room": "kitchen" } });
    assert_eq!(serde_json::to_value(&held).unwrap(), json);
    assert_eq!(serde_json::from_value::<HouseGrant>(json).unwrap(), held);
}

#[test]
fn many_threads_share_a_key() {
    let (key, verifier) = (key(), TokenVerifier::new(key()));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (key, verifier) = (&key, &verifier);
            scope.spawn(move || {
                for round in 0..100 {
                    let identity = format!("{thread}-{round}");
                    let jwt = key.access_token().identity(&identity).to_jwt().unwrap();
                    assert_eq!(verifier.verify(&jwt).unwrap().identity(), identity);
                }
            });
        }
    });
}
