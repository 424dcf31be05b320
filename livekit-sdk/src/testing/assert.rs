//! Assertions on what was called, which show all calls where they fail.

use prost::Message;
use serde::de::DeserializeOwned;

use super::TestServer;
use crate::spec::Rpc;

impl TestServer {
    /// The requests of all calls of this method, in order. A request that could not be decoded is left out.
    pub fn requests<Req, Res>(&self, rpc: &Rpc<Req, Res>) -> Vec<Req>
    where
        Req: Message + Default + DeserializeOwned,
    {
        self.calls().iter().filter(|call| call.is(rpc)).filter_map(|call| call.request()).collect()
    }

    /// Asserts that this method was called exactly once, and answers the request.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> livekit_sdk::Result<()> {
    /// use livekit_sdk::services::room::RoomServiceClient;
    /// use livekit_sdk::testing::TestServer;
    ///
    /// let server = TestServer::new();
    /// server.livekit().room().create_room("daily").empty_timeout(60).await?;
    ///
    /// let request = server.assert_called(&RoomServiceClient::CREATE_ROOM);
    /// assert_eq!((request.name.as_str(), request.empty_timeout), ("daily", 60));
    /// server.assert_not_called(&RoomServiceClient::DELETE_ROOM);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// It was called never or more than once, or with a request that cannot be decoded. The message lists
    /// every call.
    #[track_caller]
    pub fn assert_called<Req, Res>(&self, rpc: &Rpc<Req, Res>) -> Req
    where
        Req: Message + Default + DeserializeOwned,
    {
        self.assert_called_times(rpc, 1);
        match self.requests(rpc).pop() {
            Some(request) => request,
            None => panic!("the request of {rpc:?} cannot be decoded"),
        }
    }

    /// Asserts that this method was called so many times.
    ///
    /// # Panics
    /// It was called another number of times. The message lists every call.
    #[track_caller]
    pub fn assert_called_times<Req, Res>(&self, rpc: &Rpc<Req, Res>, times: usize) {
        let calls = self.calls();
        let actual = calls.iter().filter(|call| call.is(rpc)).count();
        assert!(
            actual == times,
            "{rpc:?} was to be called {times} times, and was called {actual} times. All calls:\n{calls:#?}"
        );
    }

    /// Asserts that this method was not called.
    ///
    /// # Panics
    /// It was called. The message lists every call.
    #[track_caller]
    pub fn assert_not_called<Req, Res>(&self, rpc: &Rpc<Req, Res>) {
        self.assert_called_times(rpc, 0);
    }
}
