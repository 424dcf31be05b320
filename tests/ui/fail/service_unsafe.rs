#[livekit_sdk::service(package = "board", name = "Board")]
unsafe trait Board {}

fn main() {}
