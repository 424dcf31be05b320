use livekit_sdk::Redact;

#[derive(Redact)]
#[redact(secret)]
struct Vault {
    #[redact(debug)]
    password: String,
}

fn main() {}
