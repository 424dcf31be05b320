//! What `tracing` is told of a call: one span, and one event for each attempt that is followed by another.
//! No token, no header and no request is in either.

use std::time::Duration;

use crate::error::{CallInfo, Error};

/// The span of one call.
#[cfg(feature = "tracing")]
pub(crate) struct CallSpan(tracing::Span);

#[cfg(feature = "tracing")]
impl CallSpan {
    pub(crate) fn new(info: &CallInfo) -> Self {
        Self(tracing::info_span!(
            "livekit.call",
            method = %info.route,
            request_id = %info.request_id,
            host = tracing::field::Empty,
            attempts = tracing::field::Empty,
            status = tracing::field::Empty,
        ))
    }

    /// Runs the call inside of its span.
    pub(crate) async fn around<F: Future>(&self, call: F) -> F::Output {
        tracing::Instrument::instrument(call, self.0.clone()).await
    }

    /// Notes an attempt that failed and is followed by another.
    pub(crate) fn retry(info: &CallInfo, error: &Error, wait: Duration, next: &str) {
        let CallInfo { attempts, host, .. } = info;
        tracing::warn!(attempt = attempts, host = %host, %next, ?wait, %error, "attempting again");
    }

    /// Notes how the call ended.
    pub(crate) fn end(&self, info: &CallInfo, error: Option<&Error>) {
        self.0.record("host", info.host.as_str()).record("attempts", info.attempts);
        match error {
            None => self.0.record("status", 200),
            Some(error) => match error.status() {
                Some(status) => self.0.record("status", status),
                None => &self.0,
            },
        };
    }
}

/// Without the feature, nothing is told.
#[cfg(not(feature = "tracing"))]
pub(crate) struct CallSpan;

#[cfg(not(feature = "tracing"))]
impl CallSpan {
    pub(crate) fn new(_: &CallInfo) -> Self {
        Self
    }

    pub(crate) async fn around<F: Future>(&self, call: F) -> F::Output {
        call.await
    }

    pub(crate) fn retry(_: &CallInfo, _: &Error, _: Duration, _: &str) {}

    pub(crate) fn end(&self, _: &CallInfo, _: Option<&Error>) {}
}
