//! The service of hosted agents.

#![allow(deprecated, reason = "callers still send it")]

use std::collections::HashMap;

use crate::error::Refusal;
use crate::proto::{
    AgentSecret, ClientSettingsRequest, ClientSettingsResponse, CreateAgentRequest, CreateAgentResponse,
    CreateAgentV2Request, CreateAgentV2Response, CreatePrivateLinkRequest, CreatePrivateLinkResponse,
    DeleteAgentRequest, DeleteAgentResponse, DeployAgentRequest, DeployAgentResponse, DeployAgentV2Request,
    DeployAgentV2Response, DestroyPrivateLinkRequest, DestroyPrivateLinkResponse,
    GetPrivateLinkStatusRequest, GetPrivateLinkStatusResponse, ListAgentSecretsRequest,
    ListAgentSecretsResponse, ListAgentVersionsRequest, ListAgentVersionsResponse, ListAgentsRequest,
    ListAgentsResponse, ListPrivateLinksRequest, ListPrivateLinksResponse, PromoteAgentRequest,
    PromoteAgentResponse, RestartAgentRequest, RestartAgentResponse, RollbackAgentRequest,
    RollbackAgentResponse, SettingsParam, UpdateAgentRequest, UpdateAgentResponse, UpdateAgentSecretsRequest,
    UpdateAgentSecretsResponse,
};
use crate::server::Context;
use crate::services::cloud_agent::CloudAgent;
use crate::testing::world::World;

use super::super::upload;
use super::agent::{Agent, PRODUCTION, RUNNING, check_secrets};

/// The settings that LiveKit's command line tool asks for, with the oldest SDKs that it is to accept.
const SETTINGS: [(&str, &str); 2] = [("python-min-sdk-version", "1.0.0"), ("node-min-sdk-version", "1.0.0")];

pub(super) struct Handlers(pub(super) World);

impl CloudAgent for Handlers {
    async fn create_agent(
        &self,
        _: Context,
        request: CreateAgentRequest,
    ) -> Result<CreateAgentResponse, Refusal> {
        check_secrets(&request.secrets)?;
        let mut agent = Agent::new(request.agent_name, request.regions);
        let (agent_id, agent_name) = (agent.id.clone(), agent.name.clone());
        let server_regions = agent.regions.clone();
        let version = self.0.with(|store| {
            agent.add_secrets(request.secrets, store.now);
            let version = agent.deploy(PRODUCTION, HashMap::new(), store.now);
            store.cloud.agents.agents.push(agent);
            version
        });
        let upload = upload();
        Ok(CreateAgentResponse {
            agent_id,
            agent_name,
            status: RUNNING.to_owned(),
            tag: version.clone(),
            version,
            presigned_url: upload.url.clone(),
            server_regions,
            presigned_post_request: Some(upload),
            ..Default::default()
        })
    }

    async fn create_agent_v2(
        &self,
        _: Context,
        request: CreateAgentV2Request,
    ) -> Result<CreateAgentV2Response, Refusal> {
        check_secrets(&request.secrets)?;
        let mut agent = Agent::new(String::new(), request.regions);
        let (agent_id, server_regions) = (agent.id.clone(), agent.regions.clone());
        self.0.with(|store| {
            agent.add_secrets(request.secrets, store.now);
            store.cloud.agents.agents.push(agent);
        });
        Ok(CreateAgentV2Response {
            agent_id,
            status: "Setting Up".to_owned(),
            server_regions,
            ..Default::default()
        })
    }

    async fn promote_agent(
        &self,
        _: Context,
        request: PromoteAgentRequest,
    ) -> Result<PromoteAgentResponse, Refusal> {
        let src_deployment = or_production(request.src_deployment);
        let dst_deployment = or_production(request.dst_deployment);
        let version_tag = self.0.with(|store| {
            let agent = store.cloud.agents.get_mut(&request.agent_id, "")?;
            agent.promote(&src_deployment, &dst_deployment, store.now)
        })?;
        Ok(PromoteAgentResponse {
            success: true,
            message: format!("{dst_deployment} runs version {version_tag}"),
            agent_id: request.agent_id,
            src_deployment,
            dst_deployment,
            version_tag,
            ..Default::default()
        })
    }

