//! The server half of Twirp: routes to handlers, protobuf and JSON in and out.
//!
//! `#[service]` makes a trait and a `{Trait}Server::router` from each declaration. A [`Router`] is a
//! `tower::Service` over `http` types, so it runs under hyper, axum and anything else of that family.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{self, Poll};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::{Claims, TokenVerifier};
use crate::error::{Refusal, TwirpCode};
use crate::spec::Rpc;
use crate::transport::BoxFuture;

/// The largest request that is read, in bytes: 10 MiB, as LiveKit's own servers do.
const MAX_BODY: usize = 10 * 1024 * 1024;

/// What a handler knows of a call besides its request. `Debug` shows the names of the headers alone.
#[derive(Clone, Default)]
pub struct Context {
    claims: Option<Claims>,
    headers: HeaderMap,
}

impl Context {
    /// What the caller's token says; `None` on a router without a verifier, or on a call without a token.
    pub fn claims(&self) -> Option<&Claims> {
        self.claims.as_ref()
    }

    /// The headers of the request. They include the caller's token.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        f.debug_struct("Context").field("claims", &self.claims).field("headers", &headers).finish()
    }
}

/// How a handler answers.
type Outcome<Res> = BoxFuture<'static, Result<Res, Refusal>>;

/// Answers one route, whatever its types.
type Handler = Box<dyn Fn(&Access, Context, Format, Bytes) -> Outcome<Bytes> + Send + Sync>;

/// Serves Twirp routes.
///
/// With a [`verifier`](Self::with_verifier), every call needs a valid token with the grants that its
/// method declares; without one, every call is let in.
#[derive(Clone, Default)]
pub struct Router(Arc<Inner>);

#[derive(Default)]
struct Inner {
    routes: HashMap<String, Arc<Handler>>,
    access: Access,
}

/// Who is let in.
#[derive(Clone, Debug, Default)]
struct Access(Option<TokenVerifier>);

impl Router {
    /// Joins the routes of another router to this one's; of two equal routes, the other's is kept.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        let mut routes = self.0.routes.clone();
        routes.extend(other.0.routes.clone());
        Self(Arc::new(Inner { routes, access: self.0.access.clone() }))
    }

    /// Demands a valid token of every call, and the grants that its method declares.
    #[must_use]
    pub fn with_verifier(self, verifier: TokenVerifier) -> Self {
        Self(Arc::new(Inner { routes: self.0.routes.clone(), access: Access(Some(verifier)) }))
    }

    /// Whether anything answers there.
    #[cfg(feature = "testing")]
    pub(crate) fn has_route(&self, path: &str) -> bool {
        self.0.routes.contains_key(path)
    }

    /// Answers one request whose body has been read.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let Some(handler) = self.0.routes.get(path) else { return self.unknown(&head.method, path) };
        let content_type =
            head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if head.method != Method::POST {
            return bad_route(&head.method, path, "only POST is accepted");
        }
        let Some(format) = Format::from_content_type(content_type) else {
            return bad_route(&head.method, path, &format!("unexpected Content-Type {content_type:?}"));
        };
        let claims = match self.0.access.authenticate(&head.headers) {
            Ok(claims) => claims,
            Err(text) => return plain(StatusCode::UNAUTHORIZED, text),
        };
        let context = Context { claims, headers: head.headers };
        match handler(&self.0.access, context, format, body).await {
            Ok(body) => {
                let mut response = Response::new(body);
                response.headers_mut().insert(CONTENT_TYPE, format.content_type());
                response
            }
            Err(refusal) => error(&refusal),
        }
    }

    /// A method that a known service lacks is Twirp's error; an unknown service is nobody's.
    fn unknown(&self, method: &Method, path: &str) -> Response<Bytes> {
        let is_known = path.rsplit_once('/').is_some_and(|(service, _)| {
            self.0
                .routes
                .keys()
                .any(|route| route.rsplit_once('/').is_some_and(|(known, _)| known == service))
        });
        match is_known {
            true => bad_route(method, path, "no such method"),
            false => plain(StatusCode::NOT_FOUND, "404 page not found\n".to_owned()),
        }
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut routes: Vec<_> = self.0.routes.keys().collect();
        routes.sort();
        f.debug_struct("Router").field("routes", &routes).field("access", &self.0.access).finish()
    }
}

impl<B> tower_service::Service<Request<B>> for Router
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let router = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let response = match read(body).await {
                Ok(body) => router.handle(Request::from_parts(head, body)).await,
                Err(refused) => refused,
            };
            Ok(response.map(Full::new))
        })
    }
}

impl Access {
    /// Reads the caller's token. A call without one is let through to its method, which refuses it with
    /// a Twirp error, as LiveKit does.
    fn authenticate(&self, headers: &HeaderMap) -> Result<Option<Claims>, String> {
        let (Some(verifier), Some(header)) = (&self.0, headers.get(AUTHORIZATION)) else { return Ok(None) };
        let token = header.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let token = token.ok_or("invalid authorization header: it must start with `Bearer `")?;
        let claims = verifier.verify(token).map_err(|error| format!("invalid token: {error}"))?;
        Ok(Some(claims))
    }

