//! Ways for outside media to enter a room.

use super::world::World;
use crate::server::Router;
use crate::services::ingress::{Ingress, IngressServer};

/// What is remembered.
#[derive(Default)]
pub(super) struct Records;

pub(super) fn router(world: &World) -> Router {
    IngressServer::router(Handlers(world.clone()))
}

struct Handlers(World);

impl Ingress for Handlers {}
