use livekit_sdk::Redact;

#[derive(Clone, PartialEq, prost::Oneof)]
enum Login {
    #[prost(string, tag = "1")]
    Password(String),
}

#[derive(Clone, PartialEq, prost::Message, Redact)]
#[prost(skip_debug)]
struct Vault {
    #[prost(oneof = "Login", tags = "1")]
    #[redact(secret)]
    login: Option<Login>,
}

fn main() {}
