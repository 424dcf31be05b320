//! Helpers.

pub mod process;
pub mod upstream;
