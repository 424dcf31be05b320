//! Egresses: what the test and their room let them become, and who is told.

use std::time::Duration;

use livekit_sdk::TwirpCode;
use livekit_sdk::auth::VideoGrant;
use livekit_sdk::proto::egress_info::Request;
use livekit_sdk::proto::{
    AutoParticipantEgress, AutoTrackEgress, CreateRoomRequest, DirectFileOutput, EgressStatus,
    EncodedFileOutput, EncodingOptionsPreset, RoomConfiguration, RoomEgress, S3Upload, TrackInfo,
    UpdateLayoutRequest, UpdateStreamRequest, auto_participant_egress, auto_track_egress,
    participant_egress_request, participant_info, stream_info, track_egress_request,
};
use livekit_sdk::testing::{EgressHandle, TestServer};

use crate::egress::{composite, listed, started};
use crate::support::{both, events, refused};

fn status(egress: &EgressHandle) -> EgressStatus {
    egress.info().unwrap().status()
}

/// The events after those of the room itself.
fn egress_events(server: &TestServer) -> Vec<String> {
    events(server).into_iter().filter(|event| event.starts_with("egress_")).collect()
}

#[tokio::test]
async fn an_egress_runs_as_the_test_says() {
    both(async |server, lk| {
        let egress = started(&server, &lk).await;
        let begun = egress.activate().unwrap();
        assert_eq!(begun.status(), EgressStatus::EgressActive);
        assert_eq!(begun.file_results[0].started_at, begun.updated_at);
        assert!(lk.room().list_rooms(()).await.unwrap().rooms[0].active_recording);

        server.advance(Duration::from_secs(60));
        let stopped = lk.egress().stop_egress(egress.id()).await.unwrap();
        assert_eq!((stopped.status(), stopped.ended_at), (EgressStatus::EgressEnding, 0));
        assert!(!stopped.details.is_empty(), "the reason of the end");

        let done = egress.complete_with(|info| {
            info.file_results[0].size = 1_000;
            info.file_results[0].location = "s3://recordings/daily.mp4".into();
        });
        let done = done.unwrap();
        assert_eq!((done.status(), done.error_code), (EgressStatus::EgressComplete, 0));
        let file = &done.file_results[0];
        assert_eq!((file.size, file.location.as_str()), (1_000, "s3://recordings/daily.mp4"));
        assert_eq!((file.ended_at, done.updated_at), (done.ended_at, done.ended_at));
        assert_eq!(file.duration, file.ended_at - file.started_at);
        assert!(file.duration >= 60_000_000_000, "{}", file.duration);
        assert_eq!(listed(&lk).await, std::slice::from_ref(&done));
        assert!(!lk.room().list_rooms(()).await.unwrap().rooms[0].active_recording);

        let told = ["egress_started", "egress_updated", "egress_updated", "egress_ended"];
        assert_eq!(egress_events(&server), told);
        let last = server.webhooks().pop().unwrap().event;
        assert_eq!(last.egress_info.as_deref(), Some(&done));
        assert_eq!(last.room.unwrap().sid, done.room_id);
    })
    .await;
}

