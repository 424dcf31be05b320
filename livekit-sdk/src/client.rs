//! `LiveKit`: one transport and one credential, shared by all services.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use url::Url;
use zeroize::Zeroizing;

use crate::auth::{AccessToken, ApiKey, ClaimGrants, variable};
use crate::call::{Call, header};
use crate::error::{Error, ErrorKind, Result};
use crate::region::{Regions, is_cloud};
#[cfg(feature = "__tls")]
use crate::transport::Tls;
use crate::transport::{HttpTransport, Transport};

/// How long a call may take by default.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long the token of one call is valid.
const TOKEN_TTL: Duration = Duration::from_secs(600);

/// A LiveKit server, or a project on LiveKit Cloud.
///
/// Cheap to clone: clones share connections and credentials. Each call is signed with a token of its
/// own that holds just the grants it needs and is valid for ten minutes.
///
/// ```no_run
/// # async fn example() -> livekit_sdk::Result<()> {
/// use livekit_sdk::LiveKit;
///
/// let lk = LiveKit::from_env()?; // LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET
/// let rooms = lk.room().list_rooms(()).await?.rooms;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct LiveKit(Arc<Inner>);

struct Inner {
    transport: Arc<dyn Transport>,
    url: Url,
    /// Where the services with a host of their own are, by the label of that host.
    hosts: HashMap<&'static str, Url>,
    credentials: Credentials,
    timeout: Duration,
    failover: bool,
    regions: Regions,
    headers: HeaderMap,
}

/// What calls are authorized with.
#[derive(Clone, Debug)]
enum Credentials {
    Key(ApiKey),
    Token(Token),
}

/// A ready token, wiped from memory with the last clone of its client.
#[derive(Clone)]
struct Token(Zeroizing<String>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl LiveKit {
    /// A client for the server at `url`, with an API key and its secret.
    ///
    /// `ws` and `wss` URLs are taken for `http` and `https`; a path is kept in front of every route.
    ///
    /// # Errors
    /// The URL is not an absolute `http`, `https`, `ws` or `wss` URL, or key or secret is empty.
    pub fn new(url: &str, api_key: &str, api_secret: &str) -> Result<Self> {
        Self::builder().url(url).api_key(ApiKey::new(api_key, api_secret)?).build()
    }

    /// A client as the environment describes it: `LIVEKIT_URL`, and either `LIVEKIT_API_KEY` with
    /// `LIVEKIT_API_SECRET` or `LIVEKIT_TOKEN`.
    ///
    /// `LK_AGENTS_URL`, if set, is where cloud agents are managed.
    ///
    /// # Errors
    /// A variable is missing or empty (the message names it), or the URL is not usable.
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// A client to be configured. What is not set is taken from the environment.
    pub fn builder() -> LiveKitBuilder {
        LiveKitBuilder::default()
    }

    /// The client of a service, by its type: for services declared outside this crate.
    pub fn service<S: ServiceClient>(&self) -> S {
        S::new(self)
    }

    /// Calls a method that this version of the SDK does not know.
    ///
    /// `service` is the full name of the service. The grants that the method needs are not known, so
    /// give them with [`with_grants`](Call::with_grants).
    ///
    /// ```no_run
    /// # use livekit_sdk::{LiveKit, auth::VideoGrant, proto};
    /// # async fn example(lk: LiveKit) -> livekit_sdk::Result<()> {
    /// let request = proto::DeleteRoomRequest { room: "daily".into() };
    /// let room: proto::Room = lk
    ///     .call("livekit.RoomService", "ArchiveRoom", request)
    ///     .with_grants(VideoGrant::default().room_create(true))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn call<Req: 'static, Res: 'static>(
        &self,
        service: impl Into<Cow<'static, str>>,
        method: impl Into<Cow<'static, str>>,
        request: Req,
    ) -> Call<Req, Res> {
        Call::untyped(self, service.into(), method.into(), request)
    }

    /// The URL that calls go to.
    pub fn url(&self) -> &str {
        self.0.url.as_str()
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.0.timeout
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        self.0.transport.as_ref()
    }

    /// The token of one call.
    pub(crate) fn token(&self, grants: ClaimGrants) -> Result<Zeroizing<String>> {
        match &self.0.credentials {
            Credentials::Token(token) => Ok(token.0.clone()),
            Credentials::Key(key) => {
                AccessToken::with_key(key).grant(grants).ttl(TOKEN_TTL).to_jwt().map(Zeroizing::new)
            }
        }
    }

    pub(crate) fn failover(&self) -> bool {
        self.0.failover
    }

    pub(crate) fn regions(&self) -> &Regions {
        &self.0.regions
    }

    /// Where the calls of a service go: to the server, or to the host that the service has of its own.
    pub(crate) fn base(&self, host_label: Option<&'static str>) -> Cow<'_, Url> {
        match host_label.map(|label| (label, self.0.hosts.get(label))) {
            Some((_, Some(url))) => Cow::Borrowed(url),
            Some((label, None)) => Cow::Owned(with_host_label(&self.0.url, label)),
            None => Cow::Borrowed(&self.0.url),
        }
    }
}

impl fmt::Debug for LiveKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers may hold secrets of a proxy.
        f.debug_struct("LiveKit")
            .field("url", &self.url())
            .field("credentials", &self.0.credentials)
            .field("timeout", &self.0.timeout)
            .finish_non_exhaustive()
    }
}

