//! Changing a participant: by the API, and by itself.

use std::collections::HashMap;

use crate::error::Refusal;
use crate::proto::{ParticipantInfo, ParticipantPermission, TrackSource, UpdateParticipantRequest};
use crate::testing::world::Store;

/// Applies what is set in the request; what is empty stays.
pub(in crate::testing) fn apply(
    store: &mut Store,
    request: UpdateParticipantRequest,
) -> Result<ParticipantInfo, Refusal> {
    let UpdateParticipantRequest { room, identity, metadata, permission, name, attributes, .. } = request;
    if let Some(permission) = permission {
        permit(store, &room, &identity, permission)?;
    }
    let participant = store.rooms.participant_mut(&room, &identity)?;
    let info = &mut participant.info;
    if !name.is_empty() {
        info.name = name;
    }
    if !metadata.is_empty() {
        info.metadata = metadata;
    }
    merge(&mut info.attributes, attributes);
    info.version += 1;
    Ok(info.clone())
}

/// Sets attributes; an empty value deletes its key.
pub(in crate::testing) fn merge(attributes: &mut HashMap<String, String>, changes: HashMap<String, String>) {
    for (key, value) in changes {
        match value.is_empty() {
            true => attributes.remove(&key),
            false => attributes.insert(key, value),
        };
    }
}

/// Replaces a participant's permissions; what it may not do any longer, it stops doing.
fn permit(
    store: &mut Store,
    room: &str,
    identity: &str,
    permission: ParticipantPermission,
) -> Result<(), Refusal> {
    let participant = store.rooms.participant_mut(room, identity)?;
    if participant.video.matches_permission(&permission) {
        return Ok(());
    }
    participant.video.update_from_permission(&permission);
    participant.info.permission = Some(permission);
    let video = participant.video.clone();
    if !video.may_subscribe() {
        participant.subscriptions.clear();
    }
    if !video.may_publish_data() {
        participant.info.data_tracks.clear();
    }
    let tracks = participant.info.tracks.iter();
    let forbidden: Vec<_> = tracks
        .filter(|track| !video.may_publish_source(TrackSource::try_from(track.source).unwrap_or_default()))
        .map(|track| track.sid.clone())
        .collect();
    for sid in forbidden {
        store.unpublish(room, identity, &sid)?;
    }
    Ok(())
}
