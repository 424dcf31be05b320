#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "ListCards")]
    fn list_cards() -> Response;
}

fn main() {}
