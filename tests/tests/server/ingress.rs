//! Ingresses: which are allowed, how they change, and what the test lets them do.

use livekit_sdk::TwirpCode;
use livekit_sdk::proto::ingress_state::Status;
use livekit_sdk::proto::{
    AudioCodec, CreateIngressRequest, IngressAudioEncodingOptions, IngressAudioEncodingPreset,
    IngressAudioOptions, IngressInfo, IngressInput, IngressVideoEncodingOptions, IngressVideoEncodingPreset,
    IngressVideoOptions, ListIngressRequest, Room, TrackSource, UpdateIngressRequest, VideoCodec, VideoLayer,
    VideoQuality, ingress_audio_options, ingress_video_options,
};
use livekit_sdk::testing::TestServer;

use crate::support::{both, events, refused};

/// An ingress that may be created, of this kind.
fn request(input: IngressInput) -> CreateIngressRequest {
    CreateIngressRequest {
        input_type: input.into(),
        url: "https://example.com/live.m3u8".into(),
        name: "camera".into(),
        room_name: "daily".into(),
        participant_identity: "camera-1".into(),
        participant_name: "Camera 1".into(),
        participant_metadata: "m".into(),
        ..Default::default()
    }
}

fn rtmp() -> CreateIngressRequest {
    request(IngressInput::RtmpInput)
}

fn status(info: &IngressInfo) -> Status {
    info.state.as_ref().unwrap().status()
}

fn video(options: IngressVideoEncodingOptions) -> IngressVideoOptions {
    let encoding_options = Some(ingress_video_options::EncodingOptions::Options(options));
    IngressVideoOptions { encoding_options, ..Default::default() }
}

fn layer(quality: VideoQuality, width: u32, height: u32) -> VideoLayer {
    VideoLayer { quality: quality.into(), width, height, ..Default::default() }
}

#[tokio::test]
#[allow(deprecated, reason = "callers still read `bypass_transcoding`")]
async fn an_ingress_that_is_pushed_to_has_an_address_and_a_key() {
    both(async |server, lk| {
        let kinds = [
            (IngressInput::RtmpInput, TestServer::RTMP_URL, true),
            (IngressInput::WhipInput, TestServer::WHIP_URL, false),
        ];
        for (input, url, transcodes) in kinds {
            // The deprecated field says the opposite, and is not looked at.
            let asked = CreateIngressRequest { bypass_transcoding: transcodes, ..request(input) };
            let info = lk.ingress().create_ingress(asked).await.unwrap();
            assert!(info.ingress_id.starts_with("IN_") && info.ingress_id.len() == 15, "{info:?}");
            assert_eq!((info.input_type(), info.url.as_str()), (input, url));
            assert_eq!(info.stream_key.len(), 12, "{}", info.stream_key);
            assert!(info.reusable);
            assert_eq!(info.enable_transcoding, Some(transcodes));
            assert_eq!(info.bypass_transcoding, !transcodes);
            assert_eq!((status(&info), info.enabled), (Status::EndpointInactive, None));
            assert_eq!((info.name.as_str(), info.room_name.as_str()), ("camera", "daily"));
            let participant =
                [&info.participant_identity, &info.participant_name, &info.participant_metadata];
            assert_eq!(participant, ["camera-1", "Camera 1", "m"]);
        }
        assert!(events(&server).is_empty(), "nothing has begun");
    })
    .await;
}

#[tokio::test]
async fn an_ingress_that_pulls_has_its_url() {
    both(async |_, lk| {
        let create = async |url: &str| {
            let request = CreateIngressRequest { url: url.into(), ..request(IngressInput::UrlInput) };
            lk.ingress().create_ingress(request).await
        };
        let info = create("HTTPS://example.com/live.m3u8").await.unwrap();
        assert_eq!(info.url, "https://example.com/live.m3u8");
        assert_eq!((info.stream_key.as_str(), info.reusable), ("", false));
        assert_eq!((info.enable_transcoding, status(&info)), (Some(true), Status::EndpointInactive));
        create("srt://example.com:9000?mode=caller").await.unwrap();
        for url in ["", "not a url", "http://", "rtmp://example.com/live", "file:///etc/passwd"] {
            refused(create(url).await, TwirpCode::InvalidArgument);
        }
    })
    .await;
}

