use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
struct BoardGrant {
    #[grant(kay = "boardAdmin")]
    board_admin: bool,
    #[grant(key = "board", default)]
    board: String,
}

fn main() {}
