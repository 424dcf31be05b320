//! What webhooks are told of rooms, with as much of each as LiveKit tells.

use crate::proto::{ParticipantInfo, Room, RoomEndReason, TrackInfo, WebhookEvent};

pub(super) fn room_started(room: Room) -> WebhookEvent {
    WebhookEvent { room: Some(room), ..event("room_started") }
}

pub(super) fn room_finished(room: Room, end: RoomEndReason) -> WebhookEvent {
    WebhookEvent { room: Some(room), room_end_reason: end.into(), ..event("room_finished") }
}

pub(super) fn participant_joined(room: Room, participant: ParticipantInfo) -> WebhookEvent {
    WebhookEvent { room: Some(room), participant: Some(participant), ..event("participant_joined") }
}

pub(super) fn participant_left(room: Room, participant: ParticipantInfo) -> WebhookEvent {
    WebhookEvent { room: Some(room), participant: Some(participant), ..event("participant_left") }
}

pub(super) fn participant_connection_aborted(room: Room, participant: ParticipantInfo) -> WebhookEvent {
    let event = event("participant_connection_aborted");
    WebhookEvent { room: Some(room), participant: Some(participant), ..event }
}

pub(super) fn track_published(room: &Room, participant: &ParticipantInfo, track: TrackInfo) -> WebhookEvent {
    of_track("track_published", room, participant, track)
}

pub(super) fn track_unpublished(
    room: &Room,
    participant: &ParticipantInfo,
    track: TrackInfo,
) -> WebhookEvent {
    of_track("track_unpublished", room, participant, track)
}

/// Of room and participant only what names them.
fn of_track(name: &str, room: &Room, participant: &ParticipantInfo, track: TrackInfo) -> WebhookEvent {
    let participant = ParticipantInfo {
        sid: participant.sid.clone(),
        identity: participant.identity.clone(),
        ..ParticipantInfo::default()
    };
    WebhookEvent {
        room: Some(named(room)),
        participant: Some(participant),
        track: Some(Box::new(track)),
        ..event(name)
    }
}

/// A room's sid and name.
pub(in crate::testing) fn named(room: &Room) -> Room {
    Room { sid: room.sid.clone(), name: room.name.clone(), ..Room::default() }
}

fn event(name: &str) -> WebhookEvent {
    WebhookEvent { event: name.to_owned(), ..WebhookEvent::default() }
}
