//! The ingress service, as a self-hosted LiveKit 1.13 answers.

#![allow(deprecated, reason = "callers still read `bypass_transcoding`")]

use super::check;
use super::state::status;
use crate::error::Refusal;
use crate::proto::ingress_state::Status;
use crate::proto::{
    CreateIngressRequest, DeleteIngressRequest, IngressInfo, IngressInput, IngressState, ListIngressRequest,
    ListIngressResponse, UpdateIngressRequest,
};
use crate::server::Context;
use crate::services::ingress::Ingress;
use crate::testing::id;
use crate::testing::refusals::invalid;
use crate::testing::world::World;

/// Where encoders would send RTMP to; nothing listens there.
pub(super) const RTMP_URL: &str = "rtmp://livekit.test/live";
/// Where encoders would send WHIP to; nothing listens there.
pub(super) const WHIP_URL: &str = "https://livekit.test/w";

pub(super) struct Handlers(pub(super) World);

impl Ingress for Handlers {
    /// LiveKit refuses an unknown input type even before it looks at the grants; here they come first.
    async fn create_ingress(
        &self,
        _: Context,
        request: CreateIngressRequest,
    ) -> Result<IngressInfo, Refusal> {
        let info = new(request)?;
        check::ingress(&info)?;
        self.0.with(|store| store.ingress.add(info.clone()));
        Ok(info)
    }

    async fn update_ingress(
        &self,
        _: Context,
        request: UpdateIngressRequest,
    ) -> Result<IngressInfo, Refusal> {
        self.0.with(|store| {
            let info = store.ingress.get_mut(&request.ingress_id)?;
            if !info.reusable {
                return Err(invalid("the ingress is not reusable"));
            }
            let updated = updated(info.clone(), request);
            check::ingress(&updated)?;
            *info = updated.clone();
            Ok(updated)
        })
    }

    async fn list_ingress(
        &self,
        _: Context,
        request: ListIngressRequest,
    ) -> Result<ListIngressResponse, Refusal> {
        let ListIngressRequest { room_name, ingress_id, .. } = request;
        let is_wanted = |info: &&IngressInfo| room_name.is_empty() || info.room_name == room_name;
        let items = self.0.with(|store| match ingress_id.as_str() {
            "" => Ok(store.ingress.iter().filter(is_wanted).cloned().collect()),
            // Its room does not matter then.
            id => store.ingress.get(id).map(|info| vec![info.clone()]),
        })?;
        Ok(ListIngressResponse { items, next_page_token: None, ..Default::default() })
    }

    async fn delete_ingress(
        &self,
        _: Context,
        request: DeleteIngressRequest,
    ) -> Result<IngressInfo, Refusal> {
        self.0.with(|store| store.delete_ingress(&request.ingress_id))
    }
}

/// The ingress that is asked for. `bypass_transcoding` of the request means nothing.
fn new(request: CreateIngressRequest) -> Result<IngressInfo, Refusal> {
    let input = IngressInput::try_from(request.input_type).map_err(|_| invalid("invalid input type"))?;
    let url = match input {
        IngressInput::RtmpInput => RTMP_URL.to_owned(),
        IngressInput::WhipInput => WHIP_URL.to_owned(),
        IngressInput::UrlInput => check::pull_url(&request.url)?,
        _ => return Err(invalid("invalid input type")),
    };
    let is_pushed = input != IngressInput::UrlInput;
    let transcodes = request.enable_transcoding.unwrap_or(input != IngressInput::WhipInput);
    Ok(IngressInfo {
        ingress_id: id::new("IN_"),
        name: request.name,
        stream_key: if is_pushed { id::new("") } else { String::new() },
        url,
        input_type: input.into(),
        bypass_transcoding: !transcodes,
        enable_transcoding: Some(transcodes),
        audio: request.audio,
        video: request.video,
        room_name: request.room_name,
        participant_identity: request.participant_identity,
        participant_name: request.participant_name,
        participant_metadata: request.participant_metadata,
        reusable: is_pushed,
        state: Some(IngressState::default()),
        enabled: request.enabled,
        ..Default::default()
    })
}

/// An ingress with what the request changes: what is empty or not set stays, and so does all if the ingress
/// is complete.
fn updated(info: IngressInfo, request: UpdateIngressRequest) -> IngressInfo {
    let mut state = info.state.clone().unwrap_or_default();
    match status(&info) {
        Status::EndpointComplete => return info,
        Status::EndpointError => state.status = Status::EndpointInactive.into(),
        _ => {}
    }
    let or = |new: String, old: String| if new.is_empty() { old } else { new };
    let transcodes = request.enable_transcoding.or(info.enable_transcoding);
    IngressInfo {
        name: or(request.name, info.name),
        room_name: or(request.room_name, info.room_name),
        participant_identity: or(request.participant_identity, info.participant_identity),
        participant_name: or(request.participant_name, info.participant_name),
        participant_metadata: or(request.participant_metadata, info.participant_metadata),
        bypass_transcoding: transcodes == Some(false),
        enable_transcoding: transcodes,
        audio: request.audio.or(info.audio),
        video: request.video.or(info.video),
        enabled: request.enabled.or(info.enabled),
        state: Some(state),
        ..info
    }
}
