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
//! To build against another protocol, such as one that was published yesterday, name the folder with its
//! `.proto` files:
//!
//! ```text
//! LIVEKIT_PROTO_DIR=/path/to/protocol/protobufs cargo build
//! ```
//!
//! A method that is new takes the access of its service by default, a service that is new is reached by
//! its name and needs [`with_grants`](Call::with_grants); cargo warns of either. Where the name of an accessor is
//! taken, it ends in `_service`; where that of a setter is, in `_`. Protocols since 1.23 build;
//! the in-memory server needs one that is not older than the crate's own. `LIVEKIT_BUILD_TIMING=1` tells how
//! long the generation took.
//!
//! New protocols have more: make messages with `..Default::default()`, and match enums with `_`.
//!
//! # Features
//!
//! | Feature | Default | Adds |
//! |---|---|---|
//! | `services` | yes | all ten services; or choose: `room`, `egress`, `ingress`, `sip`, `agent-dispatch`, `connector`, `phone-number`, `cloud-agent`, `agent-simulation`, `replay` |
//! | `client` | with any service | [`LiveKit`], [`Call`] and the HTTP transport, for services of your own |
//! | `webhooks` | yes | [`webhook`] |
//! | `rustls` | yes | TLS with rustls: the backend that the application has installed, else AWS-LC |
//! | `rustls-ring` | no | TLS with rustls and ring, where AWS-LC does not build. reqwest then has no backend of its own: an application's own `reqwest::Client::new()` panics, unless something else turns one on |
//! | `native-tls` | no | TLS with the system's library. The first of these three that is on is used |
//! | `gzip` | yes | compressed answers |
//! | `tracing` | no | a [`tracing`](https://docs.rs/tracing) span for each call, with method, host, attempts, status and request id, and an event for each attempt that is followed by another |
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
mod json;
pub mod proto;
pub mod redact;
#[cfg(feature = "client")]
mod region;
#[cfg(feature = "client")]
mod retry;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "client")]
pub mod services;
#[cfg(feature = "client")]
pub mod spec;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "client")]
mod trace;
#[cfg(feature = "sip")]
mod transfer;
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
pub use error::{
    Error, ErrorKind, Refusal, Result, RpcCode, SipStatus, SipTransfer, TokenProblem, TwirpCode, Unreachable,
    WebhookProblem,
};
/// ```
/// # use livekit_sdk::proto;
/// use livekit_sdk::FromVariants;
///
/// #[derive(Clone, PartialEq, prost::Oneof, FromVariants)]
/// enum Subject {
///     #[prost(message, tag = "1")]
///     Room(proto::Room),
///     #[prost(message, tag = "2")]
///     Participant(proto::ParticipantInfo),
///     #[prost(string, tag = "3")]
///     Other(String),
/// }
///
/// let subject = Subject::from(proto::Room::default());
/// assert!(matches!(subject, Subject::Room(_)));
/// ```
pub use livekit_macros::FromVariants;
/// ```
/// use livekit_sdk::Redact;
/// use livekit_sdk::redact::Redact as _;
///
/// #[derive(Clone, PartialEq, prost::Message, Redact)]
/// #[prost(skip_debug)]
/// struct Login {
///     #[prost(string, tag = "1")]
///     user: String,
///     #[prost(string, tag = "2")]
///     #[redact(secret)]
///     password: String,
/// }
///
/// let login = Login { user: "alice".into(), password: "hunter2".into() };
/// assert_eq!(format!("{login:?}"), r#"Login { user: "alice", password: <redacted> }"#);
/// assert_eq!(login.secrets(), ["password"]);
/// ```
pub use livekit_macros::Redact;
/// ```
/// use livekit_sdk::{Call, Request};
/// # use livekit_sdk::{proto::Room, testing::TestServer};
///
/// #[derive(Clone, PartialEq, prost::Message, Request)]
/// #[request(extension = "OpenPollCall")]
/// struct OpenPollRequest {
///     /// Name of the room.
///     #[prost(string, tag = "1")]
///     #[request(key = 1)]
///     room: String,
///     /// What is asked.
///     #[prost(string, tag = "2")]
///     question: String,
/// }
///
/// # let livekit = TestServer::new().livekit();
/// let call: Call<OpenPollRequest, Room> = livekit.call("polls.v1.Polls", "OpenPoll", "standup".into());
/// assert_eq!(call.question("Tea?").request().question, "Tea?");
/// ```
pub use livekit_macros::Request;
/// ```
/// use livekit_sdk::server::Context;
/// use livekit_sdk::testing::RouterTransport;
/// use livekit_sdk::{LiveKit, Refusal, Request, auth::ApiKey, auth::TokenVerifier};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize, Request)]
/// #[request(extension = "PokeCall")]
/// struct PokeRequest {
///     #[prost(string, tag = "1")]
///     #[request(key = 1)]
///     room: String,
/// }
///
/// #[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
/// struct PokeResponse {}
///
/// /// Reminds people that they are in a meeting.
/// #[livekit_sdk::service(package = "poke.v1", name = "Poke")]
/// trait Poke {
///     /// Pokes everybody in a room.
///     #[rpc(name = "PokeRoom", access(video(room_admin)), room = "room")]
///     fn poke_room(request: PokeRequest) -> PokeResponse;
/// }
///
/// struct Finger;
///
/// impl Poke for Finger {
///     async fn poke_room(&self, _: Context, _: PokeRequest) -> Result<PokeResponse, Refusal> {
///         Ok(PokeResponse {})
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> livekit_sdk::Result<()> {
/// let key = ApiKey::new("devkey", "a-secret-of-at-least-32-characters")?;
/// let router = PokeServer::router(Finger).with_verifier(TokenVerifier::new(key.clone()));
///
/// let livekit = LiveKit::builder().url("http://poke.test").api_key(key);
/// let livekit = livekit.transport(RouterTransport::new(router)).build()?;
/// livekit.service::<PokeClient>().poke_room("standup").await?;
/// # Ok(())
/// # }
/// ```
///
/// The example `custom_service` shows more of it.
pub use livekit_macros::service;

/// The README's examples, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
