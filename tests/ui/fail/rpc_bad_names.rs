#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "Get Card")]
    fn get_card(request: Request) -> Response;

    #[rpc(name = "PutCard", room = "card.room")]
    fn put_card(request: Request) -> Response;

    #[rpc(name = "MoveCard", destination_room = "self")]
    fn move_card(request: Request) -> Response;
}

fn main() {}
