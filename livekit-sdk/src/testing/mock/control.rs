//! What the headers of a request ask for.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Refusal, TwirpCode};
use crate::testing::sip_status;

/// The header with all wishes.
const HEADER: &str = "x-lk-mock";

/// How long the mode `delay` waits when no header says.
const LEGACY_DELAY: Duration = Duration::from_secs(30);

/// The wishes of one request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Control {
    fail_regions: Option<Vec<i64>>,
    fail_mode: Option<String>,
    fail_status: Option<i64>,
    fail_twirp_code: Option<String>,
    delay_ms: Option<i64>,
    regions_status: Option<i64>,
    response: Option<Value>,
    skip_auth: Option<bool>,
    sip_status: Option<SipStatus>,
    pinned_regions: Option<Vec<String>>,
    #[serde(skip)]
    legacy_delay_ms: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SipStatus {
    code: i32,
    status: Option<String>,
}

/// How a call fails in this region.
pub(super) enum Failing {
    /// The connection ends without an answer.
    Drop,
    /// An error answer.
    Status {
        /// How long it takes.
        after: Duration,
        /// What it says.
        refusal: Refusal,
    },
}

impl Control {
    /// Reads the JSON header, and from the older headers what it does not say. What cannot be read is as if
    /// it were not there.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let json = headers.get(HEADER).and_then(|value| serde_json::from_slice(value.as_bytes()).ok());
        let json: Self = json.unwrap_or_default();
        let legacy = |name: &str| headers.get(format!("{HEADER}-{name}")).and_then(|it| it.to_str().ok());
        let text = |name: &str| legacy(name).map(str::to_owned);
        let number = |name: &str| legacy(name).and_then(|text| text.trim().parse().ok());
        let regions = || Some(legacy("fail-regions")?.split(',').filter_map(|it| it.trim().parse().ok()));
        Self {
            fail_regions: json.fail_regions.or_else(|| regions().map(Iterator::collect)),
            fail_mode: json.fail_mode.or_else(|| text("fail-mode")),
            fail_status: json.fail_status.or_else(|| number("fail-status")),
            fail_twirp_code: json.fail_twirp_code.or_else(|| text("fail-twirp-code")),
            regions_status: json.regions_status.or_else(|| number("regions-status")),
            response: json.response.or_else(|| serde_json::from_str(legacy("response")?).ok()),
            skip_auth: json.skip_auth.or_else(|| legacy("skip-auth").map(|it| it == "true")),
            legacy_delay_ms: number("delay-ms"),
            ..json
        }
    }

    /// Whether the token does not matter.
    pub(super) fn skips_auth(&self) -> bool {
        self.skip_auth.unwrap_or_default()
    }

    /// The names of the only regions that serve the project; none: all do.
    pub(super) fn pinned(&self) -> &[String] {
        self.pinned_regions.as_deref().unwrap_or_default()
    }

    /// How long a call takes, if it is not to take as long as it does by itself.
    pub(super) fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(milliseconds)
    }

    /// The status and reason with which a phone call is to fail; one that means success is none.
    pub(super) fn sip_status(&self) -> Option<(i32, String)> {
        let SipStatus { code, status } = self.sip_status.as_ref()?;
        let reason =
            status.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| sip_status::name(*code));
        (!(200..300).contains(code)).then_some((*code, reason))
    }

    /// How a call is to fail in the region of this index, if it is to fail there.
    pub(super) fn failing(&self, region: usize) -> Option<Failing> {
        let is_this = |index: &i64| usize::try_from(*index) == Ok(region);
        if !self.fail_regions.as_deref().unwrap_or_default().iter().any(is_this) {
            return None;
        }
        let after = match self.fail_mode.as_deref() {
            Some("drop") => return Some(Failing::Drop),
            Some("delay") => self.legacy_delay_ms.map_or(LEGACY_DELAY, milliseconds),
            _ => Duration::ZERO,
        };
        Some(Failing::Status { after, refusal: self.refusal() })
    }

    fn refusal(&self) -> Refusal {
        let status = self.fail_status.and_then(|status| u16::try_from(status).ok());
        let status = status.filter(|status| (100..600).contains(status)).unwrap_or(503);
        let code = match self.fail_twirp_code.as_deref() {
            // As it was written, known or not.
            Some(code) if !code.is_empty() => TwirpCode::Other(code.to_owned()),
            _ => twirp_code(status),
        };
        let mut refusal = Refusal::new(code, format!("the mock was asked for HTTP {status}"));
        refusal.status = status;
        refusal
    }

    /// The status with which the list of regions is to fail, if it is to fail.
    pub(super) fn discovery_failure(&self) -> Option<StatusCode> {
        let status = self.regions_status.filter(|status| *status != 200)?;
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        Some(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// The answer that is to be given, as JSON.
    pub(super) fn response(&self) -> Option<String> {
        self.response.as_ref().map(Value::to_string)
    }
}

/// No time is below zero.
fn milliseconds(count: i64) -> Duration {
    Duration::from_millis(u64::try_from(count).unwrap_or_default())
}

/// The code that the mock gives to a status.
fn twirp_code(status: u16) -> TwirpCode {
    match status {
        400 => TwirpCode::InvalidArgument,
        401 => TwirpCode::Unauthenticated,
        403 => TwirpCode::PermissionDenied,
        404 => TwirpCode::NotFound,
        429 => TwirpCode::ResourceExhausted,
        500.. => TwirpCode::Unavailable,
        _ => TwirpCode::Internal,
    }
}
