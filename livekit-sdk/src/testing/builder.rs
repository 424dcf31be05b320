//! How a server is set up.

use std::sync::Arc;
use std::time::Duration;

use super::mock::Mock;
use super::region::Regions;
use super::serve::Service;
use super::server::{IN_PROCESS, TestServer};
use super::webhooks::{Target, Webhooks};
use super::world::World;
use super::{DEV_KEY, DEV_SECRET, cloud, dispatch, egress, ingress, room, sip};
use crate::auth::{ApiKey, TokenVerifier};
use crate::server::Router;

/// Sets up a [`TestServer`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TestServerBuilder {
    keys: Vec<ApiKey>,
    webhook_urls: Vec<String>,
    regions: usize,
    control_header: bool,
    added: Router,
}

impl TestServerBuilder {
    /// Adds an API key. The first one signs the server's webhooks and [`TestServer::livekit`]'s calls.
    /// Default: [`DEV_KEY`] with [`DEV_SECRET`].
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Posts every webhook to this URL. They are posted from within the tokio runtime in which their reason
    /// came up, in order for each room, and up to four times more if that may help.
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_urls.push(url.into());
        self
    }

    /// Gives the server so many regions, called `region-0`, `region-1` and so on, to be reached in process:
    /// the first where [`TestServer::livekit`] calls, the others at `http://region-1.livekit.test` and so on.
    /// Default: none. For regions on ports see [`TestServer::listen_regions`].
    pub fn regions(mut self, count: usize) -> Self {
        self.regions = count;
        self
    }

    /// Answers as LiveKit's own mock server does (`livekit/test-server`), for tests that were written for it.
    ///
    /// The server remembers nothing: it checks grants, and answers every call with a message made up from the
    /// request and the schema, unless the request's `X-Lk-Mock` header, a JSON object, asks for something
    /// else: `failRegions`, `failMode`, `failStatus`, `failTwirpCode`, `delayMs`, `regionsStatus`, `response`,
    /// `skipAuth`, `sipStatus`, `pinnedRegions`. Any API key is accepted whose secret is that of the first
    /// one. [`TestServer::router`] and the handles of participants are still those of the in-memory LiveKit.
    pub fn control_header(mut self) -> Self {
        self.control_header = true;
        self
    }

    /// Lets a router of yours answer what the server itself does not implement: services of your own, and
    /// methods of LiveKit's that it does not know. Calls need the grants that their methods declare.
    pub fn service(mut self, router: Router) -> Self {
        self.added = self.added.merge(router);
        self
    }

    /// The server. It listens nowhere yet, and can be called in process.
    pub fn build(self) -> TestServer {
        let mut keys = self.keys;
        if keys.is_empty() {
            keys.push(ApiKey::new(DEV_KEY, DEV_SECRET).expect("a constant key, neither empty nor blank"));
        }
        let signer = keys[0].clone();
        let targets = self.webhook_urls.into_iter().map(Target::new).collect();
        let world = World::new(Webhooks::new(signer.clone(), keys.clone(), targets));
        let verifier = TokenVerifier::from_keys(keys);
        let services = [dispatch::router, egress::router, ingress::router, sip::router, cloud::router];
        let router = services.into_iter().fold(room::router(&world), |all, one| all.merge(one(&world)));
        let regions = numbered(self.regions);
        let mock = self.control_header.then(|| Mock::new(signer.clone()));
        if mock.is_some() {
            regions.set_max_age(Some(Duration::ZERO));
        }
        let service = Service {
            router: router.with_verifier(verifier.clone()),
            added: self.added.with_verifier(verifier.clone()),
            world,
            calls: Default::default(),
            faults: Default::default(),
            regions,
            mock,
        };
        TestServer::assemble(Arc::new(service), verifier, signer)
    }
}

/// Regions that are reached in process.
fn numbered(count: usize) -> Regions {
    let regions = Regions::default();
    for index in 0..count {
        match index {
            0 => regions.add_numbered(IN_PROCESS),
            _ => regions.add_numbered(&format!("http://region-{index}.livekit.test")),
        };
    }
    regions
}
