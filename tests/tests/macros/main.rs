//! What the macros make of messages and services that are not LiveKit's: every shape of a field, every
//! number of keys, secrets wherever a message can hide them, and a Twirp service of our own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod redact;
mod request;
mod server;
mod support;
mod variants;
