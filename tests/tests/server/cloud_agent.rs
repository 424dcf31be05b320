//! Hosted agents: versions, deployments, secrets and private links.

use std::time::Duration;

use livekit_sdk::proto::private_link_status::Status;
use livekit_sdk::proto::{AgentSecret, AgentSecretKind};
use livekit_sdk::{LiveKit, TwirpCode};

use crate::support::{both, refused};

fn secret(name: &str, value: &str) -> AgentSecret {
    AgentSecret {
        name: name.to_owned(),
        value: value.as_bytes().to_vec(),
        kind: AgentSecretKind::Environment.into(),
        ..Default::default()
    }
}

/// The agent's versions that run in production, and those that run anywhere.
async fn versions(lk: &LiveKit, agent: &str) -> (Vec<String>, Vec<String>) {
    let versions = lk.cloud_agent().list_agent_versions(agent).await.unwrap().versions;
    let current = versions.iter().filter(|it| it.current).map(|it| it.version.clone()).collect();
    (current, versions.into_iter().filter(|it| it.active).map(|it| it.version).collect())
}

/// The names of the agent's secrets.
async fn secrets(lk: &LiveKit, agent: &str) -> Vec<String> {
    let secrets = lk.cloud_agent().list_agent_secrets(agent).await.unwrap().secrets;
    assert!(secrets.iter().all(|secret| secret.value.is_empty()), "{secrets:?}");
    secrets.into_iter().map(|secret| secret.name).collect()
}

