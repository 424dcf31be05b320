//! A call on its way: the only place where a request is put together and its answer read.

mod delivery;

use std::borrow::Cow;
use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use delivery::Delivery;
use http::{HeaderMap, HeaderName, HeaderValue};
use prost::Message;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::auth::ClaimGrants;
use crate::client::LiveKit;
use crate::error::{CallInfo, Error, ErrorKind, Result};
use crate::region::is_cloud;
use crate::retry::Policy;
use crate::spec::Rpc;
use crate::trace::CallSpan;
use crate::transport::BoxFuture;

/// A call that is sent when it is awaited.
///
/// The methods named after the request's fields set those fields; `with_…` set options of the call.
/// Dropping the call, or the future it becomes, cancels it.
///
/// ```
/// # use livekit_sdk::testing::TestServer;
/// # use std::time::Duration;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> livekit_sdk::Result<()> {
/// # let lk = TestServer::new().livekit();
/// let room = lk
///     .room()
///     .create_room("daily")
///     .empty_timeout(600)
///     .with_timeout(Duration::from_secs(3))
///     .await?;
/// assert_eq!(room.empty_timeout, 600);
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<Req: 'static, Res: 'static> {
    livekit: LiveKit,
    route: Route,
    rpc: Option<&'static Rpc<Req, Res>>,
    request: Req,
    options: Options,
}

/// Where a call goes.
#[derive(Clone, Debug)]
struct Route {
    service: Cow<'static, str>,
    method: Cow<'static, str>,
    host_label: Option<&'static str>,
}

/// What a caller can say about one call.
#[derive(Default)]
struct Options {
    timeout: Option<Duration>,
    deadline: Option<Duration>,
    failover: Option<bool>,
    headers: HeaderMap,
    access: Option<Access>,
    /// The first option that cannot be applied; reported when the call is sent.
    refused: Option<Error>,
}

/// How a call proves what it may do, where its method does not decide.
enum Access {
    Token(Zeroizing<String>),
    Grants(ClaimGrants),
}

impl<Req: 'static, Res: 'static> Call<Req, Res> {
    pub(crate) fn new(livekit: &LiveKit, rpc: &'static Rpc<Req, Res>, request: Req) -> Self {
        let route = Route {
            service: Cow::Borrowed(rpc.service()),
            method: Cow::Borrowed(rpc.method()),
            host_label: rpc.host_label(),
        };
        Self { livekit: livekit.clone(), route, rpc: Some(rpc), request, options: Options::default() }
    }

    pub(crate) fn untyped(
        livekit: &LiveKit,
        service: Cow<'static, str>,
        method: Cow<'static, str>,
        request: Req,
    ) -> Self {
        let route = Route { service, method, host_label: None };
        Self { livekit: livekit.clone(), route, rpc: None, request, options: Options::default() }
    }

    /// Changes the request.
    ///
    /// ```
    /// # use livekit_sdk::testing::TestServer;
    /// # let lk = TestServer::new().livekit();
    /// let call = lk.room().create_room("daily").set(|request| request.max_participants = 20);
    /// assert_eq!(call.request().max_participants, 20);
    /// ```
    pub fn set(mut self, change: impl FnOnce(&mut Req)) -> Self {
        change(&mut self.request);
        self
    }

    /// The request as it stands.
    pub fn request(&self) -> &Req {
        &self.request
    }

    /// Limits how long each attempt may take; the default is the client's (10 s unless set).
    ///
    /// Calls that wait for somebody to answer a phone take at least as long as it rings, and 2 s more. A call
    /// with less than 5 s is not attempted again elsewhere.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Limits how long the call may take in all, with every attempt and the waits between them. Default: only
    /// each attempt is limited.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = Some(deadline);
        self
    }

    /// Whether failures lead to another attempt, in another region where there is one. Only on LiveKit Cloud;
    /// default: as the client was set up.
    pub fn with_failover(mut self, failover: bool) -> Self {
        self.options.failover = Some(failover);
        self
    }

    /// Adds a header. One with this name, a default of the client among them, is replaced.
    ///
    /// A name or value that HTTP does not allow makes the call fail.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        match header(name, value) {
            Ok((name, value)) => {
                self.options.headers.insert(name, value);
            }
            Err(error) => {
                self.options.refused.get_or_insert(error);
            }
        }
        self
    }

    /// Sends this token, as it is, in place of the client's credentials.
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.options.access = Some(Access::Token(Zeroizing::new(token.into())));
        self
    }

    /// Signs the call's token with these grants, in place of those that the method is known to need.
    pub fn with_grants(mut self, grants: impl Into<ClaimGrants>) -> Self {
        self.options.access = Some(Access::Grants(grants.into()));
        self
    }
}

