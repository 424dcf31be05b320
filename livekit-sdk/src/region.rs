//! Which host a call goes to next: the regions of a LiveKit Cloud project.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::transport::Transport;

/// How long the list of regions is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hosts of LiveKit Cloud end so.
const CLOUD: [&str; 2] = [".livekit.cloud", ".livekit.run"];

/// Whether a host belongs to LiveKit Cloud, and so has regions.
pub(crate) fn is_cloud(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    CLOUD.iter().any(|suffix| host.ends_with(suffix))
}

/// The regions that were last heard of, for each host that was asked.
#[derive(Debug, Default)]
pub(crate) struct Regions(Mutex<HashMap<String, Arc<Known>>>);

/// What one host said. The lock is held while it is asked, so that many calls ask once.
type Known = tokio::sync::Mutex<Answers>;

#[derive(Debug, Default)]
struct Answers {
    last: Option<List>,
    /// When it was last found out that there is no answer.
    failed: Option<Instant>,
}

#[derive(Clone, Debug)]
struct List {
    regions: Vec<Url>,
    fetched: Instant,
    fresh_until: Instant,
}

/// What is asked for: a list at least this young.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Age {
    /// As long as the server allowed.
    Allowed,
    /// Fetched after this moment.
    Since(Instant),
}

impl Regions {
    /// The regions of the project that `base` leads to, nearest first. Where they cannot be learnt, those
    /// last known, however old; else none.
    ///
    /// `headers` are those of the call: LiveKit wants to know who asks.
    pub(crate) async fn of(
        &self,
        base: &Url,
        headers: &HeaderMap,
        transport: &dyn Transport,
        age: Age,
    ) -> Vec<Url> {
        let known = {
            let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(hosts.entry(authority(base)).or_default())
        };
        let began = Instant::now();
        let mut known = known.lock().await;
        let is_good = known.last.as_ref().is_some_and(|list| match age {
            // What was fetched while this call waited is good for it, however short it may be kept.
            Age::Allowed => began <= list.fresh_until,
            Age::Since(moment) => list.fetched >= moment,
        });
        // Those who waited for somebody else's answer, in vain, do not wait for one of their own.
        let is_vain = known.failed.is_some_and(|failed| failed >= began);
        if !is_good && !is_vain {
            let fetched = Instant::now();
            match fetch(base, headers, transport).await {
                Some((regions, max_age)) => {
                    known.last = Some(List { regions, fetched, fresh_until: fetched + max_age });
                }
                None => known.failed = Some(Instant::now()),
            }
        }
        known.last.as_ref().map(|list| list.regions.clone()).unwrap_or_default()
    }
}

/// The first of `regions` whose host is none of `tried`.
pub(crate) fn untried<'a>(regions: &'a [Url], tried: &[Url]) -> Option<&'a Url> {
    regions.iter().find(|region| !tried.iter().any(|tried| authority(tried) == authority(region)))
}

/// `base` at the place of `region`: scheme, host and port are the region's, the path stays.
pub(crate) fn moved(base: &Url, region: &Url) -> Url {
    let mut moved = region.clone();
    moved.set_path(base.path());
    moved
}

/// Host and port, in lower case.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    format!("{host}:{}", url.port_or_known_default().unwrap_or_default())
}

/// Asks for the regions and for how long the list may be kept; `None` if there is no list to be had.
async fn fetch(base: &Url, headers: &HeaderMap, transport: &dyn Transport) -> Option<(Vec<Url>, Duration)> {
    let mut url = base.clone();
    url.set_path("/settings/regions");
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = url.as_str().parse().ok()?;
    *request.headers_mut() = headers.clone();
    request.headers_mut().remove(CONTENT_TYPE);
    request.headers_mut().remove(CONTENT_LENGTH);
    let answer = tokio::time::timeout(PATIENCE, transport.send(request)).await.ok()?.ok()?;
    if answer.status() != StatusCode::OK {
        return None;
    }
    let regions = parse(answer.body())?;
    Some((regions, max_age(&answer)))
}

