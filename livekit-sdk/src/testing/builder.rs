//! How a server is set up.

use std::sync::Arc;

use super::serve::Service;
use super::server::TestServer;
use super::webhooks::{Target, Webhooks};
use super::world::World;
use super::{DEV_KEY, DEV_SECRET, cloud, dispatch, egress, ingress, room, sip};
use crate::auth::{ApiKey, TokenVerifier};

/// Sets up a [`TestServer`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TestServerBuilder {
    keys: Vec<ApiKey>,
    webhook_urls: Vec<String>,
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

    /// The server. It listens nowhere yet, and can be called in process.
    pub fn build(self) -> TestServer {
        let mut keys = self.keys;
        if keys.is_empty() {
            keys.push(ApiKey::new(DEV_KEY, DEV_SECRET).expect("a constant key, neither empty nor blank"));
        }
        let signer = keys[0].clone();
        let targets = self.webhook_urls.into_iter().map(Target::new).collect();
        let webhooks = Webhooks::new(signer.clone(), keys.clone(), targets);
        let world = World::new(keys.clone(), webhooks);
        let verifier = TokenVerifier::from_keys(keys);
        let services = [dispatch::router, egress::router, ingress::router, sip::router, cloud::router];
        let router = services.into_iter().fold(room::router(&world), |all, one| all.merge(one(&world)));
        let service = Service {
            router: router.with_verifier(verifier.clone()),
            world,
            calls: Default::default(),
            faults: Default::default(),
            regions: Default::default(),
        };
        TestServer::assemble(Arc::new(service), verifier, signer)
    }
}
