//! The in-memory LiveKit, driven through the SDK's own client: in process, and over TCP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "server/room.rs"]
mod room;
#[path = "server/sip.rs"]
mod sip;
#[path = "server/sip_call.rs"]
mod sip_call;
#[path = "server/sip_rule.rs"]
mod sip_rule;
#[path = "server/sip_transfer.rs"]
mod sip_transfer;
#[path = "server/sip_update.rs"]
mod sip_update;
#[path = "server/support.rs"]
mod support;