#[tokio::test]
async fn what_contradicts_itself_is_refused() {
    let url = || request(IngressInput::UrlInput);
    let whip = || request(IngressInput::WhipInput);
    let preset = ingress_video_options::EncodingOptions::Preset(0);
    let with_preset = IngressVideoOptions { encoding_options: Some(preset), ..Default::default() };
    let opus = ingress_audio_options::EncodingOptions::Preset(0);
    let with_opus = IngressAudioOptions { encoding_options: Some(opus), ..Default::default() };
    let cases = [
        CreateIngressRequest { input_type: 7, ..rtmp() },
        CreateIngressRequest { participant_identity: String::new(), ..rtmp() },
        CreateIngressRequest { participant_identity: String::new(), ..whip() },
        CreateIngressRequest { participant_identity: String::new(), ..url() },
        CreateIngressRequest { room_name: String::new(), ..url() },
        CreateIngressRequest { enabled: Some(false), ..url() },
        CreateIngressRequest { enable_transcoding: Some(false), ..url() },
        CreateIngressRequest { enable_transcoding: Some(false), ..rtmp() },
        CreateIngressRequest { video: Some(with_preset.clone()), ..whip() },
        CreateIngressRequest { audio: Some(with_opus), ..whip() },
    ];
    let allowed = [
        CreateIngressRequest { room_name: String::new(), enabled: Some(false), ..rtmp() },
        CreateIngressRequest { room_name: String::new(), ..whip() },
        CreateIngressRequest { enable_transcoding: Some(true), video: Some(with_preset), ..whip() },
        CreateIngressRequest { enabled: Some(true), ..url() },
    ];
    let server = TestServer::new();
    let lk = server.livekit();
    for case in cases {
        refused(lk.ingress().create_ingress(case).await, TwirpCode::InvalidArgument);
    }
    assert!(lk.ingress().list_ingress(()).await.unwrap().items.is_empty());
    for case in allowed {
        lk.ingress().create_ingress(case).await.unwrap();
    }
}

#[tokio::test]
async fn video_options_are_checked() {
    let source = |source: i32| IngressVideoOptions { source, ..Default::default() };
    let preset = |preset| IngressVideoOptions {
        encoding_options: Some(ingress_video_options::EncodingOptions::Preset(preset)),
        ..Default::default()
    };
    let codec = |codec: i32| video(IngressVideoEncodingOptions { video_codec: codec, ..Default::default() });
    let rate = |frame_rate| video(IngressVideoEncodingOptions { frame_rate, ..Default::default() });
    let layers = |layers: &[VideoLayer]| {
        video(IngressVideoEncodingOptions { layers: layers.to_vec(), ..Default::default() })
    };
    let (low, medium, high) = (VideoQuality::Low, VideoQuality::Medium, VideoQuality::High);
    let bad = [
        source(TrackSource::Microphone.into()),
        source(99),
        preset(99),
        codec(VideoCodec::H264Main.into()),
        codec(VideoCodec::H264High.into()),
        codec(99),
        rate(-1.0),
        layers(&[layer(low, 0, 360)]),
        layers(&[layer(low, 640, 0)]),
        layers(&[layer(low, 641, 360)]),
        layers(&[layer(low, 640, 361)]),
        layers(&[layer(low, 640, 360), layer(low, 1280, 720)]),
        layers(&[layer(high, 640, 360), layer(low, 1280, 720)]),
        layers(&[layer(low, 640, 360), layer(medium, 320, 180), layer(high, 1280, 720)]),
    ];
    let good = [
        source(TrackSource::Camera.into()),
        source(TrackSource::ScreenShare.into()),
        preset(IngressVideoEncodingPreset::H2641080p30fps1LayerHighMotion.into()),
        codec(VideoCodec::H264Baseline.into()),
        codec(VideoCodec::Vp8.into()),
        rate(29.97),
        layers(&[]),
        layers(&[layer(high, 1280, 720), layer(low, 640, 360), layer(medium, 640, 360)]),
    ];
    let server = TestServer::new();
    let lk = server.livekit();
    for video in bad {
        let request = CreateIngressRequest { video: Some(video), ..rtmp() };
        refused(lk.ingress().create_ingress(request).await, TwirpCode::InvalidArgument);
    }
    for video in good {
        let request = CreateIngressRequest { video: Some(video.clone()), ..rtmp() };
        assert_eq!(lk.ingress().create_ingress(request).await.unwrap().video, Some(video));
    }
}

