//! Joining a room with a token, without any media.

use std::time::SystemTime;

use tokio::sync::{mpsc, watch};

use super::config;
use super::state::LiveParticipant;
use super::{Participant, events};
use crate::auth::{Claims, TokenVerifier, VideoGrant};
use crate::error::{Error, Refusal, TwirpCode};
use crate::proto::participant_info::State as ParticipantState;
use crate::proto::{DisconnectReason, ParticipantInfo};
use crate::testing::id;
use crate::testing::limits::MAX_NAME;
use crate::testing::refusals::invalid;
use crate::testing::world::{Store, World};

/// Joins as whoever `token` is for. Creates the room, as the token asks, if there is none.
pub(in crate::testing) fn join(
    world: &World,
    verifier: &TokenVerifier,
    token: &str,
) -> Result<Participant, Error> {
    let claims = verifier.verify_at(token, SystemTime::now())?;
    let room = admitted(&claims)?.room.clone();
    let identity = claims.identity().to_owned();
    let (inbox, received) = mpsc::unbounded_channel();
    let (left, leaving) = watch::channel(None);
    let info = world.with(|store| {
        open_if_missing(store, &room, &claims)?;
        check_space(store, &room, &identity)?;
        let video = claims.grants.video.clone().unwrap_or_default();
        let unplayed = LiveParticipant::new(info(store, &claims, ParticipantState::Active), video);
        store.add_participant(&room, LiveParticipant { inbox, left, ..unplayed })
    })?;
    Ok(Participant::new(world.clone(), room, info, received, leaving))
}

/// Begins to join, and gives up before the connection stands.
pub(in crate::testing) fn abort(
    world: &World,
    verifier: &TokenVerifier,
    token: &str,
) -> Result<ParticipantInfo, Error> {
    let claims = verifier.verify_at(token, SystemTime::now())?;
    let room = admitted(&claims)?.room.clone();
    let aborted = world.with(|store| {
        open_if_missing(store, &room, &claims)?;
        let seen = store.rooms.get(&room).map(|live| live.seen()).unwrap_or_default();
        let info = ParticipantInfo {
            disconnect_reason: DisconnectReason::JoinFailure.into(),
            ..info(store, &claims, ParticipantState::Disconnected)
        };
        store.tell(events::participant_connection_aborted(seen, info.clone()));
        Ok::<_, Refusal>(info)
    })?;
    Ok(aborted)
}

/// The grant to join, if the token has a complete one.
fn admitted(claims: &Claims) -> Result<&VideoGrant, Refusal> {
    let video = claims.grants.video.as_ref().filter(|video| video.room_join);
    let Some(video) = video else {
        return Err(Refusal::new(
            TwirpCode::Unauthenticated,
            "permissions denied: the token lacks `roomJoin`",
        ));
    };
    let identity = claims.identity();
    if identity.is_empty() {
        return Err(invalid("identity cannot be empty"));
    }
    for (what, name) in [("identity", identity), ("room name", &video.room)] {
        if name.len() > MAX_NAME {
            return Err(invalid(format!("{what} exceeds {MAX_NAME} bytes")));
        }
    }
    match video.room.is_empty() {
        true => Err(invalid("room name cannot be empty")),
        false => Ok(video),
    }
}

fn open_if_missing(store: &mut Store, room: &str, claims: &Claims) -> Result<(), Refusal> {
    if store.rooms.get(room).is_some() {
        return Ok(());
    }
    let config = claims.room_config.as_deref().cloned().unwrap_or_default();
    let request = config::of_token(room, config, claims.room_preset.clone());
    config::check(&request)?;
    config::open(store, request).map(|_| ())
}

/// A full room takes nobody but those who replace themselves.
fn check_space(store: &Store, room: &str, identity: &str) -> Result<(), Refusal> {
    let Some(live) = store.rooms.get(room) else { return Ok(()) };
    let seen = live.seen();
    let is_full = seen.max_participants != 0 && seen.num_participants >= seen.max_participants;
    match is_full && !live.participants.contains_key(identity) {
        true => Err(Refusal::new(TwirpCode::ResourceExhausted, "room has exceeded its max participants")),
        false => Ok(()),
    }
}

fn info(store: &Store, claims: &Claims, state: ParticipantState) -> ParticipantInfo {
    let video = claims.grants.video.clone().unwrap_or_default();
    ParticipantInfo {
        sid: id::new("PA_"),
        identity: claims.identity().to_owned(),
        name: claims.name.clone(),
        state: state.into(),
        metadata: claims.metadata.clone(),
        attributes: claims.attributes.clone().into_iter().collect(),
        joined_at: store.now.seconds(),
        joined_at_ms: store.now.milliseconds(),
        version: 1,
        permission: Some(video.to_permission()),
        kind: claims.participant_kind().into(),
        kind_details: claims.participant_kind_details().into_iter().map(i32::from).collect(),
        ..ParticipantInfo::default()
    }
}
