use livekit_sdk::Redact;

#[derive(Redact)]
enum Login {
    Anonymous,
    Password(String, String),
    Token { text: String },
}

fn main() {}
