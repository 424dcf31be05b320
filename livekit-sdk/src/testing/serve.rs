//! From a request to an answer: what a LiveKit does around its services.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body::Body;

use super::body::ReplyBody;
use super::calls::{CallLog, ReceivedCall};
use super::fault::{Effect, Faults};
use super::json_wire;
use super::mock::Mock;
use super::region::Regions;
use super::world::World;
use crate::server::{self, Router, plain};

/// Everything that answers requests, in process and on every port.
pub(super) struct Service {
    pub(super) router: Router,
    /// Answers what the other does not implement.
    pub(super) added: Router,
    pub(super) world: World,
    pub(super) calls: CallLog,
    pub(super) faults: Faults,
    pub(super) regions: Regions,
    /// Answers in place of the router.
    pub(super) mock: Option<Mock>,
}

/// There is no answer, or no whole one.
#[derive(Debug)]
pub(super) enum Dropped {
    /// No connection came about.
    Unconnected,
    /// The connection ended too soon.
    Cut,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unconnected => "nothing listens there",
            Self::Cut => "the connection was closed before the answer was complete",
        })
    }
}

impl std::error::Error for Dropped {}

impl Service {
    /// Answers a request that arrived in the region of this index.
    pub(super) async fn answer<B>(
        &self,
        region: usize,
        request: Request<B>,
    ) -> Result<Response<ReplyBody>, Dropped>
    where
        B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let (mut head, body) = request.into_parts();
        let is_cross_origin = head.headers.contains_key(http::header::ORIGIN);
        normalize(&mut head);
        let mut answer = match self.without_service(region, &head) {
            Some(answer) => answer.map(ReplyBody::whole),
            None => self.call(region, head, body).await?,
        };
        if is_cross_origin {
            allow_all_origins(answer.headers_mut());
        }
        Ok(answer)
    }

    /// What is answered without looking at any service.
    fn without_service(&self, region: usize, head: &Parts) -> Option<Response<Bytes>> {
        if head.method == Method::OPTIONS && head.headers.contains_key("access-control-request-method") {
            return Some(preflight());
        }
        if let Some(mock) = &self.mock {
            return mock.without_service(region, head, &self.regions);
        }
        match head.uri.path() {
            "/" if head.method == Method::GET => Some(plain(StatusCode::OK, "OK".to_owned())),
            "/settings/regions" if head.method == Method::GET => self.regions.settings(),
            _ => None,
        }
    }

    async fn call<B>(&self, region: usize, head: Parts, body: B) -> Result<Response<ReplyBody>, Dropped>
    where
        B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let (service, method) = route(head.uri.path());
        let (delay, effect) = self.faults.take((service, method), region, &head.headers);
        if matches!(effect, Effect::Unreachable) {
            pause(delay).await;
            return Err(Dropped::Unconnected);
        }
        let place = self.calls.begin(ReceivedCall {
            service: service.to_owned(),
            method: method.to_owned(),
            version: head.version,
            headers: head.headers.clone(),
            body: Bytes::new(),
            attempt: 1,
            region,
            status: None,
        });
        if matches!(effect, Effect::DropUnread) {
            pause(delay).await;
            self.calls.end(place, None);
            return Err(Dropped::Cut);
        }
        let answer = match server::read(body).await {
            Ok(body) => {
                self.calls.read(place, body.clone());
                pause(delay).await;
                match effect {
                    Effect::Replace(ref answer) => Ok(answer.clone()),
                    _ => self.respond(region, Request::from_parts(head, body)).await,
                }
            }
            Err(refused) => Ok(refused),
        };
        let answer = answer.and_then(|answer| match effect {
            Effect::DropUnanswered => Err(Dropped::Cut),
            _ => Ok(answer),
        });
        self.calls.end(place, answer.as_ref().ok().map(Response::status));
        answer.map(|answer| spoil(answer, effect))
    }

    async fn respond(&self, region: usize, request: Request<Bytes>) -> Result<Response<Bytes>, Dropped> {
        if let Some(mock) = &self.mock {
            return mock.answer(region, &self.regions, request).await;
        }
        match self.regions.refuses(region, &[]) {
            Some(refused) => Ok(refused),
            None => Ok(self.serve(request).await),
        }
    }
}

impl Service {
    async fn serve(&self, request: Request<Bytes>) -> Response<Bytes> {
        if !self.added.has_route(request.uri().path()) {
            return json_wire::handle(&self.router, request).await;
        }
        let answer = json_wire::handle(&self.router, request.clone()).await;
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::NOT_IMPLEMENTED => {
                json_wire::handle(&self.added, request).await
            }
            _ => answer,
        }
    }
}

/// What a fault does to an answer.
fn spoil(mut answer: Response<Bytes>, effect: Effect) -> Response<ReplyBody> {
    match effect {
        Effect::Truncate(after) => answer.map(|body| ReplyBody::truncated(body, after)),
        Effect::Garble(garbage) => answer.map(|_| ReplyBody::whole(garbage)),
        Effect::Slow(per_byte) => answer.map(|body| ReplyBody::slow(body, per_byte)),
        Effect::Mislabel(content_type) => {
            answer.headers_mut().insert(CONTENT_TYPE, content_type);
            answer.map(ReplyBody::whole)
        }
        _ => answer.map(ReplyBody::whole),
    }
}

pub(super) async fn pause(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// Service and method of a Twirp path, as far as it has them.
pub(super) fn route(path: &str) -> (&str, &str) {
    let path = path.strip_prefix("/twirp/").unwrap_or(path);
    path.rsplit_once('/').unwrap_or((path, ""))
}

/// Takes a path that begins with two slashes for one with one, and a token in the query for one in the header.
fn normalize(head: &mut Parts) {
    if let Some(path) = head.uri.path_and_query().filter(|it| it.as_str().starts_with("//")) {
        let path = format!("/{}", path.as_str().trim_start_matches('/'));
        if let Ok(uri) = Uri::try_from(path) {
            head.uri = uri;
        }
    }
    if head.headers.contains_key(AUTHORIZATION) {
        return;
    }
    let query = head.uri.query().unwrap_or_default();
    let token = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "access_token");
    let header = token.and_then(|(_, token)| HeaderValue::try_from(format!("Bearer {token}")).ok());
    if let Some(header) = header {
        head.headers.insert(AUTHORIZATION, header);
    }
}

fn preflight() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    for (name, value) in [
        ("access-control-allow-methods", "OPTIONS, HEAD, GET, POST, PATCH, DELETE"),
        ("access-control-allow-headers", "*"),
        ("access-control-max-age", "86400"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn allow_all_origins(headers: &mut HeaderMap) {
    headers.insert(http::header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("world", &self.world).finish_non_exhaustive()
    }
}
