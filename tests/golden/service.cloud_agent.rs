/// Agents that LiveKit Cloud hosts: deployments, versions, secrets and private links.
///
/// LiveKit Cloud only, and served by a host of its own there: `agents.livekit.cloud` for a project at
/// `project.livekit.cloud`. To send an agent into a room, use `AgentDispatchService` instead.
#[::livekit_macros::service(package = "livekit", name = "CloudAgent", accessor = "cloud_agent", host_label = "agents", client, server)]
pub trait CloudAgent {
    /// Creates a hosted agent and returns its id together with a presigned upload.
    ///
    /// LiveKit Cloud only. `CreateAgentV2` creates an agent without preparing an upload.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/CreateAgent`. Needs `agent.admin`.
    #[rpc(name = "CreateAgent", access(agent(admin)))]
    fn create_agent(request: crate::proto::CreateAgentRequest) -> crate::proto::CreateAgentResponse;

    /// Creates a hosted agent and returns its id, without preparing an upload.
    ///
    /// LiveKit Cloud only. `DeployAgentV2` prepares one.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/CreateAgentV2`. Needs `agent.admin`.
    #[rpc(name = "CreateAgentV2", access(agent(admin)))]
    fn create_agent_v2(request: crate::proto::CreateAgentV2Request) -> crate::proto::CreateAgentV2Response;

    /// Promotes an agent from one of its deployments to another.
    ///
    /// LiveKit Cloud only. The response names the version that was promoted.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/PromoteAgent`. Needs `agent.admin`.
    #[rpc(name = "PromoteAgent", access(agent(admin)))]
    fn promote_agent(request: crate::proto::PromoteAgentRequest) -> crate::proto::PromoteAgentResponse;

    /// Lists the hosted agents of the project with their deployments.
    ///
    /// LiveKit Cloud only. The two filters are optional, and the answer is not paged.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/ListAgents`. Needs `agent.admin`.
    #[rpc(name = "ListAgents", access(agent(admin)))]
    fn list_agents(request: crate::proto::ListAgentsRequest) -> crate::proto::ListAgentsResponse;

    /// Lists the versions of an agent; `RollbackAgent` takes one of them.
    ///
    /// LiveKit Cloud only. The answer is not paged.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/ListAgentVersions`. Needs `agent.admin`.
    #[rpc(name = "ListAgentVersions", access(agent(admin)))]
    fn list_agent_versions(request: crate::proto::ListAgentVersionsRequest) -> crate::proto::ListAgentVersionsResponse;

    /// Lists the secrets of an agent.
    ///
    /// LiveKit Cloud only. The answer is not paged.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/ListAgentSecrets`. Needs `agent.admin`.
    #[rpc(name = "ListAgentSecrets", access(agent(admin)))]
    fn list_agent_secrets(request: crate::proto::ListAgentSecretsRequest) -> crate::proto::ListAgentSecretsResponse;

    /// Changes the regions and secrets of an agent without deploying new code.
    ///
    /// LiveKit Cloud only. The response says in `success` whether the change was made.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/UpdateAgent`. Needs `agent.admin`.
    #[rpc(name = "UpdateAgent", access(agent(admin)))]
    fn update_agent(request: crate::proto::UpdateAgentRequest) -> crate::proto::UpdateAgentResponse;

    /// Restarts a hosted agent.
    ///
    /// LiveKit Cloud only. The response says in `success` whether the restart was accepted.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/RestartAgent`. Needs `agent.admin`.
    #[rpc(name = "RestartAgent", access(agent(admin)))]
    fn restart_agent(request: crate::proto::RestartAgentRequest) -> crate::proto::RestartAgentResponse;

    /// Starts the deployment of a new version of an agent and returns a presigned upload for it.
    ///
    /// LiveKit Cloud only. `DeployAgentV2` does the same without the deprecated fields.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/DeployAgent`. Needs `agent.admin`.
    #[rpc(name = "DeployAgent", access(agent(admin)))]
    fn deploy_agent(request: crate::proto::DeployAgentRequest) -> crate::proto::DeployAgentResponse;

