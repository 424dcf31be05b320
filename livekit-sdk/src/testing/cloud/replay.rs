//! Stored room sessions. The test says which ones there are.

use std::collections::BTreeMap;

use crate::error::Refusal;
use crate::proto::well_known::Empty;
use crate::proto::{
    ClosePlaybackRequest, DeleteReplayRequest, EgressInfo, ExportReplayRequest, ListReplaysRequest,
    ListReplaysResponse, PlaybackRequest, PlaybackResponse, ReplayInfo, Room, SeekRequest,
};
use crate::server::{Context, Router};
use crate::services::replay::{Replay, ReplayServer};
use crate::testing::refusals::not_found;
use crate::testing::world::World;
use crate::testing::{TestServer, id};

use super::page::page;
use super::require;

/// The replays in the order in which they were added, and what is being played.
#[derive(Default)]
pub(super) struct Records {
    replays: Vec<ReplayInfo>,
    /// By id: how each was started, with the offset that it was last sent to.
    playbacks: BTreeMap<String, PlaybackRequest>,
}

impl Records {
    fn replay(&self, id: &str) -> Result<&ReplayInfo, Refusal> {
        require("replay_id", id)?;
        let found = self.replays.iter().find(|replay| replay.replay_id == id);
        found.ok_or_else(|| not_found("requested replay does not exist"))
    }
}

fn no_playback() -> Refusal {
    not_found("requested playback does not exist")
}

impl TestServer {
    /// Stores a replay, for the `Replay` service to list, play and export, in place of one with the same id.
    ///
    /// Without an id it is given one. Returns the replay as it is listed.
    pub fn add_replay(&self, mut replay: ReplayInfo) -> ReplayInfo {
        if replay.replay_id.is_empty() {
            // LiveKit's own ids of replays are not documented.
            replay.replay_id = id::new("RP_");
        }
        self.world().with(|store| {
            let replays = &mut store.cloud.replays.replays;
            replays.retain(|known| known.replay_id != replay.replay_id);
            replays.push(replay.clone());
        });
        replay
    }

    /// A replay that is being played: the request that started it, with `seek_offset_ms` as it was last sent to.
    ///
    /// `None` once it was closed.
    pub fn replay_playback(&self, playback_id: &str) -> Option<PlaybackRequest> {
        self.world().with(|store| store.cloud.replays.playbacks.get(playback_id).cloned())
    }
}

pub(super) fn router(world: &World) -> Router {
    ReplayServer::router(Handlers(world.clone()))
}

struct Handlers(World);

impl Replay for Handlers {
    async fn list_replays(
        &self,
        _: Context,
        request: ListReplaysRequest,
    ) -> Result<ListReplaysResponse, Refusal> {
        let is_wanted =
            |replay: &&ReplayInfo| request.room_name.is_empty() || replay.room_name == request.room_name;
        let found =
            self.0.with(|store| store.cloud.replays.replays.iter().filter(is_wanted).cloned().collect());
        let (replays, next_page_token) = page(found, request.page_token.as_ref(), None)?;
        Ok(ListReplaysResponse { replays, next_page_token, ..Default::default() })
    }

    async fn playback(&self, _: Context, request: PlaybackRequest) -> Result<PlaybackResponse, Refusal> {
        require("playback_room", &request.playback_room)?;
        self.0.with(|store| {
            let records = &mut store.cloud.replays;
            records.replay(&request.replay_id)?;
            let playback_id = id::new("PB_");
            records.playbacks.insert(playback_id.clone(), request);
            Ok(PlaybackResponse { playback_id, ..Default::default() })
        })
    }

    async fn seek(&self, _: Context, request: SeekRequest) -> Result<Empty, Refusal> {
        require("playback_id", &request.playback_id)?;
        self.0.with(|store| {
            let playback = store.cloud.replays.playbacks.get_mut(&request.playback_id);
            playback.ok_or_else(no_playback)?.seek_offset_ms = request.seek_offset_ms;
            Ok(Empty {})
        })
    }

    async fn close(&self, _: Context, request: ClosePlaybackRequest) -> Result<Empty, Refusal> {
        require("playback_id", &request.playback_id)?;
        self.0.with(|store| {
            let playbacks = &mut store.cloud.replays.playbacks;
            playbacks.remove(&request.playback_id).map(|_| Empty {}).ok_or_else(no_playback)
        })
    }

    async fn export(&self, _: Context, request: ExportReplayRequest) -> Result<EgressInfo, Refusal> {
        self.0.with(|store| {
            let name = store.cloud.replays.replay(&request.replay_id)?.room_name.clone();
            store.start_egress(request.into(), Room { name, ..Room::default() })
        })
    }

    async fn delete_replay(&self, _: Context, request: DeleteReplayRequest) -> Result<Empty, Refusal> {
        self.0.with(|store| {
            let records = &mut store.cloud.replays;
            let replay_id = records.replay(&request.replay_id)?.replay_id.clone();
            records.replays.retain(|replay| replay.replay_id != replay_id);
            records.playbacks.retain(|_, playback| playback.replay_id != replay_id);
            Ok(Empty {})
        })
    }
}
