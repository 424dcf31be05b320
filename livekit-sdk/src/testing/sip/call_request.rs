//! What may be asked of a call, in the order in which LiveKit looks.

use super::validate::{self, required};
use super::{country, media};
use crate::error::Refusal;
use crate::proto::{CreateSipParticipantRequest, Destination, SipOutboundConfig};
use crate::testing::refusals::invalid;

/// Bytes of a display name.
const MAX_DISPLAY_NAME: usize = 128;

pub(super) fn check(request: &CreateSipParticipantRequest) -> Result<(), Refusal> {
    if request.sip_trunk_id.is_empty() && request.trunk.is_none() && request.sip_number.is_empty() {
        return Err(invalid("missing sip_trunk_id, trunk or sip_number"));
    }
    request.trunk.as_ref().map_or(Ok(()), check_connection)?;
    check_callee(request)?;
    required("room_name", &request.room_name)?;
    request.display_name.as_deref().map_or(Ok(()), check_display_name)?;
    request.destination.as_ref().map_or(Ok(()), check_destination)?;
    validate::headers(&request.headers)?;
    media::check(request.media.as_ref())
}

/// A connection for one call.
fn check_connection(trunk: &SipOutboundConfig) -> Result<(), Refusal> {
    required("trunk.hostname", &trunk.hostname)?;
    validate::host("trunk.hostname", &trunk.hostname)?;
    validate::host("trunk.from_host", &trunk.from_host)?;
    validate::mappings(&trunk.headers_to_attributes, &trunk.attributes_to_headers)
}

fn check_callee(request: &CreateSipParticipantRequest) -> Result<(), Refusal> {
    required("sip_call_to", &request.sip_call_to)?;
    if request.sip_call_to.contains('@') {
        return Err(invalid("sip_call_to should be a number or a SIP user, not a SIP URI"));
    }
    if request.sip_to_header.is_some() {
        return Err(invalid("sip_call_to and sip_to_header exclude each other"));
    }
    match validate::is_token(&request.to_user_override) {
        true => Ok(()),
        false => Err(invalid("to_user_override should be a SIP user without a host")),
    }
}

/// A display name is written between quotes, as it is.
fn check_display_name(name: &str) -> Result<(), Refusal> {
    let mut is_escaped = false;
    let mut is_quotable = name.len() <= MAX_DISPLAY_NAME;
    for letter in name.chars() {
        is_quotable &= letter == '\t' || !letter.is_ascii_control();
        is_quotable &= is_escaped || letter != '"';
        is_escaped = !is_escaped && letter == '\\';
    }
    match is_quotable && !is_escaped {
        true => Ok(()),
        false => Err(invalid(format!("invalid display_name {name:?}"))),
    }
}

fn check_destination(destination: &Destination) -> Result<(), Refusal> {
    let Destination { city, country, region, .. } = destination;
    if !city.is_empty() && country.is_empty() && region.is_empty() {
        return Err(invalid("destination.city needs a country or a region"));
    }
    match country.is_empty() || country::is_code(country) {
        true => Ok(()),
        false => Err(invalid(format!("invalid destination.country {country:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_can_stand_between_quotes() {
        for name in ["", "Alice", r#"\"Al\""#, r"a\\", "Zoë\tZ"] {
            assert_eq!(check_display_name(name), Ok(()), "{name:?}");
        }
        for name in ["\"", r"a\", r#"\\""#, "a\nb", &"x".repeat(129)] {
            assert!(check_display_name(name).is_err(), "{name:?}");
        }
    }
}
