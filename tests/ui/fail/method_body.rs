#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    fn get_card(request: Request) -> Response {
        unimplemented!()
    }
}

fn main() {}
