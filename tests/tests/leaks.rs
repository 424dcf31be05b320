//! Secrets are planted wherever one can be, and looked for in everything that is shown: messages, the other
//! public types, errors with their causes, and what `tracing` is told.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

#[path = "leaks/errors.rs"]
mod errors;
#[path = "leaks/messages.rs"]
mod messages;
#[path = "leaks/traced.rs"]
mod traced;
#[path = "leaks/types.rs"]
mod types;

use std::error::Error;
use std::fmt::{Debug, Display};

/// Is in every secret that is planted, and in nothing else.
const PLANTED: &str = "planted";

/// Both forms of `Debug`.
fn debug(value: &dyn Debug) -> String {
    format!("{value:?}\n{value:#?}")
}

/// An error, and what caused it, in every form.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        text += &format!("{error}\n{}\n", debug(&error));
        next = error.source();
    }
    text
}

/// Nothing planted may be in a text, be it as text or as a list of bytes.
fn clean(what: &dyn Display, text: &str) {
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = PLANTED.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(",");
    assert!(!dense.contains(PLANTED) && !dense.contains(&bytes), "{what} shows a secret:\n{text}");
}

/// The check sees what it is there for.
#[test]
#[should_panic(expected = "x shows a secret")]
fn text_is_seen() {
    clean(&"x", &debug(&"a-planted-secret"));
}

#[test]
#[should_panic(expected = "x shows a secret")]
fn bytes_are_seen() {
    clean(&"x", &debug(&b"a-planted-secret"));
}