#[tokio::test]
async fn audio_options_are_checked() {
    let source = |source: i32| IngressAudioOptions { source, ..Default::default() };
    let encoding = |encoding| IngressAudioOptions { encoding_options: Some(encoding), ..Default::default() };
    let preset = |preset| encoding(ingress_audio_options::EncodingOptions::Preset(preset));
    let options = |audio_codec: AudioCodec, channels| {
        let audio_codec = audio_codec.into();
        let options = IngressAudioEncodingOptions { audio_codec, channels, ..Default::default() };
        encoding(ingress_audio_options::EncodingOptions::Options(options))
    };
    let bad = [
        source(TrackSource::Camera.into()),
        source(99),
        preset(99),
        options(AudioCodec::Aac, 2),
        options(AudioCodec::AcMp3, 2),
        options(AudioCodec::Opus, 3),
    ];
    let good = [
        source(TrackSource::Microphone.into()),
        source(TrackSource::ScreenShareAudio.into()),
        preset(IngressAudioEncodingPreset::OpusMono64kbs.into()),
        options(AudioCodec::DefaultAc, 0),
        options(AudioCodec::Opus, 2),
    ];
    let server = TestServer::new();
    let lk = server.livekit();
    for audio in bad {
        let request = CreateIngressRequest { audio: Some(audio), ..rtmp() };
        refused(lk.ingress().create_ingress(request).await, TwirpCode::InvalidArgument);
    }
    for audio in good {
        let request = CreateIngressRequest { audio: Some(audio.clone()), ..rtmp() };
        assert_eq!(lk.ingress().create_ingress(request).await.unwrap().audio, Some(audio));
    }
}

#[tokio::test]
async fn an_update_changes_what_is_set() {
    both(async |_, lk| {
        let info = lk.ingress().create_ingress(rtmp()).await.unwrap();
        let audio = IngressAudioOptions { name: "mic".into(), ..Default::default() };
        let change = UpdateIngressRequest {
            ingress_id: info.ingress_id.clone(),
            room_name: "weekly".into(),
            participant_name: "Camera One".into(),
            audio: Some(audio.clone()),
            enabled: Some(false),
            ..Default::default()
        };
        let updated = lk.ingress().update_ingress(change).await.unwrap();
        let expected = IngressInfo {
            room_name: "weekly".into(),
            participant_name: "Camera One".into(),
            audio: Some(audio),
            enabled: Some(false),
            ..info.clone()
        };
        assert_eq!(updated, expected, "all else stays");
        assert_eq!(lk.ingress().list_ingress(()).await.unwrap().items, [expected]);

        let change = UpdateIngressRequest {
            ingress_id: info.ingress_id,
            name: "n".into(),
            participant_identity: "i".into(),
            participant_metadata: "new".into(),
            ..Default::default()
        };
        let again = lk.ingress().update_ingress(change).await.unwrap();
        let changed = [&again.name, &again.participant_identity, &again.participant_metadata];
        assert_eq!(changed, ["n", "i", "new"]);
        assert_eq!(again.enabled, Some(false), "not set is not false");
    })
    .await;
}

