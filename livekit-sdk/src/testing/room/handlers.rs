//! The room service, as a self-hosted LiveKit 1.13 answers.

use std::sync::Arc;

use super::state::LiveRoom;
use super::{config, rpc};
use crate::error::{Refusal, TwirpCode};
use crate::proto::{
    CreateRoomRequest, DeleteRoomRequest, DeleteRoomResponse, DisconnectReason, ForwardParticipantRequest,
    ForwardParticipantResponse, ListParticipantsRequest, ListParticipantsResponse, ListRoomsRequest,
    ListRoomsResponse, MoveParticipantRequest, MoveParticipantResponse, MuteRoomTrackRequest,
    MuteRoomTrackResponse, ParticipantInfo, PerformRpcRequest, PerformRpcResponse, RemoveParticipantResponse,
    Room, RoomEndReason, RoomParticipantIdentity, SendDataRequest, SendDataResponse,
    UpdateParticipantRequest, UpdateRoomMetadataRequest, UpdateSubscriptionsRequest,
    UpdateSubscriptionsResponse,
};
use crate::server::Context;
use crate::services::room::RoomService;
use crate::testing::limits;
use crate::testing::refusals::{failed_precondition, invalid, no_room, unavailable};
use crate::testing::world::World;

/// Bytes of a nonce, if there is one.
const NONCE: usize = 16;

pub(super) struct Handlers(pub(super) World);

impl RoomService for Handlers {
    async fn create_room(&self, _: Context, request: CreateRoomRequest) -> Result<Room, Refusal> {
        config::check(&request)?;
        self.0.with(|store| match store.rooms.get(&request.name) {
            Some(live) => Ok(live.seen()),
            None => config::open(store, request),
        })
    }

    async fn list_rooms(&self, _: Context, request: ListRoomsRequest) -> Result<ListRoomsResponse, Refusal> {
        let rooms = self.0.with(|store| match &*request.names {
            [] => store.rooms.iter().map(LiveRoom::seen).collect(),
            names => names.iter().filter_map(|name| store.rooms.get(name)).map(LiveRoom::seen).collect(),
        });
        Ok(ListRoomsResponse { rooms, ..Default::default() })
    }

    async fn delete_room(
        &self,
        _: Context,
        request: DeleteRoomRequest,
    ) -> Result<DeleteRoomResponse, Refusal> {
        let (reason, end) = (DisconnectReason::RoomDeleted, RoomEndReason::RoomEndApiDelete);
        self.0.with(|store| store.close_room(&request.room, reason, end))?;
        Ok(DeleteRoomResponse {})
    }

    async fn update_room_metadata(
        &self,
        _: Context,
        request: UpdateRoomMetadataRequest,
    ) -> Result<Room, Refusal> {
        limits::metadata(&request.metadata)?;
        self.0.with(|store| {
            let live = store.rooms.get_mut(&request.room).ok_or_else(no_room)?;
            live.room.metadata = request.metadata;
            Ok(live.seen())
        })
    }

    async fn list_participants(
        &self,
        _: Context,
        request: ListParticipantsRequest,
    ) -> Result<ListParticipantsResponse, Refusal> {
        let participants = self.0.with(|store| {
            let live = store.rooms.get(&request.room).into_iter();
            live.flat_map(|live| live.participants.values()).map(|it| it.info.clone()).collect()
        });
        Ok(ListParticipantsResponse { participants, ..Default::default() })
    }

    async fn get_participant(
        &self,
        _: Context,
        request: RoomParticipantIdentity,
    ) -> Result<ParticipantInfo, Refusal> {
        self.0.with(|store| {
            store.rooms.participant(&request.room, &request.identity).map(|found| found.info.clone())
        })
    }

    async fn remove_participant(
        &self,
        _: Context,
        request: RoomParticipantIdentity,
    ) -> Result<RemoveParticipantResponse, Refusal> {
        let RoomParticipantIdentity { room, identity, .. } = request;
        let reason = DisconnectReason::ParticipantRemoved;
        self.0.with(|store| store.remove_participant(&room, &identity, reason))?;
        Ok(RemoveParticipantResponse {})
    }

    async fn update_participant(
        &self,
        _: Context,
        request: UpdateParticipantRequest,
    ) -> Result<ParticipantInfo, Refusal> {
        limits::participant_name(&request.name)?;
        limits::metadata(&request.metadata)?;
        limits::attributes(&request.attributes)?;
        self.0.with(|store| {
            store.rooms.participant(&request.room, &request.identity)?;
            super::update::apply(store, request)
        })
    }

