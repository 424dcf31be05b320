//! How a room is set up: what may be asked for, and what it then is.

use crate::error::Refusal;
use crate::proto::{Codec, CreateRoomRequest, Room, RoomConfiguration};
use crate::testing::refusals::invalid;
use crate::testing::world::Store;
use crate::testing::{dispatch, egress, id, limits};

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

/// Refuses what is too large or unknown.
pub(super) fn check(request: &CreateRoomRequest) -> Result<(), Refusal> {
    limits::room_name(&request.name)?;
    limits::metadata(&request.metadata)?;
    for agent in &request.agents {
        limits::metadata(&agent.metadata)?;
        limits::attributes(&agent.attributes)?;
    }
    match request.room_preset.as_str() {
        "" => Ok(()),
        preset => Err(invalid(format!("unknown room preset {preset:?}"))),
    }
}

/// Opens a room that does not exist yet. Zero stands for the server's default.
pub(in crate::testing) fn open(store: &mut Store, request: CreateRoomRequest) -> Result<Room, Refusal> {
    let or = |value: u32, default: u32| if value == 0 { default } else { value };
    let codec = |mime: &&str| Codec { mime: (*mime).to_owned(), ..Codec::default() };
    let dispatches = dispatch::of_new_room(&request, store.now);
    let room = Room {
        sid: id::new("RM_"),
        name: request.name,
        empty_timeout: or(request.empty_timeout, EMPTY_TIMEOUT),
        departure_timeout: or(request.departure_timeout, DEPARTURE_TIMEOUT),
        max_participants: request.max_participants,
        creation_time: store.now.seconds(),
        creation_time_ms: store.now.milliseconds(),
        turn_password: id::secret(),
        enabled_codecs: CODECS.iter().map(codec).collect(),
        metadata: request.metadata,
        ..Room::default()
    };
    let room = store.open_room(room, dispatches);
    egress::room_opened(store, &room, request.egress.unwrap_or_default())?;
    Ok(room)
}

/// What a token asks of the room that joining creates.
pub(super) fn of_token(name: &str, config: RoomConfiguration, preset: String) -> CreateRoomRequest {
    CreateRoomRequest {
        name: name.to_owned(),
        room_preset: preset,
        empty_timeout: config.empty_timeout,
        departure_timeout: config.departure_timeout,
        max_participants: config.max_participants,
        metadata: config.metadata,
        egress: config.egress,
        min_playout_delay: config.min_playout_delay,
        max_playout_delay: config.max_playout_delay,
        sync_streams: config.sync_streams,
        agents: config.agents,
        tags: config.tags,
        ..CreateRoomRequest::default()
    }
}
