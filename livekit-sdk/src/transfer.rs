//! A phone call that was transferred, or was not although the server answered with success.

use crate::error::{Refusal, Result, TwirpCode};
use crate::proto::{SipTransferReason, SipTransferStatus, TransferSipParticipantResponse};

impl TransferSipParticipantResponse {
    /// The response, unless it reports that the transfer failed: then an error, as for every other failure.
    ///
    /// LiveKit answers with success (HTTP 200) when the call ended before its transfer was complete. The error
    /// has the code `aborted`; [`sip_transfer`](crate::Error::sip_transfer) and
    /// [`sip_status`](crate::Error::sip_status) tell more.
    ///
    /// ```
    /// use livekit_sdk::proto::{SipTransferStatus, TransferSipParticipantResponse};
    ///
    /// let failed = SipTransferStatus::StsTransferFailed.into();
    /// let response = TransferSipParticipantResponse { status: failed, ..Default::default() };
    /// assert!(response.into_result().is_err());
    /// ```
    ///
    /// # Errors
    /// The transfer failed.
    pub fn into_result(self) -> Result<Self> {
        if self.status() != SipTransferStatus::StsTransferFailed {
            return Ok(self);
        }
        let reason = SipTransferReason::try_from(self.reason).unwrap_or_default().as_str_name();
        let mut refusal = Refusal::new(TwirpCode::Aborted, format!("the call was not transferred: {reason}"))
            .with_meta("sip_transfer_reason", reason);
        refusal.status = 200;
        if !self.transfer_id.is_empty() {
            refusal = refusal.with_meta("sip_transfer_id", self.transfer_id);
        }
        if let Some(sip) = self.sip_status {
            refusal = refusal
                .with_meta("sip_status_code", sip.code.to_string())
                .with_meta("sip_status", sip.status);
        }
        Err(refusal.into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;
    use crate::proto::SipStatus;

    #[test]
    fn only_a_reported_failure_is_an_error() {
        for status in [SipTransferStatus::StsTransferOngoing, SipTransferStatus::StsTransferSuccessful] {
            let response = TransferSipParticipantResponse { status: status.into(), ..Default::default() };
            assert_eq!(response.clone().into_result().unwrap(), response);
        }
        let failed = TransferSipParticipantResponse {
            transfer_id: "STR_1".into(),
            status: SipTransferStatus::StsTransferFailed.into(),
            reason: SipTransferReason::StrCallEnded.into(),
            sip_status: Some(SipStatus { code: 487, status: "Request Terminated".into() }),
        };
        let error = failed.into_result().unwrap_err();
        assert_eq!((error.code(), error.status()), (Some(&TwirpCode::Aborted), Some(200)));
        let transfer = error.sip_transfer().unwrap();
        assert_eq!((transfer.reason.as_str(), transfer.id.as_deref()), ("STR_CALL_ENDED", Some("STR_1")));
        assert_eq!(error.sip_status().unwrap().code, Some(487));
    }
}
