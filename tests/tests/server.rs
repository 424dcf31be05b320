//! The in-memory LiveKit, driven through the SDK's own client: in process, and over TCP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "server/cloud_agent.rs"]
mod cloud_agent;
#[path = "server/cloud_agent_simulation.rs"]
mod cloud_agent_simulation;
#[path = "server/cloud_connector.rs"]
mod cloud_connector;
#[path = "server/cloud_phone_number.rs"]
mod cloud_phone_number;
#[path = "server/cloud_replay.rs"]
mod cloud_replay;
#[path = "server/dispatch.rs"]
mod dispatch;
#[path = "server/egress.rs"]
mod egress;
#[path = "server/egress_run.rs"]
mod egress_run;
#[path = "server/faults.rs"]
mod faults;
#[path = "server/fuzz.rs"]
mod fuzz;
#[path = "server/ingress.rs"]
mod ingress;
#[path = "server/mock.rs"]
mod mock;
#[path = "server/participant.rs"]
mod participant;
#[path = "server/raw.rs"]
mod raw;
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
#[path = "server/webhooks.rs"]
mod webhooks;
#[path = "server/wire.rs"]
mod wire;
