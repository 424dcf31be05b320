//! Prints a token for calling the API by hand: it may create, list and record rooms, and administer the one
//! that the first argument names. Signed with `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`, or as
//! `livekit-server --dev` and `livekit-test-server` expect.
//!
//! `cargo run --example token -- daily`

use livekit_sdk::auth::{ApiKey, SipGrant, VideoGrant};
use livekit_sdk::testing::{DEV_KEY, DEV_SECRET};

fn main() -> livekit_sdk::Result<()> {
    let key = match std::env::var_os("LIVEKIT_API_KEY") {
        Some(_) => ApiKey::from_env()?,
        None => ApiKey::new(DEV_KEY, DEV_SECRET)?,
    };
    let video = VideoGrant::default().room_create(true).room_list(true).room_record(true).ingress_admin(true);
    let video = match std::env::args().nth(1) {
        Some(room) => video.room_admin(true).room(room),
        None => video,
    };
    let sip = SipGrant::default().admin(true).call(true);
    println!("{}", key.access_token().grant(video).grant(sip).to_jwt()?);
    Ok(())
}