    async fn mute_published_track(
        &self,
        _: Context,
        request: MuteRoomTrackRequest,
    ) -> Result<MuteRoomTrackResponse, Refusal> {
        self.0.with(|store| {
            let participant = store.rooms.participant_mut(&request.room, &request.identity);
            let participant = participant.map_err(nobody_listens)?;
            if !request.muted {
                return Err(failed_precondition("remote unmute not enabled"));
            }
            let mut tracks = participant.info.tracks.iter_mut();
            let track = tracks.find(|track| track.sid == request.track_sid).map(|track| {
                track.muted = request.muted;
                track.clone()
            });
            Ok(MuteRoomTrackResponse { track, ..Default::default() })
        })
    }

    async fn update_subscriptions(
        &self,
        _: Context,
        request: UpdateSubscriptionsRequest,
    ) -> Result<UpdateSubscriptionsResponse, Refusal> {
        let of_participants = request.participant_tracks.into_iter().flat_map(|it| it.track_sids);
        let sids = request.track_sids.into_iter().chain(of_participants);
        self.0.with(|store| {
            let participant = store.rooms.participant_mut(&request.room, &request.identity);
            let participant = participant.map_err(nobody_listens)?;
            participant.subscriptions.extend(sids.map(|sid| (sid, request.subscribe)));
            Ok(UpdateSubscriptionsResponse {})
        })
    }

    async fn send_data(&self, _: Context, request: SendDataRequest) -> Result<SendDataResponse, Refusal> {
        if !matches!(request.nonce.len(), 0 | NONCE) {
            return Err(invalid(format!("nonce should be {NONCE}-bytes or not present")));
        }
        self.0.with(|store| {
            let live = store.rooms.get(&request.room).ok_or_else(no_room).map_err(nobody_listens)?;
            let request = Arc::new(request);
            for participant in live.participants.values().filter(|it| is_addressed(&request, &it.info)) {
                // Nobody listens if the handle is gone.
                let _ = participant.inbox.send(Arc::clone(&request));
            }
            Ok(SendDataResponse {})
        })
    }

    async fn forward_participant(
        &self,
        _: Context,
        request: ForwardParticipantRequest,
    ) -> Result<ForwardParticipantResponse, Refusal> {
        let ForwardParticipantRequest { room, identity, destination_room, .. } = request;
        Err(self.cloud_only(&room, &identity, &destination_room))
    }

    async fn move_participant(
        &self,
        _: Context,
        request: MoveParticipantRequest,
    ) -> Result<MoveParticipantResponse, Refusal> {
        let MoveParticipantRequest { room, identity, destination_room, .. } = request;
        Err(self.cloud_only(&room, &identity, &destination_room))
    }

    async fn perform_rpc(
        &self,
        _: Context,
        request: PerformRpcRequest,
    ) -> Result<PerformRpcResponse, Refusal> {
        if request.destination_identity.is_empty() {
            return Err(invalid("destination identity cannot be empty"));
        }
        let handler = self.0.with(|store| {
            let participant = store.rooms.participant(&request.room, &request.destination_identity);
            participant.map(|it| it.handlers.get(&request.method).cloned()).map_err(nobody_listens)
        })?;
        let payload = rpc::call(handler, request.payload, request.response_timeout_ms).await?;
        Ok(PerformRpcResponse { payload, ..Default::default() })
    }
}

impl Handlers {
    /// Why a participant is not taken to another room: only LiveKit Cloud does that.
    fn cloud_only(&self, room: &str, identity: &str, destination: &str) -> Refusal {
        if room == destination {
            let text = "destination room is the same as the room";
            return invalid(text).with_meta("argument", text);
        }
        match self.0.with(|store| store.rooms.participant(room, identity).map(|_| ())) {
            Ok(()) => Refusal::new(TwirpCode::Unknown, "not implemented outside of LiveKit Cloud"),
            Err(refusal) => nobody_listens(refusal),
        }
    }
}

/// Methods that are passed on to the participant do not look whether there is one.
fn nobody_listens(_: Refusal) -> Refusal {
    unavailable("no response from servers")
}

/// Without destinations, data is for everyone.
fn is_addressed(request: &SendDataRequest, participant: &ParticipantInfo) -> bool {
    #[allow(deprecated, reason = "callers still send it")]
    let sids = &request.destination_sids;
    let identities = &request.destination_identities;
    sids.is_empty() && identities.is_empty()
        || sids.contains(&participant.sid)
        || identities.contains(&participant.identity)
}
