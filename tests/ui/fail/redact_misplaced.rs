use livekit_sdk::Redact;

#[derive(Redact)]
#[redact(secret)]
struct Vault {
    password: String,
}

fn main() {}
