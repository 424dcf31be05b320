//! The services that only LiveKit Cloud has. What they remember and answer follows from their messages;
//! there is no server to be had that could be compared.

mod agent_simulation;
mod cloud_agent;
mod connector;
mod page;
mod phone_number;
mod replay;

use super::clock::Now;
use super::id;
use super::refusals::invalid;
use super::world::World;
use crate::error::Refusal;
use crate::proto::PresignedPostRequest;
use crate::proto::well_known::Timestamp;
use crate::server::Router;

/// What is remembered.
#[derive(Default)]
pub(super) struct Records {
    agents: cloud_agent::Records,
    calls: connector::Records,
    numbers: phone_number::Records,
    replays: replay::Records,
    simulations: agent_simulation::Records,
}

pub(super) fn router(world: &World) -> Router {
    let services = [
        cloud_agent::router(world),
        connector::router(world),
        phone_number::router(world),
        replay::router(world),
    ];
    services.into_iter().fold(agent_simulation::router(world), Router::merge)
}

/// Refuses a request that leaves out what it cannot do without.
fn require(field: &str, value: &str) -> Result<(), Refusal> {
    if value.is_empty() { Err(missing(field)) } else { Ok(()) }
}

fn missing(field: &str) -> Refusal {
    invalid(format!("{field} is required"))
}

fn timestamp(now: Now) -> Timestamp {
    let nanos = i32::try_from(now.nanoseconds().rem_euclid(1_000_000_000)).unwrap_or_default();
    Timestamp { seconds: now.seconds(), nanos }
}

/// Where something could be uploaded to, if anybody were there to take it.
fn upload() -> PresignedPostRequest {
    let values = [("key", id::new("")), ("policy", id::secret()), ("signature", id::secret())];
    PresignedPostRequest {
        url: "https://upload.livekit.test/".to_owned(),
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ..Default::default()
    }
}
