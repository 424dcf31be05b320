//! Participants: joining without media, and what the API does to them.

use std::time::Duration;

use livekit_sdk::auth::{ApiKey, VideoGrant};
use livekit_sdk::proto::{
    DisconnectReason, ParticipantPermission, ParticipantTracks, SendDataRequest, TrackInfo, TrackSource,
    TrackType, participant_info,
};
use livekit_sdk::testing::{Participant, RpcFailure, TestServer};
use livekit_sdk::{ErrorKind, TokenProblem, TwirpCode};

use crate::support::{both, events, refused};

fn microphone() -> TrackInfo {
    TrackInfo {
        name: "mic".into(),
        source: TrackSource::Microphone.into(),
        r#type: TrackType::Audio.into(),
        ..Default::default()
    }
}

fn join_with(server: &TestServer, identity: &str, grant: VideoGrant) -> Participant {
    server.join(&server.api_key().access_token().identity(identity).grant(grant).to_jwt().unwrap()).unwrap()
}

#[tokio::test]
async fn who_joins_is_as_the_token_says() {
    both(async |server, lk| {
        let token = server.api_key().access_token().identity("alice").name("Alice").metadata("m");
        let token = token.attribute("team", "red").kind(participant_info::Kind::Sip);
        let token = token.grant(VideoGrant::join("daily").can_publish(false));
        let alice = server.join(&token.to_jwt().unwrap()).unwrap();
        let info = lk.room().get_participant(("daily", "alice")).await.unwrap();
        assert_eq!(alice.info(), Some(info.clone()));
        assert!(info.sid.starts_with("PA_"), "{}", info.sid);
        assert_eq!((info.name.as_str(), info.metadata.as_str()), ("Alice", "m"));
        assert_eq!(info.attributes["team"], "red");
        assert_eq!(
            (info.state(), info.kind()),
            (participant_info::State::Active, participant_info::Kind::Sip)
        );
        let permission = info.permission.unwrap();
        assert!(permission.can_subscribe && !permission.can_publish && !permission.can_publish_data);
        assert_eq!(events(&server), ["room_started", "participant_joined"]);
    })
    .await;
}

#[tokio::test]
async fn tokens_that_admit_nobody_are_refused() {
    let server = TestServer::new();
    let mint = |identity: &str, grant: VideoGrant| {
        let token = server.api_key().access_token();
        let token = if identity.is_empty() { token } else { token.identity(identity) };
        token.grant(grant).to_jwt().unwrap()
    };
    let code = |token: String| server.join(&token).unwrap_err().code().cloned();
    assert_eq!(code(mint("alice", VideoGrant::default().room("daily"))), Some(TwirpCode::Unauthenticated));
    assert_eq!(code(mint(&"x".repeat(257), VideoGrant::join("daily"))), Some(TwirpCode::InvalidArgument));
    assert_eq!(code(mint("alice", VideoGrant::join("x".repeat(257)))), Some(TwirpCode::InvalidArgument));
    let forged = ApiKey::new("devkey", "guessed").unwrap().access_token().identity("alice");
    let forged = forged.grant(VideoGrant::join("daily")).to_jwt().unwrap();
    assert_eq!(server.join(&forged).unwrap_err().kind(), &ErrorKind::Token(TokenProblem::WrongKey));
    assert_eq!(server.webhooks().len(), 0);
}

#[tokio::test]
async fn one_identity_is_in_a_room_once() {
    let server = TestServer::new();
    let first = server.join_room("daily", "alice").unwrap();
    let second = server.join_room("daily", "alice").unwrap();
    assert_eq!(first.disconnected().await, DisconnectReason::DuplicateIdentity);
    assert_eq!((first.info(), second.disconnect_reason()), (None, None));
    // What the first one does is not done to the second.
    first.leave();
    assert!(first.publish(microphone()).unwrap_err().is_not_found());
    assert!(second.info().is_some());
    assert_eq!(
        events(&server),
        ["room_started", "participant_joined", "participant_left", "participant_joined"]
    );
}

#[tokio::test]
async fn a_connection_that_never_stands_is_told() {
    let server = TestServer::new();
    let token = server.api_key().access_token().identity("alice").grant(VideoGrant::join("daily"));
    server.abort_join(&token.to_jwt().unwrap()).unwrap();
    assert_eq!(events(&server), ["room_started", "participant_connection_aborted"]);
    let told = server.webhooks().pop().unwrap().event;
    assert_eq!(told.participant.unwrap().identity, "alice");
    assert_eq!(told.room.unwrap().num_participants, 0);
}

