use livekit_sdk::auth::Grant;

#[derive(Grant)]
struct Tuple(bool);

#[derive(Grant)]
struct Unit;

#[derive(Grant)]
enum Choice {
    One,
}

#[derive(Grant)]
union Union {
    number: u32,
}

fn main() {}
