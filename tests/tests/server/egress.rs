//! Egresses: what callers ask for, what the test lets them become, and who is told.

use std::time::Duration;

use livekit_sdk::auth::VideoGrant;
use livekit_sdk::proto::egress_info::Request;
use livekit_sdk::proto::{
    AutoParticipantEgress, AutoTrackEgress, AzureBlobUpload, CreateRoomRequest, DirectFileOutput, EgressInfo,
    EgressSourceType, EgressStatus, EncodedFileOutput, EncodingOptionsPreset, FileOutput, FilterParams,
    GcpUpload, ImageOutput, ListEgressRequest, MediaSource, Output, ParticipantEgressRequest, Room,
    RoomCompositeEgressRequest, RoomConfiguration, RoomEgress, S3Upload, SegmentedFileOutput,
    StartEgressRequest, StorageConfig, StreamOutput, TrackCompositeEgressRequest, TrackEgressRequest,
    TrackInfo, UpdateLayoutRequest, UpdateStreamRequest, WebEgressRequest, WebSource, WebhookConfig,
    auto_participant_egress, auto_track_egress, encoded_file_output, output, participant_egress_request,
    participant_info, segmented_file_output, start_egress_request, storage_config, stream_info,
    track_egress_request,
};
use livekit_sdk::testing::{EgressHandle, TestServer};
use livekit_sdk::{LiveKit, TwirpCode};

use crate::support::{both, events, refused};
use crate::webhooks::Backend;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A request for the whole room in a file, and to these URLs.
fn composite(room: &str, urls: &[&str]) -> RoomCompositeEgressRequest {
    let file = EncodedFileOutput { filepath: "daily.mp4".into(), ..Default::default() };
    let urls: Vec<_> = urls.iter().map(|url| (*url).to_owned()).collect();
    let stream = StreamOutput { urls, ..Default::default() };
    RoomCompositeEgressRequest {
        room_name: room.into(),
        file_outputs: vec![file],
        stream_outputs: if stream.urls.is_empty() { vec![] } else { vec![stream] },
        ..Default::default()
    }
}

/// An egress of the room "daily" into a file, which has just been started.
async fn started(server: &TestServer, lk: &LiveKit) -> EgressHandle {
    lk.room().create_room("daily").await.unwrap();
    let info = lk.egress().start_room_composite_egress(composite("daily", &[])).await.unwrap();
    server.egress(&info.egress_id).unwrap()
}

fn status(egress: &EgressHandle) -> EgressStatus {
    egress.info().unwrap().status()
}

/// What an id is made of: its prefix, and twelve characters.
fn is_egress_id(id: &str) -> bool {
    id.starts_with("EG_") && id.len() == 15
}

/// The events after those of the room itself.
fn egress_events(server: &TestServer) -> Vec<String> {
    events(server).into_iter().filter(|event| event.starts_with("egress_")).collect()
}

/// All egresses, as callers see them.
async fn listed(lk: &LiveKit) -> Vec<EgressInfo> {
    lk.egress().list_egress(()).await.unwrap().items
}

