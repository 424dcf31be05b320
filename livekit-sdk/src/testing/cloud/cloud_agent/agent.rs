//! A hosted agent: its versions, where they are deployed, and its secrets.

use std::collections::{BTreeMap, HashMap};

use crate::error::Refusal;
use crate::proto::{AgentDeployment, AgentInfo, AgentSecret, AgentVersion};
use crate::testing::clock::Now;
use crate::testing::id;
use crate::testing::refusals::not_found;

use super::super::{require, timestamp};

/// The deployment that is meant where none is named.
pub(super) const PRODUCTION: &str = "production";

/// What an agent is told to be that runs. Nothing is built here, so every version runs at once.
pub(super) const RUNNING: &str = "Running";

/// Where agents run whose requests leave it open.
const REGION: &str = "us-east";

pub(super) struct Agent {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) regions: Vec<String>,
    /// By name, and without values, which nobody is told.
    secrets: BTreeMap<String, AgentSecret>,
    /// From the oldest on.
    versions: Vec<AgentVersion>,
    deployments: BTreeMap<String, Deployment>,
}

#[derive(Clone)]
struct Deployment {
    version: String,
    since: Now,
}

impl Agent {
    /// A new agent that is not deployed yet. Without a name it goes by its id.
    pub(super) fn new(name: String, regions: Vec<String>) -> Self {
        let id = id::new("CA_");
        Self {
            name: if name.is_empty() { id.clone() } else { name },
            regions: if regions.is_empty() { vec![REGION.to_owned()] } else { regions },
            id,
            secrets: BTreeMap::new(),
            versions: Vec::new(),
            deployments: BTreeMap::new(),
        }
    }

    /// Adds a version, to be what this deployment runs from now on, and answers its tag.
    pub(super) fn deploy(
        &mut self,
        deployment: &str,
        attributes: HashMap<String, String>,
        now: Now,
    ) -> String {
        let version = id::new("CAV_");
        self.versions.push(AgentVersion {
            version: version.clone(),
            created_at: Some(timestamp(now)),
            attributes,
            ..AgentVersion::default()
        });
        self.run(deployment, &version, now);
        version
    }

    /// Has one deployment run what another one runs, and answers the tag of that version.
    pub(super) fn promote(&mut self, from: &str, to: &str, now: Now) -> Result<String, Refusal> {
        let version = self.deployments.get(from).ok_or_else(no_deployment)?.version.clone();
        self.run(to, &version, now);
        Ok(version)
    }

    /// Returns production to a version, or to the one before its own; `None` if there is none.
    pub(super) fn roll_back(&mut self, version: &str, now: Now) -> Result<Option<String>, Refusal> {
        let position = |version: &str| self.versions.iter().position(|known| known.version == version);
        let target = match version {
            "" => {
                let current = self.deployments.get(PRODUCTION).and_then(|it| position(&it.version));
                let before = current.and_then(|current| current.checked_sub(1));
                before.and_then(|index| self.versions.get(index)).map(|it| it.version.clone())
            }
            version if position(version).is_some() => Some(version.to_owned()),
            _ => return Err(not_found("requested agent version does not exist")),
        };
        if let Some(version) = &target {
            self.run(PRODUCTION, version, now);
        }
        Ok(target)
    }

    pub(super) fn remove_deployment(&mut self, name: &str) -> Result<(), Refusal> {
        self.deployments.remove(name).map(|_| ()).ok_or_else(no_deployment)
    }

    fn run(&mut self, deployment: &str, version: &str, now: Now) {
        let running = Deployment { version: version.to_owned(), since: now };
        self.deployments.insert(deployment.to_owned(), running);
        for known in self.versions.iter_mut().filter(|known| known.version == version) {
            known.deployed_at = Some(timestamp(now));
        }
    }

    /// Adds secrets, or changes those with the same names.
    pub(super) fn add_secrets(&mut self, secrets: Vec<AgentSecret>, now: Now) {
        for secret in secrets {
            let known = self.secrets.get(&secret.name);
            let created_at = known.map_or(Some(timestamp(now)), |known| known.created_at);
            let updated_at = Some(timestamp(now));
            let kept = AgentSecret { value: Vec::new(), created_at, updated_at, ..secret };
            self.secrets.insert(kept.name.clone(), kept);
        }
    }

    /// Removes all secrets but those for which `stays` holds.
    pub(super) fn retain_secrets(&mut self, stays: impl Fn(&str) -> bool) {
        self.secrets.retain(|name, _| stays(name));
    }

    pub(super) fn secrets(&self) -> Vec<AgentSecret> {
        self.secrets.values().cloned().collect()
    }

    pub(super) fn versions(&self) -> Vec<AgentVersion> {
        let current = self.deployments.get(PRODUCTION);
        let seen = |known: &AgentVersion| {
            let active = self.deployments.values().any(|it| it.version == known.version);
            AgentVersion {
                current: current.is_some_and(|it| it.version == known.version),
                active,
                status: if active { RUNNING.to_owned() } else { String::new() },
                ..known.clone()
            }
        };
        self.versions.iter().map(seen).collect()
    }

    pub(super) fn info(&self, now: Now) -> AgentInfo {
        let production = self.deployments.get(PRODUCTION);
        let everywhere = self.deployments.iter().flat_map(|(name, deployment)| {
            self.regions.iter().map(move |region| self.deployment(name, deployment, region, now))
        });
        AgentInfo {
            agent_id: self.id.clone(),
            agent_name: self.name.clone(),
            version: production.map(|it| it.version.clone()).unwrap_or_default(),
            agent_deployments: everywhere.collect(),
            secrets: self.secrets(),
            deployed_at: production.map(|it| timestamp(it.since)),
            ..Default::default()
        }
    }

    fn deployment(&self, name: &str, deployment: &Deployment, region: &str, now: Now) -> AgentDeployment {
        AgentDeployment {
            region: region.to_owned(),
            agent_id: self.id.clone(),
            status: RUNNING.to_owned(),
            replicas: 1,
            min_replicas: 1,
            max_replicas: 1,
            cpu_limit: "2000m".to_owned(),
            cur_cpu: "0m".to_owned(),
            mem_limit: "4GB".to_owned(),
            cur_mem: "0".to_owned(),
            server_region: region.to_owned(),
            deployment: name.to_owned(),
            version: deployment.version.clone(),
            agent_name: self.name.clone(),
            deployment_enabled: true,
            last_scraped_at: Some(timestamp(now)),
            ..AgentDeployment::default()
        }
    }
}

/// Refuses secrets that nothing could refer to.
pub(super) fn check_secrets(secrets: &[AgentSecret]) -> Result<(), Refusal> {
    secrets.iter().try_for_each(|secret| require("the name of a secret", &secret.name))
}

fn no_deployment() -> Refusal {
    not_found("requested deployment does not exist")
}
