//! Rooms: how they come, change and go.

use std::time::Duration;

use livekit_sdk::TwirpCode;
use livekit_sdk::auth::{AccessToken, VideoGrant};
use livekit_sdk::proto::{CreateRoomRequest, RoomAgentDispatch, RoomConfiguration, RoomEndReason};

use crate::support::{both, events, refused};

#[tokio::test]
async fn a_room_is_created_once() {
    both(async |server, lk| {
        let first = lk.room().create_room("daily").empty_timeout(60).metadata("first").await.unwrap();
        assert!(first.sid.starts_with("RM_") && first.sid.len() == 15, "{}", first.sid);
        assert_eq!((first.empty_timeout, first.departure_timeout, first.max_participants), (60, 20, 0));
        assert_eq!(first.enabled_codecs.len(), 10);
        assert!(first.turn_password.len() > 30 && first.creation_time_ms / 1000 == first.creation_time);
        let again = lk.room().create_room("daily").empty_timeout(1).metadata("second").await.unwrap();
        assert_eq!(again, first, "an open room is returned unchanged");
        assert_eq!(events(&server), ["room_started"]);
        // An empty name is a name.
        assert_eq!(lk.room().create_room("").await.unwrap().name, "");
    })
    .await;
}

#[tokio::test]
async fn what_a_room_may_not_be_is_refused() {
    both(async |_, lk| {
        let long = |length| "x".repeat(length);
        lk.room().create_room(long(256)).await.unwrap();
        refused(lk.room().create_room(long(257)).await, TwirpCode::InvalidArgument);
        refused(lk.room().create_room("a").room_preset("none").await, TwirpCode::InvalidArgument);

        lk.room().create_room("full").metadata(long(512 * 1024)).await.unwrap();
        let agent = |metadata: usize, attribute: usize| RoomAgentDispatch {
            metadata: long(metadata),
            attributes: [("key".to_owned(), long(attribute))].into(),
            ..Default::default()
        };
        let with = |agent| CreateRoomRequest { name: "b".into(), agents: vec![agent], ..Default::default() };
        for (request, limit) in [
            (CreateRoomRequest { metadata: long(512 * 1024 + 1), ..Default::default() }, "524288"),
            (with(agent(512 * 1024 + 1, 0)), "524288"),
            (with(agent(0, 65536 - 2)), "65536"),
        ] {
            let error = lk.room().create_room(request).await.unwrap_err();
            assert!(error.is_invalid_argument(), "{error}");
            assert!(error.refusal().unwrap().meta["argument"].ends_with(limit), "{error}");
        }
        lk.room().create_room(with(agent(0, 65536 - 3))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn rooms_are_listed_by_name() {
    both(async |_, lk| {
        for name in ["a", "b", "c"] {
            lk.room().create_room(name).await.unwrap();
        }
        let listed = lk.room().list_rooms(()).names(["c", "nobody", "a"]).await.unwrap().rooms;
        assert_eq!(listed.iter().map(|room| room.name.as_str()).collect::<Vec<_>>(), ["c", "a"]);
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn metadata_can_be_cleared() {
    both(async |_, lk| {
        lk.room().create_room("daily").metadata("m").await.unwrap();
        assert_eq!(lk.room().update_room_metadata(("daily", "")).await.unwrap().metadata, "");
        refused(lk.room().update_room_metadata(("nobody", "x")).await, TwirpCode::NotFound);
        let error = lk.room().update_room_metadata(("daily", "x".repeat(524_289))).await.unwrap_err();
        assert!(error.is_invalid_argument() && error.refusal().unwrap().meta["argument"].ends_with("524288"));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_room_is_gone_with_everyone() {
    both(async |server, lk| {
        let alice = server.join_room("daily", "alice").unwrap();
        lk.room().delete_room("daily").await.unwrap();
        assert_eq!(alice.disconnect_reason(), Some(livekit_sdk::proto::DisconnectReason::RoomDeleted));
        refused(lk.room().delete_room("daily").await, TwirpCode::NotFound);
        assert_eq!(
            events(&server),
            ["room_started", "participant_joined", "participant_left", "room_finished"]
        );
        let finished = server.webhooks().pop().unwrap().event;
        assert_eq!(finished.room_end_reason(), RoomEndReason::RoomEndApiDelete);
    })
    .await;
}

#[tokio::test]
async fn a_room_that_nobody_joins_closes() {
    both(async |server, lk| {
        lk.room().create_room("daily").empty_timeout(60).await.unwrap();
        server.advance(Duration::from_secs(58));
        assert_eq!(events(&server), ["room_started"]);
        server.advance(Duration::from_secs(2));
        assert_eq!(events(&server), ["room_started", "room_finished"]);
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms, []);
        let finished = server.webhooks().pop().unwrap().event;
        assert_eq!(finished.room_end_reason(), RoomEndReason::RoomEndIdleTimeout);
    })
    .await;
}

#[tokio::test]
async fn a_room_that_everyone_has_left_closes() {
    both(async |server, lk| {
        let [alice, bob] = ["alice", "bob"].map(|who| server.join_room("daily", who).unwrap());
        server.advance(Duration::from_secs(1000));
        alice.leave();
        server.advance(Duration::from_secs(1000));
        bob.leave();
        server.advance(Duration::from_secs(18));
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms.len(), 1);
        let carol = server.join_room("daily", "carol").unwrap();
        server.advance(Duration::from_secs(18));
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms.len(), 1);
        carol.leave();
        server.advance(Duration::from_secs(20));
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn agents_and_recorders_do_not_keep_a_room_open() {
    both(async |server, lk| {
        let join = |identity: &str, grant: VideoGrant, kind: &str| {
            let token = server.api_key().access_token().identity(identity).grant(grant);
            let token = if kind.is_empty() { token } else { token.kind(kind_of(kind)) };
            server.join(&token.to_jwt().unwrap()).unwrap()
        };
        join("agent", VideoGrant::join("daily"), "agent");
        join("recorder", VideoGrant::join("daily").recorder(true).hidden(true), "");
        let alice = join("alice", VideoGrant::join("daily"), "");
        let room = lk.room().list_rooms(()).await.unwrap().rooms.remove(0);
        assert_eq!(room.num_participants, 1);
        assert_eq!(lk.room().list_participants("daily").await.unwrap().participants.len(), 3);
        alice.leave();
        server.advance(Duration::from_secs(20));
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms.len(), 0);
    })
    .await;
}

fn kind_of(text: &str) -> livekit_sdk::proto::participant_info::Kind {
    livekit_sdk::proto::participant_info::Kind::from_claim(text)
}

#[tokio::test]
async fn joining_creates_the_room_that_the_token_describes() {
    both(async |server, lk| {
        let config = RoomConfiguration {
            empty_timeout: 7,
            departure_timeout: 8,
            max_participants: 2,
            metadata: "from the token".into(),
            agents: vec![RoomAgentDispatch { agent_name: "greeter".into(), ..Default::default() }],
            ..Default::default()
        };
        let token = |identity: &str| {
            let token = AccessToken::with_key(server.api_key()).identity(identity);
            token.grant(VideoGrant::join("daily")).room_config(config.clone()).to_jwt().unwrap()
        };
        let _alice = server.join(&token("alice")).unwrap();
        let _bob = server.join(&token("bob")).unwrap();
        let room = lk.room().list_rooms(()).await.unwrap().rooms.remove(0);
        assert_eq!(
            (room.empty_timeout, room.departure_timeout, room.metadata.as_str()),
            (7, 8, "from the token")
        );
        let dispatches = lk.agent_dispatch().list_dispatch("daily").await.unwrap().agent_dispatches;
        assert_eq!(dispatches.iter().map(|it| it.agent_name.as_str()).collect::<Vec<_>>(), ["greeter"]);
        let full = server.join(&token("carol")).unwrap_err();
        assert!(full.is_resource_exhausted(), "{full}");
        // Somebody who is there already may come again.
        server.join(&token("bob")).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_token_needs_what_its_method_needs() {
    both(async |server, _| {
        let denied = async |grant: VideoGrant| {
            let token = server.api_key().access_token().grant(grant).to_jwt().unwrap();
            let lk = livekit_sdk::LiveKit::builder().url("http://livekit.test").token(token);
            let lk = lk.transport(server.transport()).build().unwrap();
            refused(lk.room().list_participants("daily").await, TwirpCode::Unauthenticated);
        };
        denied(VideoGrant::default()).await;
        denied(VideoGrant::default().room_list(true).room("daily")).await;
        denied(VideoGrant::default().room_admin(true)).await;
        denied(VideoGrant::admin("other")).await;
    })
    .await;
}
