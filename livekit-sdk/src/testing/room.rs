//! Rooms and participants, as a self-hosted LiveKit 1.13 answers.

use std::sync::Arc;

use super::id;
use super::state::{State, now};
use crate::error::{Refusal, TwirpCode};
use crate::proto::{
    Codec, CreateRoomRequest, DeleteRoomRequest, DeleteRoomResponse, ListParticipantsRequest,
    ListParticipantsResponse, ListRoomsRequest, ListRoomsResponse, ParticipantInfo,
    RemoveParticipantResponse, Room, RoomParticipantIdentity, UpdateRoomMetadataRequest,
};
use crate::server::{Context, Router};
use crate::services::room::{RoomService, RoomServiceServer};

/// Bytes of a room's name.
const MAX_NAME: usize = 256;
/// Bytes of metadata.
const MAX_METADATA: usize = 512 * 1024;
/// Bytes of the keys and values of attributes together.
const MAX_ATTRIBUTES: usize = 64 * 1024;
/// Seconds that a room stays open before anyone joins.
const EMPTY_TIMEOUT: u32 = 300;
/// Seconds that a room stays open after everyone has left.
const DEPARTURE_TIMEOUT: u32 = 20;

/// Codecs of every room, in the server's order of preference.
const CODECS: [&str; 10] = [
    "audio/PCMU",
    "audio/PCMA",
    "audio/opus",
    "audio/red",
    "video/VP8",
    "video/H264",
    "video/VP9",
    "video/AV1",
    "video/H265",
    "video/rtx",
];

pub(super) fn router(state: Arc<State>) -> Router {
    RoomServiceServer::router(Rooms(state))
}

struct Rooms(Arc<State>);

impl RoomService for Rooms {
    async fn create_room(&self, _: Context, request: CreateRoomRequest) -> Result<Room, Refusal> {
        if request.name.len() > MAX_NAME {
            return Err(invalid(format!("room name exceeds {MAX_NAME} bytes")));
        }
        check_metadata(&request.metadata)?;
        for agent in &request.agents {
            check_metadata(&agent.metadata)?;
            let size: usize = agent.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
            limit("attributes", size, MAX_ATTRIBUTES)?;
        }
        if !request.room_preset.is_empty() {
            return Err(invalid(format!("unknown room preset {:?}", request.room_preset)));
        }
        let name = request.name.clone();
        Ok(self.0.room_or_insert(&name, || new_room(request)))
    }

    async fn list_rooms(&self, _: Context, request: ListRoomsRequest) -> Result<ListRoomsResponse, Refusal> {
        let is_wanted = |room: &Room| request.names.is_empty() || request.names.contains(&room.name);
        let rooms = self.0.all_rooms().into_iter().filter(is_wanted).collect();
        Ok(ListRoomsResponse { rooms })
    }

    async fn delete_room(
        &self,
        _: Context,
        request: DeleteRoomRequest,
    ) -> Result<DeleteRoomResponse, Refusal> {
        self.0.delete_room(&request.room)?;
        Ok(DeleteRoomResponse {})
    }

    async fn update_room_metadata(
        &self,
        _: Context,
        request: UpdateRoomMetadataRequest,
    ) -> Result<Room, Refusal> {
        check_metadata(&request.metadata)?;
        self.0.update_room(&request.room, |room| room.metadata = request.metadata)
    }

    async fn list_participants(
        &self,
        _: Context,
        request: ListParticipantsRequest,
    ) -> Result<ListParticipantsResponse, Refusal> {
        Ok(ListParticipantsResponse { participants: self.0.participants(&request.room) })
    }

    async fn get_participant(
        &self,
        _: Context,
        request: RoomParticipantIdentity,
    ) -> Result<ParticipantInfo, Refusal> {
        self.0.participant(&request.room, &request.identity)
    }

    async fn remove_participant(
        &self,
        _: Context,
        request: RoomParticipantIdentity,
    ) -> Result<RemoveParticipantResponse, Refusal> {
        self.0.remove_participant(&request.room, &request.identity)?;
        Ok(RemoveParticipantResponse {})
    }
}

fn new_room(request: CreateRoomRequest) -> Room {
    let or = |value: u32, default: u32| if value == 0 { default } else { value };
    let (creation_time, creation_time_ms) = now();
    let codec = |mime: &&str| Codec { mime: (*mime).to_owned(), ..Codec::default() };
    Room {
        sid: id::room(),
        name: request.name,
        empty_timeout: or(request.empty_timeout, EMPTY_TIMEOUT),
        departure_timeout: or(request.departure_timeout, DEPARTURE_TIMEOUT),
        max_participants: request.max_participants,
        creation_time,
        creation_time_ms,
        turn_password: id::secret(),
        enabled_codecs: CODECS.iter().map(codec).collect(),
        metadata: request.metadata,
        ..Room::default()
    }
}

fn check_metadata(metadata: &str) -> Result<(), Refusal> {
    limit("metadata", metadata.len(), MAX_METADATA)
}

/// LiveKit repeats the message of an exceeded limit as meta `argument`.
fn limit(what: &str, size: usize, max: usize) -> Result<(), Refusal> {
    if size <= max {
        return Ok(());
    }
    let text = format!("{what} size exceeds limit: {max}");
    Err(invalid(text.clone()).with_meta("argument", text))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(TwirpCode::InvalidArgument, message)
}
