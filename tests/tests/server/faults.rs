//! Faults, and the log of calls.

use std::time::Duration;

use livekit_sdk::services::room::RoomServiceClient;
use livekit_sdk::testing::{Fault, TestServer};
use livekit_sdk::transport::Transport as _;
use livekit_sdk::{ErrorKind, TwirpCode};

use crate::support::{both, refused};

#[tokio::test]
async fn a_fault_strikes_its_method_as_often_as_it_is_told() {
    both(async |server, lk| {
        let fault = Fault::twirp(TwirpCode::ResourceExhausted, "slow down");
        server.inject(fault.on(&RoomServiceClient::CREATE_ROOM).times(2));
        lk.room().list_rooms(()).await.unwrap();
        refused(lk.room().create_room("daily").await, TwirpCode::ResourceExhausted);
        refused(lk.room().create_room("daily").await, TwirpCode::ResourceExhausted);
        lk.room().create_room("daily").await.unwrap();
        server.inject(Fault::twirp(TwirpCode::Internal, "always"));
        refused(lk.room().list_rooms(()).await, TwirpCode::Internal);
        refused(lk.room().list_rooms(()).await, TwirpCode::Internal);
        server.clear_faults();
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms.len(), 1, "what failed was not carried out");
    })
    .await;
}

#[tokio::test]
async fn a_fault_is_seen_as_what_it_is() {
    both(async |server, lk| {
        let kind = async |fault: Fault| {
            server.inject(fault.once());
            lk.room().create_room("daily").await.unwrap_err()
        };
        let busy = kind(Fault::sip(486, "Busy Here")).await;
        assert_eq!(
            busy.sip_status().map(|sip| (sip.code, sip.reason)),
            Some((Some(486), "Busy Here".into()))
        );
        let page = kind(Fault::status(502, "text/html", "<h1>Bad Gateway</h1>")).await;
        assert_eq!((page.status(), page.code()), (Some(502), Some(&TwirpCode::Unavailable)));
        let moved = kind(Fault::redirect(301, "https://elsewhere.example/")).await;
        assert_eq!(moved.status(), Some(301));
        assert_eq!(moved.refusal().unwrap().meta["location"], "https://elsewhere.example/");
        for lost in [Fault::drop_unread(), Fault::drop_unanswered(), Fault::truncate(3)] {
            let error = kind(lost.clone()).await;
            assert!(error.is_unreachable(), "{lost:?}: {error:?}");
        }
        let garbage = kind(Fault::garbage("\u{1}garbage")).await;
        assert_eq!(garbage.kind(), &ErrorKind::BadReply);
    })
    .await;
}

#[tokio::test]
async fn what_was_carried_out_before_the_connection_broke_is_done() {
    both(async |server, lk| {
        server.inject(Fault::drop_unread().once());
        lk.room().create_room("unread").await.unwrap_err();
        server.inject(Fault::drop_unanswered().once());
        lk.room().create_room("unanswered").await.unwrap_err();
        let rooms = lk.room().list_rooms(()).await.unwrap().rooms;
        assert_eq!(rooms.iter().map(|room| room.name.as_str()).collect::<Vec<_>>(), ["unanswered"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn answers_come_late() {
    let server = TestServer::new();
    let lk = server.livekit();
    server.inject(Fault::delay(Duration::from_secs(9)).once());
    lk.room().create_room("daily").await.unwrap();
    server.inject(Fault::delay(Duration::from_secs(11)).once());
    assert!(lk.room().create_room("daily").await.unwrap_err().is_timeout());
    server.inject(Fault::slow_body(Duration::from_secs(1)).once());
    assert!(lk.room().create_room("daily").await.unwrap_err().is_timeout());
    server.inject(Fault::twirp(TwirpCode::Aborted, "").after(Duration::from_secs(5)).once());
    let began = tokio::time::Instant::now();
    refused(lk.room().create_room("daily").await, TwirpCode::Aborted);
    assert_eq!(began.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn calls_are_remembered() {
    both(async |server, lk| {
        lk.room().create_room("daily").empty_timeout(9).await.unwrap();
        lk.room().delete_room("weekly").await.unwrap_err();
        let calls = server.calls();
        assert_eq!(
            calls.iter().map(|call| format!("{call:?}")).collect::<Vec<_>>(),
            ["livekit.RoomService/CreateRoom → 200", "livekit.RoomService/DeleteRoom → 404"]
        );
        assert_eq!((calls[0].attempt, calls[0].region), (1, 0));
        assert_eq!(calls[0].request_id().map(str::len), Some(36));
        assert!(calls[0].grants().unwrap().video.unwrap().room_create);
        assert_eq!(server.assert_called(&RoomServiceClient::CREATE_ROOM).empty_timeout, 9);
        server.assert_not_called(&RoomServiceClient::LIST_ROOMS);
        server.clear_calls();
        server.assert_not_called(&RoomServiceClient::CREATE_ROOM);
    })
    .await;
}

#[tokio::test]
async fn attempts_at_a_call_are_counted() {
    let server = TestServer::new();
    for id in ["one", "two", "one"] {
        let request = http::Request::post("http://livekit.test/twirp/livekit.RoomService/ListRooms")
            .header("content-type", "application/protobuf")
            .header("x-livekit-request-id", id);
        server.transport().send(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    }
    let attempts: Vec<_> = server.calls().iter().map(|call| call.attempt).collect();
    assert_eq!(attempts, [1, 1, 2]);
}

#[tokio::test]
#[should_panic(expected = "livekit.RoomService/ListRooms → 200")]
async fn a_failing_assertion_shows_the_calls() {
    let server = TestServer::new();
    server.livekit().room().list_rooms(()).await.unwrap();
    server.assert_called(&RoomServiceClient::CREATE_ROOM);
}

#[tokio::test]
async fn calls_that_are_dropped_are_watched_as_well() {
    for (builder, fault) in [
        (TestServer::builder(), Some(Fault::drop_unread())),
        (TestServer::builder(), Some(Fault::drop_unanswered())),
        (TestServer::builder().control_header(), None),
    ] {
        let server = builder.build();
        fault.into_iter().for_each(|fault| server.inject(fault));
        let (watching, watched) = std::sync::mpsc::channel();
        server.on_call(move |call| watching.send(call.status).unwrap());
        let drops = r#"{"failRegions":[0],"failMode":"drop"}"#;
        server.livekit().room().list_rooms(()).with_header("x-lk-mock", drops).await.unwrap_err();
        assert_eq!(watched.try_iter().collect::<Vec<_>>(), [None]);
    }
}