#[tokio::test]
async fn a_started_egress_shows_what_was_asked_for() {
    both(async |server, lk| {
        let room = lk.room().create_room("daily").await.unwrap();
        let info = lk.egress().start_room_composite_egress(composite("daily", &[])).await.unwrap();
        assert!(is_egress_id(&info.egress_id), "{}", info.egress_id);
        assert_eq!((&info.room_id, info.room_name.as_str()), (&room.sid, "daily"));
        assert_eq!((info.status(), info.ended_at), (EgressStatus::EgressStarting, 0));
        assert!(info.started_at > 1_700_000_000_000_000_000, "nanoseconds: {}", info.started_at);
        assert_eq!(info.updated_at, info.started_at);
        assert_eq!(info.request, Some(Request::RoomComposite(composite("daily", &[]))));
        assert_eq!(info.file_results.len(), 1);
        assert_eq!(
            (info.file_results[0].filename.as_str(), info.file_results[0].started_at),
            ("daily.mp4", 0)
        );
        assert_eq!(info.stream_results.len() + info.segment_results.len() + info.image_results.len(), 0);
        assert_eq!(listed(&lk).await, [info.clone()]);

        let told = server.webhook(|event| event.event == "egress_started").await.unwrap().event;
        assert_eq!(told.egress_info.as_deref(), Some(&info));
        assert_eq!(told.room, Some(Room { sid: room.sid, name: "daily".into(), ..Default::default() }));
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_egress_is_echoed() {
    both(async |_, lk| {
        lk.room().create_room("daily").await.unwrap();
        let room_name = || "daily".to_owned();
        let of_media = start_egress_request::Source::Media(MediaSource::default());
        let of_media =
            StartEgressRequest { room_name: room_name(), source: Some(of_media), ..Default::default() };
        let participant = ParticipantEgressRequest {
            room_name: room_name(),
            identity: "alice".into(),
            ..Default::default()
        };
        let tracks = TrackCompositeEgressRequest {
            room_name: room_name(),
            audio_track_id: "TR_a".into(),
            ..Default::default()
        };
        let track =
            TrackEgressRequest { room_name: room_name(), track_id: "TR_a".into(), ..Default::default() };

        let egress = lk.egress();
        let of_worker = [
            (egress.start_egress(of_media.clone()).await, Request::Egress(of_media)),
            (egress.start_participant_egress(participant.clone()).await, Request::Participant(participant)),
            (egress.start_track_composite_egress(tracks.clone()).await, Request::TrackComposite(tracks)),
            (egress.start_track_egress(track.clone()).await, Request::Track(track)),
        ];
        for (info, request) in of_worker {
            let info = info.unwrap();
            assert_eq!(info.source_type(), EgressSourceType::Sdk, "{request:?}");
            assert_eq!((info.room_name, info.request), (room_name(), Some(request)));
        }
        assert_eq!(listed(&lk).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn the_room_must_exist_if_one_is_named() {
    both(async |server, lk| {
        let egress = lk.egress();
        let room_name = || "nowhere".to_owned();
        let not_found = TwirpCode::NotFound;
        refused(egress.start_room_composite_egress(composite("nowhere", &[])).await, not_found.clone());
        let request = ParticipantEgressRequest { room_name: room_name(), ..Default::default() };
        refused(egress.start_participant_egress(request).await, not_found.clone());
        let request = TrackCompositeEgressRequest { room_name: room_name(), ..Default::default() };
        refused(egress.start_track_composite_egress(request).await, not_found.clone());
        let request = TrackEgressRequest { room_name: room_name(), ..Default::default() };
        refused(egress.start_track_egress(request).await, not_found.clone());
        let request = StartEgressRequest { room_name: room_name(), ..Default::default() };
        refused(egress.start_egress(request).await, not_found);
        assert!(listed(&lk).await.is_empty() && server.webhooks().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_web_page_needs_no_room() {
    both(async |server, lk| {
        let page = WebEgressRequest { url: "https://example.com".into(), ..Default::default() };
        let info = lk.egress().start_web_egress(page.clone()).await.unwrap();
        assert_eq!((info.room_id.as_str(), info.room_name.as_str()), ("", ""));
        assert_eq!(info.request, Some(Request::Web(page)));

        let source = start_egress_request::Source::Web(WebSource::default());
        let request = StartEgressRequest { source: Some(source), ..Default::default() };
        let info = lk.egress().start_egress(request).await.unwrap();
        assert_eq!(info.source_type(), EgressSourceType::Web);
        assert!(server.webhooks().iter().all(|sent| sent.event.room.is_none()));
        assert_eq!(events(&server), ["egress_started", "egress_started"]);
    })
    .await;
}

#[tokio::test]
async fn credentials_are_masked() {
    both(async |server, lk| {
        lk.room().create_room("daily").await.unwrap();
        let s3 = S3Upload {
            access_key: "AKIA".into(),
            secret: "hush".into(),
            session_token: "hush".into(),
            assume_role_external_id: "hush".into(),
            bucket: "recordings".into(),
            ..Default::default()
        };
        let file = EncodedFileOutput {
            filepath: "a.mp4".into(),
            output: Some(encoded_file_output::Output::S3(s3)),
            ..Default::default()
        };
        let azure =
            AzureBlobUpload { account_name: "hush".into(), account_key: "hush".into(), ..Default::default() };
        let segments = SegmentedFileOutput {
            playlist_name: "a.m3u8".into(),
            live_playlist_name: "live.m3u8".into(),
            output: Some(segmented_file_output::Output::Azure(azure)),
            ..Default::default()
        };
        let images = ImageOutput { filename_prefix: "shots/".into(), ..Default::default() };
        let request = RoomCompositeEgressRequest {
            file_outputs: vec![file],
            segment_outputs: vec![segments],
            image_outputs: vec![images],
            ..composite("daily", &["rtmp://a.example.com/live/key-hush-end"])
        };
        let info = lk.egress().start_room_composite_egress(request).await.unwrap();
        assert_eq!(info.segment_results[0].playlist_name, "a.m3u8");
        assert_eq!(info.segment_results[0].live_playlist_name, "live.m3u8");
        assert_eq!(info.image_results[0].filename_prefix, "shots/");
        assert_eq!(info.stream_results[0].url, "rtmp://a.example.com/live/{key...end}");

        let Some(Request::RoomComposite(shown)) = info.request else { panic!("{:?}", info.request) };
        let Some(encoded_file_output::Output::S3(s3)) = &shown.file_outputs[0].output else { panic!() };
        let masked = [&s3.access_key, &s3.secret, &s3.session_token, &s3.assume_role_external_id];
        assert_eq!(masked, ["{access_key}", "{secret}", "{session_token}", "{external_id}"]);
        assert_eq!((s3.bucket.as_str(), s3.region.as_str()), ("recordings", ""));
        assert_eq!(shown.stream_outputs[0].urls, ["rtmp://a.example.com/live/{key...end}"]);
        let Some(segmented_file_output::Output::Azure(azure)) = &shown.segment_outputs[0].output else {
            panic!()
        };
        assert_eq!([&azure.account_name, &azure.account_key], ["{account_name}", "{account_key}"]);
        for sent in server.webhooks() {
            let body = String::from_utf8_lossy(&sent.body).into_owned();
            assert!(!body.contains("hush"), "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn outputs_of_the_newest_request_are_masked_too() {
    both(async |_, lk| {
        lk.room().create_room("daily").await.unwrap();
        let gcp = GcpUpload { credentials: "hush".into(), ..Default::default() };
        let storage = Some(StorageConfig { provider: Some(storage_config::Provider::Gcp(gcp)) });
        let file = FileOutput { filepath: "a.mp4".into(), ..Default::default() };
        let stream = StreamOutput { urls: vec!["mux://abcdefxyz".into()], ..Default::default() };
        let request = StartEgressRequest {
            room_name: "daily".into(),
            outputs: vec![
                Output { config: Some(output::Config::File(file)), storage: storage.clone() },
                Output { config: Some(output::Config::Stream(stream)), storage: None },
            ],
            storage,
            ..Default::default()
        };
        let info = lk.egress().start_egress(request).await.unwrap();
        assert_eq!(info.file_results[0].filename, "a.mp4");
        assert_eq!(info.stream_results[0].url, "mux://{abc...xyz}");
        let Some(Request::Egress(shown)) = info.request else { panic!("{:?}", info.request) };
        for storage in [shown.storage, shown.outputs[0].storage.clone()] {
            let Some(storage_config::Provider::Gcp(gcp)) = storage.unwrap().provider else { panic!() };
            assert_eq!(gcp.credentials, "{credentials}");
        }

        let output = track_egress_request::Output::WebsocketUrl("wss://a.example.com?key=abcdefxyz".into());
        let request =
            TrackEgressRequest { room_name: "daily".into(), output: Some(output), ..Default::default() };
        let info = lk.egress().start_track_egress(request).await.unwrap();
        assert_eq!(info.stream_results[0].url, "wss://a.example.com?key={abc...xyz}");
    })
    .await;
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
        assert_eq!(listed(&lk).await, [done.clone()]);
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
async fn egresses_are_listed_as_asked() {
    both(async |server, lk| {
        let first = started(&server, &lk).await;
        lk.room().create_room("weekly").await.unwrap();
        let second = lk.egress().start_room_composite_egress(composite("weekly", &[])).await.unwrap();
        lk.egress().stop_egress(first.id()).await.unwrap();
        let ids = async |request: ListEgressRequest| {
            let items = lk.egress().list_egress(request).await.unwrap().items;
            items.into_iter().map(|info| info.egress_id).collect::<Vec<_>>()
        };
        let both = [first.id(), &second.egress_id];
        assert_eq!(ids(ListEgressRequest::default()).await, both);
        let active = || ListEgressRequest { active: true, ..Default::default() };
        assert_eq!(ids(active()).await, both, "one that is ending has not ended");
        first.complete().unwrap();
        assert_eq!(ids(active()).await, [&*second.egress_id]);
        assert_eq!(ids(ListEgressRequest { room_name: "daily".into(), ..active() }).await, [""; 0]);
        let of_room = ListEgressRequest { room_name: "daily".into(), ..Default::default() };
        assert_eq!(ids(of_room).await, [first.id()]);
        let by_id = |id: &str| ListEgressRequest { egress_id: id.into(), ..Default::default() };
        let by_id_only = ListEgressRequest { active: true, room_name: "weekly".into(), ..by_id(first.id()) };
        assert_eq!(ids(by_id_only).await, [first.id()]);
        refused(lk.egress().list_egress(by_id("EG_unknown")).await, TwirpCode::NotFound);
    })
    .await;
}

#[tokio::test]
async fn an_egress_is_forgotten_a_day_after_its_end() {
    both(async |server, lk| {
        let egress = started(&server, &lk).await;
        server.advance(2 * DAY);
        assert_eq!(listed(&lk).await.len(), 1, "it has not ended");
        egress.complete().unwrap();
        server.advance(DAY - Duration::from_secs(60));
        assert_eq!(listed(&lk).await.len(), 1);
        server.advance(Duration::from_secs(60));
        assert!(listed(&lk).await.is_empty());
        assert!(egress.info().is_none() && server.egress(egress.id()).is_none());
        refused(egress.complete(), TwirpCode::NotFound);
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

#[tokio::test]
async fn a_request_brings_webhooks_of_its_own() {
    let backend = Backend::start([]).await;
    let server = TestServer::new();
    let lk = server.livekit();
    lk.room().create_room("daily").await.unwrap();
    let only_ends = FilterParams { include_events: vec!["egress_ended".into()], ..Default::default() };
    let webhook = |signing_key: &str, filter_params| WebhookConfig {
        url: backend.url.clone(),
        signing_key: signing_key.into(),
        filter_params,
    };
    let key = server.api_key().id();
    let webhooks = vec![webhook(key, None), webhook("", Some(only_ends))];
    let request = RoomCompositeEgressRequest { webhooks, ..composite("daily", &[]) };
    let info = lk.egress().start_room_composite_egress(request).await.unwrap();
    server.egress(&info.egress_id).unwrap().fail("no").unwrap();

    let received = backend.received(3).await;
    let receiver = livekit_sdk::webhook::WebhookReceiver::new(server.api_key().clone());
    let mut told: Vec<_> = received
        .iter()
        .map(|(headers, body)| {
            receiver.receive(body, headers["authorization"].to_str().unwrap()).unwrap().event
        })
        .collect();
    told.sort();
    assert_eq!(told, ["egress_ended", "egress_ended", "egress_started"]);
}

#[tokio::test]
async fn an_unknown_signing_key_is_refused() {
    both(async |_, lk| {
        let request = |room: &str| {
            let webhook = WebhookConfig {
                url: "http://127.0.0.1:1".into(),
                signing_key: "nobodys".into(),
                ..Default::default()
            };
            RoomCompositeEgressRequest { webhooks: vec![webhook], ..composite(room, &[]) }
        };
        let start = async |room| lk.egress().start_room_composite_egress(request(room)).await;
        refused(start("daily").await, TwirpCode::NotFound);
        lk.room().create_room("daily").await.unwrap();
        refused(start("daily").await, TwirpCode::InvalidArgument);
        assert!(listed(&lk).await.is_empty());
    })
    .await;
}
