//! Two services in one module, with methods of one name, and one of them without a package.

use livekit_sdk::ServiceClient as _;
use livekit_sdk::proto::Room;

#[livekit_sdk::service(package = "board.v1", name = "Board")]
trait Board {
    #[rpc(name = "Get", access(video(room_list)))]
    fn get(request: Room) -> Room;
}

#[livekit_sdk::service(package = "", name = "Wall")]
trait Wall {
    #[rpc(name = "Get", access(video(room_create), sip(admin, call)))]
    fn get(request: Room) -> Room;
}

struct Both;

impl Board for Both {}
impl Wall for Both {}

fn main() {
    assert_eq!((BoardClient::SERVICE, WallClient::SERVICE), ("board.v1.Board", "Wall"));
    let router = BoardServer::router(Both).merge(WallServer::router(Both));
    let routes = format!("{router:?}");
    assert!(routes.contains("/twirp/board.v1.Board/Get") && routes.contains("/twirp/Wall/Get"), "{routes}");
    let grants = WallClient::GET.grants(&Room::default());
    assert!(grants.sip.is_some_and(|sip| sip.admin && sip.call));
}
