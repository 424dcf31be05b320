//! A Twirp service of your own beside LiveKit's: declared once, served, and called with LiveKit's tokens.
//!
//! ```text
//! cargo run --example custom_service
//! ```

use std::collections::HashMap;
use std::sync::Mutex;

use livekit_sdk::auth::{ApiKey, TokenVerifier, VideoGrant};
use livekit_sdk::server::Context;
use livekit_sdk::testing::RouterTransport;
use livekit_sdk::{LiveKit, Refusal, Request, Result, TwirpCode};
use serde::{Deserialize, Serialize};

// Messages are prost's. `Request` gives calls their setters; serde is for Twirp's JSON.

/// A question to the people in a room.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize, Request)]
#[request(extension = "OpenPollCall")]
#[serde(default)]
struct OpenPollRequest {
    /// The room to ask. Every caller names it, so `open_poll("standup")` is enough to begin with.
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    room: String,
    /// What is asked.
    #[prost(string, tag = "2")]
    question: String,
}

/// The poll to end.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize, Request)]
#[request(extension = "ClosePollCall")]
#[serde(default)]
struct ClosePollRequest {
    /// The room that was asked.
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    room: String,
}

/// A poll.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
struct Poll {
    /// What is asked.
    #[prost(string, tag = "1")]
    question: String,
}

/// Polls among the people in a room.
// Makes `PollsClient`, and `PollsServer` for the implementations of the trait.
#[livekit_sdk::service(package = "polls.v1", name = "Polls")]
trait Polls {
    /// Opens a poll.
    // Only a token with `roomAdmin` for this very room may.
    #[rpc(name = "OpenPoll", access(video(room_admin)), room = "room")]
    fn open_poll(request: OpenPollRequest) -> Poll;

    /// Ends a poll.
    #[rpc(name = "ClosePoll", access(video(room_admin)), room = "room")]
    fn close_poll(request: ClosePollRequest) -> Poll;
}

/// The open polls, by room.
#[derive(Debug, Default)]
struct OpenPolls(Mutex<HashMap<String, Poll>>);

impl Polls for OpenPolls {
    async fn open_poll(&self, _: Context, request: OpenPollRequest) -> Result<Poll, Refusal> {
        if request.question.is_empty() {
            return Err(Refusal::new(TwirpCode::InvalidArgument, "a poll needs a question"));
        }
        let poll = Poll { question: request.question };
        let mut polls = self.0.lock().map_err(|_| Refusal::new(TwirpCode::Internal, "polls are lost"))?;
        polls.insert(request.room, poll.clone());
        Ok(poll)
    }
    // `close_poll` is yet to be written: until then it answers `unimplemented`.
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    // The server. Access is checked before a method is reached. `router` is a `tower::Service`: mount
    // it in axum or hyper. Here the client hands its requests straight to it.
    let key = ApiKey::new("devkey", "a-secret-of-at-least-32-characters")?;
    let router = PollsServer::router(OpenPolls::default()).with_verifier(TokenVerifier::new(key.clone()));
    println!("serving  {router:?}");

    // The client. In production: `LiveKit::new(url, key, secret)` with the URL of your server.
    let livekit = LiveKit::builder().url("http://polls.test").api_key(key);
    let livekit = livekit.transport(RouterTransport::new(router)).build()?;
    let polls = livekit.service::<PollsClient>();

    // Signed with a token that is good for this call in this room, as the declaration says.
    let poll = polls.open_poll("standup").question("Same time tomorrow?").await?;
    println!("opened   {:?}", poll.question);

    // Errors come as the server gave them.
    let error = polls.open_poll("standup").await.expect_err("a poll without a question");
    println!("refused  {error}");

    // A token for another room is not let in.
    let call = polls.open_poll("standup").question("May I?").with_grants(VideoGrant::admin("kitchen"));
    let error = call.await.expect_err("a token for another room");
    assert!(error.is_unauthenticated());
    println!("refused  {error}");

    let error = polls.close_poll("standup").await.expect_err("a method that is yet to be written");
    assert!(error.is_unimplemented());
    println!("refused  {error}");
    Ok(())
}
