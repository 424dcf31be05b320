//! When a call is attempted again: decisions, without any waiting or sending of their own.

use std::time::Duration;

use http::StatusCode;

/// Attempts at one call, the first included.
pub(crate) const ATTEMPTS: u32 = 3;

/// The wait before the first retry; each further one is twice as long.
const BACKOFF: Duration = Duration::from_millis(200);

/// Calls with less time than this are not worth a second attempt elsewhere.
const SHORT: Duration = Duration::from_secs(5);

/// What is known of a call before it is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Failures lead to another region, or to the same host again: on LiveKit Cloud, unless switched off.
    pub(crate) failover: bool,
    /// Sending the call twice can make a phone ring twice.
    pub(crate) can_dial: bool,
    /// How long each attempt may take.
    pub(crate) timeout: Duration,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No connection came about, so the server has not seen the request.
    Unsent,
    /// The request may have arrived; no answer did.
    Unanswered,
    /// An answer came, with this status and, if it said so, when to come back.
    Answered(StatusCode, Option<Duration>),
}

/// What to do after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: the caller gets the failure.
    Stop,
    /// Attempt again, after this wait, at the same host.
    Repeat(Duration),
    /// Attempt again, after this wait, in a region that was not tried yet; if there is none, at the same host.
    FailOver(Duration),
    /// Attempt again at once in a region that was not tried yet, of a list fetched now; if there is none, stop.
    Move,
}

impl Policy {
    /// Decides what follows attempt number `attempt`, counted from 1.
    ///
    /// `left` is how long the caller still waits, if there is a limit across attempts; `chance` lies in
    /// `0.0..1.0` and spreads the waits of many callers.
    pub(crate) fn next(&self, attempt: u32, outcome: Outcome, left: Option<Duration>, chance: f64) -> Next {
        if attempt >= ATTEMPTS {
            return Next::Stop;
        }
        let fits = |wait: Duration| left.is_none_or(|left| wait < left);
        match outcome {
            // The region refuses the project before it looks at the call, which therefore can move: even one
            // that dials, and wherever failures stay.
            Outcome::Answered(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, _) => Next::Move,
            Outcome::Answered(status, Some(wait)) if is_busy(status) && !self.can_dial => {
                // Who set no limit across attempts waits at most as long as for an answer.
                match fits(wait) && wait <= left.unwrap_or(self.timeout) {
                    true => Next::Repeat(wait),
                    false => Next::Stop,
                }
            }
            _ => {
                let wait = backoff(attempt, chance);
                match self.fails_over(outcome) && fits(wait) {
                    true => Next::FailOver(wait),
                    false => Next::Stop,
                }
            }
        }
    }