/// The client of one service, as `#[service]` makes it.
pub trait ServiceClient: Sized {
    /// The full name of the service: `livekit.RoomService`.
    const SERVICE: &'static str;

    /// A client that shares the connections and credentials of `livekit`.
    fn new(livekit: &LiveKit) -> Self;
}

/// Configures a [`LiveKit`].
#[derive(Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct LiveKitBuilder {
    url: Option<String>,
    key: Option<ApiKey>,
    token: Option<Zeroizing<String>>,
    hosts: Vec<(&'static str, String)>,
    timeout: Option<Duration>,
    no_failover: bool,
    headers: Vec<(String, String)>,
    transport: Option<Arc<dyn Transport>>,
    #[cfg(feature = "__tls")]
    tls: Tls,
}

impl LiveKitBuilder {
    /// The URL of the server. Default: `LIVEKIT_URL`.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The API key to sign with. Default: `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`.
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.key = Some(key);
        self
    }

    /// A ready token, sent with every call as it is: it must hold every grant the calls need. It is wiped from
    /// memory with the last clone of the client.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Zeroizing::new(token.into()));
        self
    }

    /// Where cloud agents are managed. Default: `LK_AGENTS_URL`; without it, on LiveKit Cloud, the host
    /// `agents` beside the project's own.
    pub fn agents_url(mut self, url: impl Into<String>) -> Self {
        self.hosts.push((AGENTS, url.into()));
        self
    }

    /// How long each attempt at a call may take. Default: 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Whether failures on LiveKit Cloud lead to further attempts, in other regions where there are any: up to
    /// three in all, for calls that cannot ring a phone twice. Default: yes.
    pub fn failover(mut self, failover: bool) -> Self {
        self.no_failover = !failover;
        self
    }

    /// Adds a header to every call.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Trusts these root certificates as well as those of the platform: PEM, one or more.
    ///
    /// For servers whose certificate comes from an authority of one's own.
    #[cfg(feature = "__tls")]
    pub fn add_root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.tls.add_roots(pem.as_ref());
        self
    }

    /// Shows servers that ask for it this certificate, followed by those that vouch for it, and signs with
    /// this private key (mutual TLS). Both are PEM, the key in PKCS #8.
    #[cfg(feature = "__tls")]
    pub fn client_certificate(
        mut self,
        certificate_pem: impl AsRef<[u8]>,
        key_pem: impl AsRef<[u8]>,
    ) -> Self {
        self.tls.set_identity(certificate_pem.as_ref(), key_pem.as_ref());
        self
    }

    /// Sends with an HTTP client of the application's, with its TLS settings, proxies and pool.
    pub fn reqwest_client(self, client: reqwest::Client) -> Self {
        self.transport(HttpTransport::from_reqwest(client))
    }

    /// Sends through something other than HTTP with reqwest.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// The URL or the credentials are missing or not usable, a header is not allowed, or the HTTP
    /// client cannot be set up.
    pub fn build(self) -> Result<LiveKit> {
        let credentials = credentials(self.key, self.token)?;
        let url = match self.url {
            Some(url) => base_url(&url, "the URL")?,
            None => base_url(&variable("LIVEKIT_URL")?, "LIVEKIT_URL")?,
        };
        let mut hosts = HashMap::new();
        if let Ok(url) = variable("LK_AGENTS_URL") {
            hosts.insert(AGENTS, base_url(&url, "LK_AGENTS_URL")?);
        }
        for (label, url) in self.hosts {
            hosts.insert(label, base_url(&url, "the agents URL")?);
        }
        let headers: Result<Vec<(HeaderName, HeaderValue)>> =
            self.headers.iter().map(|(name, value)| header(name, value)).collect();
        #[cfg(feature = "__tls")]
        let transport = transport(self.transport, self.tls)?;
        #[cfg(not(feature = "__tls"))]
        let transport = transport(self.transport, &url)?;
        Ok(LiveKit(Arc::new(Inner {
            transport,
            url,
            hosts,
            credentials,
            timeout: self.timeout.unwrap_or(TIMEOUT),
            failover: !self.no_failover,
            regions: Regions::default(),
            headers: headers?.into_iter().collect(),
        })))
    }
}