#[tokio::test]
async fn tracks_are_published_and_counted() {
    both(async |server, lk| {
        let alice = server.join_room("daily", "alice").unwrap();
        let track = alice.publish(microphone()).unwrap();
        assert!(track.sid.starts_with("TR_"), "{}", track.sid);
        let info = lk.room().get_participant(("daily", "alice")).await.unwrap();
        assert_eq!((&info.tracks[..], info.is_publisher), (&[track.clone()][..], true));
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms[0].num_publishers, 1);

        let published = server.webhook(|event| event.event == "track_published").await.unwrap().event;
        let (room, participant) = (published.room.unwrap(), published.participant.unwrap());
        assert_eq!((room.name.as_str(), room.enabled_codecs.len()), ("daily", 0), "sid and name only");
        assert_eq!(
            (participant.identity.as_str(), participant.joined_at),
            ("alice", 0),
            "sid and identity only"
        );
        assert_eq!(published.track.unwrap().sid, track.sid);

        assert_eq!(alice.unpublish(&track.sid).unwrap().unwrap().sid, track.sid);
        assert_eq!(alice.unpublish(&track.sid).unwrap(), None);
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms[0].num_publishers, 0);
        assert_eq!(events(&server).last().unwrap(), "track_unpublished");
    })
    .await;
}

#[tokio::test]
async fn tracks_end_with_their_participant() {
    let server = TestServer::new();
    let alice = server.join_room("daily", "alice").unwrap();
    alice.publish(microphone()).unwrap();
    alice.leave();
    assert_eq!(
        events(&server)[2..],
        ["track_published", "track_unpublished", "participant_left"].map(str::to_owned)
    );
    let left = server.webhooks().pop().unwrap().event.participant.unwrap();
    assert_eq!(left.disconnect_reason(), DisconnectReason::ClientInitiated);
}

#[tokio::test]
async fn tracks_are_muted_and_not_unmuted() {
    both(async |server, lk| {
        let alice = server.join_room("daily", "alice").unwrap();
        let sid = alice.publish(microphone()).unwrap().sid;
        let mute = async |identity: &str, sid: &str, muted: bool| {
            lk.room().mute_published_track(("daily", identity, sid)).muted(muted).await
        };
        assert!(mute("alice", &sid, true).await.unwrap().track.unwrap().muted);
        assert!(alice.info().unwrap().tracks[0].muted);
        refused(mute("alice", &sid, false).await, TwirpCode::FailedPrecondition);
        refused(mute("nobody", &sid, true).await, TwirpCode::Unavailable);
        assert_eq!(mute("alice", "TR_unknown", true).await.unwrap().track, None);
    })
    .await;
}

#[tokio::test]
async fn participants_are_updated() {
    both(async |server, lk| {
        let alice = join_with(&server, "alice", VideoGrant::join("daily"));
        alice.publish(microphone()).unwrap();
        let update = || lk.room().update_participant(("daily", "alice"));
        let info = update().name("Alice").metadata("m").attributes([("a", "1"), ("b", "2")]).await.unwrap();
        assert_eq!((info.name.as_str(), info.metadata.as_str(), info.attributes.len()), ("Alice", "m", 2));
        let info = update().attributes([("a", ""), ("c", "3")]).await.unwrap();
        assert_eq!((info.name.as_str(), info.metadata.as_str()), ("Alice", "m"), "what is empty stays");
        let mut attributes: Vec<_> = info.attributes.into_iter().collect();
        attributes.sort();
        assert_eq!(attributes, [("b".into(), "2".into()), ("c".into(), "3".into())]);

        let deaf = ParticipantPermission { can_subscribe: false, can_publish: false, ..Default::default() };
        let info = update().permission(deaf.clone()).await.unwrap();
        assert_eq!(info.permission, Some(deaf));
        assert!(info.tracks.is_empty() && !info.is_publisher, "what may not be published is unpublished");
        let denied = alice.publish(microphone()).unwrap_err();
        assert!(denied.is_permission_denied(), "{denied}");

        refused(lk.room().update_participant(("daily", "nobody")).await, TwirpCode::NotFound);
        refused(lk.room().update_participant(("nowhere", "alice")).await, TwirpCode::NotFound);
        let long = |length: usize| "x".repeat(length);
        refused(update().name(long(257)).await, TwirpCode::InvalidArgument);
        refused(update().metadata(long(524_289)).await, TwirpCode::InvalidArgument);
        refused(update().attributes([("k", long(65_536))]).await, TwirpCode::InvalidArgument);
    })
    .await;
}

#[tokio::test]
async fn participants_change_themselves_if_they_may() {
    let server = TestServer::new();
    let bound = server.join_room("daily", "bound").unwrap();
    assert!(bound.set_metadata("m").unwrap_err().is_permission_denied());
    let free = join_with(&server, "free", VideoGrant::join("daily").can_update_own_metadata(true));
    free.set_metadata("m").unwrap();
    free.set_name("Free").unwrap();
    free.set_attributes([("a", "1"), ("b", "2")]).unwrap();
    free.set_attributes([("a", "")]).unwrap();
    let info = free.info().unwrap();
    assert_eq!((info.metadata.as_str(), info.name.as_str(), info.attributes.len()), ("m", "Free", 1));
    assert!(free.set_metadata("x".repeat(524_289)).unwrap_err().is_invalid_argument());
}

