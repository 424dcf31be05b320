//! The services of the LiveKit server API, one module each, generated from the schema.
//!
//! Each module holds a client, which [`LiveKit`](crate::LiveKit) hands out, with a constant per RPC
//! that says which grants it needs; with feature `server`, also the service as a trait to implement.

// Names are upstream's.
#![allow(deprecated, non_camel_case_types)]

include!(concat!(env!("OUT_DIR"), "/services.rs"));
