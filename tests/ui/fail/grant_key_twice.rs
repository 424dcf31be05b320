use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
struct BoardGrant {
    #[grant(key = "boardAdmin", key = "admin")]
    board_admin: bool,
}

fn main() {}
