use livekit_sdk::Redact;

#[derive(Redact)]
struct Vault {
    #[redact(secrets)]
    password: String,
    #[redact(pii)]
    name: String,
}

fn main() {}
