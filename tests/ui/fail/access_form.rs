#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "A", access = "roomAdmin")]
    fn text(request: Request) -> Response;

    #[rpc(name = "B", access)]
    fn flag(request: Request) -> Response;

    #[rpc(name = "C", access(video))]
    fn block(request: Request) -> Response;

    #[rpc(name = "D", access(video(room_admin = true)))]
    fn value(request: Request) -> Response;

    #[rpc(name = "E", access(video(room_admin, room_admin)))]
    fn twice(request: Request) -> Response;

    #[rpc(name = "F", access())]
    fn nothing(request: Request) -> Response;

    #[rpc(name = "G", access(video()))]
    fn no_flag(request: Request) -> Response;
}

fn main() {}
