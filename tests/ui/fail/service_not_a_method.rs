#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    const MAX: usize;
    type Card;
}

fn main() {}