    /// Starts the deployment of a new version of an agent and returns a presigned upload for it.
    ///
    /// LiveKit Cloud only. The response says in `success` whether the deployment was accepted.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/DeployAgentV2`. Needs `agent.admin`.
    #[rpc(name = "DeployAgentV2", access(agent(admin)))]
    fn deploy_agent_v2(request: crate::proto::DeployAgentV2Request) -> crate::proto::DeployAgentV2Response;

    /// Adds, replaces and removes secrets of an agent.
    ///
    /// LiveKit Cloud only. The response says in `success` whether the change was made.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/UpdateAgentSecrets`. Needs `agent.admin`.
    #[rpc(name = "UpdateAgentSecrets", access(agent(admin)))]
    fn update_agent_secrets(request: crate::proto::UpdateAgentSecretsRequest) -> crate::proto::UpdateAgentSecretsResponse;

    /// Returns an agent to an earlier version.
    ///
    /// LiveKit Cloud only. `ListAgentVersions` lists the versions. The response says in `success`
    /// whether the rollback was accepted.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/RollbackAgent`. Needs `agent.admin`.
    #[rpc(name = "RollbackAgent", access(agent(admin)))]
    fn rollback_agent(request: crate::proto::RollbackAgentRequest) -> crate::proto::RollbackAgentResponse;

    /// Deletes a hosted agent, or one of its deployments if `deployment` is set.
    ///
    /// LiveKit Cloud only. The response says in `success` whether the deletion was accepted.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/DeleteAgent`. Needs `agent.admin`.
    #[rpc(name = "DeleteAgent", access(agent(admin)))]
    fn delete_agent(request: crate::proto::DeleteAgentRequest) -> crate::proto::DeleteAgentResponse;

    /// Returns the settings that LiveKit Cloud hands to clients of this service.
    ///
    /// LiveKit Cloud only. The settings are plain pairs of name and value.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/GetClientSettings`. Needs `agent.admin`.
    #[rpc(name = "GetClientSettings", access(agent(admin)))]
    fn get_client_settings(request: crate::proto::ClientSettingsRequest) -> crate::proto::ClientSettingsResponse;

    /// Creates a private link: a way for hosted agents to reach an endpoint in a private network.
    ///
    /// LiveKit Cloud only. A link takes time to become usable and may await approval:
    /// `GetPrivateLinkStatus` tells how far it is.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/CreatePrivateLink`. Needs `agent.admin`.
    #[rpc(name = "CreatePrivateLink", access(agent(admin)))]
    fn create_private_link(request: crate::proto::CreatePrivateLinkRequest) -> crate::proto::CreatePrivateLinkResponse;

    /// Removes a private link.
    ///
    /// LiveKit Cloud only. Agents can no longer reach the endpoint through it.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/DestroyPrivateLink`. Needs `agent.admin`.
    #[rpc(name = "DestroyPrivateLink", access(agent(admin)))]
    fn destroy_private_link(request: crate::proto::DestroyPrivateLinkRequest) -> crate::proto::DestroyPrivateLinkResponse;

    /// Lists the private links of the project.
    ///
    /// LiveKit Cloud only. The list does not hold their state: ask `GetPrivateLinkStatus` for each.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/ListPrivateLinks`. Needs `agent.admin`.
    #[rpc(name = "ListPrivateLinks", access(agent(admin)))]
    fn list_private_links(request: crate::proto::ListPrivateLinksRequest) -> crate::proto::ListPrivateLinksResponse;

    /// Tells whether a private link is being set up, awaits approval, or works.
    ///
    /// LiveKit Cloud only.
    ///
    /// Route: `POST /twirp/livekit.CloudAgent/GetPrivateLinkStatus`. Needs `agent.admin`.
    #[rpc(name = "GetPrivateLinkStatus", access(agent(admin)))]
    fn get_private_link_status(request: crate::proto::GetPrivateLinkStatusRequest) -> crate::proto::GetPrivateLinkStatusResponse;
}
