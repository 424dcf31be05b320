//! The LiveKit server API schema: the `.proto` files that `livekit-sdk` is generated from, as data.
//!
//! The files hold the interface facts of the LiveKit protocol, laid out by `livekit-proto sync`, with
//! this project's documentation and its annotations (declared in `sdk/options.proto`): the grants each
//! method needs, how long a call may take, what is secret. [`files`] lists them; the folder itself is
//! at [`DIR`] while the crate is being built from source.

/// The folder that holds the files, for build scripts.
pub const DIR: &str = env!("CARGO_MANIFEST_DIR");

include!(concat!(env!("OUT_DIR"), "/files.rs"));
