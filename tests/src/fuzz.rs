//! What holds for every input from outside, whatever it is. Each target takes arbitrary bytes and panics if
//! something does not hold; `tests/fuzz/` lets libFuzzer look for such bytes, and `tests/fuzz.rs` replays
//! those that were kept.

mod json;
mod replies;
mod tokens;

pub use json::event_json;
pub use replies::{regions, response_body, twirp_error};
pub use tokens::{token, webhook};

/// Takes any input, and panics if something does not hold for it.
pub type Target = fn(&[u8]);

/// Every target, by the name of its folder in `fuzz/corpus/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("event_json", event_json),
    ("regions", regions),
    ("response_body", response_body),
    ("token", token),
    ("twirp_error", twirp_error),
    ("webhook", webhook),
];
