#[livekit_sdk::service(package = "board", name = "Board")]
trait Board: Clone + Send {}

fn main() {}
