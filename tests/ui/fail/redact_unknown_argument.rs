use livekit_sdk::Redact;

#[derive(Redact)]
#[redact(debugg)]
struct Vault {
    #[redact(secrets)]
    password: String,
    #[redact(pii)]
    name: String,
}

fn main() {}
