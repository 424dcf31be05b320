//! Bytes: base64, written in its standard form and read in any.

use std::fmt;

use base64::alphabet::{self, Alphabet};
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine as _};
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

use super::value::{Plain, Value};

impl Value<Plain> for Vec<u8> {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(Base64(self))?;
        Ok(true)
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(self))
    }
}

struct Base64<'a>(&'a mut Vec<u8>);

impl Visitor<'_> for Base64<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a base64 string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        const ANY: GeneralPurpose = padded_or_not(&alphabet::STANDARD);
        const ANY_URL_SAFE: GeneralPurpose = padded_or_not(&alphabet::URL_SAFE);
        let decoded = match ANY.decode(text) {
            Err(DecodeError::InvalidByte(_, b'-' | b'_')) => ANY_URL_SAFE.decode(text),
            decoded => decoded,
        };
        *self.0 = decoded.map_err(E::custom)?;
        Ok(())
    }
}

const fn padded_or_not(alphabet: &Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
}
