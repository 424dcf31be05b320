use livekit_sdk::Redact;

#[derive(Redact)]
struct Tuple(String);

#[derive(Redact)]
union Union {
    number: u32,
}

fn main() {}
