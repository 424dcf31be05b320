#[livekit_sdk::service]
trait Board {}

fn main() {}
