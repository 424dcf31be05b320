//! The phones at the other end, played by the test.

use std::sync::Arc;

use crate::proto::{DisconnectReason, SipStatusCode};
use crate::testing::TestServer;

/// A call that is being placed, and waits for a phone to react.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DialedCall {
    /// The call's id (`SCL_…`).
    pub call_id: String,
    /// The room that the callee is to join.
    pub room: String,
    /// The callee's identity there.
    pub identity: String,
    /// The outbound trunk; empty if the request described a connection of its own.
    pub trunk_id: String,
    /// The number that the call comes from.
    pub from: String,
    /// The number or user that is called.
    pub to: String,
}

/// A call that is being transferred, and waits for the new destination to react.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallTransfer {
    /// The transfer's id (`STR_…`).
    pub transfer_id: String,
    /// The call's id (`SCL_…`).
    pub call_id: String,
    /// The room of the participant to be transferred.
    pub room: String,
    /// The participant's identity.
    pub identity: String,
    /// The new destination, as `tel:+15550100` or `<sip:alice@example.com>`.
    pub to: String,
}

/// How a phone reacts to a call or to a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DialOutcome {
    /// Somebody answers.
    Answered,
    /// The line is busy (486).
    Busy,
    /// Somebody declines (603).
    Declined,
    /// It rings until the ringing timeout, which takes no time here (408).
    NoAnswer,
    /// The phone network reports this SIP status, without a reason phrase. From 200 to 299 it answers.
    Status(u16),
}

/// Why nobody answers.
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) reason: String,
}

impl DialOutcome {
    /// Why nobody answers, if nobody does.
    pub(super) fn failure(&self) -> Option<Failure> {
        let (status, reason) = match *self {
            Self::Answered | Self::Status(200..=299) => return None,
            Self::Busy => (486, "Busy Here".to_owned()),
            Self::Declined => (603, "Decline".to_owned()),
            Self::NoAnswer => (408, "Request Timeout".to_owned()),
            Self::Status(status) => (status, name(status)),
        };
        Some(Failure { status, reason })
    }
}

/// What LiveKit gives in place of a missing reason phrase.
pub(super) fn name(status: u16) -> String {
    match SipStatusCode::try_from(i32::from(status)) {
        Ok(code) => code.as_str_name().to_owned(),
        Err(_) => status.to_string(),
    }
}

impl Failure {
    /// Why the callee's participant leaves.
    pub(super) fn disconnect_reason(&self) -> DisconnectReason {
        match self.status {
            603 => DisconnectReason::UserRejected,
            _ => DisconnectReason::UserUnavailable,
        }
    }
}

/// Decides how the phones react to calls of one kind. Without it, somebody answers.
pub(super) type Reaction<C> = Arc<dyn Fn(&C) -> DialOutcome + Send + Sync>;

/// What the test has said of phones.
#[derive(Default)]
pub(super) struct Phones {
    pub(super) on_dial: Option<Reaction<DialedCall>>,
    pub(super) on_transfer: Option<Reaction<CallTransfer>>,
}

/// How a phone reacts. Not under the lock of the world: the test may use the server to find out.
pub(super) fn react<C>(reaction: Option<Reaction<C>>, call: &C) -> DialOutcome {
    reaction.map_or(DialOutcome::Answered, |reaction| reaction(call))
}

impl TestServer {
    /// Lets `reaction` decide how phones react when they are called, in place of what decided before. By
    /// default, every call is answered at once.
    ///
    /// Meanwhile the callee is in the room already, with the attribute `sip.callStatus` at `dialing`. The
    /// caller of the API learns of a failure if it waits until the call is answered.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> livekit_sdk::Result<()> {
    /// # use livekit_sdk::proto::SipOutboundTrunkInfo;
    /// use livekit_sdk::testing::{DialOutcome, TestServer};
    ///
    /// let server = TestServer::new();
    /// server.on_dial(|call| match call.to.as_str() {
    ///     "+15550199" => DialOutcome::Busy,
    ///     _ => DialOutcome::Answered,
    /// });
    /// # let lk = server.livekit();
    /// # let trunk = SipOutboundTrunkInfo {
    /// #     address: "sip.example.com".to_owned(),
    /// #     numbers: vec!["+15550100".to_owned()],
    /// #     ..Default::default()
    /// # };
    /// # let trunk = lk.sip().create_sip_outbound_trunk(trunk).await?.sip_trunk_id;
    ///
    /// let call = lk.sip().create_sip_participant((trunk, "+15550199", "support"));
    /// let error = call.wait_until_answered(true).await.unwrap_err();
    /// assert_eq!(error.sip_status().unwrap().code, Some(486));
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_dial(&self, reaction: impl Fn(&DialedCall) -> DialOutcome + Send + Sync + 'static) {
        self.world().with(|store| store.sip.phones.on_dial = Some(Arc::new(reaction)));
    }

    /// Lets `reaction` decide how phones react when a call is transferred to them, in place of what decided
    /// before. By default, every transfer is answered at once.
    pub fn on_transfer(&self, reaction: impl Fn(&CallTransfer) -> DialOutcome + Send + Sync + 'static) {
        self.world().with(|store| store.sip.phones.on_transfer = Some(Arc::new(reaction)));
    }
}
