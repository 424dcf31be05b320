//! Regions: the same server at several addresses.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

use crate::server::plain;

/// A place where the server can be reached.
#[derive(Clone, Debug)]
struct Region {
    name: String,
    url: String,
}

/// The regions in order of their distance.
#[derive(Debug, Default)]
pub(super) struct Regions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    regions: Vec<Region>,
    /// The names of the only regions that serve the project; empty: all.
    pinned: Vec<String>,
    /// How long the list may be kept.
    max_age: Option<Duration>,
}

impl Regions {
    /// Adds a region; answers its index.
    pub(super) fn add(&self, name: &str, url: &str) -> usize {
        self.state().add(name.to_owned(), url)
    }

    /// Adds a region that is named by its index; answers the index.
    pub(super) fn add_numbered(&self, url: &str) -> usize {
        let mut state = self.state();
        let name = default_name(state.regions.len());
        state.add(name, url)
    }

    pub(super) fn pin(&self, names: Vec<String>) {
        self.state().pinned = names;
    }

    pub(super) fn set_max_age(&self, max_age: Option<Duration>) {
        self.state().max_age = max_age;
    }

    /// The region at this host and port, or the first.
    pub(super) fn at(&self, authority: &str) -> usize {
        let is_there = |region: &Region| host(&region.url).eq_ignore_ascii_case(authority);
        self.state().regions.iter().position(is_there).unwrap_or_default()
    }

    /// The answer of a region that does not serve the project. `pinned` are names of the only regions that
    /// do, or, if there are none, those that the server was given count.
    pub(super) fn refuses(&self, index: usize, pinned: &[String]) -> Option<Response<Bytes>> {
        let state = self.state();
        let pinned = state.pinned(pinned);
        let name = state.regions.get(index).map_or_else(|| default_name(index), |region| region.name.clone());
        let is_refused = !pinned.is_empty() && !pinned.contains(&name);
        let status = StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS;
        is_refused.then(|| plain(status, "project not allowed in this region.".to_owned()))
    }

    /// The list of regions, as clients ask for it; a server without regions has none.
    pub(super) fn settings(&self) -> Option<Response<Bytes>> {
        let has_any = !self.state().regions.is_empty();
        has_any.then(|| self.list(&[]))
    }

    /// The list of those regions that serve the project; see [`refuses`](Self::refuses).
    pub(super) fn list(&self, pinned: &[String]) -> Response<Bytes> {
        let state = self.state();
        let pinned = state.pinned(pinned);
        let allowed = |region: &Region| pinned.is_empty() || pinned.contains(&region.name);
        let listed = state.regions.iter().enumerate().filter(|(_, region)| allowed(region));
        let listed = listed.map(|(distance, Region { name, url })| {
            let mut json = serde_json::json!({ "region": name, "url": url });
            if distance > 0 {
                json["distance"] = distance.to_string().into();
            }
            json
        });
        let json = serde_json::json!({ "regions": listed.collect::<Vec<_>>() });
        let mut response = Response::new(Bytes::from(json.to_string()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let max_age = state.max_age.map(|age| HeaderValue::try_from(format!("max-age={}", age.as_secs())));
        if let Some(Ok(max_age)) = max_age {
            response.headers_mut().insert(CACHE_CONTROL, max_age);
        }
        response
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, name: String, url: &str) -> usize {
        self.regions.push(Region { name, url: url.to_owned() });
        self.regions.len() - 1
    }

    fn pinned<'a>(&'a self, instead: &'a [String]) -> &'a [String] {
        if instead.is_empty() { &self.pinned } else { instead }
    }
}

/// What a region is called that was not given a name.
fn default_name(index: usize) -> String {
    format!("region-{index}")
}

/// The host and port of a URL.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