    fn authorize<Req, Res>(
        &self,
        rpc: &Rpc<Req, Res>,
        context: &Context,
        request: &Req,
    ) -> Result<(), Refusal> {
        if self.0.is_none() {
            return Ok(());
        }
        let allowed = context.claims().is_some_and(|claims| rpc.allows(&claims.grants, request));
        match allowed {
            true => Ok(()),
            false => Err(Refusal::new(TwirpCode::Unauthenticated, "permissions denied")),
        }
    }
}

/// Builds the routes of one service; what `{Trait}Server::router` is made of.
pub struct Routes<S> {
    service: Arc<S>,
    routes: HashMap<String, Arc<Handler>>,
}

impl<S: Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    pub fn new(service: S) -> Self {
        Self { service: Arc::new(service), routes: HashMap::new() }
    }

    /// Adds the route of one method.
    #[must_use]
    pub fn method<Req, Res>(
        mut self,
        rpc: &'static Rpc<Req, Res>,
        handler: for<'a> fn(&'a S, Context, Req) -> BoxFuture<'a, Result<Res, Refusal>>,
    ) -> Self
    where
        Req: Message + Default + DeserializeOwned + 'static,
        Res: Message + Serialize + 'static,
    {
        let service = Arc::clone(&self.service);
        let erased: Handler = Box::new(move |access, context, format, body| {
            let request = format.decode::<Req>(&body);
            let request =
                request.and_then(|request| access.authorize(rpc, &context, &request).map(|()| request));
            let service = Arc::clone(&service);
            Box::pin(async move { format.encode(&handler(&service, context, request?).await?) })
        });
        self.routes.insert(format!("/twirp/{}/{}", rpc.service(), rpc.method()), Arc::new(erased));
        self
    }

    /// The router that serves them.
    pub fn into_router(self) -> Router {
        Router(Arc::new(Inner { routes: self.routes, access: Access::default() }))
    }
}

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes").field("routes", &self.routes.len()).finish_non_exhaustive()
    }
}

/// How a message is written; an answer is written as its request was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Protobuf,
    Json,
}

impl Format {
    pub(crate) fn from_content_type(text: &str) -> Option<Self> {
        match text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    pub(crate) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Protobuf => "application/protobuf",
            Self::Json => "application/json",
        })
    }

    fn decode<Req: Message + Default + DeserializeOwned>(self, body: &[u8]) -> Result<Req, Refusal> {
        let malformed = |cause: &dyn fmt::Display| {
            Refusal::new(TwirpCode::Malformed, format!("the request cannot be decoded: {cause}"))
        };
        match self {
            Self::Protobuf => Req::decode(body).map_err(|cause| malformed(&cause)),
            Self::Json => serde_json::from_slice(body).map_err(|cause| malformed(&cause)),
        }
    }

    fn encode<Res: Message + Serialize>(self, response: &Res) -> Result<Bytes, Refusal> {
        match self {
            Self::Protobuf => Ok(response.encode_to_vec().into()),
            Self::Json => serde_json::to_vec(response).map(Bytes::from).map_err(|cause| {
                Refusal::new(TwirpCode::Internal, format!("the response cannot be encoded: {cause}"))
            }),
        }
    }
}

/// Reads the body of a request, or answers why not.
pub(crate) async fn read<B>(body: B) -> Result<Bytes, Response<Bytes>>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // What is declared to be too large is not begun; what turns out to be is no longer answered as LiveKit's
    // limit does, but as its Twirp.
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(plain(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large\n".to_owned()));
    }
    let refused = |text: &str| error(&Refusal::new(TwirpCode::Malformed, text));
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(cause) if cause.is::<LengthLimitError>() => Err(refused("the request body is too large")),
        Err(_) => Err(refused("the request body could not be read")),
    }
}

/// A Twirp error answer.
pub(crate) fn error(refusal: &Refusal) -> Response<Bytes> {
    let mut json = serde_json::json!({ "code": refusal.code.as_str(), "msg": refusal.message });
    if !refusal.meta.is_empty() {
        json["meta"] = serde_json::json!(refusal.meta);
    }
    let mut response = Response::new(Bytes::from(json.to_string()));
    *response.status_mut() =
        StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn bad_route(method: &Method, path: &str, why: &str) -> Response<Bytes> {
    let refusal = Refusal::new(TwirpCode::BadRoute, format!("{why}: {method} {path}"));
    error(&refusal.with_meta("twirp_invalid_route", format!("{method} {path}")))
}

/// An answer from before Twirp: LiveKit's authentication and size limit write plain text.
pub(crate) fn plain(status: StatusCode, text: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
