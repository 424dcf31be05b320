//! Tokens of LiveKit's crate, and what they open.

use livekit_api::access_token::{AccessToken, TokenVerifier, VideoGrants};
use livekit_api::services::{ServerError, ServerErrorCode as Code, ServiceError};
use livekit_protocol::RoomConfiguration;
use livekit_sdk::testing::{DEV_KEY, DEV_SECRET};

use crate::support::{drive, refused};

fn token(key: &str, secret: &str, grants: VideoGrants) -> String {
    AccessToken::with_api_key(key, secret).with_identity("alice").with_grants(grants).to_jwt().unwrap()
}

#[tokio::test]
async fn a_grant_and_no_other() {
    let driven = drive().await;
    let grants = VideoGrants { room_list: true, ..Default::default() };
    let lister = driven.with_token(&token(DEV_KEY, DEV_SECRET, grants));
    assert_eq!(lister.room().list_rooms(Vec::new()).await.unwrap(), []);
    refused(lister.room().create_room("x", Default::default()).await, Code::UNAUTHENTICATED);

    let grants = VideoGrants { room_admin: true, room: "daily".to_owned(), ..Default::default() };
    let admin = driven.with_token(&token(DEV_KEY, DEV_SECRET, grants));
    assert_eq!(admin.room().list_participants("daily").await.unwrap(), []);
    refused(admin.room().list_participants("other").await, Code::UNAUTHENTICATED);
}

#[tokio::test]
async fn of_another_key() {
    let driven = drive().await;
    for (key, secret) in [(DEV_KEY, "other"), ("other", DEV_SECRET)] {
        let grants = VideoGrants { room_list: true, ..Default::default() };
        let stranger = driven.with_token(&token(key, secret, grants));
        // The refusal is plain text, of which this client only tells that it is not JSON.
        let error = stranger.room().list_rooms(Vec::new()).await.unwrap_err();
        assert!(matches!(error, ServiceError::Twirp(ServerError::Request(_))), "{error:?}");
    }
    let statuses: Vec<_> = driven.server.calls().iter().filter_map(|call| call.status).collect();
    assert_eq!(statuses, [401, 401]);
}

#[tokio::test]
async fn a_join_token_joins_with_its_configuration() {
    let driven = drive().await;
    let config = RoomConfiguration { empty_timeout: 7, metadata: "m".to_owned(), ..Default::default() };
    let grants = VideoGrants { room_join: true, room: "daily".to_owned(), ..Default::default() };
    let token = AccessToken::with_api_key(DEV_KEY, DEV_SECRET)
        .with_identity("alice")
        .with_name("Ålice")
        .with_attributes([("seat", "12")])
        .with_grants(grants)
        .with_room_config(config)
        .to_jwt()
        .unwrap();
    let claims = TokenVerifier::with_api_key(DEV_KEY, DEV_SECRET).verify(&token).unwrap();
    assert_eq!((claims.sub.as_str(), claims.video.room.as_str()), ("alice", "daily"));

    let alice = driven.server.join(&token).unwrap().info().unwrap();
    assert_eq!((alice.name.as_str(), alice.attributes["seat"].as_str()), ("Ålice", "12"));
    let rooms = driven.lk.room().list_rooms(Vec::new()).await.unwrap();
    assert_eq!((rooms[0].empty_timeout, rooms[0].metadata.as_str()), (7, "m"));
    assert_eq!(rooms[0].num_participants, 1);
}
