//! Ways for outside media to enter a room. Nothing listens for media: the test says when some arrives.

mod check;
mod control;
mod handlers;
mod state;

pub use control::IngressHandle;
pub(super) use state::Records;

use super::world::World;
use crate::server::Router;
use crate::services::ingress::IngressServer;

pub(super) fn router(world: &World) -> Router {
    IngressServer::router(handlers::Handlers(world.clone()))
}
