//! The server as tests hold it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::builder::TestServerBuilder;
use super::calls::ReceivedCall;
use super::fault::Fault;
use super::listen::{self, Listener};
use super::room::{self, Participant};
use super::serve::Service;
use super::transport::TestTransport;
use super::webhooks::SentWebhook;
use super::world::World;
use crate::auth::{ApiKey, TokenVerifier, VideoGrant};
use crate::client::LiveKit;
use crate::error::{Error, Result};
use crate::proto::{ParticipantInfo, WebhookEvent};
use crate::server::Router;

/// The URL of a server that is called in process; nothing listens there.
pub(super) const IN_PROCESS: &str = "http://livekit.test";

/// How long a webhook is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// An in-memory LiveKit.
///
/// Cheap to clone; clones are the same server.
#[derive(Clone)]
pub struct TestServer {
    service: Arc<Service>,
    verifier: TokenVerifier,
    key: ApiKey,
}

impl TestServer {
    /// An empty server that knows the API key [`DEV_KEY`](super::DEV_KEY) with
    /// [`DEV_SECRET`](super::DEV_SECRET).
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets up a server that is not the default.
    pub fn builder() -> TestServerBuilder {
        TestServerBuilder::default()
    }

    /// An empty server that knows one API key.
    pub fn with_api_key(key: ApiKey) -> Self {
        Self::builder().api_key(key).build()
    }

    pub(super) fn assemble(service: Arc<Service>, verifier: TokenVerifier, key: ApiKey) -> Self {
        Self { service, verifier, key }
    }

    pub(super) fn world(&self) -> &World {
        &self.service.world
    }

    /// A client that calls this server in process, with all grants.
    pub fn livekit(&self) -> LiveKit {
        let client = LiveKit::builder().url(IN_PROCESS).api_key(self.key.clone()).transport(self.transport());
        client.build().expect("a constant URL and a key that exists")
    }

    /// What clients with credentials of their own reach this server through, in process.
    pub fn transport(&self) -> TestTransport {
        TestTransport(Arc::clone(&self.service))
    }

    /// The routes of this server, to be served by a server of yours: without faults, regions and call log.
    pub fn router(&self) -> Router {
        self.service.router.clone()
    }

    /// Serves on a TCP address, such as `127.0.0.1:0` for a free port, until the listener is dropped.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn listen(&self, address: &str) -> Result<Listener> {
        let socket = TcpListener::bind(address).await.map_err(Error::unreachable)?;
        Listener::start(socket, Arc::clone(&self.service), 0).map_err(Error::unreachable)
    }

    /// Serves on several TCP addresses, each a region of its own, called `region-` and its index. The first is
    /// the nearest; regions that the server has already are nearer. Clients find them as they do those of
    /// LiveKit Cloud.
    ///
    /// # Errors
    /// An address cannot be bound; then none is served.
    pub async fn listen_regions(&self, addresses: &[&str]) -> Result<Vec<Listener>> {
        let mut sockets = Vec::with_capacity(addresses.len());
        for address in addresses {
            sockets.push(TcpListener::bind(address).await.map_err(Error::unreachable)?);
        }
        let start = |socket: TcpListener| {
            let region = self.service.regions.add_numbered(&listen::url(socket.local_addr()?));
            Listener::start(socket, Arc::clone(&self.service), region)
        };
        sockets.into_iter().map(start).collect::<std::io::Result<_>>().map_err(Error::unreachable)
    }

    /// Adds a region that is reached in process, by the host and port of its URL; answers its index.
    ///
    /// Requests to other hosts reach the region that was added first.
    pub fn add_region(&self, name: &str, url: &str) -> usize {
        self.service.regions.add(name, url)
    }

    /// Lets only the regions of these names serve the project: others answer 451, and are not found any
    /// longer. Without names, all of them serve it again.
    pub fn pin_regions(&self, names: &[&str]) {
        self.service.regions.pin(names.iter().copied().map(str::to_owned).collect());
    }

    /// How long clients may keep the list of regions; `None`, the default, does not say.
    pub fn set_regions_max_age(&self, max_age: Option<Duration>) {
        self.service.regions.set_max_age(max_age);
    }

    /// The API key that this server knows, to sign tokens for it.
    pub fn api_key(&self) -> &ApiKey {
        &self.key
    }

    /// Joins a room as whoever the token is for, without media. A room that does not exist is created, with
    /// what the token's room configuration asks for.
    ///
    /// # Errors
    /// [`ErrorKind::Token`](crate::ErrorKind::Token) if the token is not acceptable, `unauthenticated` if it
    /// lacks `roomJoin`, `invalid_argument` without identity or room, `resource_exhausted` if the room is full.
    pub fn join(&self, token: &str) -> Result<Participant> {
        room::join(&self.service.world, &self.verifier, token)
    }

    /// As [`join`](Self::join), with a token for this room and identity that allows everything by default.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub fn join_room(&self, room: &str, identity: &str) -> Result<Participant> {
        self.join(&self.key.access_token().identity(identity).grant(VideoGrant::join(room)).to_jwt()?)
    }

    /// Begins to join, and gives up before the connection stands.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub fn abort_join(&self, token: &str) -> Result<ParticipantInfo> {
        room::abort(&self.service.world, &self.verifier, token)
    }

    /// Sets the server's clock forward, and does what becomes due: empty rooms close.
    ///
    /// Tokens are checked with the machine's clock all the same.
    pub fn advance(&self, by: Duration) {
        self.service.world.advance(by);
    }

    /// Lets something go wrong.
    pub fn inject(&self, fault: Fault) {
        self.service.faults.inject(fault);
    }

    /// Lets nothing go wrong any longer.
    pub fn clear_faults(&self) {
        self.service.faults.clear();
    }

    /// The calls that arrived, in order. The last 10,000 are kept.
    pub fn calls(&self) -> Vec<ReceivedCall> {
        self.service.calls.all()
    }

    /// Calls `callback` with every call from now on, when its answer is known or its connection dropped.
    pub fn on_call(&self, callback: impl Fn(&ReceivedCall) + Send + Sync + 'static) {
        self.service.calls.watch(callback);
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.service.calls.clear();
    }

    /// The webhooks that were sent so far, in order. The last 10,000 are kept.
    pub fn webhooks(&self) -> Vec<SentWebhook> {
        self.service.world.webhooks().sent()
    }

    /// Calls `callback` with every webhook from now on: one at a time, in order, before the call or the step
    /// that is its reason returns.
    pub fn on_webhook(&self, callback: impl Fn(&SentWebhook) + Send + Sync + 'static) {
        self.service.world.webhooks().call(callback);
    }

    /// Waits up to 5 s for a webhook for which `is_it` holds, sent before or yet to be sent.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), telling which webhooks were sent.
    pub async fn webhook(&self, is_it: impl Fn(&WebhookEvent) -> bool) -> Result<SentWebhook> {
        let webhooks = self.service.world.webhooks();
        let found = webhooks.find(PATIENCE, is_it).await;
        found.ok_or_else(|| {
            let sent: Vec<_> = webhooks.sent().into_iter().map(|sent| sent.event.event).collect();
            let text = format!("no such webhook within {PATIENCE:?}; sent were {sent:?}");
            Error::new(crate::error::ErrorKind::Timeout, text)
        })
    }
}

impl Default for TestServer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TestServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestServer").field("api_key", &self.key).finish_non_exhaustive()
    }
}
