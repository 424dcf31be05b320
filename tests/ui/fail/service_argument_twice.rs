#[livekit_sdk::service(package = "board", name = "Board", name = "Wall")]
trait Board {}

fn main() {}
