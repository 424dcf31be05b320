//! Egresses: how they are started, shown, listed and forgotten.

use std::time::Duration;

use livekit_sdk::proto::egress_info::Request;
use livekit_sdk::proto::{
    AzureBlobUpload, EgressInfo, EgressSourceType, EgressStatus, EncodedFileOutput, FileOutput, FilterParams,
    GcpUpload, ImageOutput, ListEgressRequest, MediaSource, Output, ParticipantEgressRequest, Room,
    RoomCompositeEgressRequest, S3Upload, SegmentedFileOutput, StartEgressRequest, StorageConfig,
    StreamOutput, TrackCompositeEgressRequest, TrackEgressRequest, WebEgressRequest, WebSource,
    WebhookConfig, encoded_file_output, output, segmented_file_output, start_egress_request, storage_config,
    track_egress_request,
};
use livekit_sdk::testing::{EgressHandle, TestServer};
use livekit_sdk::{LiveKit, TwirpCode};

use crate::support::{both, events, refused};
use crate::webhooks::Backend;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A request for the whole room in a file, and to these URLs.
pub(crate) fn composite(room: &str, urls: &[&str]) -> RoomCompositeEgressRequest {
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
pub(crate) async fn started(server: &TestServer, lk: &LiveKit) -> EgressHandle {
    lk.room().create_room("daily").await.unwrap();
    let info = lk.egress().start_room_composite_egress(composite("daily", &[])).await.unwrap();
    server.egress(&info.egress_id).unwrap()
}

/// What an id is made of: its prefix, and twelve characters.
fn is_egress_id(id: &str) -> bool {
    id.starts_with("EG_") && id.len() == 15
}

/// All egresses, as callers see them.
pub(crate) async fn listed(lk: &LiveKit) -> Vec<EgressInfo> {
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
        assert_eq!(listed(&lk).await, std::slice::from_ref(&info));

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
