#[livekit_sdk::service(package = "board", name = "Board")]
trait Parameter<T> {}

#[livekit_sdk::service(package = "board", name = "Board")]
trait Clause
where
    Self: Clone,
{
}

fn main() {}
