//! Replays of stored sessions.

use livekit_sdk::TwirpCode;
use livekit_sdk::proto::{
    EgressSourceType, EgressStatus, ExportReplayRequest, FileOutput, MediaSource, Output, ReplayInfo,
    S3Upload, StorageConfig, TemplateSource, egress_info, storage_config,
};

use crate::support::{both, events, refused};

fn replay(room: &str) -> ReplayInfo {
    ReplayInfo { room_name: room.to_owned(), duration_ms: 60_000, ..Default::default() }
}

#[tokio::test]
async fn replays_are_listed_by_room_and_deleted() {
    both(async |server, lk| {
        let replays = lk.replay();
        assert_eq!(replays.list_replays(()).await.unwrap().replays, []);
        let [first, second] = [server.add_replay(replay("daily")), server.add_replay(replay("weekly"))];
        assert!(!first.replay_id.is_empty() && first.replay_id != second.replay_id);
        assert_eq!(replays.list_replays(()).await.unwrap().replays, [first.clone(), second.clone()]);
        assert_eq!(replays.list_replays(()).room_name("weekly").await.unwrap().replays, [second]);
        let renamed = server.add_replay(ReplayInfo { room_name: "monthly".to_owned(), ..first.clone() });
        assert_eq!(replays.list_replays(()).room_name("daily").await.unwrap().replays, []);
        assert_eq!(replays.list_replays(()).room_name("monthly").await.unwrap().replays, [renamed]);

        replays.delete_replay(&*first.replay_id).await.unwrap();
        refused(replays.delete_replay(&*first.replay_id).await, TwirpCode::NotFound);
        refused(replays.delete_replay("").await, TwirpCode::InvalidArgument);
        assert_eq!(replays.list_replays(()).await.unwrap().replays.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_playback_can_be_sent_elsewhere_until_it_is_closed() {
    both(async |server, lk| {
        let replays = lk.replay();
        let stored = server.add_replay(replay("daily")).replay_id;
        let playback =
            replays.playback((&*stored, "cinema")).seek_offset_ms(1_000).await.unwrap().playback_id;
        let playback = &*playback;
        let started = server.replay_playback(playback).unwrap();
        assert_eq!((&*started.playback_room, started.seek_offset_ms), ("cinema", 1_000));
        replays.seek((playback, 30_000)).await.unwrap();
        assert_eq!(server.replay_playback(playback).unwrap().seek_offset_ms, 30_000);
        replays.close(playback).await.unwrap();
        assert_eq!(server.replay_playback(playback), None);
        refused(replays.seek((playback, 0)).await, TwirpCode::NotFound);
        refused(replays.close(playback).await, TwirpCode::NotFound);

        let playback = replays.playback((&*stored, "cinema")).await.unwrap().playback_id;
        replays.delete_replay(&*stored).await.unwrap();
        refused(replays.close(&*playback).await, TwirpCode::NotFound);
        refused(replays.playback((&*stored, "cinema")).await, TwirpCode::NotFound);
        refused(replays.playback((&*stored, "")).await, TwirpCode::InvalidArgument);
    })
    .await;
}

#[tokio::test]
async fn an_export_is_an_egress() {
    both(async |server, lk| {
        let stored = server.add_replay(replay("daily")).replay_id;
        let s3 = S3Upload { bucket: "b".to_owned(), secret: "planted".to_owned(), ..Default::default() };
        let storage = StorageConfig { provider: Some(s3.into()) };
        let output = Output {
            storage: Some(storage.clone()),
            config: Some(FileOutput { filepath: "daily.mp4".to_owned(), ..Default::default() }.into()),
        };
        let request = ExportReplayRequest {
            replay_id: stored.clone(),
            start_offset_ms: 500,
            outputs: vec![output],
            storage: Some(storage),
            source: Some(TemplateSource::default().into()),
            ..Default::default()
        };
        let egress = lk.replay().export(request).await.unwrap();
        assert!(egress.egress_id.starts_with("EG_"), "{egress:?}");
        assert_eq!((&*egress.room_name, egress.status()), ("daily", EgressStatus::EgressStarting));
        assert_eq!(egress.source_type(), EgressSourceType::Web);
        let Some(egress_info::Request::Replay(told)) = &egress.request else { panic!("{egress:?}") };
        assert_eq!((&told.replay_id, told.start_offset_ms), (&stored, 500));
        let secret = |storage: &Option<StorageConfig>| match storage.as_ref().unwrap().provider.as_ref() {
            Some(storage_config::Provider::S3(s3)) => s3.secret.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!([secret(&told.storage), secret(&told.outputs[0].storage)], ["{secret}", "{secret}"]);
        assert_eq!(lk.egress().list_egress(()).await.unwrap().items, [egress.clone()]);

        let media = lk.replay().export(&*stored).source(MediaSource::default()).await.unwrap();
        assert_eq!(media.source_type(), EgressSourceType::Sdk);
        assert_eq!(events(&server), ["egress_started", "egress_started"]);
        let event = server.webhooks().remove(0).event;
        assert_eq!((*event.egress_info.unwrap(), event.room.unwrap().name), (egress, "daily".to_owned()));
        refused(lk.replay().export("RP_unknown").await, TwirpCode::NotFound);
        refused(lk.replay().export("").await, TwirpCode::InvalidArgument);
    })
    .await;
}
