//! Tokens and webhooks, side by side with the official SDK (`livekit-api` 0.10) on the same inputs.
//!
//! The numbers that count are the ratios: `cargo bench -p livekit-tests --bench auth`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use livekit_api::access_token as theirs;
use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier, VideoGrant};
use livekit_sdk::proto::{ParticipantInfo, Room, WebhookEvent, participant_info};
use livekit_sdk::webhook::{self, WebhookReceiver};

const KEY: &str = "APIbenchmark1234";
const SECRET: &str = "4Zq0rQm1yGm6wF8eXcTn2bVsLk9HdJ3p";

fn key() -> ApiKey {
    ApiKey::new(KEY, SECRET).unwrap()
}

fn our_join_token(key: &ApiKey) -> String {
    AccessToken::with_key(key)
        .identity("participant-4711")
        .name("Ada Lovelace")
        .grant(VideoGrant::join("conference-room-12").can_publish(true).can_subscribe(true))
        .to_jwt()
        .unwrap()
}

fn their_join_token() -> String {
    theirs::AccessToken::with_api_key(KEY, SECRET)
        .with_identity("participant-4711")
        .with_name("Ada Lovelace")
        .with_grants(theirs::VideoGrants {
            room_join: true,
            room: "conference-room-12".to_owned(),
            can_publish: Some(true),
            can_subscribe: Some(true),
            ..Default::default()
        })
        .to_jwt()
        .unwrap()
}

fn mint(c: &mut Criterion) {
    let key = key();
    let mut group = c.benchmark_group("mint_join_token");
    group.bench_function("livekit-sdk", |b| b.iter(|| our_join_token(black_box(&key))));
    group.bench_function("livekit-api", |b| b.iter(their_join_token));
    group.finish();
}

fn verify(c: &mut Criterion) {
    let token = our_join_token(&key());
    let ours = TokenVerifier::new(key());
    let two = TokenVerifier::from_keys([ApiKey::new("APIother", "other").unwrap(), key()]);
    let theirs = theirs::TokenVerifier::with_api_key(KEY, SECRET);
    assert_eq!(theirs.verify(&token).unwrap().sub, ours.verify(&token).unwrap().identity());
    let mut group = c.benchmark_group("verify_join_token");
    group.bench_function("livekit-sdk", |b| b.iter(|| ours.verify(black_box(&token)).unwrap()));
    group.bench_function("livekit-sdk, two keys", |b| b.iter(|| two.verify(black_box(&token)).unwrap()));
    group.bench_function("livekit-api", |b| b.iter(|| theirs.verify(black_box(&token)).unwrap()));
    group.finish();
}

/// A participant who joins, as LiveKit's server reports it; the metadata pads the body to 1 KiB.
fn event(padding: usize) -> WebhookEvent {
    let room = Room {
        sid: "RM_hR3jLp9bQm7x".to_owned(),
        name: "conference-room-12".to_owned(),
        empty_timeout: 300,
        departure_timeout: 20,
        creation_time: 1_760_000_000,
        creation_time_ms: 1_760_000_000_123,
        num_participants: 3,
        ..Default::default()
    };
    let participant = ParticipantInfo {
        sid: "PA_9dQx2LmV7tYb".to_owned(),
        identity: "participant-4711".to_owned(),
        name: "Ada Lovelace".to_owned(),
        state: participant_info::State::Active.into(),
        joined_at: 1_760_000_010,
        joined_at_ms: 1_760_000_010_456,
        metadata: "x".repeat(padding),
        permission: Some(VideoGrant::join("conference-room-12").to_permission()),
        attributes: [("team".to_owned(), "red".to_owned())].into(),
        ..Default::default()
    };
    WebhookEvent {
        event: "participant_joined".to_owned(),
        id: "EV_uF4kTz8wNcXa".to_owned(),
        created_at: 1_760_000_011,
        room: Some(room),
        participant: Some(participant),
        ..Default::default()
    }
}

fn receive(c: &mut Criterion) {
    let (short, _) = webhook::sign(&event(0), &key()).unwrap();
    let (body, authorization) =
        webhook::sign(&event(1024 - short.len() - r#""metadata":"","#.len()), &key()).unwrap();
    assert_eq!(body.len(), 1024);
    let text = String::from_utf8(body.clone()).unwrap();
    let ours = WebhookReceiver::new(TokenVerifier::new(key()));
    let verifier = theirs::TokenVerifier::with_api_key(KEY, SECRET);
    let theirs = livekit_api::webhooks::WebhookReceiver::new(verifier);
    assert_eq!(
        theirs.receive(&text, &authorization).unwrap().id,
        ours.receive(&body, &authorization).unwrap().id
    );
    let mut group = c.benchmark_group("receive_webhook_1k");
    group.bench_function("livekit-sdk", |b| {
        b.iter(|| ours.receive(black_box(&body), black_box(&authorization)).unwrap());
    });
    group.bench_function("livekit-api", |b| {
        b.iter(|| theirs.receive(black_box(&text), black_box(&authorization)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, mint, verify, receive);
criterion_main!(benches);
