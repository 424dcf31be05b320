use livekit_sdk::auth::Grant;

#[derive(Default, Grant)]
struct BoardGrant {
    #[grant(key)]
    flag: bool,
    #[grant(key = 1)]
    number: bool,
    #[grant(key = "")]
    empty: bool,
    #[grant]
    nothing: bool,
}

fn main() {}
