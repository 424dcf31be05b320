//! Recordings and outgoing streams.

use super::world::World;
use crate::server::Router;
use crate::services::egress::{Egress, EgressServer};

/// What is remembered.
#[derive(Default)]
pub(super) struct Records;

pub(super) fn router(world: &World) -> Router {
    EgressServer::router(Handlers(world.clone()))
}

struct Handlers(World);

impl Egress for Handlers {}
