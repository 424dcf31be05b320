//! Helpers.

pub mod upstream;
