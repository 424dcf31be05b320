//! Media settings of trunks, rules and calls.

use crate::error::Refusal;
use crate::proto::SipMediaConfig;
use crate::proto::well_known::Duration;
use crate::testing::refusals::invalid;

/// The longest `media_timeout`, in seconds.
const MAX_TIMEOUT: i64 = 600;

pub(super) fn check(media: Option<&SipMediaConfig>) -> Result<(), Refusal> {
    let Some(media) = media else { return Ok(()) };
    let is_named =
        |name: &str| !name.is_empty() && !name.contains(|it: char| it.is_whitespace() || it == '/');
    if let Some(codec) = media.codecs.iter().find(|codec| !is_named(&codec.name)) {
        return Err(invalid(format!("invalid codec name {:?}", codec.name)));
    }
    match media.media_timeout.as_ref().is_none_or(is_short) {
        true => Ok(()),
        false => Err(invalid(format!("the media timeout must be from 0 to {MAX_TIMEOUT} s"))),
    }
}

fn is_short(timeout: &Duration) -> bool {
    let Duration { seconds, nanos } = *timeout;
    seconds >= 0 && nanos >= 0 && (seconds < MAX_TIMEOUT || (seconds == MAX_TIMEOUT && nanos == 0))
}

/// Takes the encryption from the deprecated field if the settings say nothing of it.
pub(super) fn adopt_legacy((media, legacy): (&mut Option<SipMediaConfig>, &mut i32)) {
    let is_said = media.as_ref().is_some_and(|media| media.encryption.is_some());
    if !is_said && *legacy != 0 {
        media.get_or_insert_default().encryption = Some(*legacy);
    }
}

/// As [`adopt_legacy`], and says in the deprecated field what then holds.
pub(super) fn settle((media, legacy): (&mut Option<SipMediaConfig>, &mut i32)) {
    adopt_legacy((media, legacy));
    if let Some(encryption) = media.as_ref().and_then(|media| media.encryption) {
        *legacy = encryption;
    }
}
