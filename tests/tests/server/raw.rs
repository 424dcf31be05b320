//! Requests as bytes, for what the SDK's own client never sends.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use livekit_sdk::auth::{AgentGrant, ApiKey, ClaimGrants, SipGrant, VideoGrant};
use livekit_sdk::testing::{Listener, TestServer};
use livekit_sdk::transport::{HttpTransport, Transport};
use serde_json::Value;

pub(crate) const JSON: &str = "application/json";
pub(crate) const PROTOBUF: &str = "application/protobuf";

/// A caller that writes its requests by hand, with a token for everything in the room `daily`.
#[derive(Debug)]
pub(crate) struct Raw {
    transport: Box<dyn Transport>,
    url: String,
    token: String,
}

impl Raw {
    /// Calls a server in process.
    pub(crate) fn in_process(server: &TestServer) -> Self {
        let transport = Box::new(server.transport());
        Self { transport, url: "http://livekit.test".to_owned(), token: everything(server.api_key()) }
    }

    /// Calls a server over TCP.
    pub(crate) fn over_tcp(server: &TestServer, listener: &Listener) -> Self {
        let transport = Box::new(HttpTransport::new().unwrap());
        Self { transport, url: listener.url(), token: everything(server.api_key()) }
    }

    /// The same caller with another token; an empty one is not sent.
    pub(crate) fn with_token(self, token: impl Into<String>) -> Self {
        Self { token: token.into(), ..self }
    }

    /// The same caller of another host.
    pub(crate) fn at(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }
    }

    /// Sends a request; `None` if the connection ended without an answer.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let has_own = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if !self.token.is_empty() && !has_own {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let request = request.body(body.into()).unwrap();
        let (head, body) = self.transport.send(request).await.ok()?.into_parts();
        Some(Answer { status: head.status, headers: head.headers, body })
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, "").await.expect("an answer")
    }

    /// Calls a method, named as in `RoomService/CreateRoom`.
    pub(crate) async fn post(&self, route: &str, content_type: &str, body: impl Into<Bytes>) -> Answer {
        let headers = [("content-type", content_type)];
        self.send(Method::POST, &path(route), &headers, body).await.expect("an answer")
    }

    /// As [`post`](Self::post), with JSON.
    pub(crate) async fn json(&self, route: &str, body: Value) -> Answer {
        self.post(route, JSON, body.to_string()).await
    }
}

/// The path of a method.
pub(crate) fn path(route: &str) -> String {
    format!("/twirp/livekit.{route}")
}

/// A token with every grant that a method demands.
pub(crate) fn everything(key: &ApiKey) -> String {
    let video = VideoGrant::admin("daily").room_create(true).room_list(true).room_record(true);
    let video = video.ingress_admin(true).destination_room("weekly");
    let agent = AgentGrant::default().admin(true).simulation_admin(true);
    let grants = ClaimGrants::default().video(video).sip(SipGrant::default().admin(true).call(true));
    key.access_token().identity("raw").grant(grants.agent(agent)).to_jwt().unwrap()
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body of an answer that is JSON and says so.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), JSON, "{}", self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body of an answer that is a success.
    #[track_caller]
    pub(crate) fn success(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    /// Asserts that the answer is a Twirp error, with nothing in it but what Twirp has; answers its `meta`.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        let mut json = self.json();
        assert_eq!((self.status.as_u16(), &json["code"]), (status, &Value::from(code)), "{json}");
        let object = json.as_object_mut().unwrap();
        let meta = object.remove("meta").unwrap_or(Value::Null);
        assert!(object.remove("msg").is_some_and(|msg| msg.as_str().is_some_and(|msg| !msg.is_empty())));
        assert_eq!(object.len(), 1, "more than Twirp's keys: {object:?}");
        meta
    }

    /// Asserts that the answer is plain text, and which.
    #[track_caller]
    pub(crate) fn plain(&self, status: u16, text: &str) {
        assert_eq!((self.status.as_u16(), self.text()), (status, text));
        assert_eq!(self.header("content-type"), "text/plain; charset=utf-8");
    }
}