fn parse(body: &[u8]) -> Option<Vec<Url>> {
    #[derive(Deserialize)]
    struct Settings {
        #[serde(default)]
        regions: Option<Vec<Region>>,
    }
    #[derive(Deserialize)]
    struct Region {
        #[serde(default)]
        url: Option<String>,
    }
    // serde reads lists into structs as well.
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let settings: Settings = serde_json::from_slice(body).ok()?;
    let regions = settings.regions.unwrap_or_default().into_iter();
    Some(regions.filter_map(|region| origin(&region.url?)).collect())
}

/// Scheme, host and port of a region's URL, in which `ws` stands for `http`. Without any of them the region
/// is left out.
fn origin(text: &str) -> Option<Url> {
    let text = match text.strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => text.to_owned(),
    };
    let mut url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.host_str()?;
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    // HTTP allows less in a host than URLs do. A call must not fail for a region that it cannot be sent to.
    Uri::try_from(url.as_str()).is_ok().then_some(url)
}

/// `max-age` of an answer; without one, it may not be kept.
fn max_age(answer: &Response<Bytes>) -> Duration {
    let values = answer.headers().get_all(CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    let seconds = values.flat_map(|value| value.split(',')).find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        let is_max_age = name.trim().eq_ignore_ascii_case("max-age");
        is_max_age.then(|| value.trim().trim_matches('"').parse::<u32>().ok()).flatten()
    });
    Duration::from_secs(seconds.unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn cloud_hosts_are_told_by_their_end() {
        for host in ["project.livekit.cloud", "Project.LiveKit.Cloud", "a.b.livekit.run"] {
            assert!(is_cloud(host), "{host}");
        }
        for host in ["livekit.cloud", "notlivekit.cloud", "livekit.cloud.example", "localhost", "10.0.0.1"] {
            assert!(!is_cloud(host), "{host}");
        }
    }

    #[test]
    fn lists_are_read_as_far_as_they_can_be() {
        let read = |text: &str| {
            parse(text.as_bytes()).map(|urls| urls.iter().map(Url::to_string).collect::<Vec<_>>())
        };
        let two = r#"{"regions":[{"region":"a","url":"wss://a.livekit.cloud/x?y=1","distance":"12"},
            {"region":"none","url":null},{},{"url":"::"},{"url":"wss://a`b.livekit.cloud"},{"url":"mailto:a@b"},{"url":"ws://user:pw@b:7880"}],"new":1}"#;
        assert_eq!(read(two).unwrap(), ["https://a.livekit.cloud/", "http://b:7880/"]);
        assert_eq!(read("{}").unwrap(), [""; 0]);
        assert_eq!(read(r#"{"regions":null}"#).unwrap(), [""; 0]);
        for bad in ["", "[]", "<html>", r#"{"regions":{}}"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn tried_hosts_are_not_tried_again() {
        let regions = [
            url("https://A.livekit.cloud"),
            url("https://b.livekit.cloud"),
            url("https://c.livekit.cloud:8443"),
        ];
        let tried = [url("https://a.livekit.cloud/base"), url("https://b.livekit.cloud:443/")];
        assert_eq!(untried(&regions, &tried), Some(&regions[2]));
        assert_eq!(untried(&regions, &[&tried[..], &[url("https://c.livekit.cloud:8443")]].concat()), None);
        assert_eq!(untried(&regions, &[url("https://c.livekit.cloud")]), Some(&regions[0]));
    }

    #[test]
    fn the_path_stays() {
        let moved =
            moved(&url("https://project.livekit.cloud/base/path"), &url("https://eu.livekit.cloud:8443/"));
        assert_eq!(moved.as_str(), "https://eu.livekit.cloud:8443/base/path");
    }

    #[test]
    fn the_age_is_read_whatever_its_case() {
        let age = |value: &str| {
            let answer = Response::builder().header(CACHE_CONTROL, value).body(Bytes::new()).unwrap();
            max_age(&answer).as_secs()
        };
        assert_eq!(age("public, Max-Age=60"), 60);
        assert_eq!(age("s-maxage=9, max-age=\"7\""), 7);
        for none in ["", "no-store", "s-maxage=9", "max-age=-1", "max-age=soon", "max-age"] {
            assert_eq!(age(none), 0, "{none}");
        }
    }
}
