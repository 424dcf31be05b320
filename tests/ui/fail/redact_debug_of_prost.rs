use livekit_sdk::Redact;

#[derive(Clone, PartialEq, prost::Message, Redact)]
struct Vault {
    #[prost(string, tag = "1")]
    #[redact(secret)]
    password: String,
}

#[derive(Clone, PartialEq, prost::Oneof, Redact)]
enum Login {
    #[prost(string, tag = "1")]
    #[redact(secret)]
    Password(String),
}

fn main() {}
