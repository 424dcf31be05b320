#[livekit_sdk::service(package = "board", name = 1)]
trait Number {}

#[livekit_sdk::service(package, name = "Board")]
trait Flag {}

#[livekit_sdk::service(package = "board", name(board))]
trait List {}

#[livekit_sdk::service(package = "board", name = "Board", client = true)]
trait Value {}

fn main() {}