#[tokio::test]
async fn completing_goes_by_way_of_every_state() {
    both(async |server, lk| {
        let egress = started(&server, &lk).await;
        egress.complete().unwrap();
        let states = server.webhooks().into_iter().filter_map(|sent| sent.event.egress_info);
        assert_eq!(
            states.map(|info| info.status()).collect::<Vec<_>>(),
            [
                EgressStatus::EgressStarting,
                EgressStatus::EgressActive,
                EgressStatus::EgressEnding,
                EgressStatus::EgressComplete
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_egress_can_end_badly() {
    both(async |server, lk| {
        let urls = ["rtmp://a.example.com/live/abcdefxyz"];
        lk.room().create_room("daily").await.unwrap();
        let start = async || {
            let request = composite("daily", &urls);
            let info = lk.egress().start_room_composite_egress(request).await.unwrap();
            let egress = server.egress(&info.egress_id).unwrap();
            egress.activate().unwrap();
            egress
        };
        let failed = start().await.fail("the disk is full").unwrap();
        assert_eq!((failed.status(), failed.error_code), (EgressStatus::EgressFailed, 500));
        assert_eq!(failed.error, "the disk is full");
        assert_eq!(failed.stream_results[0].status(), stream_info::Status::Failed);
        assert!(failed.ended_at > 0);

        let code = TwirpCode::InvalidArgument;
        let failed = start().await.fail_with(code, "no such bucket").unwrap();
        assert_eq!((failed.status(), failed.error_code), (EgressStatus::EgressFailed, 400));

        let aborted = start().await.abort("no start signal").unwrap();
        assert_eq!((aborted.status(), aborted.error_code), (EgressStatus::EgressAborted, 412));
        assert_eq!(aborted.error, "no start signal");

        let limited = start().await.limit_reached().unwrap();
        assert_eq!((limited.status(), limited.error_code), (EgressStatus::EgressLimitReached, 413));
        assert_eq!(limited.stream_results[0].status(), stream_info::Status::Finished);
        let ended = egress_events(&server).into_iter().filter(|event| event == "egress_ended");
        assert_eq!(ended.count(), 4);
    })
    .await;
}

#[tokio::test]
async fn what_has_ended_stays_as_it_is() {
    both(async |server, lk| {
        let egress = started(&server, &lk).await;
        let done = egress.fail("no").unwrap();
        let told = server.webhooks().len();
        let refused = |result| refused(result, TwirpCode::FailedPrecondition);
        refused(egress.activate());
        refused(egress.complete());
        refused(egress.fail("again"));
        refused(egress.abort("again"));
        refused(egress.limit_reached());
        assert_eq!((egress.info(), server.webhooks().len()), (Some(done), told));
        assert!(server.egress("EG_unknown").is_none());
    })
    .await;
}

#[tokio::test]
async fn only_running_egresses_are_stopped() {
    both(async |server, lk| {
        refused(lk.egress().stop_egress("EG_unknown").await, TwirpCode::NotFound);
        let egress = started(&server, &lk).await;
        let stopped = lk.egress().stop_egress(egress.id()).await.unwrap();
        assert_eq!(stopped.status(), EgressStatus::EgressEnding, "also before it was active");
        refused(lk.egress().stop_egress(egress.id()).await, TwirpCode::FailedPrecondition);
        egress.complete().unwrap();
        refused(lk.egress().stop_egress(egress.id()).await, TwirpCode::FailedPrecondition);
        assert_eq!(egress_events(&server), ["egress_started", "egress_updated", "egress_ended"]);
    })
    .await;
}

#[tokio::test]
async fn streams_are_added_and_removed() {
    both(async |server, lk| {
        lk.room().create_room("daily").await.unwrap();
        let (first, second) = ("rtmp://a.example.com/live/first-key", "rtmp://a.example.com/live/second-key");
        let info = lk.egress().start_room_composite_egress(composite("daily", &[first])).await.unwrap();
        let egress = server.egress(&info.egress_id).unwrap();
        let update = |add: &[&str], remove: &[&str]| UpdateStreamRequest {
            egress_id: info.egress_id.clone(),
            add_output_urls: add.iter().map(|url| (*url).to_owned()).collect(),
            remove_output_urls: remove.iter().map(|url| (*url).to_owned()).collect(),
        };
        // Nobody is told before it is active.
        lk.egress().update_stream(update(&[], &[])).await.unwrap();
        assert_eq!(egress_events(&server), ["egress_started"]);

        egress.activate().unwrap();
        let updated = lk.egress().update_stream(update(&[second], &[first])).await.unwrap();
        let [old, new] = &updated.stream_results[..] else { panic!("{:?}", updated.stream_results) };
        assert_eq!((old.status(), old.ended_at > 0), (stream_info::Status::Finished, true));
        assert_eq!((new.status(), new.ended_at), (stream_info::Status::Active, 0));
        assert_eq!((new.url.as_str(), new.started_at > 0), ("rtmp://a.example.com/live/{sec...key}", true));
        assert_eq!(egress_events(&server), ["egress_started", "egress_updated", "egress_updated"]);

        refused(lk.egress().update_stream(update(&[], &[first])).await, TwirpCode::NotFound);
        lk.egress().update_stream(update(&[second], &[])).await.unwrap();
        assert_eq!(egress.info().unwrap().stream_results.len(), 2, "it streams there already");
        lk.egress().stop_egress(egress.id()).await.unwrap();
        refused(lk.egress().update_stream(update(&[first], &[])).await, TwirpCode::FailedPrecondition);
        let done = egress.complete().unwrap();
        refused(lk.egress().update_stream(update(&[first], &[])).await, TwirpCode::FailedPrecondition);
        assert_eq!(done.stream_results[0], updated.stream_results[0], "what ended before stays");
        assert_eq!(done.stream_results[1].status(), stream_info::Status::Finished);
    })
    .await;
}

#[tokio::test]
async fn only_streaming_egresses_have_streams() {
    both(async |server, lk| {
        let update = |id: &str| UpdateStreamRequest {
            egress_id: id.into(),
            add_output_urls: vec!["rtmp://a.example.com/live/key".into()],
            ..Default::default()
        };
        refused(lk.egress().update_stream(update("EG_unknown")).await, TwirpCode::NotFound);
        let egress = started(&server, &lk).await;
        refused(lk.egress().update_stream(update(egress.id())).await, TwirpCode::InvalidArgument);
    })
    .await;
}

#[tokio::test]
async fn a_layout_reaches_the_egress_in_the_room() {
    both(async |server, lk| {
        let request = |id: &str| UpdateLayoutRequest { egress_id: id.into(), layout: "speaker \"x\"".into() };
        refused(lk.egress().update_layout(request("EG_unknown")).await, TwirpCode::NotFound);
        let egress = started(&server, &lk).await;
        refused(lk.egress().update_layout(request(egress.id())).await, TwirpCode::NotFound);

        let token = server.api_key().access_token().identity(egress.id());
        let token = token.kind(participant_info::Kind::Egress).grant(VideoGrant::join("daily"));
        let recorder = server.join(&token.to_jwt().unwrap()).unwrap();
        let info = lk.egress().update_layout(request(egress.id())).await.unwrap();
        assert_eq!(Some(info), egress.info());
        assert_eq!(recorder.info().unwrap().metadata, r#"{"layout":"speaker \"x\""}"#);
    })
    .await;
}

#[tokio::test]
async fn egresses_can_run_by_themselves() {
    both(async |server, lk| {
        server.run_egress_automatically(true);
        lk.room().create_room("daily").await.unwrap();
        let info = lk.egress().start_room_composite_egress(composite("daily", &[])).await.unwrap();
        assert_eq!(info.status(), EgressStatus::EgressActive);
        let info = lk.egress().stop_egress(&info.egress_id).await.unwrap();
        assert_eq!(info.status(), EgressStatus::EgressComplete);
        let told = ["egress_started", "egress_updated", "egress_updated", "egress_ended"];
        assert_eq!(egress_events(&server), told);

        let info = lk.egress().start_room_composite_egress(composite("daily", &[])).await.unwrap();
        lk.room().delete_room("daily").await.unwrap();
        let egress = server.egress(&info.egress_id).unwrap();
        assert_eq!(status(&egress), EgressStatus::EgressComplete, "with its room");

        server.run_egress_automatically(false);
        assert_eq!(status(&started(&server, &lk).await), EgressStatus::EgressStarting);
    })
    .await;
}

#[tokio::test]
async fn an_egress_ends_with_its_room() {
    both(async |server, lk| {
        let egress = started(&server, &lk).await;
        egress.activate().unwrap();
        let page = lk.egress().start_web_egress("https://example.com").await.unwrap();
        lk.room().delete_room("daily").await.unwrap();
        assert_eq!(status(&egress), EgressStatus::EgressEnding);
        egress.complete().unwrap();
        let page = server.egress(&page.egress_id).unwrap();
        assert_eq!(status(&page), EgressStatus::EgressStarting, "it is of no room");

        // A new room of the same name is another room.
        let again = started(&server, &lk).await;
        assert_ne!(again.info().unwrap().room_id, egress.info().unwrap().room_id);
        server.advance(Duration::from_secs(300));
        assert_eq!(status(&again), EgressStatus::EgressEnding, "nobody came");
    })
    .await;
}

#[tokio::test]
async fn a_room_begins_with_its_egress() {
    both(async |server, lk| {
        let egress = RoomEgress { room: Some(composite("", &[])), ..Default::default() };
        let request =
            CreateRoomRequest { name: "daily".into(), egress: Some(egress.clone()), ..Default::default() };
        let room = lk.room().create_room(request.clone()).await.unwrap();
        let [info] = &listed(&lk).await[..] else { panic!("not one egress") };
        assert_eq!((&info.room_id, info.room_name.as_str()), (&room.sid, "daily"));
        assert_eq!(info.request, Some(Request::RoomComposite(composite("daily", &[]))));
        assert_eq!(events(&server), ["room_started", "egress_started"]);
        lk.room().create_room(request).await.unwrap();
        assert_eq!(listed(&lk).await.len(), 1, "the room was there already");

        let config = RoomConfiguration { egress: Some(egress), ..Default::default() };
        let token = server.api_key().access_token().identity("alice").grant(VideoGrant::join("weekly"));
        server.join(&token.room_config(config).to_jwt().unwrap()).unwrap();
        assert_eq!(listed(&lk).await[1].room_name, "weekly");
    })
    .await;
}

#[tokio::test]
async fn participants_and_tracks_are_recorded_when_they_publish() {
    both(async |server, lk| {
        let s3 = S3Upload { bucket: "recordings".into(), ..Default::default() };
        let preset = EncodingOptionsPreset::H2641080p30.into();
        let participant = AutoParticipantEgress {
            options: Some(auto_participant_egress::Options::Preset(preset)),
            file_outputs: vec![EncodedFileOutput { filepath: "p.mp4".into(), ..Default::default() }],
            ..Default::default()
        };
        let tracks =
            AutoTrackEgress { output: Some(auto_track_egress::Output::S3(s3.clone())), ..Default::default() };
        let egress =
            RoomEgress { participant: Some(participant), tracks: Some(tracks), ..Default::default() };
        let request = CreateRoomRequest { name: "daily".into(), egress: Some(egress), ..Default::default() };
        lk.room().create_room(request).await.unwrap();

        let alice = server.join_room("daily", "alice").unwrap();
        assert!(listed(&lk).await.is_empty(), "there is nothing to record yet");
        let first = alice.publish(TrackInfo::default()).unwrap();
        let second = alice.publish(TrackInfo::default()).unwrap();
        let requests: Vec<_> = listed(&lk).await.into_iter().map(|info| info.request.unwrap()).collect();
        let [Request::Participant(of_alice), Request::Track(one), Request::Track(two)] = &requests[..] else {
            panic!("{requests:?}")
        };
        assert_eq!((of_alice.room_name.as_str(), of_alice.identity.as_str()), ("daily", "alice"));
        assert_eq!(of_alice.options, Some(participant_egress_request::Options::Preset(preset)));
        assert_eq!(of_alice.file_outputs[0].filepath, "p.mp4");
        assert_eq!((&one.track_id, &two.track_id), (&first.sid, &second.sid));
        let Some(track_egress_request::Output::File(DirectFileOutput { filepath, output, .. })) = &one.output
        else {
            panic!("{:?}", one.output)
        };
        assert_eq!(filepath, "{track_id}-{time}");
        assert_eq!(*output, Some(livekit_sdk::proto::direct_file_output::Output::S3(s3)));

        server.join_room("daily", "bob").unwrap().publish(TrackInfo::default()).unwrap();
        assert_eq!(listed(&lk).await.len(), 5);
    })
    .await;
}
