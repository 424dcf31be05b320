#[livekit_sdk::service(package = "board", name = "")]
trait Empty {}

#[livekit_sdk::service(package = "board", name = "v1/Board")]
trait Slash {}

#[livekit_sdk::service(package = "board..v1", name = "Board")]
trait Dots {}

#[livekit_sdk::service(package = "board", name = "Board", host_label = "boards.example")]
trait Host {}

fn main() {}
