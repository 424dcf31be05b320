//! The services that only LiveKit Cloud has.

use super::world::World;
use crate::server::Router;
use crate::services::agent_simulation::{AgentSimulation, AgentSimulationServer};
use crate::services::cloud_agent::{CloudAgent, CloudAgentServer};
use crate::services::connector::{Connector, ConnectorServer};
use crate::services::phone_number::{PhoneNumberService, PhoneNumberServiceServer};
use crate::services::replay::{Replay, ReplayServer};

/// What is remembered.
#[derive(Default)]
pub(super) struct Records;

pub(super) fn router(_: &World) -> Router {
    let services = [
        CloudAgentServer::router(Unimplemented),
        ConnectorServer::router(Unimplemented),
        PhoneNumberServiceServer::router(Unimplemented),
        ReplayServer::router(Unimplemented),
    ];
    services.into_iter().fold(AgentSimulationServer::router(Unimplemented), Router::merge)
}

struct Unimplemented;

impl AgentSimulation for Unimplemented {}
impl CloudAgent for Unimplemented {}
impl Connector for Unimplemented {}
impl PhoneNumberService for Unimplemented {}
impl Replay for Unimplemented {}
