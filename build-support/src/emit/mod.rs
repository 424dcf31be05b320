//! Model in, Rust out. Emitters write down what the model says and cannot fail for reasons of the
//! schema: everything that can be wrong with it was refused before.

mod attributes;
pub(crate) mod grants;
pub(crate) mod json;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod packages;
pub(crate) mod services;

use std::fmt::Write as _;

use crate::markdown::with_links;

/// Writes documentation as `///` lines.
fn docs(out: &mut String, indent: usize, docs: &str) {
    for line in docs.lines().map(with_links) {
        let _ = writeln!(out, "{:indent$}{}", "", format!("/// {line}").trim_end());
    }
}
