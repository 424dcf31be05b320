//! Webhooks as an application receives them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use livekit_sdk::auth::{ApiKey, TokenVerifier, decode_unverified};
use livekit_sdk::proto::{EgressInfo, EgressStatus, ParticipantInfo, Room, WebhookEvent};
use livekit_sdk::webhook::{WEBHOOK_TTL, WebhookReceiver, sign};
use livekit_sdk::{ErrorKind, TokenProblem, WebhookProblem};

fn key() -> ApiKey {
    ApiKey::new("APIhook", "a-secret-of-at-least-32-characters").unwrap()
}

fn events() -> Vec<WebhookEvent> {
    let event =
        |name: &str| WebhookEvent { event: name.to_owned(), id: format!("EV_{name}"), ..Default::default() };
    let room = Room { name: "räum 🙂".to_owned(), num_participants: 2, ..Default::default() };
    let participant = ParticipantInfo {
        identity: "alice".to_owned(),
        metadata: "\"\\ \n".to_owned(),
        attributes: [("a".to_owned(), "1".to_owned())].into(),
        ..Default::default()
    };
    let egress = EgressInfo {
        egress_id: "EG_1".to_owned(),
        status: EgressStatus::EgressComplete.into(),
        ended_at: i64::MAX,
        ..Default::default()
    };
    vec![
        WebhookEvent { room: Some(room.clone()), created_at: 1_700_000_000, ..event("room_started") },
        WebhookEvent { room: Some(room), participant: Some(participant), ..event("participant_joined") },
        WebhookEvent { egress_info: Some(Box::new(egress)), ..event("egress_ended") },
        WebhookEvent::default(),
    ]
}

#[test]
fn every_event_arrives_as_it_was_sent() {
    let receiver = WebhookReceiver::new(TokenVerifier::new(key()));
    for event in events() {
        let (body, authorization) = sign(&event, &key()).unwrap();
        assert_eq!(receiver.receive(&body, &authorization).unwrap(), event);
        assert_eq!(receiver.receive(&body, &format!("Bearer {authorization}")).unwrap(), event);
    }
}

#[test]
fn a_token_vouches_for_one_body() {
    let receiver = WebhookReceiver::new(key());
    let signed: Vec<_> = events().iter().map(|event| sign(event, &key()).unwrap()).collect();
    for (i, (body, _)) in signed.iter().enumerate() {
        for (j, (_, authorization)) in signed.iter().enumerate() {
            let received = receiver.receive(body, authorization);
            if i == j {
                assert!(received.is_ok());
            } else {
                let kind = received.unwrap_err().kind().clone();
                assert_eq!(kind, ErrorKind::Webhook(WebhookProblem::HashMismatch));
            }
        }
    }
}

#[test]
fn a_body_that_was_written_anew_is_refused() {
    let (body, authorization) = sign(&events()[0], &key()).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    let error = WebhookReceiver::new(key()).receive(&pretty, &authorization).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Webhook(WebhookProblem::HashMismatch));
    assert!(error.to_string().contains("byte for byte"), "{error}");
}

#[test]
fn an_old_webhook_is_refused() {
    let (body, authorization) = sign(&events()[0], &key()).unwrap();
    let claims = decode_unverified(&authorization).unwrap();
    assert_eq!(claims.exp.zip(claims.nbf).map(|(exp, nbf)| exp - nbf), Some(WEBHOOK_TTL.as_secs()));
    let foreign = WebhookReceiver::new(ApiKey::new("APIhook", "another").unwrap());
    let error = foreign.receive(&body, &authorization).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Token(TokenProblem::WrongKey));
    let unknown = WebhookReceiver::new(ApiKey::new("APIother", "another").unwrap());
    let error = unknown.receive(&body, &authorization).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Token(TokenProblem::UnknownIssuer));
}
