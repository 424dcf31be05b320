//! What the server remembers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::id;
use crate::error::{Refusal, TwirpCode};
use crate::proto::participant_info::{Kind, State as ParticipantState};
use crate::proto::{ParticipantInfo, Room};

/// Rooms by name.
#[derive(Default)]
pub(super) struct State(Mutex<BTreeMap<String, LiveRoom>>);

/// A room and who is in it.
#[derive(Debug, Default)]
pub(super) struct LiveRoom {
    room: Room,
    participants: BTreeMap<String, ParticipantInfo>,
}

impl State {
    /// A handler that panicked left the rooms as they were: every change is a single assignment.
    fn rooms(&self) -> MutexGuard<'_, BTreeMap<String, LiveRoom>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The room of this name, or the one that `make` makes.
    pub(super) fn room_or_insert(&self, name: &str, make: impl FnOnce() -> Room) -> Room {
        let mut rooms = self.rooms();
        let make = || LiveRoom { room: make(), ..LiveRoom::default() };
        rooms.entry(name.to_owned()).or_insert_with(make).seen()
    }

    /// Every room, by name.
    pub(super) fn all_rooms(&self) -> Vec<Room> {
        self.rooms().values().map(LiveRoom::seen).collect()
    }

    /// Changes a room and returns it.
    pub(super) fn update_room(&self, name: &str, change: impl FnOnce(&mut Room)) -> Result<Room, Refusal> {
        let mut rooms = self.rooms();
        let live = rooms.get_mut(name).ok_or_else(no_room)?;
        change(&mut live.room);
        Ok(live.seen())
    }

    /// Forgets a room and everyone in it.
    pub(super) fn delete_room(&self, name: &str) -> Result<(), Refusal> {
        self.rooms().remove(name).map(|_| ()).ok_or_else(no_room)
    }

    /// Everyone in a room; nobody in a room that does not exist.
    pub(super) fn participants(&self, room: &str) -> Vec<ParticipantInfo> {
        let rooms = self.rooms();
        let participants = rooms.get(room).into_iter().flat_map(|live| live.participants.values());
        participants.cloned().collect()
    }

    /// One participant.
    pub(super) fn participant(&self, room: &str, identity: &str) -> Result<ParticipantInfo, Refusal> {
        let rooms = self.rooms();
        let participant = rooms.get(room).and_then(|live| live.participants.get(identity));
        participant.cloned().ok_or_else(no_participant)
    }

    /// Takes a participant out of a room.
    pub(super) fn remove_participant(&self, room: &str, identity: &str) -> Result<ParticipantInfo, Refusal> {
        let mut rooms = self.rooms();
        let live = rooms.get_mut(room).ok_or_else(no_participant)?;
        live.participants.remove(identity).ok_or_else(no_participant)
    }

    /// Puts a participant into a room, in place of one with the same identity.
    pub(super) fn add_participant(
        &self,
        room: &str,
        mut new: ParticipantInfo,
    ) -> Result<ParticipantInfo, Refusal> {
        if new.identity.is_empty() {
            return Err(Refusal::new(TwirpCode::InvalidArgument, "a participant needs an identity"));
        }
        let mut rooms = self.rooms();
        let live = rooms.get_mut(room).ok_or_else(no_room)?;
        if new.sid.is_empty() {
            new.sid = id::participant();
            new.state = ParticipantState::Active.into();
        }
        if new.joined_at == 0 {
            (new.joined_at, new.joined_at_ms) = now();
        }
        live.participants.insert(new.identity.clone(), new.clone());
        Ok(new)
    }
}

impl LiveRoom {
    /// The room with its counters. Agents and egress do not count: they are there for the others.
    fn seen(&self) -> Room {
        let counts =
            |participant: &&ParticipantInfo| !matches!(participant.kind(), Kind::Agent | Kind::Egress);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Room {
            num_participants: number(self.participants.values().filter(counts).count()),
            num_publishers: number(self.participants.values().filter(|it| it.is_publisher).count()),
            ..self.room.clone()
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.rooms().keys()).finish()
    }
}

fn no_room() -> Refusal {
    Refusal::new(TwirpCode::NotFound, "requested room does not exist")
}

fn no_participant() -> Refusal {
    Refusal::new(TwirpCode::NotFound, "participant does not exist")
}

/// Seconds and milliseconds since the epoch.
pub(super) fn now() -> (i64, i64) {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let seconds = i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX);
    let milliseconds = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
    (seconds, milliseconds)
}
