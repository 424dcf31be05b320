use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
struct BoardGrant {
    board_admin: bool,
}

fn main() {}
