#![doc = include_str!("guide.md")]
// Built against a newer protocol, messages have more fields, enums more values, and oneofs more members.
#![allow(clippy::needless_update, unreachable_patterns)]

mod assert;
mod body;
mod builder;
mod calls;
mod clock;
mod cloud;
mod dispatch;
mod egress;
mod fault;
mod id;
mod ingress;
mod job;
mod json_wire;
mod limits;
mod listen;
mod mock;
mod reflect;
mod refusals;
mod region;
mod room;
mod serve;
mod server;
mod sip;
mod sip_status;
mod transport;
mod webhooks;
mod world;

pub use builder::TestServerBuilder;
pub use calls::ReceivedCall;
pub use egress::EgressHandle;
pub use fault::Fault;
pub use ingress::IngressHandle;
pub use listen::Listener;
pub use room::{Participant, RpcFailure};
pub use server::TestServer;
pub use sip::{CallTransfer, DialOutcome, DialedCall};
pub use transport::{RouterTransport, TestTransport};
pub use webhooks::SentWebhook;

/// The API key of a server that was not given one: that of `livekit-server --dev`.
pub const DEV_KEY: &str = "devkey";

/// The secret of [`DEV_KEY`].
pub const DEV_SECRET: &str = "secret";