impl fmt::Debug for LiveKitBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveKitBuilder")
            .field("url", &self.url.as_deref().map(without_login))
            .field("api_key", &self.key)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The transport that was given, else HTTP.
#[cfg(feature = "__tls")]
fn transport(given: Option<Arc<dyn Transport>>, tls: Tls) -> Result<Arc<dyn Transport>> {
    match given {
        None => Ok(Arc::new(HttpTransport::with_tls(tls)?)),
        Some(given) if tls.is_default() => Ok(given),
        Some(_) => {
            let text = "certificates belong to the transport or HTTP client that was given";
            Err(Error::new(ErrorKind::Config, text))
        }
    }
}

/// The transport that was given, else HTTP, which cannot encrypt.
#[cfg(not(feature = "__tls"))]
fn transport(given: Option<Arc<dyn Transport>>, url: &Url) -> Result<Arc<dyn Transport>> {
    match given {
        Some(given) => Ok(given),
        None if url.scheme() == "http" => Ok(Arc::new(HttpTransport::new()?)),
        None => {
            let text = "https:// needs one of the features rustls, rustls-ring and native-tls of livekit-sdk";
            Err(Error::new(ErrorKind::Config, text))
        }
    }
}

/// The host that serves cloud agents.
const AGENTS: &str = "agents";

/// What the caller gave; the environment is asked only where that was nothing.
fn credentials(key: Option<ApiKey>, token: Option<Zeroizing<String>>) -> Result<Credentials> {
    let ready = |token: Zeroizing<String>| Credentials::Token(Token(Zeroizing::new(token.trim().to_owned())));
    if let Some(token) = token {
        return Ok(ready(token));
    }
    if let Some(key) = key {
        return Ok(Credentials::Key(key));
    }
    match (variable("LIVEKIT_API_KEY"), variable("LIVEKIT_TOKEN")) {
        (Err(_), Ok(token)) => Ok(ready(token)),
        (key, _) => {
            let secret = variable("LIVEKIT_API_SECRET");
            Ok(Credentials::Key(ApiKey::new(key?.as_str(), secret?.as_str())?))
        }
    }
}

/// A URL as it was given, but for a login and a query, which may be secret; both are refused later on.
fn without_login(url: &str) -> String {
    let (scheme, rest) = url.split_at(url.find("://").map_or(0, |colon| colon + "://".len()));
    let (place, query) = match rest.split_once(['?', '#']) {
        Some((place, _)) => (place, "?<redacted>"),
        None => (rest, ""),
    };
    match place.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}<redacted>@{host}{query}"),
        None => format!("{scheme}{place}{query}"),
    }
}

/// Reads the URL of a server: `ws` means `http`, a path is kept, a query or fragment has no place.
fn base_url(text: &str, what: &str) -> Result<Url> {
    let refused = |why: String| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let text = text.trim();
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let scheme = match scheme.as_deref() {
        Some("http" | "ws") => "http",
        Some("https" | "wss") => "https",
        Some(other) => return Err(refused(format!("starts with {other}://, not with https:// or wss://"))),
        None => return Err(refused("has no scheme: write https://… or wss://…".to_owned())),
    };
    let rest = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    let url = Url::parse(&format!("{scheme}://{rest}"));
    let url = url.map_err(|error| refused("is not a URL".to_owned()).with_source(error))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("has a query or a fragment; only a path may follow the host".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("holds a user name or password; LiveKit takes an API key".to_owned()));
    }
    // HTTP allows less in a host than URLs do.
    match Uri::try_from(url.as_str()) {
        Ok(_) => Ok(url),
        Err(error) => Err(refused("names no host that HTTP allows".to_owned()).with_source(error)),
    }
}

