//! Rooms, the participants in them, and how both come and go.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::events;
use super::rpc::Handlers;
use crate::auth::VideoGrant;
use crate::error::Refusal;
use crate::proto::participant_info::Kind;
use crate::proto::{
    AgentDispatch, DisconnectReason, ParticipantInfo, Room, RoomEndReason, SendDataRequest, TrackInfo,
};
use crate::testing::clock::Now;
use crate::testing::refusals::{no_participant, no_room};
use crate::testing::world::Store;
use crate::testing::{egress, job};

/// Rooms by name.
#[derive(Default)]
pub(in crate::testing) struct Rooms {
    by_name: BTreeMap<String, LiveRoom>,
    /// No room is due before.
    next_due: Option<Now>,
}

/// A room, who is in it, and which agents were sent there.
pub(in crate::testing) struct LiveRoom {
    pub(in crate::testing) room: Room,
    pub(in crate::testing) participants: BTreeMap<String, LiveParticipant>,
    pub(in crate::testing) dispatches: Vec<AgentDispatch>,
    opened: Now,
    /// When the last participant left for whom the room stays open; `None` while there is one, or before
    /// the first.
    emptied: Option<Now>,
    was_joined: bool,
}

/// A participant, and the ends of the lines to whoever plays it.
pub(in crate::testing) struct LiveParticipant {
    pub(in crate::testing) info: ParticipantInfo,
    pub(in crate::testing) video: VideoGrant,
    pub(in crate::testing) handlers: Handlers,
    /// Shared by all who receive it; a channel keeps room for many, so what it holds is to be small.
    pub(in crate::testing) inbox: mpsc::UnboundedSender<Arc<SendDataRequest>>,
    /// Why the participant left, once it has.
    pub(in crate::testing) left: watch::Sender<Option<DisconnectReason>>,
    /// The tracks of others by sid, and whether an API call subscribed to or unsubscribed from them.
    pub(in crate::testing) subscriptions: BTreeMap<String, bool>,
}

impl Rooms {
    pub(in crate::testing) fn get(&self, name: &str) -> Option<&LiveRoom> {
        self.by_name.get(name)
    }

    pub(in crate::testing) fn get_mut(&mut self, name: &str) -> Option<&mut LiveRoom> {
        self.by_name.get_mut(name)
    }

    pub(in crate::testing) fn iter(&self) -> impl Iterator<Item = &LiveRoom> {
        self.by_name.values()
    }

    pub(in crate::testing) fn iter_mut(&mut self) -> impl Iterator<Item = &mut LiveRoom> {
        self.by_name.values_mut()
    }

    /// A participant, wherever it is, or why there is none.
    pub(in crate::testing) fn participant(
        &self,
        room: &str,
        identity: &str,
    ) -> Result<&LiveParticipant, Refusal> {
        self.get(room).and_then(|live| live.participants.get(identity)).ok_or_else(no_participant)
    }

    pub(in crate::testing) fn participant_mut(
        &mut self,
        room: &str,
        identity: &str,
    ) -> Result<&mut LiveParticipant, Refusal> {
        self.get_mut(room).and_then(|live| live.participants.get_mut(identity)).ok_or_else(no_participant)
    }

    /// The participant of this very sid: another may have its identity by now.
    pub(in crate::testing) fn present(
        &mut self,
        room: &str,
        identity: &str,
        sid: &str,
    ) -> Result<&mut LiveParticipant, Refusal> {
        let found = self.participant_mut(room, identity)?;
        if found.info.sid == sid { Ok(found) } else { Err(no_participant()) }
    }
}

impl Store {
    /// Opens a room that does not exist yet.
    pub(in crate::testing) fn open_room(&mut self, room: Room, dispatches: Vec<AgentDispatch>) -> Room {
        let name = room.name.clone();
        let live = LiveRoom {
            room,
            participants: BTreeMap::new(),
            dispatches,
            opened: self.now,
            emptied: None,
            was_joined: false,
        };
        let seen = live.seen();
        self.rooms.expect(live.due());
        self.rooms.by_name.insert(name, live);
        self.tell(events::room_started(seen.clone()));
        seen
    }

    /// Closes a room; everyone in it leaves.
    pub(in crate::testing) fn close_room(
        &mut self,
        name: &str,
        reason: DisconnectReason,
        end: RoomEndReason,
    ) -> Result<(), Refusal> {
        let identities = self.rooms.get(name).ok_or_else(no_room)?.participants.keys();
        for identity in identities.cloned().collect::<Vec<_>>() {
            self.remove_participant(name, &identity, reason)?;
        }
        let live = self.rooms.by_name.remove(name).ok_or_else(no_room)?;
        let (seen, room) = (live.seen(), live.room);
        for dispatch in live.dispatches {
            job::end_all(self, dispatch);
        }
        self.tell(events::room_finished(seen, end));
        egress::room_closed(self, &room)
    }

