//! Rules for single values: hosts, headers, numbers.

use std::collections::HashMap;

use crate::error::Refusal;
use crate::testing::refusals::invalid;

/// Bytes of a header's name.
const MAX_HEADER_NAME: usize = 255;
/// Bytes of a header's value.
const MAX_HEADER_VALUE: usize = 1024;

/// Headers that SIP itself writes, with their short forms. `To` and `Via` are let pass.
const RESERVED_HEADERS: [&str; 26] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "allow",
    "allow-events",
    "call-id",
    "contact",
    "content-encoding",
    "content-length",
    "content-type",
    "cseq",
    "event",
    "expires",
    "from",
    "max-forwards",
    "record-route",
    "refer-to",
    "reply-to",
    "k",
    "l",
    "m",
    "o",
    "r",
    "t",
    "u",
    "v",
];

pub(super) fn required(what: &str, value: &str) -> Result<(), Refusal> {
    if value.is_empty() { Err(invalid(format!("missing {what}"))) } else { Ok(()) }
}

/// Refuses what is a SIP URI or a part of one rather than a host. An empty host is fine.
pub(super) fn host(what: &str, host: &str) -> Result<(), Refusal> {
    let has_scheme = host.starts_with("sip:") || host.starts_with("sips:");
    match has_scheme || host.contains(['@', ';']) || host.contains("transport=") {
        true => Err(invalid(format!("{what} should be a hostname or an IP address, not {host:?}"))),
        false => Ok(()),
    }
}

/// Refuses headers that SIP writes itself, and those that cannot be written.
pub(super) fn headers(headers: &HashMap<String, String>) -> Result<(), Refusal> {
    headers.iter().try_for_each(|(name, value)| {
        header_name(name)?;
        if RESERVED_HEADERS.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            return Err(invalid(format!("the header {name} must not be set")));
        }
        let is_text = value.chars().all(|it| it == '\t' || !it.is_ascii_control());
        match value.len() <= MAX_HEADER_VALUE && is_text {
            true => Ok(()),
            false => Err(invalid(format!("invalid value of the header {name}"))),
        }
    })
}

/// The rules for headers that become attributes, and for attributes that become headers. They may be those
/// that SIP writes itself.
pub(super) fn mappings(
    headers_to_attributes: &HashMap<String, String>,
    attributes_to_headers: &HashMap<String, String>,
) -> Result<(), Refusal> {
    headers_to_attributes.keys().chain(attributes_to_headers.values()).try_for_each(|name| header_name(name))
}

fn header_name(name: &str) -> Result<(), Refusal> {
    match !name.is_empty() && name.len() <= MAX_HEADER_NAME && is_token(name) {
        true => Ok(()),
        false => Err(invalid(format!("invalid header name {name:?}"))),
    }
}

/// Whether text has only characters of a SIP token.
pub(super) fn is_token(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte))
}

/// A phone number without what people put between its digits, and with its `+`. Other text stays.
pub(super) fn normal_number(number: &str) -> String {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_phone_number = digits.chars().all(|it| it.is_ascii_digit() || " -()".contains(it));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    if is_phone_number && !digits.is_empty() { format!("+{digits}") } else { number.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_their_digits() {
        for (number, normal) in [
            ("+1 (555) 01-00", "+15550100"),
            ("15550100", "+15550100"),
            ("+15550100", "+15550100"),
            ("", ""),
            ("()", "()"),
            ("alice", "alice"),
            ("1-800-FLOWERS", "1-800-FLOWERS"),
            ("1+2", "1+2"),
        ] {
            assert_eq!(normal_number(number), normal, "{number:?}");
        }
    }
}
