//! A client whose calls never leave the process.

use livekit_sdk::LiveKit;
use livekit_sdk::auth::ApiKey;
use livekit_sdk::server::Router;
use livekit_sdk::testing::RouterTransport;

pub(crate) const KEY: &str = "devkey";
pub(crate) const SECRET: &str = "a-secret-of-at-least-32-characters";

/// The key that clients sign with, and that guarded routers know.
pub(crate) fn key() -> ApiKey {
    ApiKey::new(KEY, SECRET).unwrap()
}

/// A client of the services of `router`.
pub(crate) fn livekit(router: Router) -> LiveKit {
    let builder = LiveKit::builder().url("http://livekit.test").api_key(key());
    builder.transport(RouterTransport::new(router)).build().unwrap()
}
