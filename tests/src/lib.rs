//! Helpers.

pub mod process;
pub mod dice;
pub mod fuzz;
pub mod upstream;
