//! A participant, played by the test.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::rpc::RpcFailure;
use super::state::LiveParticipant;
use super::{events, update};
use crate::error::{Refusal, Result, TwirpCode};
use crate::proto::{DisconnectReason, ParticipantInfo, SendDataRequest, TrackInfo, TrackSource};
use crate::testing::refusals::no_room;
use crate::testing::world::{Store, World};
use crate::testing::{egress, id, limits};

/// Somebody in a room, without media: what a client would do, a test does through this.
///
/// Dropping it does not leave the room; [`leave`](Self::leave) does.
pub struct Participant {
    world: World,
    room: String,
    joined: ParticipantInfo,
    received: mpsc::UnboundedReceiver<Arc<SendDataRequest>>,
    leaving: watch::Receiver<Option<DisconnectReason>>,
}

impl Participant {
    pub(super) fn new(
        world: World,
        room: String,
        joined: ParticipantInfo,
        received: mpsc::UnboundedReceiver<Arc<SendDataRequest>>,
        leaving: watch::Receiver<Option<DisconnectReason>>,
    ) -> Self {
        Self { world, room, joined, received, leaving }
    }

    /// The name of the room.
    pub fn room(&self) -> &str {
        &self.room
    }

    /// The participant's identity.
    pub fn identity(&self) -> &str {
        &self.joined.identity
    }

    /// The participant's sid.
    pub fn sid(&self) -> &str {
        &self.joined.sid
    }

    /// What the server knows of the participant now; `None` once it has left.
    pub fn info(&self) -> Option<ParticipantInfo> {
        self.world.with(|store| self.present(store).ok().map(|it| it.info.clone()))
    }

    /// Why the participant is no longer there; `None` while it is.
    pub fn disconnect_reason(&self) -> Option<DisconnectReason> {
        *self.leaving.borrow()
    }

    /// Waits until the participant is no longer there, and says why.
    pub async fn disconnected(&self) -> DisconnectReason {
        let mut leaving = self.leaving.clone();
        match leaving.wait_for(Option::is_some).await {
            Ok(reason) => reason.unwrap_or_default(),
            // The server is gone, and the room with it.
            Err(_) => DisconnectReason::ServerShutdown,
        }
    }

    /// Publishes a track, of which at least `source` or `name` should be set. Its sid is filled in.
    ///
    /// # Errors
    /// `permission_denied` if the participant may not publish this source; `not_found` if it has left.
    pub fn publish(&self, track: TrackInfo) -> Result<TrackInfo> {
        let source = TrackSource::try_from(track.source).unwrap_or_default();
        let track = TrackInfo { sid: id::new("TR_"), ..track };
        self.world.with(|store| {
            let participant = self.present(store)?;
            if !participant.video.may_publish_source(source) {
                return Err(denied("publish this source").into());
            }
            participant.info.tracks.push(track.clone());
            participant.info.is_publisher = true;
            participant.info.version += 1;
            let info = participant.info.clone();
            let seen = store.rooms.get(&self.room).ok_or_else(no_room)?.seen();
            store.tell(events::track_published(&seen, &info, track.clone()));
            egress::track_published(store, &seen, self.identity(), &track.sid)?;
            Ok(track)
        })
    }

    /// Takes a track back. Answers it, or `None` if there is none of this sid.
    ///
    /// # Errors
    /// `not_found` if the participant has left.
    pub fn unpublish(&self, track_sid: &str) -> Result<Option<TrackInfo>> {
        self.world.with(|store| {
            self.present(store)?;
            Ok(store.unpublish(&self.room, self.identity(), track_sid)?)
        })
    }

    /// Changes the participant's own metadata.
    ///
    /// # Errors
    /// `permission_denied` without the grant `canUpdateOwnMetadata`; `invalid_argument` beyond the limit;
    /// `not_found` if the participant has left.
    pub fn set_metadata(&self, metadata: impl Into<String>) -> Result<()> {
        let metadata = metadata.into();
        limits::metadata(&metadata)?;
        self.change_own(|info| info.metadata = metadata)
    }

    /// Changes the participant's own name.
    ///
    /// # Errors
    /// As [`set_metadata`](Self::set_metadata).
    pub fn set_name(&self, name: impl Into<String>) -> Result<()> {
        let name = name.into();
        limits::participant_name(&name)?;
        self.change_own(|info| info.name = name)
    }

    /// Sets the participant's own attributes; an empty value deletes its key.
    ///
    /// # Errors
    /// As [`set_metadata`](Self::set_metadata).
    pub fn set_attributes<K, V>(&self, attributes: impl IntoIterator<Item = (K, V)>) -> Result<()>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let changes: HashMap<_, _> =
            attributes.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        limits::attributes(&changes)?;
        self.change_own(|info| update::merge(&mut info.attributes, changes))
    }

    /// Offers a method to participant RPC. `handler` gets the payload and answers with one, or fails.
    ///
    /// # Errors
    /// `not_found` if the participant has left.
    pub fn on_rpc<F, A>(&self, method: impl Into<String>, handler: F) -> Result<()>
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = std::result::Result<String, RpcFailure>> + Send + 'static,
    {
        let handler: super::rpc::Handler = Arc::new(move |payload| Box::pin(handler(payload)));
        self.world.with(|store| {
            let participant = self.present(store)?;
            participant.handlers.insert(method.into(), handler);
            Ok(())
        })
    }

    /// Waits for data that is sent to the participant; `None` once it has left and has received all.
    pub async fn receive(&mut self) -> Option<SendDataRequest> {
        self.received.recv().await.map(Arc::unwrap_or_clone)
    }

    /// Whether an API call subscribed this participant to a track (`true`) or unsubscribed it (`false`).
    pub fn subscription(&self, track_sid: &str) -> Option<bool> {
        self.world.with(|store| {
            let participant = store.rooms.participant(&self.room, self.identity()).ok()?;
            participant.subscriptions.get(track_sid).copied()
        })
    }

    /// Leaves the room. A participant that has left already stays so.
    pub fn leave(&self) {
        self.world.with(|store| {
            if self.present(store).is_ok() {
                let reason = DisconnectReason::ClientInitiated;
                let left = store.remove_participant(&self.room, self.identity(), reason);
                debug_assert!(left.is_ok(), "the participant was there a moment ago");
            }
        });
    }

    /// What the server keeps of the participant, unless it has left.
    fn present<'a>(&self, store: &'a mut Store) -> std::result::Result<&'a mut LiveParticipant, Refusal> {
        store.rooms.present(&self.room, self.identity(), self.sid())
    }

    fn change_own(&self, change: impl FnOnce(&mut ParticipantInfo)) -> Result<()> {
        self.world.with(|store| {
            let participant = self.present(store)?;
            if !participant.video.may_update_own_metadata() {
                return Err(denied("update its own metadata").into());
            }
            change(&mut participant.info);
            participant.info.version += 1;
            Ok(())
        })
    }
}

fn denied(what: &str) -> Refusal {
    Refusal::new(TwirpCode::PermissionDenied, format!("the participant may not {what}"))
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Participant")
            .field("room", &self.room)
            .field("identity", &self.joined.identity)
            .field("disconnected", &self.disconnect_reason())
            .finish_non_exhaustive()
    }
}
