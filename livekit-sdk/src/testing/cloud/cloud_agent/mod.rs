//! Hosted agents and their private links.

mod agent;
mod handlers;
mod link;

use agent::Agent;
use link::Links;

use super::missing;
use crate::error::Refusal;
use crate::server::Router;
use crate::services::cloud_agent::CloudAgentServer;
use crate::testing::refusals::not_found;
use crate::testing::world::World;

/// The agents in the order in which they were created, and the links.
#[derive(Default)]
pub(super) struct Records {
    agents: Vec<Agent>,
    links: Links,
}

impl Records {
    /// An agent by its id, or without an id by its name.
    fn get_mut(&mut self, id: &str, name: &str) -> Result<&mut Agent, Refusal> {
        let position = self.position(id, name)?;
        self.agents.get_mut(position).ok_or_else(no_agent)
    }

    fn position(&self, id: &str, name: &str) -> Result<usize, Refusal> {
        let found = match (id, name) {
            ("", "") => return Err(missing("agent_id")),
            ("", name) => self.agents.iter().position(|agent| agent.name == name),
            (id, _) => self.agents.iter().position(|agent| agent.id == id),
        };
        found.ok_or_else(no_agent)
    }
}

fn no_agent() -> Refusal {
    not_found("requested agent does not exist")
}

pub(super) fn router(world: &World) -> Router {
    CloudAgentServer::router(handlers::Handlers(world.clone()))
}
