//! The server's time: the machine's, and what the test adds to it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock that can be set forward.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// Nanoseconds by which the server is ahead of the machine.
    ahead: AtomicI64,
}

impl Clock {
    /// What time it is.
    pub(super) fn now(&self) -> Now {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Now(nanoseconds(elapsed).saturating_add(self.ahead.load(Ordering::Relaxed)))
    }

    /// Sets the clock forward.
    pub(super) fn advance(&self, by: Duration) {
        self.ahead.fetch_add(nanoseconds(by), Ordering::Relaxed);
    }
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// A point in time: nanoseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Now(i64);

impl Now {
    /// Seconds since 1970.
    pub(super) fn seconds(self) -> i64 {
        self.0 / 1_000_000_000
    }

    /// Milliseconds since 1970.
    pub(super) fn milliseconds(self) -> i64 {
        self.0 / 1_000_000
    }

    /// Nanoseconds since 1970.
    pub(super) fn nanoseconds(self) -> i64 {
        self.0
    }

    /// This much later.
    pub(super) fn plus(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(i64::from(seconds) * 1_000_000_000))
    }
}
