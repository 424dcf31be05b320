//! Redirects that a call can follow: those that keep the method, and lead to no other host.

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use url::Url;

/// How many redirects are followed in a row.
pub(super) const MAX: usize = 5;

/// Where an answer sends the request, if that may be followed.
///
/// 301, 302 and 303 would turn a call, which is a POST, into a GET. A call carries a token: neither another
/// host nor anybody on the way may get to see it because of an answer, so the host has to be the same, or
/// below it, and what was encrypted stays so.
pub(super) fn target(from: &Url, status: StatusCode, headers: &HeaderMap) -> Option<Url> {
    if !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
        return None;
    }
    let to = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let keeps_secret = to.scheme() == "https" || to.scheme() == "http" && from.scheme() == "http";
    let (host, original) = (to.host_str()?, from.host_str()?);
    let is_below =
        host.strip_suffix(original).is_some_and(|label| label.ends_with('.')) && from.domain().is_some();
    (keeps_secret && (host == original || is_below)).then_some(to)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    fn followed(status: u16, from: &str, location: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
        target(&Url::parse(from).unwrap(), StatusCode::from_u16(status).unwrap(), &headers).map(String::from)
    }

    #[test]
    fn the_method_is_kept_or_nothing_is_followed() {
        for status in [307, 308] {
            assert!(followed(status, "http://lk.example/twirp/x", "/base/twirp/x").is_some());
        }
        for status in [200, 300, 301, 302, 303, 304, 305, 404, 500] {
            assert_eq!(followed(status, "http://lk.example/twirp/x", "/base/twirp/x"), None, "{status}");
        }
    }

    #[test]
    fn the_token_stays_with_its_host() {
        let from = "http://lk.example:7880/twirp/x";
        for (location, to) in [
            ("/base/twirp/x", "http://lk.example:7880/base/twirp/x"),
            ("https://lk.example/twirp/x", "https://lk.example/twirp/x"),
            ("https://LK.example/twirp/x", "https://lk.example/twirp/x"),
            ("http://lk.example:9000/twirp/x", "http://lk.example:9000/twirp/x"),
            ("https://eu.lk.example/twirp/x", "https://eu.lk.example/twirp/x"),
        ] {
            assert_eq!(followed(308, from, location).as_deref(), Some(to));
        }
        for location in [
            "https://other.example/",
            "https://notlk.example/",
            "https://example/",
            "https://lk.example.evil/",
            "ftp://lk.example/",
            "mailto:a@lk.example",
            "http://[",
        ] {
            assert_eq!(followed(308, from, location), None, "{location}");
        }
        assert_eq!(followed(308, "https://lk.example/x", "http://lk.example/x"), None, "no longer encrypted");
        assert_eq!(
            followed(308, "http://10.0.0.1/x", "http://1.10.0.0.1/x"),
            None,
            "an address has nothing below"
        );
        assert!(followed(307, "http://[::1]:7880/x", "http://[::1]:7881/x").is_some());
    }
}
