use livekit_sdk::Redact;

#[derive(Redact)]
struct Vault {
    #[redact(secret = true)]
    password: String,
    #[redact(secret, nested)]
    token: String,
    #[redact]
    key: String,
}

fn main() {}
