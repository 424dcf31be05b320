use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
struct BoardGrant<T> {
    #[grant(key = "boardAdmin")]
    board_admin: T,
}

fn main() {}
