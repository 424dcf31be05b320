//! A server SDK for [LiveKit](https://livekit.io), generated from its protocol: rooms and participants,
//! egress, ingress, SIP, agents and phone numbers; access tokens; webhooks.
//!
//! ```
//! # use livekit_sdk::{LiveKit, Result};
//! # use livekit_sdk::testing::TestServer;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! # let server = TestServer::new();
//! # let (lk, api_key) = (server.livekit(), server.api_key());
//! // let lk = LiveKit::from_env()?;   LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET
//! let room = lk.room().create_room("daily").empty_timeout(600).max_participants(20).await?;
//!
//! use livekit_sdk::auth::{AccessToken, VideoGrant};
//! let jwt = AccessToken::with_key(api_key).identity("alice").grant(VideoGrant::join("daily")).to_jwt()?;
//!
//! lk.room().delete_room("daily").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! - [`LiveKit`] is the server; [`lk.room()`](LiveKit::room), [`lk.egress()`](LiveKit::egress),
//!   [`lk.sip()`](LiveKit::sip) and so on are its [`services`].
//! - Each method takes what every caller has to name, such as `delete_room("daily")` or
//!   `get_participant(("daily", "alice"))`, or its whole request from [`proto`], and returns a [`Call`]:
//!   set further fields by their names, options with `with_…`, then await it.
//! - [`auth`] makes tokens for your users and verifies them; [`webhook`] receives what LiveKit reports.
//! - [`Error`] says what went wrong: ask it [`is_not_found`](Error::is_not_found),
//!   [`is_unauthenticated`](Error::is_unauthenticated), [`is_timeout`](Error::is_timeout), ….
//! - [`testing`] is an in-memory LiveKit for your tests.
//! - [`macro@service`] declares Twirp services of your own, with clients and servers like these.
//!
//! # Generated, and from what
//!
//! The `.proto` files of LiveKit's protocol, annotated with what upstream leaves to prose (the grants
//! that each method needs, which fields are credentials, which calls ring a phone), are the one source.
//! The build step generates messages and service declarations from them, and macros turn those into the
//! methods documented here. No code in this crate is written for a single method.
//!
//! # Features
//!
//! | Feature | Default | Adds |
//! |---|---|---|
//! | `services` | yes | all ten services; or choose: `room`, `egress`, `ingress`, `sip`, `agent-dispatch`, `connector`, `phone-number`, `cloud-agent`, `agent-simulation`, `replay` |
//! | `client` | with any service | [`LiveKit`], [`Call`] and the HTTP transport, for services of your own |
//! | `webhooks` | yes | [`webhook`] |
//! | `rustls` | yes | TLS with rustls, as reqwest sets it up |
//! | `native-tls` | no | TLS with the system's library |
//! | `json` | no | protobuf JSON (serde) for every message, not only for those in tokens and webhooks |
//! | `server` | no | the [`server`] half of every service |
//! | `testing` | no | the in-memory LiveKit in [`testing`] |
//!
//! With `default-features = false`, what remains is [`auth`]: tokens and their verification, without an
//! HTTP stack and without an async runtime.

#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code and macros name this crate by its name.
extern crate self as livekit_sdk;

pub mod auth;
#[cfg(feature = "client")]
mod call;
#[cfg(feature = "client")]
mod client;
mod error;
pub mod proto;
pub mod redact;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "client")]
pub mod services;
#[cfg(feature = "client")]
pub mod spec;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "client")]
pub mod transport;
#[cfg(feature = "webhooks")]
pub mod webhook;

#[doc(hidden)]
pub mod __private;

#[cfg(feature = "client")]
pub use call::Call;
#[cfg(feature = "client")]
pub use client::{LiveKit, LiveKitBuilder, ServiceClient};
pub use error::{Error, ErrorKind, Refusal, Result, SipStatus, TokenProblem, TwirpCode, WebhookProblem};
pub use livekit_macros::{FromVariants, Redact, Request, service};

/// The README's examples, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
