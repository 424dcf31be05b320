#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    fn get_card(request: Request) -> Response;

    #[rpc(access(video(room_admin)))]
    fn r#move(request: Request) -> Response;
}

fn main() {}
