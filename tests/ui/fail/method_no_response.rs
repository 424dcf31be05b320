#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "DropCard")]
    fn drop_card(request: Request);
}

fn main() {}
