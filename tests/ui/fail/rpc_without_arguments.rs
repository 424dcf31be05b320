#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc]
    fn get_card(request: Request) -> Response;
}

fn main() {}
