use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
#[grant(key = "board")]
struct BoardGrant {
    #[grant(key = "boardAdmin")]
    board_admin: bool,
}

fn main() {}
