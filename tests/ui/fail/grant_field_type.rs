use std::collections::HashMap;

use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
struct BoardGrant {
    #[grant(key = "number")]
    number: u32,
    #[grant(key = "text")]
    text: Option<String>,
    #[grant(key = "optionalNumber")]
    optional_number: Option<u64>,
    #[grant(key = "list")]
    list: Vec<bool>,
    #[grant(key = "map")]
    map: HashMap<String, String>,
    #[grant(key = "reference")]
    reference: &'static str,
}

fn main() {}
