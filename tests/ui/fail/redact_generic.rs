use livekit_sdk::Redact;

#[derive(Redact)]
struct Vault<T> {
    value: T,
}

fn main() {}
