#[livekit_sdk::service(pakage = "board", package = "board", name = "Board")]
trait Typo {}

#[livekit_sdk::service(timeout = 3, package = "board", name = "Board")]
trait Other {}

fn main() {}
