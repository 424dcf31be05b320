//! Rooms and the participants in them.

mod config;
mod events;
mod handlers;
mod join;
mod participant;
mod rpc;
mod state;
mod update;

pub(super) use config::open;
pub(super) use events::named;
pub(super) use join::{abort, join};
pub use participant::Participant;
pub use rpc::RpcFailure;
pub(super) use state::{LiveParticipant, Rooms};
pub(super) use update::apply as update_participant;
pub(super) use update::merge;

use super::world::World;
use crate::server::Router;
use crate::services::room::RoomServiceServer;

pub(super) fn router(world: &World) -> Router {
    RoomServiceServer::router(handlers::Handlers(world.clone()))
}