    async fn list_agents(
        &self,
        _: Context,
        request: ListAgentsRequest,
    ) -> Result<ListAgentsResponse, Refusal> {
        let is_wanted = |agent: &&Agent| {
            (request.agent_id.is_empty() || agent.id == request.agent_id)
                && (request.agent_name.is_empty() || agent.name == request.agent_name)
        };
        let agents = self.0.with(|store| {
            let wanted = store.cloud.agents.agents.iter().filter(is_wanted);
            wanted.map(|agent| agent.info(store.now)).collect()
        });
        Ok(ListAgentsResponse { agents, ..Default::default() })
    }

    async fn list_agent_versions(
        &self,
        _: Context,
        request: ListAgentVersionsRequest,
    ) -> Result<ListAgentVersionsResponse, Refusal> {
        self.0.with(|store| {
            let agent = store.cloud.agents.get_mut(&request.agent_id, &request.agent_name)?;
            Ok(ListAgentVersionsResponse { versions: agent.versions(), ..Default::default() })
        })
    }

    async fn list_agent_secrets(
        &self,
        _: Context,
        request: ListAgentSecretsRequest,
    ) -> Result<ListAgentSecretsResponse, Refusal> {
        self.0.with(|store| {
            let agent = store.cloud.agents.get_mut(&request.agent_id, &request.agent_name)?;
            Ok(ListAgentSecretsResponse { secrets: agent.secrets(), ..Default::default() })
        })
    }

    async fn update_agent(
        &self,
        _: Context,
        request: UpdateAgentRequest,
    ) -> Result<UpdateAgentResponse, Refusal> {
        check_secrets(&request.secrets)?;
        self.0.with(|store| {
            let agent = store.cloud.agents.get_mut(&request.agent_id, &request.agent_name)?;
            if !request.regions.is_empty() {
                agent.regions = request.regions;
            }
            agent.add_secrets(request.secrets, store.now);
            Ok(UpdateAgentResponse {
                success: true,
                message: "agent updated".to_owned(),
                ..Default::default()
            })
        })
    }

    async fn restart_agent(
        &self,
        _: Context,
        request: RestartAgentRequest,
    ) -> Result<RestartAgentResponse, Refusal> {
        self.0.with(|store| store.cloud.agents.position(&request.agent_id, ""))?;
        Ok(RestartAgentResponse {
            success: true,
            message: "agent restarted".to_owned(),
            ..Default::default()
        })
    }

    async fn deploy_agent(
        &self,
        _: Context,
        request: DeployAgentRequest,
    ) -> Result<DeployAgentResponse, Refusal> {
        let DeployAgentRequest { agent_id, agent_name, secrets, deployment, attributes, .. } = request;
        let deployed = self.deploy(&agent_id, &agent_name, secrets, deployment, attributes)?;
        Ok(DeployAgentResponse {
            success: true,
            message: deployed.message(),
            agent_id: deployed.agent_id,
            tag: deployed.tag,
            presigned_post_request: Some(upload()),
            deployment: deployed.deployment,
            ..DeployAgentResponse::default()
        })
    }

    async fn deploy_agent_v2(
        &self,
        _: Context,
        request: DeployAgentV2Request,
    ) -> Result<DeployAgentV2Response, Refusal> {
        let DeployAgentV2Request { agent_id, secrets, deployment, attributes, .. } = request;
        let deployed = self.deploy(&agent_id, "", secrets, deployment, attributes)?;
        Ok(DeployAgentV2Response {
            success: true,
            message: deployed.message(),
            agent_id: deployed.agent_id,
            tag: deployed.tag,
            presigned_req: Some(upload()),
            deployment: deployed.deployment,
            ..Default::default()
        })
    }

    async fn update_agent_secrets(
        &self,
        _: Context,
        request: UpdateAgentSecretsRequest,
    ) -> Result<UpdateAgentSecretsResponse, Refusal> {
        let UpdateAgentSecretsRequest { agent_id, agent_name, overwrite, secrets, remove, .. } = request;
        check_secrets(&secrets)?;
        self.0.with(|store| {
            let agent = store.cloud.agents.get_mut(&agent_id, &agent_name)?;
            // Overwriting leaves nothing but what the request brings.
            let stays = |name: &str| !overwrite || secrets.iter().any(|secret| secret.name == name);
            agent.retain_secrets(stays);
            agent.add_secrets(secrets, store.now);
            agent.retain_secrets(|name| !remove.iter().any(|removed| removed == name));
            Ok(UpdateAgentSecretsResponse {
                success: true,
                message: "secrets updated".to_owned(),
                ..Default::default()
            })
        })
    }

