//! What comes into rooms and what goes out of them: egress, ingress, connectors.

use livekit_api::services::ServerErrorCode as Code;
use livekit_api::services::connector::{AcceptWhatsAppCallOptions, DialWhatsAppCallOptions};
use livekit_api::services::egress::{
    EgressListFilter, EgressListOptions, EgressOutput, ParticipantEgressOptions, RoomCompositeOptions,
    TrackEgressOutput, WebOptions,
};
use livekit_api::services::ingress::{CreateIngressOptions, IngressListFilter, UpdateIngressOptions};
use livekit_protocol::connect_twilio_call_request::TwilioCallDirection;
use livekit_protocol::encoded_file_output::Output;
use livekit_protocol::participant_info::Kind;
use livekit_protocol::{
    DirectFileOutput, EgressInfo, EgressStatus, EncodedFileOutput, IngressInput, S3Upload,
    SessionDescription, StreamOutput, StreamProtocol, egress_info,
};

use crate::support::{Driven, drive, is_id, is_now, refused};

fn text(text: &str) -> String {
    text.to_owned()
}

fn file() -> Vec<EgressOutput> {
    let upload = S3Upload {
        access_key: text("AKEXAMPLE"),
        secret: text("hidden"),
        bucket: text("videos"),
        ..Default::default()
    };
    let output = Some(Output::S3(upload));
    vec![EgressOutput::File(EncodedFileOutput { filepath: text("daily.mp4"), output, ..Default::default() })]
}

async fn record(driven: &Driven) -> EgressInfo {
    let options = RoomCompositeOptions { layout: text("grid"), ..Default::default() };
    driven.lk.egress().start_room_composite_egress("daily", file(), options).await.unwrap()
}

#[tokio::test]
async fn egress_of_a_room() {
    let driven = drive().await;
    let egress = driven.lk.egress();
    let missing = egress.start_room_composite_egress("daily", file(), Default::default()).await;
    refused(missing, Code::NOT_FOUND);
    driven.server.run_egress_automatically(true);
    let room = driven.lk.room().create_room("daily", Default::default()).await.unwrap();
    let info = record(&driven).await;
    assert!(is_id(&info.egress_id, "EG_"), "{}", info.egress_id);
    assert_eq!((info.room_name.as_str(), &info.room_id), ("daily", &room.sid));
    assert!(is_now(info.started_at / 1_000_000_000), "{}", info.started_at);
    let Some(egress_info::Request::RoomComposite(request)) = &info.request else { panic!("{info:?}") };
    let Some(Output::S3(upload)) = &request.file_outputs[0].output else { panic!("{request:?}") };
    assert_eq!((request.layout.as_str(), upload.secret.as_str()), ("grid", "{secret}"));

    let list = async |filter, active| {
        egress.list_egress(EgressListOptions { filter, active, ..Default::default() }).await
    };
    let of_room = list(EgressListFilter::Room(text("daily")), true).await.unwrap();
    assert_eq!(of_room.iter().map(|it| &it.egress_id).collect::<Vec<_>>(), [&info.egress_id]);
    assert_eq!(list(EgressListFilter::Egress(info.egress_id.clone()), false).await.unwrap().len(), 1);
    refused(list(EgressListFilter::Egress(text("EG_missing")), false).await, Code::NOT_FOUND);
    refused(egress.update_layout("EG_missing", "speaker").await, Code::NOT_FOUND);

    let stopped = egress.stop_egress(&info.egress_id).await.unwrap();
    assert!(stopped.status >= EgressStatus::EgressEnding.into(), "{:?}", stopped.status());
    refused(egress.stop_egress(&info.egress_id).await, Code::FAILED_PRECONDITION);
    refused(egress.stop_egress("EG_missing").await, Code::NOT_FOUND);
    assert_eq!(list(EgressListFilter::All, true).await.unwrap(), []);

    let is_end = |event: &livekit_sdk::proto::WebhookEvent| event.event == "egress_ended";
    driven.server.webhook(is_end).await.unwrap();
    let events: Vec<_> = driven.received().into_iter().filter(|it| it.egress_info.is_some()).collect();
    let names: Vec<_> = events.iter().map(|it| it.event.as_str()).collect();
    assert_eq!(names, ["egress_started", "egress_updated", "egress_updated", "egress_ended"]);
    let last = events[3].egress_info.as_ref().unwrap();
    assert_eq!((&last.egress_id, last.status()), (&info.egress_id, EgressStatus::EgressComplete));
}

#[tokio::test]
async fn egress_of_other_things() {
    let driven = drive().await;
    let egress = driven.lk.egress();
    let alice = driven.server.join_room("daily", "alice").unwrap();
    let track = alice.publish(Default::default()).unwrap();

    let stream = |key: &str| format!("rtmp://live.example.com/app/{key}");
    let output = StreamOutput { protocol: StreamProtocol::Rtmp.into(), urls: vec![stream("stream-key-1")] };
    let outputs = vec![EgressOutput::Stream(output)];
    let web = egress.start_web_egress("https://example.com", outputs, WebOptions::default()).await.unwrap();
    let Some(egress_info::Request::Web(request)) = &web.request else { panic!("{web:?}") };
    assert_eq!((request.url.as_str(), web.room_name.as_str()), ("https://example.com", ""));
    let added = vec![stream("stream-key-2")];
    let updated = egress.update_stream(&web.egress_id, added.clone(), Vec::new()).await.unwrap();
    let urls: Vec<_> = updated.stream_results.iter().map(|it| it.url.as_str()).collect();
    assert_eq!(urls, [stream("{str...y-1}"), stream("{str...y-2}")]);
    refused(egress.update_stream("EG_missing", added, Vec::new()).await, Code::NOT_FOUND);

    let output =
        TrackEgressOutput::File(Box::new(DirectFileOutput { filepath: text("t"), ..Default::default() }));
    let of_track = egress.start_track_egress("daily", output, &track.sid).await.unwrap();
    let Some(egress_info::Request::Track(request)) = &of_track.request else { panic!("{of_track:?}") };
    assert_eq!(request.track_id, track.sid);

    let options = ParticipantEgressOptions::default();
    let of_alice = egress.start_participant_egress("daily", "alice", file(), options).await.unwrap();
    let Some(egress_info::Request::Participant(request)) = &of_alice.request else { panic!("{of_alice:?}") };
    assert_eq!(request.identity, "alice");
    assert_eq!(egress.list_egress(EgressListOptions::default()).await.unwrap().len(), 3);
}

