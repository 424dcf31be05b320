//! Rooms, who is in them, and which agents were sent there.

use std::collections::HashMap;

use livekit_api::services::ServerErrorCode as Code;
use livekit_api::services::room::{CreateRoomOptions, SendDataOptions, UpdateParticipantOptions};
use livekit_protocol::{CreateAgentDispatchRequest, DisconnectReason, ParticipantPermission};
use livekit_sdk::proto::{TrackInfo, TrackSource};

use crate::support::{drive, is_id, is_now, refused};

#[tokio::test]
async fn rooms() {
    let driven = drive().await;
    let rooms = driven.lk.room();
    let options = CreateRoomOptions {
        empty_timeout: 60,
        departure_timeout: 5,
        max_participants: 10,
        metadata: "übung".to_owned(),
        ..Default::default()
    };
    let room = rooms.create_room("daily", options.clone()).await.unwrap();
    assert!(is_id(&room.sid, "RM_"), "{}", room.sid);
    assert_eq!((room.empty_timeout, room.departure_timeout, room.max_participants), (60, 5, 10));
    assert_eq!((room.name.as_str(), room.metadata.as_str()), ("daily", "übung"));
    assert!(is_now(room.creation_time), "{}", room.creation_time);
    assert!(room.enabled_codecs.iter().any(|codec| codec.mime == "video/VP8"));

    let again = rooms.create_room("daily", CreateRoomOptions::default()).await.unwrap();
    assert_eq!(again, room);
    let delayed = rooms.create_room_with_playout_delay("plain", Default::default(), 10, 20).await.unwrap();
    assert_eq!((delayed.empty_timeout, delayed.departure_timeout), (300, 20));
    let found = rooms.list_rooms(vec!["nowhere".to_owned(), "daily".to_owned()]).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&room));
    assert_eq!(rooms.list_rooms(Vec::new()).await.unwrap().len(), 2);

    let updated = rooms.update_room_metadata("daily", "new").await.unwrap();
    assert_eq!((updated.sid, updated.metadata), (room.sid, "new".to_owned()));
    assert_eq!(rooms.update_room_metadata("daily", "").await.unwrap().metadata, "");
    refused(rooms.update_room_metadata("nowhere", "").await, Code::NOT_FOUND);

    refused(rooms.create_room(&"x".repeat(257), options.clone()).await, Code::INVALID_ARGUMENT);
    let long = CreateRoomOptions { metadata: "x".repeat(512 * 1024 + 1), ..options };
    let refusal = refused(rooms.create_room("long", long).await, Code::INVALID_ARGUMENT);
    assert!(refusal.meta["argument"].contains("524288"), "{:?}", refusal.meta);

    rooms.delete_room("plain").await.unwrap();
    refused(rooms.delete_room("plain").await, Code::NOT_FOUND);
    assert_eq!(driven.received_names(), ["room_started", "room_started", "room_finished"]);
}

#[tokio::test]
async fn participants() {
    let driven = drive().await;
    let rooms = driven.lk.room();
    let mut alice = driven.server.join_room("daily", "alice").unwrap();
    driven.server.join_room("daily", "bob").unwrap();

    let found = rooms.list_participants("daily").await.unwrap();
    assert_eq!(found.iter().map(|it| it.identity.as_str()).collect::<Vec<_>>(), ["alice", "bob"]);
    assert_eq!(rooms.list_participants("nowhere").await.unwrap(), []);
    let info = rooms.get_participant("daily", "alice").await.unwrap();
    assert_eq!((info.sid.as_str(), info.is_publisher), (alice.sid(), false));
    refused(rooms.get_participant("daily", "nobody").await, Code::NOT_FOUND);

    let permission = ParticipantPermission { can_subscribe: true, ..Default::default() };
    let attributes = |value: &str| HashMap::from([("seat".to_owned(), value.to_owned())]);
    let options = UpdateParticipantOptions {
        name: "Alice".to_owned(),
        metadata: "m".to_owned(),
        attributes: attributes("12"),
        permission: Some(permission.clone()),
    };
    let updated = rooms.update_participant("daily", "alice", options.clone()).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.metadata.as_str()), ("Alice", "m"));
    assert_eq!((updated.attributes, updated.permission), (attributes("12"), Some(permission)));
    let clear = UpdateParticipantOptions { attributes: attributes(""), ..Default::default() };
    let updated = rooms.update_participant("daily", "alice", clear).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.attributes.len()), ("Alice", 0));
    refused(rooms.update_participant("daily", "nobody", options).await, Code::NOT_FOUND);

    let options = SendDataOptions {
        destination_identities: vec!["alice".to_owned()],
        topic: Some("chat".to_owned()),
        ..Default::default()
    };
    rooms.send_data("daily", b"hello".to_vec(), options.clone()).await.unwrap();
    let received = alice.receive().await.unwrap();
    assert_eq!((&*received.data, received.topic.as_deref()), (&b"hello"[..], Some("chat")));
    refused(rooms.send_data("nowhere", Vec::new(), options).await, Code::UNAVAILABLE);

    rooms.remove_participant("daily", "alice").await.unwrap();
    refused(rooms.remove_participant("daily", "alice").await, Code::NOT_FOUND);
    let last = driven.received().pop().unwrap();
    let reason = last.participant.unwrap().disconnect_reason();
    assert_eq!((last.event.as_str(), reason), ("participant_left", DisconnectReason::ParticipantRemoved));
}