    async fn rollback_agent(
        &self,
        _: Context,
        request: RollbackAgentRequest,
    ) -> Result<RollbackAgentResponse, Refusal> {
        let version = self.0.with(|store| {
            let agent = store.cloud.agents.get_mut(&request.agent_id, &request.agent_name)?;
            agent.roll_back(&request.version, store.now)
        })?;
        let message = match &version {
            Some(version) => format!("{PRODUCTION} runs version {version}"),
            None => "there is no earlier version".to_owned(),
        };
        Ok(RollbackAgentResponse { success: version.is_some(), message, ..Default::default() })
    }

    async fn delete_agent(
        &self,
        _: Context,
        request: DeleteAgentRequest,
    ) -> Result<DeleteAgentResponse, Refusal> {
        self.0.with(|store| {
            let records = &mut store.cloud.agents;
            let message = match &*request.deployment {
                "" => {
                    let position = records.position(&request.agent_id, &request.agent_name)?;
                    records.agents.remove(position);
                    "agent deleted".to_owned()
                }
                deployment => {
                    let agent = records.get_mut(&request.agent_id, &request.agent_name)?;
                    agent.remove_deployment(deployment)?;
                    format!("deployment {deployment} deleted")
                }
            };
            Ok(DeleteAgentResponse { success: true, message, ..Default::default() })
        })
    }

    async fn get_client_settings(
        &self,
        _: Context,
        _: ClientSettingsRequest,
    ) -> Result<ClientSettingsResponse, Refusal> {
        let param = |(name, value): (&str, &str)| SettingsParam {
            name: name.into(),
            value: value.into(),
            ..Default::default()
        };
        Ok(ClientSettingsResponse { params: SETTINGS.into_iter().map(param).collect(), ..Default::default() })
    }

    async fn create_private_link(
        &self,
        _: Context,
        request: CreatePrivateLinkRequest,
    ) -> Result<CreatePrivateLinkResponse, Refusal> {
        let link = self.0.with(|store| store.cloud.agents.links.create(request, store.now))?;
        Ok(CreatePrivateLinkResponse { private_link: Some(link), ..Default::default() })
    }

    async fn destroy_private_link(
        &self,
        _: Context,
        request: DestroyPrivateLinkRequest,
    ) -> Result<DestroyPrivateLinkResponse, Refusal> {
        self.0.with(|store| store.cloud.agents.links.destroy(&request.private_link_id))?;
        Ok(DestroyPrivateLinkResponse {})
    }

    async fn list_private_links(
        &self,
        _: Context,
        _: ListPrivateLinksRequest,
    ) -> Result<ListPrivateLinksResponse, Refusal> {
        Ok(ListPrivateLinksResponse {
            items: self.0.with(|store| store.cloud.agents.links.all()),
            ..Default::default()
        })
    }

    async fn get_private_link_status(
        &self,
        _: Context,
        request: GetPrivateLinkStatusRequest,
    ) -> Result<GetPrivateLinkStatusResponse, Refusal> {
        let status =
            self.0.with(|store| store.cloud.agents.links.status(&request.private_link_id, store.now))?;
        Ok(GetPrivateLinkStatusResponse { value: Some(status), ..Default::default() })
    }
}

/// What was deployed, and where.
struct Deployed {
    agent_id: String,
    tag: String,
    deployment: String,
}

impl Deployed {
    fn message(&self) -> String {
        format!("{} runs version {}", self.deployment, self.tag)
    }
}

impl Handlers {
    fn deploy(
        &self,
        agent_id: &str,
        agent_name: &str,
        secrets: Vec<AgentSecret>,
        deployment: String,
        attributes: HashMap<String, String>,
    ) -> Result<Deployed, Refusal> {
        check_secrets(&secrets)?;
        let deployment = or_production(deployment);
        self.0.with(|store| {
            let agent = store.cloud.agents.get_mut(agent_id, agent_name)?;
            agent.add_secrets(secrets, store.now);
            let tag = agent.deploy(&deployment, attributes, store.now);
            Ok(Deployed { agent_id: agent.id.clone(), tag, deployment })
        })
    }
}

fn or_production(deployment: String) -> String {
    if deployment.is_empty() { PRODUCTION.to_owned() } else { deployment }
}
