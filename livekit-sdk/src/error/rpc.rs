//! What errors tell of participant RPC.

use super::Error;

/// Why a method of a participant did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RpcCode {
    /// 1400: the participant offers no such method.
    UnsupportedMethod,
    /// 1401: there is no such participant.
    RecipientNotFound,
    /// 1402: the payload is larger than 15 KiB.
    RequestTooLarge,
    /// 1403: the server does not support participant RPC.
    UnsupportedServer,
    /// 1404: the participant's SDK speaks another version of participant RPC.
    UnsupportedVersion,
    /// 1500: the method failed without saying more.
    Failed,
    /// 1501: the participant did not confirm in time that it received the call.
    ConnectionTimeout,
    /// 1502: the method did not answer in time.
    ResponseTimeout,
    /// 1503: the participant left before it answered.
    RecipientDisconnected,
    /// 1504: the answer is larger than 15 KiB.
    ResponseTooLarge,
    /// 1505: the call could not be sent to the participant.
    SendFailed,
    /// A code of the application's own.
    Application(u32),
}

impl From<u32> for RpcCode {
    fn from(code: u32) -> Self {
        match code {
            1400 => Self::UnsupportedMethod,
            1401 => Self::RecipientNotFound,
            1402 => Self::RequestTooLarge,
            1403 => Self::UnsupportedServer,
            1404 => Self::UnsupportedVersion,
            1500 => Self::Failed,
            1501 => Self::ConnectionTimeout,
            1502 => Self::ResponseTimeout,
            1503 => Self::RecipientDisconnected,
            1504 => Self::ResponseTooLarge,
            1505 => Self::SendFailed,
            code => Self::Application(code),
        }
    }
}

impl Error {
    /// Why a method of a participant did not answer, if that is what failed.
    ///
    /// LiveKit tells the number in the text of the error only, so this reads that text.
    pub fn rpc_code(&self) -> Option<RpcCode> {
        let (_, after) = self.refusal()?.message.split_once("RpcError")?;
        let number = after.trim_start_matches([':', ' ']);
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        number.get(..end)?.parse::<u32>().ok().map(RpcCode::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Refusal, TwirpCode};

    #[test]
    fn the_code_is_read_from_the_text() {
        let code = |message: &str| Error::from(Refusal::new(TwirpCode::Internal, message)).rpc_code();
        assert_eq!(code("RpcError: 1502: Response timeout"), Some(RpcCode::ResponseTimeout));
        assert_eq!(code("twirp error unknown: RpcError:42:on purpose:data"), Some(RpcCode::Application(42)));
        for none in ["", "RpcError", "RpcError: none", "1502", "RpcError: 99999999999"] {
            assert_eq!(code(none), None, "{none}");
        }
    }
}