fn streamer(room: &str) -> CreateIngressOptions {
    CreateIngressOptions {
        room_name: text(room),
        participant_identity: text("streamer"),
        ..Default::default()
    }
}

#[tokio::test]
async fn ingress() {
    let driven = drive().await;
    let ingress = driven.lk.ingress();
    let rtmp = ingress.create_ingress(IngressInput::RtmpInput, streamer("stage")).await.unwrap();
    assert!(is_id(&rtmp.ingress_id, "IN_") && is_id(&rtmp.stream_key, ""), "{rtmp:?}");
    assert_eq!((rtmp.reusable, rtmp.enable_transcoding), (true, Some(true)));
    let whip = ingress.create_ingress(IngressInput::WhipInput, streamer("studio")).await.unwrap();
    assert_eq!((whip.input_type(), whip.enable_transcoding), (IngressInput::WhipInput, Some(false)));

    let url = |url: &str| CreateIngressOptions { url: text(url), ..streamer("cinema") };
    let film = "https://example.com/film.m3u8";
    let pulled = ingress.create_ingress(IngressInput::UrlInput, url(film)).await.unwrap();
    assert_eq!((pulled.url.as_str(), pulled.stream_key.as_str(), pulled.reusable), (film, "", false));
    let rename = UpdateIngressOptions { name: text("hall"), room_name: text("hall"), ..Default::default() };
    let fixed = ingress.update_ingress(&pulled.ingress_id, rename.clone()).await;
    refused(fixed, Code::INVALID_ARGUMENT);
    for bad in [url("ftp://example.com"), url("")] {
        refused(ingress.create_ingress(IngressInput::UrlInput, bad).await, Code::INVALID_ARGUMENT);
    }
    let nobody = CreateIngressOptions { participant_identity: text(""), ..streamer("stage") };
    refused(ingress.create_ingress(IngressInput::RtmpInput, nobody).await, Code::INVALID_ARGUMENT);

    let updated = ingress.update_ingress(&rtmp.ingress_id, rename.clone()).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.room_name.as_str()), ("hall", "hall"));
    assert_eq!((&updated.stream_key, updated.participant_identity.as_str()), (&rtmp.stream_key, "streamer"));
    refused(ingress.update_ingress("IN_missing", rename).await, Code::NOT_FOUND);

    assert_eq!(ingress.list_ingress(IngressListFilter::All).await.unwrap().len(), 3);
    let of_room = ingress.list_ingress(IngressListFilter::Room(text("hall"))).await.unwrap();
    assert_eq!(of_room, [updated]);
    let by_id = ingress.list_ingress(IngressListFilter::IngressId(whip.ingress_id.clone())).await.unwrap();
    assert_eq!(by_id, [whip]);
    let missing = ingress.list_ingress(IngressListFilter::IngressId(text("IN_missing"))).await;
    refused(missing, Code::NOT_FOUND);
    let deleted = ingress.delete_ingress(&rtmp.ingress_id).await.unwrap();
    assert_eq!(deleted.ingress_id, rtmp.ingress_id);
    refused(ingress.delete_ingress(&rtmp.ingress_id).await, Code::NOT_FOUND);
}

#[tokio::test]
async fn connectors() {
    let driven = drive().await;
    let connector = driven.lk.connector();
    let sdp = |kind: &str| SessionDescription { r#type: text(kind), sdp: text("v=0"), ..Default::default() };
    let options = DialWhatsAppCallOptions {
        room_name: Some(text("wa-out")),
        participant_identity: Some(text("wa")),
        ..Default::default()
    };
    let call = connector.dial_whatsapp_call("1", "+15550160", "k", "24.0", options).await.unwrap();
    assert_eq!((call.room_name.as_str(), call.whatsapp_call_id.is_empty()), ("wa-out", false));
    refused(driven.lk.room().get_participant("wa-out", "wa").await, Code::NOT_FOUND);
    connector.connect_whatsapp_call(&call.whatsapp_call_id, sdp("answer")).await.unwrap();
    let callee = driven.lk.room().get_participant("wa-out", "wa").await.unwrap();
    assert_eq!(callee.kind(), Kind::Connector);
    connector.disconnect_whatsapp_call(&call.whatsapp_call_id, "k").await.unwrap();
    refused(driven.lk.room().get_participant("wa-out", "wa").await, Code::NOT_FOUND);
    refused(connector.disconnect_whatsapp_call(&call.whatsapp_call_id, "k").await, Code::NOT_FOUND);

    let options = AcceptWhatsAppCallOptions { room_name: Some(text("wa-in")), ..Default::default() };
    let accepted = connector.accept_whatsapp_call("1", "k", "24.0", "wacid", sdp("offer"), options).await;
    assert_eq!(accepted.unwrap().room_name, "wa-in");

    let inbound = TwilioCallDirection::Inbound;
    let connected = connector.connect_twilio_call(inbound, "twilio", Default::default()).await.unwrap();
    assert!(connected.connect_url.starts_with("wss://"), "{}", connected.connect_url);
}