    fn fails_over(&self, outcome: Outcome) -> bool {
        let may_repeat = match outcome {
            Outcome::Unsent => true,
            Outcome::Unanswered => !self.can_dial,
            Outcome::Answered(status, _) => status.is_server_error() && !self.can_dial,
        };
        may_repeat && self.failover && self.timeout >= SHORT
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// 200 ms after the first attempt and 400 ms after the second, give or take a quarter.
fn backoff(attempt: u32, chance: f64) -> Duration {
    let doubled = BACKOFF * 2_u32.saturating_pow(attempt.saturating_sub(1));
    doubled.mul_f64(0.75 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOUD: Policy = Policy { failover: true, can_dial: false, timeout: Duration::from_secs(10) };
    const HALF: f64 = 0.5;

    fn answered(status: u16) -> Outcome {
        Outcome::Answered(StatusCode::from_u16(status).unwrap_or_default(), None)
    }

    fn busy(status: u16, seconds: u64) -> Outcome {
        let wait = Duration::from_secs(seconds);
        Outcome::Answered(StatusCode::from_u16(status).unwrap_or_default(), Some(wait))
    }

    #[test]
    fn failures_go_elsewhere_until_the_attempts_are_used_up() {
        for outcome in [Outcome::Unsent, Outcome::Unanswered, answered(500), answered(503), answered(599)] {
            assert_eq!(CLOUD.next(1, outcome, None, HALF), Next::FailOver(Duration::from_millis(200)));
            assert_eq!(CLOUD.next(2, outcome, None, HALF), Next::FailOver(Duration::from_millis(400)));
            assert_eq!(CLOUD.next(3, outcome, None, HALF), Next::Stop);
        }
    }

    #[test]
    fn what_the_server_decided_stands() {
        for status in [400, 401, 403, 404, 408, 409, 412, 429] {
            assert_eq!(CLOUD.next(1, answered(status), None, HALF), Next::Stop, "{status}");
        }
    }

    #[test]
    fn without_failover_only_pins_and_busy_servers_are_followed() {
        let off = Policy { failover: false, ..CLOUD };
        for outcome in [Outcome::Unsent, Outcome::Unanswered, answered(500)] {
            assert_eq!(off.next(1, outcome, None, HALF), Next::Stop);
        }
        assert_eq!(off.next(1, answered(451), None, HALF), Next::Move);
        assert_eq!(off.next(1, busy(503, 1), None, HALF), Next::Repeat(Duration::from_secs(1)));
        assert_eq!(off.next(3, answered(451), None, HALF), Next::Stop);
    }

    #[test]
    fn short_calls_are_not_repeated() {
        let short = Policy { timeout: Duration::from_millis(4999), ..CLOUD };
        assert_eq!(short.next(1, Outcome::Unsent, None, HALF), Next::Stop);
        let enough = Policy { timeout: Duration::from_secs(5), ..CLOUD };
        assert_ne!(enough.next(1, Outcome::Unsent, None, HALF), Next::Stop);
    }

    #[test]
    fn a_phone_that_may_have_rung_is_not_rung_again() {
        let dial = Policy { can_dial: true, ..CLOUD };
        for outcome in [Outcome::Unanswered, answered(500), answered(503), busy(503, 1), busy(429, 1)] {
            assert_eq!(dial.next(1, outcome, None, HALF), Next::Stop, "{outcome:?}");
        }
        assert_ne!(dial.next(1, Outcome::Unsent, None, HALF), Next::Stop);
        assert_eq!(dial.next(1, answered(451), None, HALF), Next::Move);
    }

    #[test]
    fn busy_servers_are_given_the_time_they_ask_for_if_there_is_any() {
        let left = |seconds| Some(Duration::from_secs(seconds));
        for status in [429, 503] {
            assert_eq!(CLOUD.next(1, busy(status, 7), None, HALF), Next::Repeat(Duration::from_secs(7)));
            assert_eq!(CLOUD.next(1, busy(status, 11), None, HALF), Next::Stop, "longer than for an answer");
            assert_eq!(
                CLOUD.next(1, busy(status, 20), left(30), HALF),
                Next::Repeat(Duration::from_secs(20))
            );
            assert_eq!(CLOUD.next(1, busy(status, 20), left(20), HALF), Next::Stop);
        }
    }

    #[test]
    fn waits_end_before_the_deadline() {
        let left = Some(Duration::from_millis(200));
        assert_eq!(CLOUD.next(1, Outcome::Unsent, left, HALF), Next::Stop);
        assert_ne!(CLOUD.next(1, Outcome::Unsent, left, 0.0), Next::Stop);
    }

    #[test]
    fn waits_are_spread_within_bounds() {
        for step in 0..=1000 {
            let chance = f64::from(step) / 1000.0;
            for (attempt, base) in [(1, 200), (2, 400)] {
                let wait = backoff(attempt, chance).as_millis();
                assert!((base * 3 / 4..=base * 5 / 4).contains(&wait), "{attempt} {chance} {wait}");
            }
        }
        assert_eq!(backoff(1, f64::NAN.max(0.0)), backoff(1, 0.0));
    }
}