#[tokio::test]
async fn agents_are_created_listed_and_deleted() {
    both(async |_, lk| {
        let agents = lk.cloud_agent();
        let first = agents.create_agent(()).regions(["eu-central"]).await.unwrap();
        assert!(first.agent_id.starts_with("CA_") && first.version.starts_with("CAV_"), "{first:?}");
        assert_eq!((&first.tag, &*first.status), (&first.version, "Running"));
        assert_eq!(first.server_regions, ["eu-central"]);
        let upload = first.presigned_post_request.unwrap();
        assert!(upload.url == first.presigned_url && upload.values.contains_key("signature"), "{upload:?}");
        let second = agents.create_agent_v2(()).await.unwrap();
        assert_eq!(second.server_regions, ["us-east"]);

        let listed = agents.list_agents(()).await.unwrap().agents;
        assert_eq!(
            listed.iter().map(|it| &it.agent_id).collect::<Vec<_>>(),
            [&first.agent_id, &second.agent_id]
        );
        assert_eq!((&listed[0].version, &listed[0].agent_name), (&first.version, &first.agent_name));
        let deployment = &listed[0].agent_deployments[0];
        assert_eq!((&*deployment.deployment, &*deployment.region), ("production", "eu-central"));
        assert!(listed[1].agent_deployments.is_empty() && listed[1].version.is_empty());
        for found in [
            agents.list_agents(()).agent_id(&*second.agent_id).await.unwrap(),
            agents.list_agents(()).agent_name(&*listed[1].agent_name).await.unwrap(),
        ] {
            assert_eq!(found.agents, [listed[1].clone()]);
        }

        assert!(agents.restart_agent(&*second.agent_id).await.unwrap().success);
        assert!(agents.delete_agent(&*second.agent_id).await.unwrap().success);
        refused(agents.delete_agent(&*second.agent_id).await, TwirpCode::NotFound);
        refused(agents.restart_agent(&*second.agent_id).await, TwirpCode::NotFound);
        refused(agents.restart_agent("").await, TwirpCode::InvalidArgument);
        assert_eq!(agents.list_agents(()).await.unwrap().agents.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn deploying_and_rolling_back_move_the_current_version() {
    both(async |_, lk| {
        let agents = lk.cloud_agent();
        let agent = agents.create_agent_v2(()).await.unwrap().agent_id;
        let agent = &*agent;
        let rollback = agents.rollback_agent(agent).await.unwrap();
        assert!(!rollback.success && !rollback.message.is_empty(), "{rollback:?}");

        let first = agents.deploy_agent(agent).await.unwrap();
        assert_eq!((first.success, &*first.deployment, &*first.agent_id), (true, "production", agent));
        let second = agents.deploy_agent_v2(agent).attributes([("commit", "abc")]).await.unwrap();
        assert!(second.presigned_req.is_some());
        assert_eq!(versions(&lk, agent).await.0, [second.tag.clone()]);
        let all = agents.list_agent_versions(agent).await.unwrap().versions;
        assert_eq!((all.len(), &*all[1].attributes["commit"]), (2, "abc"));

        assert!(agents.rollback_agent(agent).await.unwrap().success);
        assert_eq!(versions(&lk, agent).await.0, [first.tag.clone()]);
        assert!(agents.rollback_agent(agent).version(&*second.tag).await.unwrap().success);
        assert_eq!(versions(&lk, agent).await, (vec![second.tag.clone()], vec![second.tag]));
        refused(agents.rollback_agent(agent).version("CAV_unknown").await, TwirpCode::NotFound);
        refused(agents.deploy_agent_v2("CA_unknown").await, TwirpCode::NotFound);
        refused(agents.list_agent_versions("CA_unknown").await, TwirpCode::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_deployment_is_promoted_to_another() {
    both(async |_, lk| {
        let agents = lk.cloud_agent();
        let created = agents.create_agent(()).await.unwrap();
        let agent = &*created.agent_id;
        let staged = agents.deploy_agent_v2(agent).deployment("staging").await.unwrap();
        assert_eq!(staged.deployment, "staging");
        let (current, active) = versions(&lk, agent).await;
        assert_eq!((current, active), (vec![created.tag.clone()], vec![created.tag, staged.tag.clone()]));

        let promoted = agents.promote_agent((agent, "staging", "production")).await.unwrap();
        assert_eq!((promoted.success, &promoted.version_tag), (true, &staged.tag));
        assert_eq!((&*promoted.src_deployment, &*promoted.dst_deployment), ("staging", "production"));
        assert_eq!(versions(&lk, agent).await.0, [staged.tag.clone()]);

        agents.delete_agent(agent).deployment("staging").await.unwrap();
        refused(agents.delete_agent(agent).deployment("staging").await, TwirpCode::NotFound);
        refused(agents.promote_agent((agent, "staging", "production")).await, TwirpCode::NotFound);
        let info = agents.list_agents(()).await.unwrap().agents.remove(0);
        let deployments: Vec<_> = info.agent_deployments.iter().map(|it| &*it.deployment).collect();
        assert_eq!((deployments, info.version), (vec!["production"], staged.tag));
    })
    .await;
}

#[tokio::test]
async fn secrets_are_kept_by_name_and_never_told() {
    both(async |server, lk| {
        let agents = lk.cloud_agent();
        let created = agents.create_agent_v2(()).secrets([secret("A", "1"), secret("B", "2")]);
        let agent = created.await.unwrap().agent_id;
        let agent = &*agent;
        assert_eq!(secrets(&lk, agent).await, ["A", "B"]);
        let before = agents.list_agent_secrets(agent).await.unwrap().secrets.remove(0);
        assert_eq!(before.kind(), AgentSecretKind::Environment);

        server.advance(Duration::from_secs(60));
        let update = agents.update_agent_secrets(agent).secrets([secret("A", "3"), secret("C", "4")]);
        assert!(update.remove(["B"]).await.unwrap().success);
        assert_eq!(secrets(&lk, agent).await, ["A", "C"]);
        let after = agents.list_agent_secrets(agent).await.unwrap().secrets.remove(0);
        assert_eq!(after.created_at, before.created_at);
        assert!(after.updated_at.unwrap().seconds >= before.updated_at.unwrap().seconds + 60);

        agents.update_agent_secrets(agent).overwrite(true).secrets([secret("D", "5")]).await.unwrap();
        assert_eq!(secrets(&lk, agent).await, ["D"]);
        agents.update_agent(agent).regions(["ap-south"]).secrets([secret("E", "6")]).await.unwrap();
        agents.deploy_agent_v2(agent).secrets([secret("F", "7")]).await.unwrap();
        let info = agents.list_agents(()).await.unwrap().agents.remove(0);
        let names: Vec<_> = info.secrets.iter().map(|it| &*it.name).collect();
        assert_eq!((names, &*info.agent_deployments[0].region), (vec!["D", "E", "F"], "ap-south"));

        let nameless = agents.update_agent_secrets(agent).secrets([secret("", "8")]);
        refused(nameless.await, TwirpCode::InvalidArgument);
        refused(agents.list_agent_secrets("CA_unknown").await, TwirpCode::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_private_link_works_after_a_while() {
    both(async |server, lk| {
        let agents = lk.cloud_agent();
        let link = agents.create_private_link(("db", "db.internal", 5432)).region("us-east").await.unwrap();
        let link = link.private_link.unwrap();
        assert!(link.private_link_id.starts_with("CAPL_"), "{link:?}");
        assert_eq!((&*link.name, &*link.endpoint, link.port), ("db", "db.internal", 5432));
        assert!(!link.connection_endpoint.is_empty());
        assert_eq!(agents.list_private_links(()).await.unwrap().items, [link.clone()]);

        let id = &*link.private_link_id;
        let status = async || agents.get_private_link_status(id).await.unwrap().value.unwrap().status();
        assert_eq!(status().await, Status::PrivateLinkStatusProvisioning);
        server.advance(Duration::from_secs(10));
        assert_eq!(status().await, Status::PrivateLinkStatusHealthy);

        agents.destroy_private_link(id).await.unwrap();
        refused(agents.destroy_private_link(id).await, TwirpCode::NotFound);
        refused(agents.get_private_link_status(id).await, TwirpCode::NotFound);
        assert_eq!(agents.list_private_links(()).await.unwrap().items, []);
        for incomplete in [("", "db.internal", 5432), ("db", "", 5432), ("db", "db.internal", 0)] {
            refused(agents.create_private_link(incomplete).await, TwirpCode::InvalidArgument);
        }
    })
    .await;
}

#[tokio::test]
async fn clients_are_told_which_sdks_are_too_old() {
    both(async |_, lk| {
        let params = lk.cloud_agent().get_client_settings(()).await.unwrap().params;
        let names: Vec<_> = params.iter().map(|param| &*param.name).collect();
        assert_eq!(names, ["python-min-sdk-version", "node-min-sdk-version"]);
    })
    .await;
}