impl<Req, Res> IntoFuture for Call<Req, Res>
where
    Req: Message + 'static,
    Res: Message + Default + 'static,
{
    type Output = Result<Res>;
    type IntoFuture = BoxFuture<'static, Result<Res>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(send(self))
    }
}

impl<Req: fmt::Debug + 'static, Res: 'static> fmt::Debug for Call<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Route { service, method, .. } = &self.route;
        f.debug_struct("Call")
            .field("route", &format_args!("{service}/{method}"))
            .field("request", &self.request)
            .field("timeout", &self.options.timeout)
            .finish_non_exhaustive()
    }
}

// Functions, for the names of methods are wanted for setters: a request may have a field `token`.

async fn send<Req: Message, Res: Message + Default>(mut call: Call<Req, Res>) -> Result<Res> {
    let id = uuid::Uuid::new_v4();
    let mut info = CallInfo {
        route: format!("{}/{}", call.route.service, call.route.method),
        request_id: id.to_string(),
        ..CallInfo::default()
    };
    // The low bits of a random UUID are random as well.
    let chance = f64::from(id.as_u128() as u32) / f64::from(u32::MAX);
    let span = CallSpan::new(&info);
    let answer = span.around(answer(&mut call, &mut info, chance)).await;
    span.end(&info, answer.as_ref().err());
    answer.map_err(|error| error.in_call(info))
}

async fn answer<Req: Message, Res: Message + Default>(
    call: &mut Call<Req, Res>,
    info: &mut CallInfo,
    chance: f64,
) -> Result<Res> {
    if let Some(refused) = call.options.refused.take() {
        return Err(refused);
    }
    let floor = match call.rpc {
        Some(rpc) => rpc.floor(&mut call.request)?,
        None => None,
    };
    let timeout = call.options.timeout.unwrap_or_else(|| call.livekit.timeout());
    let base = call.livekit.base(call.route.host_label).into_owned();
    let failover = call.options.failover.unwrap_or_else(|| call.livekit.failover());
    let policy = Policy {
        failover: failover && is_cloud(base.host_str().unwrap_or_default()),
        can_dial: call.rpc.is_some_and(Rpc::can_dial),
        timeout: timeout.max(floor.unwrap_or_default()),
    };
    let token = token(call)?;
    let headers = delivery::headers(&call.livekit, &call.options.headers, &token, info)?;
    let route = info.route.clone();
    let delivery = Delivery {
        livekit: &call.livekit,
        base,
        route: &route,
        headers,
        body: call.request.encode_to_vec().into(),
        policy,
        // One that time has no word for is none.
        deadline: call.options.deadline.and_then(|left| Instant::now().checked_add(left)),
        chance,
    };
    Res::decode(delivery.answer(info).await?).map_err(|error| {
        let text = "the server's answer is not the message that was expected";
        Error::new(ErrorKind::BadReply, text).with_source(error)
    })
}

fn token<Req, Res>(call: &mut Call<Req, Res>) -> Result<Zeroizing<String>> {
    match call.options.access.take() {
        Some(Access::Token(token)) => Ok(token),
        Some(Access::Grants(grants)) => call.livekit.token(grants),
        None => call.livekit.token(call.rpc.map(|rpc| rpc.grants(&call.request)).unwrap_or_default()),
    }
}

pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    // The value may be a secret: errors name the header only.
    let refused =
        |what| Error::new(ErrorKind::Request, format!("the {what} of header {name:?} is not allowed"));
    let mut value = HeaderValue::from_str(value).map_err(|error| refused("value").with_source(error))?;
    value.set_sensitive(true);
    let name = HeaderName::try_from(name).map_err(|error| refused("name").with_source(error))?;
    Ok((name, value))
}
