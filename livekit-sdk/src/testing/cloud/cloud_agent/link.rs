//! Private links into other networks.

use crate::error::Refusal;
use crate::proto::private_link_status::Status;
use crate::proto::{CreatePrivateLinkRequest, PrivateLink, PrivateLinkStatus};
use crate::testing::clock::Now;
use crate::testing::id;
use crate::testing::refusals::not_found;

use super::super::{missing, require, timestamp};

/// Seconds until a new link works.
const PROVISIONING: u32 = 10;

/// The links in the order in which they were created.
#[derive(Default)]
pub(super) struct Links(Vec<Link>);

struct Link {
    link: PrivateLink,
    created: Now,
}

impl Links {
    pub(super) fn create(
        &mut self,
        request: CreatePrivateLinkRequest,
        now: Now,
    ) -> Result<PrivateLink, Refusal> {
        require("name", &request.name)?;
        require("endpoint", &request.endpoint)?;
        if request.port == 0 {
            return Err(missing("port"));
        }
        let link = PrivateLink {
            private_link_id: id::new("CAPL_"),
            connection_endpoint: format!("{}.private.livekit.test", request.name),
            name: request.name,
            cloud_region: request.cloud_region.unwrap_or_default(),
            region: request.region,
            port: request.port,
            endpoint: request.endpoint,
            ..PrivateLink::default()
        };
        self.0.push(Link { link: link.clone(), created: now });
        Ok(link)
    }

    pub(super) fn destroy(&mut self, id: &str) -> Result<(), Refusal> {
        let position = self.position(id)?;
        self.0.remove(position);
        Ok(())
    }

    pub(super) fn all(&self) -> Vec<PrivateLink> {
        self.0.iter().map(|it| it.link.clone()).collect()
    }

    pub(super) fn status(&self, id: &str, now: Now) -> Result<PrivateLinkStatus, Refusal> {
        let created = self.0.get(self.position(id)?).map(|it| it.created).unwrap_or_default();
        let works_from = created.plus(PROVISIONING);
        let (status, since) = match now < works_from {
            true => (Status::PrivateLinkStatusProvisioning, created),
            false => (Status::PrivateLinkStatusHealthy, works_from),
        };
        Ok(PrivateLinkStatus {
            status: status.into(),
            updated_at: Some(timestamp(since)),
            ..PrivateLinkStatus::default()
        })
    }

    fn position(&self, id: &str) -> Result<usize, Refusal> {
        require("private_link_id", id)?;
        let position = self.0.iter().position(|it| it.link.private_link_id == id);
        position.ok_or_else(|| not_found("requested private link does not exist"))
    }
}
