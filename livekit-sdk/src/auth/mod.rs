//! Access tokens: who somebody is, and what LiveKit lets them do.
//!
//! A LiveKit token is a JWT, signed with HS256 and the secret of an API key. [`AccessToken`] makes one,
//! [`TokenVerifier`] checks one, and [`Claims`] is what is in it: an identity, what is granted
//! ([`VideoGrant`], [`SipGrant`], …), and what the participant's room shall look like.
//!
//! ```
//! use livekit_sdk::auth::{AccessToken, ApiKey, TokenVerifier, VideoGrant};
//!
//! let key = ApiKey::new("devkey", "a-secret-of-at-least-32-characters")?;
//!
//! let jwt = AccessToken::with_key(&key)
//!     .identity("alice")
//!     .grant(VideoGrant::join("standup").can_publish(false))
//!     .to_jwt()?;
//!
//! let claims = TokenVerifier::new(key).verify(&jwt)?;
//! assert_eq!(claims.identity(), "alice");
//! let video = claims.grants.video.unwrap_or_default();
//! assert!(video.may_subscribe() && !video.may_publish());
//! # Ok::<(), livekit_sdk::Error>(())
//! ```
//!
//! This module is always compiled. It needs no network, no async runtime and no TLS, and it installs
//! nothing process-wide: whatever else the application does with `jsonwebtoken` keeps working.

pub(crate) mod grant;
mod grants;
mod key;
// Each module uses only those above it.
mod claims;
mod token;
mod verify;

pub use claims::Claims;
pub use grant::{Grant, GrantField, Rest};
pub use grants::{
    AgentEndpointGrant, AgentGrant, AgentThreadGrant, ClaimGrants, InferenceGrant, ObservabilityGrant,
    SipGrant, VideoGrant,
};
pub use key::ApiKey;
#[cfg(feature = "client")]
pub(crate) use key::variable;
/// Makes a struct a grant: see [the trait](trait@Grant) for what it adds and what it asks of the struct.
pub use livekit_macros::Grant;
pub use token::{AccessToken, DEFAULT_TTL};
pub use verify::{DEFAULT_LEEWAY, TokenVerifier, decode_unverified};
