//! Egresses that a room begins by itself, as its creator asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Refusal;
use crate::proto::egress_info::Request;
use crate::proto::{
    AutoParticipantEgress, AutoTrackEgress, DirectFileOutput, ParticipantEgressRequest, Room, RoomEgress,
    TrackEgressRequest, auto_participant_egress, auto_track_egress, direct_file_output,
    participant_egress_request,
};
use crate::testing::room;
use crate::testing::world::Store;

/// The name of a track's file if none is asked for.
const TRACK_FILE: &str = "{track_id}-{time}";

/// What is still to be started, by the sid of its room.
pub(super) type WithRooms = BTreeMap<String, WithRoom>;

pub(in crate::testing) struct WithRoom {
    participant: Option<AutoParticipantEgress>,
    tracks: Option<AutoTrackEgress>,
    /// Who has published before.
    published: BTreeSet<String>,
}

/// Starts the egress of a new room, and remembers what to start when tracks come.
pub(in crate::testing) fn room_opened(
    store: &mut Store,
    room: &Room,
    asked: RoomEgress,
) -> Result<(), Refusal> {
    let RoomEgress { room: composite, participant, tracks, .. } = asked;
    if participant.is_some() || tracks.is_some() {
        let later = WithRoom { participant, tracks, published: BTreeSet::new() };
        store.egress.with_rooms.insert(room.sid.clone(), later);
    }
    if let Some(mut request) = composite {
        request.room_name.clone_from(&room.name);
        store.start_egress(Request::RoomComposite(request), room::named(room))?;
    }
    Ok(())
}

/// Starts the egress of a track, and with the first track that of its participant.
pub(in crate::testing) fn track_published(
    store: &mut Store,
    room: &Room,
    identity: &str,
    track_sid: &str,
) -> Result<(), Refusal> {
    let Some(asked) = store.egress.with_rooms.get_mut(&room.sid) else { return Ok(()) };
    let is_first = asked.published.insert(identity.to_owned());
    let participant = asked.participant.clone().filter(|_| is_first);
    let participant = participant.map(|asked| of_participant(asked, room, identity));
    let track = asked.tracks.clone().map(|asked| of_track(asked, room, track_sid));
    for request in participant.into_iter().chain(track) {
        store.start_egress(request, room::named(room))?;
    }
    Ok(())
}

/// Ends what was recorded of a room.
pub(in crate::testing) fn room_closed(store: &mut Store, room: &Room) -> Result<(), Refusal> {
    store.egress.with_rooms.remove(&room.sid);
    store.stop_egresses_of(&room.sid)
}

fn of_participant(asked: AutoParticipantEgress, room: &Room, identity: &str) -> Request {
    use auto_participant_egress::Options as Asked;
    use participant_egress_request::Options;
    let options = asked.options.and_then(|options| match options {
        Asked::Preset(preset) => Some(Options::Preset(preset)),
        Asked::Advanced(advanced) => Some(Options::Advanced(advanced)),
        _ => None,
    });
    Request::Participant(ParticipantEgressRequest {
        room_name: room.name.clone(),
        identity: identity.to_owned(),
        options,
        file_outputs: asked.file_outputs,
        segment_outputs: asked.segment_outputs,
        ..ParticipantEgressRequest::default()
    })
}

fn of_track(asked: AutoTrackEgress, room: &Room, track_sid: &str) -> Request {
    use auto_track_egress::Output as Asked;
    use direct_file_output::Output;
    let output = asked.output.and_then(|output| match output {
        Asked::S3(it) => Some(Output::S3(it)),
        Asked::Gcp(it) => Some(Output::Gcp(it)),
        Asked::Azure(it) => Some(Output::Azure(it)),
        Asked::AliOss(it) => Some(Output::AliOss(it)),
        _ => None,
    });
    let filepath = if asked.filepath.is_empty() { TRACK_FILE.to_owned() } else { asked.filepath };
    let file =
        DirectFileOutput { filepath, disable_manifest: asked.disable_manifest, output, ..Default::default() };
    Request::Track(TrackEgressRequest {
        room_name: room.name.clone(),
        track_id: track_sid.to_owned(),
        output: Some(crate::proto::track_egress_request::Output::File(file)),
        ..TrackEgressRequest::default()
    })
}
