//! Recordings and outgoing streams: workers that take every job, and do with it what the test says.

mod control;
mod handlers;
mod mask;
mod outputs;
mod request;
mod state;
mod with_room;

pub use control::EgressHandle;
pub(super) use state::Records;
pub(super) use with_room::{room_closed, room_opened, track_published};

use super::world::World;
use crate::server::Router;
use crate::services::egress::EgressServer;

pub(super) fn router(world: &World) -> Router {
    EgressServer::router(handlers::Handlers(world.clone()))
}
