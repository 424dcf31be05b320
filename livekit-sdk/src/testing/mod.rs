//! An in-memory LiveKit, for tests and first steps: real tokens, real grants, real errors, no network.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> livekit_sdk::Result<()> {
//! use livekit_sdk::testing::TestServer;
//!
//! let server = TestServer::new();
//! let lk = server.livekit();
//!
//! lk.room().create_room("daily").await?;
//! assert_eq!(lk.room().list_rooms(()).await?.rooms.len(), 1);
//!
//! let error = lk.room().delete_room("weekly").await.unwrap_err();
//! assert!(error.is_not_found());
//! # Ok(())
//! # }
//! ```
//!
//! It keeps rooms and their participants, checks every token as LiveKit does, and answers with LiveKit's
//! codes. It has no media and no signalling, forgets everything when it is dropped, and answers
//! `unimplemented` to services that it does not keep state for.

mod id;
mod listen;
mod room;
mod state;
mod transport;
mod unimplemented;

use std::fmt;
use std::sync::Arc;

pub use listen::Listener;
pub use transport::RouterTransport;

use crate::auth::{ApiKey, TokenVerifier};
use crate::client::LiveKit;
use crate::error::{Error, Result};
use crate::proto::ParticipantInfo;
use crate::server::Router;
use state::State;

/// The API key of a server that was not given one: that of `livekit-server --dev`.
pub const DEV_KEY: &str = "devkey";

/// The secret of [`DEV_KEY`].
pub const DEV_SECRET: &str = "secret";

/// The URL of a server that is called in process; nothing listens there.
const IN_PROCESS: &str = "http://livekit.test";

/// An in-memory LiveKit.
///
/// Cheap to clone; clones are the same server.
#[derive(Clone)]
pub struct TestServer {
    state: Arc<State>,
    router: Router,
    key: ApiKey,
}

impl TestServer {
    /// An empty server that knows the API key [`DEV_KEY`] with [`DEV_SECRET`].
    pub fn new() -> Self {
        Self::with_api_key(ApiKey::new(DEV_KEY, DEV_SECRET).expect("a constant key, neither empty nor blank"))
    }

    /// An empty server that knows one API key.
    pub fn with_api_key(key: ApiKey) -> Self {
        let state = Arc::new(State::default());
        let router = unimplemented::router().merge(room::router(Arc::clone(&state)));
        Self { state, router: router.with_verifier(TokenVerifier::new(key.clone())), key }
    }

    /// A client that calls this server in process, with all grants.
    pub fn livekit(&self) -> LiveKit {
        let client = LiveKit::builder().url(IN_PROCESS).api_key(self.key.clone()).transport(self.transport());
        client.build().expect("a constant URL and a key that exists")
    }

    /// What clients with credentials of their own reach this server through, in process.
    pub fn transport(&self) -> RouterTransport {
        RouterTransport::new(self.router.clone())
    }

    /// The routes of this server, to be served by a server of yours.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Serves on a TCP address, such as `127.0.0.1:0` for a free port, until the listener is dropped.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn listen(&self, address: &str) -> Result<Listener> {
        Listener::bind(address, self.router.clone()).await.map_err(Error::unreachable)
    }

    /// The API key that this server knows, to sign tokens for it.
    pub fn api_key(&self) -> &ApiKey {
        &self.key
    }

    /// Puts a participant into a room, as if it had joined. Its sid and its times are filled in where
    /// they are not set.
    ///
    /// # Errors
    /// There is no such room, or no identity.
    pub fn add_participant(&self, room: &str, participant: ParticipantInfo) -> Result<ParticipantInfo> {
        Ok(self.state.add_participant(room, participant)?)
    }
}

impl Default for TestServer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TestServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestServer")
            .field("api_key", &self.key)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
