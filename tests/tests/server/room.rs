//! Rooms and participants.

use livekit_sdk::TwirpCode;
use livekit_sdk::proto::CreateRoomRequest;

use crate::support::{both, events, refused};

#[tokio::test]
async fn a_room_is_created_once() {
    both(async |server, lk| {
        let first = lk.room().create_room("daily").empty_timeout(60).metadata("first").await.unwrap();
        assert!(first.sid.starts_with("RM_") && first.sid.len() == 15, "{}", first.sid);
        assert_eq!((first.empty_timeout, first.departure_timeout), (60, 20));
        let again = lk.room().create_room("daily").metadata("second").await.unwrap();
        assert_eq!(again, first);
        assert_eq!(events(&server), ["room_started"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_too_long_is_refused() {
    both(async |_, lk| {
        let long = |length| "x".repeat(length);
        refused(lk.room().create_room(long(257)).await, TwirpCode::InvalidArgument);
        let metadata = CreateRoomRequest { metadata: long(512 * 1024 + 1), ..Default::default() };
        let error = lk.room().create_room(metadata).await.unwrap_err();
        assert!(error.refusal().unwrap().meta["argument"].contains("524288"), "{error}");
    })
    .await;
}
