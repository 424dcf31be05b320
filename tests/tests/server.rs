//! The in-memory LiveKit, driven through the SDK's own client: in process, and over TCP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "server/egress.rs"]
mod egress;
#[path = "server/egress_run.rs"]
mod egress_run;
#[path = "server/faults.rs"]
mod faults;
#[path = "server/ingress.rs"]
mod ingress;
#[path = "server/participant.rs"]
mod participant;
#[path = "server/room.rs"]
mod room;
#[path = "server/support.rs"]
mod support;
#[path = "server/webhooks.rs"]
mod webhooks;
