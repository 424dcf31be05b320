//! Helpers.

pub mod dice;
pub mod fuzz;
pub mod process;
pub mod upstream;
