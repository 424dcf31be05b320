use livekit_sdk::FromVariants;

#[derive(FromVariants)]
enum Place {
    Nowhere,
    Room(String),
}

fn main() {}
