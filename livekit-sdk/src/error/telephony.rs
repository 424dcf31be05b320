//! What errors tell of phone calls.

use super::Error;

/// How a phone network answered a call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SipStatus {
    /// The SIP status code, such as 486 (busy here); `None` if the server gave only a reason.
    pub code: Option<u16>,
    /// The reason phrase, or the name of the status.
    pub reason: String,
}

/// A transfer of a phone call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SipTransfer {
    /// Why, as the name of a `SipTransferReason`: `STR_REJECTED`.
    pub reason: String,
    /// The id of the transfer, if it has one: `STR_` and twelve characters.
    pub id: Option<String>,
}

impl Error {
    /// How the phone network answered, if a call or transfer failed there.
    ///
    /// 486 and 600 are busy, 603 declined, 408 and 480 not answered; 404 and 484 are wrong numbers, 401, 403 and
    /// 407 a trunk whose credentials or caller id the provider does not accept.
    pub fn sip_status(&self) -> Option<SipStatus> {
        let meta = &self.refusal()?.meta;
        let (code, reason) = (meta.get("sip_status_code"), meta.get("sip_status"));
        if code.is_none() && reason.is_none() {
            return None;
        }
        Some(SipStatus {
            code: code.and_then(|code| code.parse().ok()),
            reason: reason.cloned().unwrap_or_default(),
        })
    }

    /// Why a phone call was not transferred, if that is what failed.
    pub fn sip_transfer(&self) -> Option<SipTransfer> {
        let meta = &self.refusal()?.meta;
        let reason = meta.get("sip_transfer_reason")?.clone();
        Some(SipTransfer { reason, id: meta.get("sip_transfer_id").cloned() })
    }
}
