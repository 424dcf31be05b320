#[livekit_sdk::service(package = "board", name("Board"))]
trait Board {}

fn main() {}
