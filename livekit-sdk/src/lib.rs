//! A LiveKit server SDK.

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
pub use livekit_macros::{FromVariants, Grant, Redact, Request, service};
