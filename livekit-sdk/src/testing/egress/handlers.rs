//! The egress service, as a self-hosted LiveKit 1.13 with idle workers answers.

use super::request;
use crate::error::Refusal;
use crate::proto::egress_info::Request;
use crate::proto::{
    EgressInfo, EgressStatus, ListEgressRequest, ListEgressResponse, ParticipantEgressRequest, Room,
    RoomCompositeEgressRequest, StartEgressRequest, StopEgressRequest, TrackCompositeEgressRequest,
    TrackEgressRequest, UpdateLayoutRequest, UpdateParticipantRequest, UpdateStreamRequest, WebEgressRequest,
};
use crate::server::Context;
use crate::services::egress::Egress;
use crate::testing::refusals::{invalid, no_room};
use crate::testing::world::World;
use crate::testing::{limits, room};

pub(super) struct Handlers(pub(super) World);

impl Egress for Handlers {
    async fn start_egress(&self, _: Context, request: StartEgressRequest) -> Result<EgressInfo, Refusal> {
        self.start(Request::Egress(request))
    }

    async fn update_layout(&self, _: Context, request: UpdateLayoutRequest) -> Result<EgressInfo, Refusal> {
        let metadata = serde_json::json!({ "layout": request.layout }).to_string();
        self.0.with(|store| {
            let info = store.egresses().info(&request.egress_id)?.clone();
            limits::metadata(&metadata)?;
            let change = UpdateParticipantRequest {
                room: info.room_name.clone(),
                identity: info.egress_id.clone(),
                metadata,
                ..UpdateParticipantRequest::default()
            };
            room::update_participant(store, change)?;
            Ok(info)
        })
    }

    async fn update_stream(&self, _: Context, request: UpdateStreamRequest) -> Result<EgressInfo, Refusal> {
        self.0.with(|store| store.update_streams(request))
    }

    async fn list_egress(
        &self,
        _: Context,
        request: ListEgressRequest,
    ) -> Result<ListEgressResponse, Refusal> {
        let ListEgressRequest { room_name, egress_id, active, .. } = request;
        let is_wanted = |info: &&EgressInfo| {
            (room_name.is_empty() || info.room_name == room_name)
                && (!active || info.status() < EgressStatus::EgressComplete)
        };
        let items = self.0.with(|store| match egress_id.as_str() {
            "" => Ok(store.egresses().iter().filter(is_wanted).cloned().collect()),
            // The other filters do not matter then.
            id => store.egresses().info(id).map(|info| vec![info.clone()]),
        })?;
        Ok(ListEgressResponse { items, next_page_token: None, ..Default::default() })
    }

    async fn stop_egress(&self, _: Context, request: StopEgressRequest) -> Result<EgressInfo, Refusal> {
        self.0.with(|store| store.stop_egress(&request.egress_id, "it was stopped by a call"))
    }

    async fn start_room_composite_egress(
        &self,
        _: Context,
        request: RoomCompositeEgressRequest,
    ) -> Result<EgressInfo, Refusal> {
        self.start(Request::RoomComposite(request))
    }

    async fn start_web_egress(&self, _: Context, request: WebEgressRequest) -> Result<EgressInfo, Refusal> {
        self.start(Request::Web(request))
    }

    async fn start_participant_egress(
        &self,
        _: Context,
        request: ParticipantEgressRequest,
    ) -> Result<EgressInfo, Refusal> {
        self.start(Request::Participant(request))
    }

    async fn start_track_composite_egress(
        &self,
        _: Context,
        request: TrackCompositeEgressRequest,
    ) -> Result<EgressInfo, Refusal> {
        self.start(Request::TrackComposite(request))
    }

    async fn start_track_egress(
        &self,
        _: Context,
        request: TrackEgressRequest,
    ) -> Result<EgressInfo, Refusal> {
        self.start(Request::Track(request))
    }
}

impl Handlers {
    fn start(&self, request: Request) -> Result<EgressInfo, Refusal> {
        self.0.with(|store| {
            let room = match request::room_name(&request) {
                "" => Room::default(),
                name => room::named(&store.rooms.get(name).ok_or_else(no_room)?.room),
            };
            // Which key signs is for the worker to find out, after the room is known.
            for webhook in request::webhooks(&request) {
                if self.0.webhooks().key_of(webhook).is_none() {
                    return Err(invalid(format!("unknown signing key {:?}", webhook.signing_key)));
                }
            }
            store.start_egress(request, room)
        })
    }
}