#[tokio::test]
async fn participants_are_removed() {
    both(async |server, lk| {
        let alice = server.join_room("daily", "alice").unwrap();
        lk.room().remove_participant(("daily", "alice")).await.unwrap();
        assert_eq!(alice.disconnected().await, DisconnectReason::ParticipantRemoved);
        refused(lk.room().remove_participant(("daily", "alice")).await, TwirpCode::NotFound);
        refused(lk.room().remove_participant(("nowhere", "alice")).await, TwirpCode::NotFound);
        refused(lk.room().get_participant(("daily", "alice")).await, TwirpCode::NotFound);
        assert_eq!(lk.room().list_participants("nowhere").await.unwrap().participants, []);
    })
    .await;
}

#[tokio::test]
async fn subscriptions_are_set() {
    both(async |server, lk| {
        let alice = server.join_room("daily", "alice").unwrap();
        let more = ParticipantTracks { track_sids: vec!["TR_2".into()], ..Default::default() };
        lk.room()
            .update_subscriptions(("daily", "alice"))
            .track_sids(["TR_1"])
            .participant_tracks([more])
            .subscribe(true)
            .await
            .unwrap();
        assert_eq!((alice.subscription("TR_1"), alice.subscription("TR_2")), (Some(true), Some(true)));
        lk.room().update_subscriptions(("daily", "alice")).track_sids(["TR_1"]).await.unwrap();
        assert_eq!((alice.subscription("TR_1"), alice.subscription("TR_3")), (Some(false), None));
        refused(lk.room().update_subscriptions(("daily", "nobody")).await, TwirpCode::Unavailable);
    })
    .await;
}

#[tokio::test]
async fn data_reaches_those_it_is_for() {
    both(async |server, lk| {
        let [mut alice, mut bob] = ["alice", "bob"].map(|who| server.join_room("daily", who).unwrap());
        let send =
            |data: &str| SendDataRequest { room: "daily".into(), data: data.into(), ..Default::default() };
        lk.room().send_data(send("to all")).topic("chat").await.unwrap();
        lk.room().send_data(send("to bob")).destination_identities(["bob", "nobody"]).await.unwrap();
        let (first, second) = (bob.receive().await.unwrap(), bob.receive().await.unwrap());
        assert_eq!((&first.data[..], first.topic()), (&b"to all"[..], "chat"));
        assert_eq!(&second.data[..], b"to bob");
        assert_eq!(&alice.receive().await.unwrap().data[..], b"to all");
        alice.leave();
        assert_eq!(alice.receive().await, None, "nothing comes after leaving");

        refused(lk.room().send_data(send("")).nonce([1; 15]).await, TwirpCode::InvalidArgument);
        lk.room().send_data(send("")).nonce([1; 16]).await.unwrap();
        let nowhere = SendDataRequest { room: "nowhere".into(), ..Default::default() };
        refused(lk.room().send_data(nowhere).await, TwirpCode::Unavailable);
    })
    .await;
}

#[tokio::test]
async fn participants_are_not_taken_elsewhere() {
    both(async |server, lk| {
        let _alice = server.join_room("daily", "alice").unwrap();
        let same = lk.room().forward_participant(("daily", "alice", "daily")).await.unwrap_err();
        assert!(
            same.is_invalid_argument() && same.refusal().unwrap().meta.contains_key("argument"),
            "{same}"
        );
        refused(lk.room().move_participant(("daily", "alice", "weekly")).await, TwirpCode::Unknown);
        refused(lk.room().move_participant(("daily", "nobody", "weekly")).await, TwirpCode::Unavailable);
    })
    .await;
}

#[tokio::test]
async fn rpc_is_answered_by_the_participant() {
    both(async |server, lk| {
        let alice = server.join_room("daily", "alice").unwrap();
        alice.on_rpc("greet", async |name| Ok(format!("hello {name}"))).unwrap();
        alice.on_rpc("fail", async |_| Err(RpcFailure::new(42, "on purpose"))).unwrap();
        alice.on_rpc("shout", async |_| Ok("x".repeat(15_361))).unwrap();
        let call = |method: &str| lk.room().perform_rpc(("daily", "alice", method));
        assert_eq!(call("greet").payload("bob").await.unwrap().payload, "hello bob");
        let failed = call("fail").await.unwrap_err();
        assert_eq!(failed.code(), Some(&TwirpCode::Internal));
        assert!(failed.to_string().contains("RpcError: 42: on purpose"), "{failed}");
        refused(call("unknown").await, TwirpCode::InvalidArgument);
        refused(call("greet").payload("x".repeat(15_361)).await, TwirpCode::InvalidArgument);
        refused(call("shout").await, TwirpCode::Internal);
        refused(lk.room().perform_rpc(("daily", "", "greet")).await, TwirpCode::InvalidArgument);
        refused(lk.room().perform_rpc(("daily", "nobody", "greet")).await, TwirpCode::Unavailable);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn rpc_that_is_not_answered_is_canceled() {
    let server = TestServer::new();
    let alice = server.join_room("daily", "alice").unwrap();
    alice.on_rpc("sleep", async |_| std::future::pending().await).unwrap();
    let began = tokio::time::Instant::now();
    let call = server.livekit().room().perform_rpc(("daily", "alice", "sleep")).response_timeout_ms(700);
    refused(call.await, TwirpCode::Canceled);
    assert_eq!(began.elapsed().as_millis() / 10, Duration::from_millis(700).as_millis() / 10);
}