#[tokio::test]
async fn an_update_that_makes_no_sense_changes_nothing() {
    both(async |server, lk| {
        let update = async |id: &str, enable_transcoding| {
            let ingress_id = id.to_owned();
            let request = UpdateIngressRequest { ingress_id, enable_transcoding, ..Default::default() };
            lk.ingress().update_ingress(request).await
        };
        refused(update("IN_unknown", None).await, TwirpCode::NotFound);
        let pulled = lk.ingress().create_ingress(request(IngressInput::UrlInput)).await.unwrap();
        refused(update(&pulled.ingress_id, None).await, TwirpCode::InvalidArgument);
        let info = lk.ingress().create_ingress(rtmp()).await.unwrap();
        refused(update(&info.ingress_id, Some(false)).await, TwirpCode::InvalidArgument);
        let handle = server.ingress(&info.ingress_id).unwrap();
        assert_eq!(handle.info(), Some(info));

        let whip = lk.ingress().create_ingress(request(IngressInput::WhipInput)).await.unwrap();
        let whip = update(&whip.ingress_id, Some(true)).await.unwrap();
        #[allow(deprecated, reason = "callers still read it")]
        let transcodes = (whip.enable_transcoding, whip.bypass_transcoding);
        assert_eq!(transcodes, (Some(true), false));
    })
    .await;
}

#[tokio::test]
async fn an_update_minds_what_the_ingress_is_doing() {
    both(async |server, lk| {
        let info = lk.ingress().create_ingress(rtmp()).await.unwrap();
        let handle = server.ingress(&info.ingress_id).unwrap();
        let rename = async |name: &str| {
            let (ingress_id, name) = (info.ingress_id.clone(), name.to_owned());
            let request = UpdateIngressRequest { ingress_id, name, ..Default::default() };
            let info = lk.ingress().update_ingress(request).await.unwrap();
            (info.name.clone(), status(&info))
        };
        handle.fail("no media").unwrap();
        assert_eq!(rename("a").await, ("a".to_owned(), Status::EndpointInactive), "the error is over");
        handle.buffer().unwrap();
        assert_eq!(rename("b").await, ("b".to_owned(), Status::EndpointBuffering));
        handle.publish().unwrap();
        assert_eq!(rename("c").await, ("c".to_owned(), Status::EndpointPublishing));
        handle.complete().unwrap();
        assert_eq!(rename("d").await, ("c".to_owned(), Status::EndpointComplete), "unchanged");
    })
    .await;
}

