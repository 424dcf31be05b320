//! The body of an answer, which may come slowly or not to its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::serve::Dropped;

/// Bytes that are still to come, and how.
pub(super) struct ReplyBody {
    rest: Bytes,
    /// What the answer claims to be long.
    claimed: u64,
    /// The connection ends after the rest.
    is_cut: bool,
    pace: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl ReplyBody {
    pub(super) fn whole(body: Bytes) -> Self {
        Self { claimed: body.len() as u64, rest: body, is_cut: false, pace: None }
    }

    pub(super) fn truncated(mut body: Bytes, after: usize) -> Self {
        let claimed = body.len() as u64 + 1;
        body.truncate(after);
        Self { claimed, rest: body, is_cut: true, pace: None }
    }

    pub(super) fn slow(body: Bytes, per_byte: Duration) -> Self {
        Self { pace: Some((per_byte, Box::pin(sleep(per_byte)))), ..Self::whole(body) }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        if self.rest.is_empty() {
            return Poll::Ready(std::mem::take(&mut self.is_cut).then_some(Err(Dropped::Cut)));
        }
        let next = match &mut self.pace {
            None => self.rest.len(),
            Some((per_byte, timer)) => {
                ready!(timer.as_mut().poll(context));
                timer.set(sleep(*per_byte));
                1
            }
        };
        let next = self.rest.split_to(next);
        self.claimed = self.claimed.saturating_sub(next.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(next))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.is_cut
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.claimed)
    }
}
