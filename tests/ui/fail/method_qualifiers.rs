#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    unsafe fn get_card(request: Request) -> Response;

    #[rpc(name = "PutCard")]
    extern "C" fn put_card(request: Request) -> Response;
}

fn main() {}