/// On LiveKit Cloud, the host with its first label replaced; elsewhere the host itself.
fn with_host_label(url: &Url, label: &str) -> Url {
    let host = url.host_str().unwrap_or_default();
    let mut own = url.clone();
    if let (true, Some((_, parent))) = (is_cloud(host), host.split_once('.')) {
        // A host made of an existing host and a label is a host.
        let _ = own.set_host(Some(&format!("{label}.{parent}")));
        let _ = own.set_scheme("https");
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(url: &str) -> Result<LiveKit> {
        LiveKit::new(url, "devkey", "secret")
    }

    fn uri(url: &str, label: Option<&'static str>) -> String {
        let base = client(url).expect("a URL").base(label).to_string();
        format!("{}/twirp/livekit.X/Do", base.trim_end_matches('/'))
    }

    #[test]
    fn urls_become_http_and_keep_their_path() {
        let expected = [
            ("https://lk.example", "https://lk.example/twirp/livekit.X/Do"),
            ("https://lk.example/", "https://lk.example/twirp/livekit.X/Do"),
            ("wss://lk.example/base/path/", "https://lk.example/base/path/twirp/livekit.X/Do"),
            ("WSS://LK.example:7443/base", "https://lk.example:7443/base/twirp/livekit.X/Do"),
            ("ws://[::1]:7880", "http://[::1]:7880/twirp/livekit.X/Do"),
            (" http://127.0.0.1:7880\n", "http://127.0.0.1:7880/twirp/livekit.X/Do"),
        ];
        for (url, route) in expected {
            assert_eq!(uri(url, None), route, "{url}");
        }
    }

    #[test]
    fn urls_that_cannot_work_are_refused_with_the_reason() {
        let expected = [
            ("lk.example", "no scheme"),
            ("localhost:7880", "no scheme"),
            ("ftp://lk.example", "ftp://"),
            ("https://", "not a URL"),
            ("https://a`b.example", "no host that HTTP allows"),
            ("https://lk.example?x=1", "query"),
            ("https://lk.example/#x", "fragment"),
            ("https://user:hunter2@lk.example", "user name"),
            ("", "no scheme"),
        ];
        for (url, reason) in expected {
            let error = client(url).expect_err(url);
            assert_eq!(*error.kind(), ErrorKind::Config, "{url}");
            assert!(error.to_string().contains(reason), "{url}: {error}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn services_with_a_host_of_their_own_are_called_there_on_the_cloud() {
        let expected = [
            ("https://proj.livekit.cloud", "https://agents.livekit.cloud/twirp/livekit.X/Do"),
            ("ws://proj.staging.livekit.cloud", "https://agents.staging.livekit.cloud/twirp/livekit.X/Do"),
            ("wss://proj.livekit.run", "https://agents.livekit.run/twirp/livekit.X/Do"),
            ("http://localhost:7880", "http://localhost:7880/twirp/livekit.X/Do"),
            ("http://127.0.0.1:7880", "http://127.0.0.1:7880/twirp/livekit.X/Do"),
            ("https://notlivekit.cloud", "https://notlivekit.cloud/twirp/livekit.X/Do"),
        ];
        for (url, route) in expected {
            assert_eq!(uri(url, Some(AGENTS)), route, "{url}");
        }
        let key = ApiKey::new("devkey", "secret").expect("a key");
        let own = LiveKit::builder()
            .url("https://proj.livekit.cloud")
            .api_key(key)
            .agents_url("http://agents.test/a");
        let own = own.build().expect("a client");
        assert_eq!(own.base(Some(AGENTS)).as_str(), "http://agents.test/a");
        assert_eq!(own.base(None).as_str(), "https://proj.livekit.cloud/");
    }

    #[test]
    fn what_cannot_be_sent_is_refused_on_building() {
        assert!(LiveKit::new("https://lk.example", "", "secret").is_err());
        assert!(LiveKit::new("https://lk.example", "devkey", " \n").is_err());
        let bad = LiveKit::builder().url("https://lk.example").token("t").header("X-Custom", "a\nb").build();
        let error = bad.expect_err("a header value with a line break");
        assert!(error.to_string().contains("X-Custom") && !error.to_string().contains("a\nb"), "{error}");
    }

    #[test]
    fn debug_shows_no_secret() {
        let builder = |secret: &str| {
            let key = ApiKey::new("devkey", secret).expect("a key");
            LiveKit::builder().url("https://lk.example").api_key(key).header("X-Proxy", secret)
        };
        let with_token = || LiveKit::builder().url("https://lk.example").token("planted-secret");
        let with_login = LiveKit::builder().url("https://user:planted@lk.example/base?token=planted");
        let mut text = format!("{:?} {:?} {with_login:?}", builder("planted-secret"), with_token());
        for client in [builder("planted-secret").build(), with_token().build()] {
            text += &format!("{:?}", client.expect("a client"));
        }
        assert!(!text.contains("planted"), "{text}");
    }
}
