//! What the different requests for an egress have in common.

use crate::proto::egress_info::Request;
use crate::proto::start_egress_request::Source;
use crate::proto::{EgressSourceType, WebhookConfig, export_replay_request};

/// The name of the room that is captured; empty if there is none.
pub(super) fn room_name(request: &Request) -> &str {
    match request {
        Request::Egress(it) => &it.room_name,
        Request::RoomComposite(it) => &it.room_name,
        Request::Participant(it) => &it.room_name,
        Request::TrackComposite(it) => &it.room_name,
        Request::Track(it) => &it.room_name,
        _ => "",
    }
}

/// The webhooks that want to know of this egress.
pub(super) fn webhooks(request: &Request) -> &[WebhookConfig] {
    match request {
        Request::Egress(it) => &it.webhooks,
        Request::RoomComposite(it) => &it.webhooks,
        Request::Participant(it) => &it.webhooks,
        Request::TrackComposite(it) => &it.webhooks,
        Request::Track(it) => &it.webhooks,
        Request::Web(it) => &it.webhooks,
        Request::Replay(it) => &it.webhooks,
        _ => &[],
    }
}

/// Whether a browser or the worker itself captures the media.
pub(super) fn source_type(request: &Request) -> EgressSourceType {
    let is_media = match request {
        Request::Egress(it) => matches!(it.source, Some(Source::Media(_))),
        Request::Replay(it) => matches!(it.source, Some(export_replay_request::Source::Media(_))),
        Request::RoomComposite(_) | Request::Web(_) => false,
        _ => true,
    };
    if is_media { EgressSourceType::Sdk } else { EgressSourceType::Web }
}
