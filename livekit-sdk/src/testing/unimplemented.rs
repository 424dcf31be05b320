//! The services that the server keeps no state for: every method answers `unimplemented`.

use crate::server::Router;
use crate::services::agent_dispatch::{AgentDispatchService, AgentDispatchServiceServer};
use crate::services::agent_simulation::{AgentSimulation, AgentSimulationServer};
use crate::services::cloud_agent::{CloudAgent, CloudAgentServer};
use crate::services::connector::{Connector, ConnectorServer};
use crate::services::egress::{Egress, EgressServer};
use crate::services::ingress::{Ingress, IngressServer};
use crate::services::phone_number::{PhoneNumberService, PhoneNumberServiceServer};
use crate::services::replay::{Replay, ReplayServer};
use crate::services::sip::{Sip, SipServer};

struct Unimplemented;

impl AgentDispatchService for Unimplemented {}
impl AgentSimulation for Unimplemented {}
impl CloudAgent for Unimplemented {}
impl Connector for Unimplemented {}
impl Egress for Unimplemented {}
impl Ingress for Unimplemented {}
impl PhoneNumberService for Unimplemented {}
impl Replay for Unimplemented {}
impl Sip for Unimplemented {}

pub(super) fn router() -> Router {
    let services = [
        AgentSimulationServer::router(Unimplemented),
        CloudAgentServer::router(Unimplemented),
        ConnectorServer::router(Unimplemented),
        EgressServer::router(Unimplemented),
        IngressServer::router(Unimplemented),
        PhoneNumberServiceServer::router(Unimplemented),
        ReplayServer::router(Unimplemented),
        SipServer::router(Unimplemented),
    ];
    services.into_iter().fold(AgentDispatchServiceServer::router(Unimplemented), Router::merge)
}
