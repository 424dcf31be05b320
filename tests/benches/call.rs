//! Calls over loopback.
fn main() {}
