//! What a call comes to when something goes wrong, for every fault of the in-memory server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod http;
#[path = "../apps/shared/pki.rs"]
mod pki;
mod regions;
mod table;
mod tcp;
mod tls;
