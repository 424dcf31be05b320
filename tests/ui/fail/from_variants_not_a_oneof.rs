use livekit_sdk::FromVariants;

#[derive(Clone, PartialEq, prost::Message, FromVariants)]
struct Card {}

#[derive(FromVariants)]
enum Generic<T> {
    One(T),
}

fn main() {}
