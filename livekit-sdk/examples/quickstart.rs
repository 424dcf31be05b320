//! The main job from end to end: a room, a token for a participant, a webhook.
//!
//! `cargo run --example quickstart` needs nothing: it starts an in-memory LiveKit. With `LIVEKIT_URL`,
//! `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET` set, it talks to that server instead.

use std::time::Duration;

use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier, VideoGrant};
use livekit_sdk::proto::{Room, TrackSource, WebhookEvent};
use livekit_sdk::testing::TestServer;
use livekit_sdk::webhook::{self, WebhookReceiver};
use livekit_sdk::{LiveKit, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let (lk, key) = connect()?;
    println!("server     {}", lk.url());

    let name = format!("quickstart-{}", std::process::id());
    let room = lk.room().create_room(&name).empty_timeout(60).max_participants(20).await?;
    println!("created    {} as {}, for {} participants", room.name, room.sid, room.max_participants);

    let rooms = lk.room().list_rooms(()).await?.rooms;
    println!("listed     {} room(s): {}", rooms.len(), names(&rooms));

    let jwt = AccessToken::with_key(&key)
        .identity("alice")
        .name("Alice")
        .grant(VideoGrant::join(&name).publish_sources([TrackSource::Microphone]))
        .ttl(Duration::from_secs(600))
        .to_jwt()?;
    println!("minted     a token of {} characters for alice", jwt.len());

    let claims = TokenVerifier::new(key.clone()).verify(&jwt)?;
    let video = claims.grants.video.clone().unwrap_or_default();
    println!(
        "verified   {} may join {:?}; microphone: {}, camera: {}",
        claims.identity(),
        video.room,
        video.may_publish_source(TrackSource::Microphone),
        video.may_publish_source(TrackSource::Camera),
    );

    // What LiveKit would post to the application, made here to show the receiving side.
    let started = WebhookEvent { event: "room_started".into(), room: Some(room), ..WebhookEvent::default() };
    let (body, authorization) = webhook::sign(&started, &key)?;
    let event = WebhookReceiver::new(TokenVerifier::new(key)).receive(&body, &authorization)?;
    println!("received   the signed webhook {} of {} bytes", event.event, body.len());

    lk.room().delete_room(&name).await?;
    println!("deleted    {name}");

    let error = lk.room().delete_room(&name).await.err();
    println!("and again  {}", error.map_or_else(|| "no error?".to_owned(), |error| error.to_string()));
    Ok(())
}

/// The server of the environment, or one in memory.
fn connect() -> Result<(LiveKit, ApiKey)> {
    if std::env::var_os("LIVEKIT_URL").is_some() {
        return Ok((LiveKit::from_env()?, ApiKey::from_env()?));
    }
    let server = TestServer::new();
    Ok((server.livekit(), server.api_key().clone()))
}

fn names(rooms: &[Room]) -> String {
    rooms.iter().map(|room| room.name.as_str()).collect::<Vec<_>>().join(", ")
}
