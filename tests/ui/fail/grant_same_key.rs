use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
struct BoardGrant {
    #[grant(key = "boardAdmin")]
    board_admin: bool,
    #[grant(key = "boardAdmin")]
    admin: bool,
}

fn main() {}
