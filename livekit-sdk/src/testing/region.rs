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
        let mut state = self.state();
        state.regions.push(Region { name: name.to_owned(), url: url.to_owned() });
        state.regions.len() - 1
    }

    pub(super) fn pin(&self, names: Vec<String>) {
        self.state().pinned = names;
    }

    pub(super) fn set_max_age(&self, max_age: Option<Duration>) {
        self.state().max_age = max_age;
    }

    /// The region at this host and port, or the first.
    pub(super) fn at(&self, authority: &str) -> usize {
        let is_there =
            |region: &Region| region.url.split_once("://").is_some_and(|(_, host)| host == authority);
        self.state().regions.iter().position(is_there).unwrap_or_default()
    }

    /// The answer of a region that does not serve the project.
    pub(super) fn refuses(&self, index: usize) -> Option<Response<Bytes>> {
        let state = self.state();
        let name = state.regions.get(index).map(|region| &region.name);
        let is_refused = !state.pinned.is_empty() && name.is_none_or(|name| !state.pinned.contains(name));
        let status = StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS;
        is_refused.then(|| plain(status, "project not allowed in this region.".to_owned()))
    }

    /// The list of regions, as clients ask for it; a server without regions has none.
    pub(super) fn settings(&self) -> Option<Response<Bytes>> {
        let state = self.state();
        if state.regions.is_empty() {
            return None;
        }
        let allowed = |region: &Region| state.pinned.is_empty() || state.pinned.contains(&region.name);
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
        Some(response)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
