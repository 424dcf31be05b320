#[livekit_sdk::service(pakage = "board", name = "")]
trait Board: Clone {
    #[rpc(nam = "GetCard")]
    async fn get_card(&self) {}

    const MAX: usize;
}

fn main() {}
