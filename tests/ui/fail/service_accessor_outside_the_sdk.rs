#[livekit_sdk::service(package = "board", name = "Board", accessor = "board")]
trait Board {}

fn main() {}
