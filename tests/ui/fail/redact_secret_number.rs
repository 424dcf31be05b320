use livekit_sdk::Redact;

#[derive(Clone, PartialEq, prost::Message, Redact)]
#[prost(skip_debug)]
struct Vault {
    #[prost(uint32, tag = "1")]
    #[redact(secret)]
    pin: u32,
    #[prost(uint32, optional, tag = "2")]
    #[redact(secret)]
    optional_pin: Option<u32>,
}

fn main() {}