    /// Closes the rooms that have been empty for too long.
    pub(in crate::testing) fn close_idle_rooms(&mut self) {
        if self.rooms.next_due.is_none_or(|due| self.now < due) {
            return;
        }
        let now = self.now;
        let idle = self.rooms.iter().filter(|live| live.due().is_some_and(|due| due <= now));
        for name in idle.map(|live| live.room.name.clone()).collect::<Vec<_>>() {
            let closed =
                self.close_room(&name, DisconnectReason::RoomClosed, RoomEndReason::RoomEndIdleTimeout);
            debug_assert!(closed.is_ok(), "{name} was there a moment ago");
        }
        self.rooms.next_due = self.rooms.iter().filter_map(LiveRoom::due).min();
    }

    /// Puts a participant into an open room, in place of one with the same identity, who has to leave.
    pub(in crate::testing) fn add_participant(
        &mut self,
        room: &str,
        participant: LiveParticipant,
    ) -> Result<ParticipantInfo, Refusal> {
        let identity = participant.info.identity.clone();
        if self.rooms.participant(room, &identity).is_ok() {
            self.remove_participant(room, &identity, DisconnectReason::DuplicateIdentity)?;
        }
        let live = self.rooms.get_mut(room).ok_or_else(no_room)?;
        let info = participant.info.clone();
        if participant.keeps_open() {
            live.emptied = None;
            live.was_joined = true;
        }
        live.participants.insert(identity, participant);
        let seen = live.seen();
        self.tell(events::participant_joined(seen, info.clone()));
        Ok(info)
    }

    /// Takes a participant out of a room, with all its tracks.
    pub(in crate::testing) fn remove_participant(
        &mut self,
        room: &str,
        identity: &str,
        reason: DisconnectReason,
    ) -> Result<(), Refusal> {
        let sids: Vec<_> = self.rooms.participant(room, identity)?.info.tracks.iter().map(sid).collect();
        for sid in sids {
            self.unpublish(room, identity, &sid)?;
        }
        let now = self.now;
        let live = self.rooms.get_mut(room).ok_or_else(no_room)?;
        let mut gone = live.participants.remove(identity).ok_or_else(no_participant)?;
        gone.info.disconnect_reason = reason.into();
        gone.info.state = crate::proto::participant_info::State::Disconnected.into();
        if live.is_deserted() && live.was_joined && live.emptied.is_none() {
            live.emptied = Some(now);
        }
        let (due, seen) = (live.due(), live.seen());
        self.rooms.expect(due);
        self.tell(events::participant_left(seen, gone.info));
        // Nobody listens if the handle is gone.
        gone.left.send_replace(Some(reason));
        Ok(())
    }

    /// Takes a track of a participant away, if it is there.
    pub(in crate::testing) fn unpublish(
        &mut self,
        room: &str,
        identity: &str,
        track_sid: &str,
    ) -> Result<Option<TrackInfo>, Refusal> {
        let participant = self.rooms.participant_mut(room, identity)?;
        let tracks = &mut participant.info.tracks;
        let Some(index) = tracks.iter().position(|track| track.sid == track_sid) else { return Ok(None) };
        let track = tracks.remove(index);
        participant.info.is_publisher = !participant.info.tracks.is_empty();
        participant.info.version += 1;
        let info = participant.info.clone();
        let seen = self.rooms.get(room).ok_or_else(no_room)?.seen();
        self.tell(events::track_unpublished(&seen, &info, track.clone()));
        Ok(Some(track))
    }
}

impl Rooms {
    /// Notes that a room may become due.
    fn expect(&mut self, due: Option<Now>) {
        self.next_due = match (self.next_due, due) {
            (Some(known), Some(due)) => Some(known.min(due)),
            (known, due) => known.or(due),
        };
    }
}

impl LiveRoom {
    /// The room with its counters. Agents and recorders do not count: they are there for the others.
    pub(in crate::testing) fn seen(&self) -> Room {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let participants = self.participants.values();
        Room {
            num_participants: number(participants.clone().filter(|it| it.keeps_open()).count()),
            num_publishers: number(participants.filter(|it| it.info.is_publisher).count()),
            ..self.room.clone()
        }
    }

    /// When the room closes if nothing happens; never while somebody is there.
    fn due(&self) -> Option<Now> {
        match (self.emptied, self.was_joined) {
            (Some(emptied), _) => Some(emptied.plus(self.room.departure_timeout)),
            (None, false) => Some(self.opened.plus(self.room.empty_timeout)),
            (None, true) => None,
        }
    }

    fn is_deserted(&self) -> bool {
        !self.participants.values().any(LiveParticipant::keeps_open)
    }
}

impl LiveParticipant {
    /// A participant whom no test plays: what is sent to it is lost.
    pub(in crate::testing) fn new(info: ParticipantInfo, video: VideoGrant) -> Self {
        Self {
            info,
            video,
            handlers: Handlers::new(),
            inbox: mpsc::unbounded_channel().0,
            left: watch::channel(None).0,
            subscriptions: BTreeMap::new(),
        }
    }

    /// Whether the room stays open, and counts a participant, because of this one.
    pub(in crate::testing) fn keeps_open(&self) -> bool {
        let is_dependent =
            matches!(self.info.kind(), Kind::Agent | Kind::Egress) || self.video.agent || self.video.recorder;
        !is_dependent
    }
}

fn sid(track: &TrackInfo) -> String {
    track.sid.clone()
}
