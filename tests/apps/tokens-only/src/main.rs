//! Mints and verifies a token, with nothing else of the SDK compiled.

use std::error::Error;

use livekit_sdk::auth::{ApiKey, TokenVerifier, VideoGrant};

fn main() -> Result<(), Box<dyn Error>> {
    let key = ApiKey::new("devkey", "a-secret-of-at-least-32-characters")?;
    let jwt = key.access_token().identity("alice").grant(VideoGrant::join("lobby")).to_jwt()?;
    println!("token: minted");

    let claims = TokenVerifier::new(key.clone()).verify(&jwt)?;
    let video = claims.grants.video.as_ref().ok_or("the video grant is gone")?;
    if (claims.identity(), video.room.as_str(), video.room_join) != ("alice", "lobby", true) {
        return Err(format!("these are not the claims that were signed: {claims:?}").into());
    }
    println!("token: verified");

    let stranger = TokenVerifier::new(ApiKey::new("devkey", "another-secret-of-at-least-32-chars")?);
    if stranger.verify(&jwt).is_ok() {
        return Err("a verifier with another secret accepted the token".into());
    }
    println!("token: refused under another secret");
    Ok(())
}
