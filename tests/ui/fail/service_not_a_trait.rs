#[livekit_sdk::service(package = "board", name = "Board")]
struct Board;

fn main() {}
