//! Telephony: trunks, dispatch rules and calls.

use super::world::World;
use crate::server::Router;
use crate::services::sip::{Sip, SipServer};

/// What is remembered.
#[derive(Default)]
pub(super) struct Records;

pub(super) fn router(world: &World) -> Router {
    SipServer::router(Handlers(world.clone()))
}

struct Handlers(World);

impl Sip for Handlers {}