#[tokio::test]
async fn tracks() {
    let driven = drive().await;
    let rooms = driven.lk.room();
    let alice = driven.server.join_room("daily", "alice").unwrap();
    let source = TrackSource::Camera.into();
    let track = alice.publish(TrackInfo { source, name: "camera".to_owned(), ..Default::default() }).unwrap();

    let muted = rooms.mute_published_track("daily", "alice", &track.sid, true).await.unwrap();
    assert_eq!((muted.sid.as_str(), muted.muted), (track.sid.as_str(), true));
    // Of a track that does not exist the server says nothing, which this client takes for impossible.
    let unmuted = rooms.mute_published_track("daily", "alice", &track.sid, false).await;
    refused(unmuted, Code::FAILED_PRECONDITION);
    let missing = rooms.mute_published_track("daily", "nobody", &track.sid, true).await;
    refused(missing, Code::UNAVAILABLE);

    let bob = driven.server.join_room("daily", "bob").unwrap();
    rooms.update_subscriptions("daily", "bob", vec![track.sid.clone()], false).await.unwrap();
    assert_eq!(bob.subscription(&track.sid), Some(false));
    let missing = rooms.update_subscriptions("daily", "nobody", vec![track.sid.clone()], true).await;
    refused(missing, Code::UNAVAILABLE);

    refused(rooms.move_participant("daily", "alice", "daily").await, Code::INVALID_ARGUMENT);
    refused(rooms.move_participant("daily", "nobody", "other").await, Code::UNAVAILABLE);
    refused(rooms.forward_participant("daily", "alice", "other").await, Code::UNKNOWN);

    let events = driven.received();
    let published = events.iter().find(|event| event.event == "track_published").unwrap();
    assert_eq!(published.track.as_ref().map(|it| it.sid.as_str()), Some(track.sid.as_str()));
    assert_eq!(published.participant.as_ref().map(|it| it.identity.as_str()), Some("alice"));
    rooms.delete_room("daily").await.unwrap();
    let names = driven.received_names();
    let left = ["track_unpublished", "participant_left", "participant_left", "room_finished"];
    assert!(names.ends_with(&left.map(str::to_owned)), "{names:?}");
}

#[tokio::test]
async fn dispatches() {
    let driven = drive().await;
    let dispatches = driven.lk.agent_dispatch();
    let request = CreateAgentDispatchRequest {
        room: "desk".to_owned(),
        agent_name: "greeter".to_owned(),
        metadata: "table 4".to_owned(),
        ..Default::default()
    };
    let created = dispatches.create_dispatch(request.clone()).await.unwrap();
    assert!(is_id(&created.id, "AD_"), "{}", created.id);
    assert_eq!((created.agent_name.as_str(), created.metadata.as_str()), ("greeter", "table 4"));
    assert!(is_now(created.state.as_ref().unwrap().created_at / 1_000_000_000), "{:?}", created.state);
    assert_eq!(driven.lk.room().list_rooms(vec!["desk".to_owned()]).await.unwrap().len(), 1);

    assert_eq!(dispatches.list_dispatch("desk").await.unwrap().len(), 2);
    assert_eq!(dispatches.get_dispatch(&created.id, "desk").await.unwrap(), Some(created.clone()));
    assert_eq!(dispatches.get_dispatch("AD_missing", "desk").await.unwrap(), None);
    refused(dispatches.list_dispatch("nowhere").await, Code::UNAVAILABLE);
    let bad = CreateAgentDispatchRequest { deployment: "a_b".to_owned(), ..request };
    refused(dispatches.create_dispatch(bad).await, Code::INVALID_ARGUMENT);

    assert_eq!(dispatches.delete_dispatch(&created.id, "desk").await.unwrap(), created);
    refused(dispatches.delete_dispatch(&created.id, "desk").await, Code::NOT_FOUND);
}
