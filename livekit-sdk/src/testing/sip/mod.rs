//! Telephony: trunks, dispatch rules and calls, as a self-hosted LiveKit 1.13 with Redis and one SIP worker
//! answers.

mod call;
mod call_request;
mod country;
mod handlers;
mod list_update;
mod media;
mod phone;
mod rule;
mod table;
mod transfer;
mod trunk;
mod validate;

pub use phone::{CallTransfer, DialOutcome, DialedCall};

use super::world::World;
use crate::proto::{SipDispatchRuleInfo, SipInboundTrunkInfo, SipOutboundTrunkInfo};
use crate::server::Router;
use crate::services::sip::SipServer;
use phone::Phones;
use table::Table;

/// What is remembered.
#[derive(Default)]
pub(super) struct Records {
    inbound: Table<SipInboundTrunkInfo>,
    outbound: Table<SipOutboundTrunkInfo>,
    rules: Table<SipDispatchRuleInfo>,
    phones: Phones,
}

pub(super) fn router(world: &World) -> Router {
    SipServer::router(handlers::Handlers(world.clone()))
}