#[tokio::test]
async fn ingresses_are_listed_as_asked() {
    both(async |_, lk| {
        let daily = lk.ingress().create_ingress(rtmp()).await.unwrap();
        let weekly = CreateIngressRequest { room_name: "weekly".into(), ..rtmp() };
        let weekly = lk.ingress().create_ingress(weekly).await.unwrap();
        let list = async |room_name: &str, ingress_id: &str| {
            let (room_name, ingress_id) = (room_name.to_owned(), ingress_id.to_owned());
            let request = ListIngressRequest { room_name, ingress_id, ..Default::default() };
            lk.ingress().list_ingress(request).await.map(|answer| answer.items)
        };
        assert_eq!(list("", "").await.unwrap(), [daily.clone(), weekly.clone()]);
        assert_eq!(list("weekly", "").await.unwrap(), std::slice::from_ref(&weekly));
        assert_eq!(list("nowhere", "").await.unwrap(), []);
        assert_eq!(list("", &daily.ingress_id).await.unwrap(), std::slice::from_ref(&daily));
        assert_eq!(list("weekly", &daily.ingress_id).await.unwrap(), [daily], "whatever its room");
        refused(list("", "IN_unknown").await, TwirpCode::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_ingress_is_gone() {
    both(async |server, lk| {
        refused(lk.ingress().delete_ingress("IN_unknown").await, TwirpCode::NotFound);
        let info = lk.ingress().create_ingress(rtmp()).await.unwrap();
        let handle = server.ingress(&info.ingress_id).unwrap();
        handle.publish().unwrap();
        let deleted = lk.ingress().delete_ingress(&info.ingress_id).await.unwrap();
        assert_eq!((&deleted.ingress_id, status(&deleted)), (&info.ingress_id, Status::EndpointInactive));
        assert_eq!(events(&server), ["ingress_started", "ingress_ended"], "whoever published is cut off");
        assert!(lk.ingress().list_ingress(()).await.unwrap().items.is_empty());
        assert!(handle.info().is_none() && server.ingress(&info.ingress_id).is_none());
        refused(handle.publish(), TwirpCode::NotFound);
        refused(lk.ingress().delete_ingress(&info.ingress_id).await, TwirpCode::NotFound);

        let failed = lk.ingress().create_ingress(rtmp()).await.unwrap();
        server.ingress(&failed.ingress_id).unwrap().fail("no").unwrap();
        let deleted = lk.ingress().delete_ingress(&failed.ingress_id).await.unwrap();
        assert_eq!(status(&deleted), Status::EndpointInactive);
    })
    .await;
}

#[tokio::test]
async fn an_ingress_publishes_as_the_test_says() {
    both(async |server, lk| {
        let room = lk.room().create_room("daily").await.unwrap();
        let info = lk.ingress().create_ingress(rtmp()).await.unwrap();
        let handle = server.ingress(&info.ingress_id).unwrap();
        handle.buffer().unwrap();
        assert_eq!(events(&server), ["room_started"], "buffering is not told");
        let begun = handle.publish().unwrap();
        let state = begun.state.clone().unwrap();
        assert_eq!((state.status(), &state.room_id), (Status::EndpointPublishing, &room.sid));
        assert!(state.resource_id.starts_with("RT_") && state.started_at > 1_700_000_000_000_000_000);
        let told = server.webhooks().pop().unwrap().event;
        assert_eq!(told.event, "ingress_started");
        assert_eq!(told.ingress_info.as_deref(), Some(&begun));
        assert_eq!(told.room, Some(Room { name: "daily".into(), ..Default::default() }), "name only");

        let stopped = handle.stop().unwrap().state.unwrap();
        assert_eq!((stopped.status(), stopped.started_at), (Status::EndpointInactive, state.started_at));
        assert!(stopped.ended_at >= stopped.started_at);
        let again = handle.publish().unwrap().state.unwrap();
        assert_ne!(again.resource_id, state.resource_id, "another session");
        assert_eq!(again.ended_at, 0);
        let failed = handle.fail("the encoder went away").unwrap().state.unwrap();
        assert_eq!(
            (failed.status(), failed.error.as_str()),
            (Status::EndpointError, "the encoder went away")
        );
        assert_eq!(handle.publish().unwrap().state.unwrap().error, "", "a new session");
        assert_eq!(status(&handle.complete().unwrap()), Status::EndpointComplete);
        let told = events(&server);
        let told: Vec<_> = told.iter().map(|event| event.trim_start_matches("ingress_")).collect();
        let pairs = ["started", "ended"].repeat(3);
        assert_eq!(told[1..], pairs);
    })
    .await;
}

#[tokio::test]
async fn an_ingress_does_only_what_it_can() {
    both(async |server, lk| {
        let info = lk.ingress().create_ingress(rtmp()).await.unwrap();
        let handle = server.ingress(&info.ingress_id).unwrap();
        let refused = |result| refused(result, TwirpCode::FailedPrecondition);
        refused(handle.stop());
        refused(handle.complete());
        handle.publish().unwrap();
        refused(handle.publish());
        handle.complete().unwrap();
        refused(handle.publish());
        refused(handle.buffer());
        refused(handle.fail("too late"));
        assert_eq!(events(&server), ["ingress_started", "ingress_ended"]);

        let disabled = CreateIngressRequest { enabled: Some(false), ..rtmp() };
        let disabled = lk.ingress().create_ingress(disabled).await.unwrap();
        refused(server.ingress(&disabled.ingress_id).unwrap().publish());
        assert!(server.ingress("IN_unknown").is_none());
    })
    .await;
}
