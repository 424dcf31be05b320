//! LiveKit's own Rust client, `livekit-api`, against the in-memory server.
//!
//! It says less than ours of what it was refused, and cannot take some answers at all: `facts.rs` and the
//! comments here tell where these tests go around that.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "official/media.rs"]
mod media;
#[path = "official/rooms.rs"]
mod rooms;
#[path = "official/sip.rs"]
mod sip;
#[path = "official/support.rs"]
mod support;
#[path = "official/tokens.rs"]
mod tokens;
