//! Enum values in protobuf JSON, the way every other LiveKit SDK reads them: a server may know more of
//! them than this version does.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value of the enum `E` as JSON has it: a name or a number.
///
/// An unknown number is kept. An unknown name has no number, so it reads as if it were absent.
pub(crate) struct EnumValue<E> {
    number: Option<i32>,
    known: PhantomData<E>,
}

impl<E> EnumValue<E> {
    fn new(number: Option<i32>) -> Self {
        Self { number, known: PhantomData }
    }

    /// The number, unless the name was not known.
    pub(crate) fn number(self) -> Option<i32> {
        self.number
    }
}

impl<E> From<i32> for EnumValue<E> {
    fn from(number: i32) -> Self {
        Self::new(Some(number))
    }
}

impl<E: TryFrom<i32> + Serialize> Serialize for EnumValue<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.number.unwrap_or_default();
        match E::try_from(number) {
            Ok(known) => known.serialize(serializer),
            Err(_) => serializer.serialize_i32(number),
        }
    }
}

impl<'de, E: Deserialize<'de> + Into<i32>> Deserialize<'de> for EnumValue<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrNumber(PhantomData))
    }
}

struct NameOrNumber<E>(PhantomData<E>);

impl<'de, E: Deserialize<'de> + Into<i32>> Visitor<'de> for NameOrNumber<E> {
    type Value = EnumValue<E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or the number of an enum value")
    }

    fn visit_str<R: Error>(self, name: &str) -> Result<Self::Value, R> {
        // The enum itself knows its names, and refuses others.
        let known = E::deserialize(StrDeserializer::<serde::de::value::Error>::new(name));
        Ok(EnumValue::new(known.ok().map(Into::into)))
    }

    fn visit_i64<R: Error>(self, number: i64) -> Result<Self::Value, R> {
        let number = i32::try_from(number);
        number.map(EnumValue::from).map_err(|_| R::custom("the number of an enum value is out of range"))
    }

    fn visit_u64<R: Error>(self, number: u64) -> Result<Self::Value, R> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(R::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::proto::{ParticipantInfo, ParticipantPermission, TrackSource, participant_info};

    fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn names_that_are_not_known_read_as_absent() {
        let info: ParticipantInfo =
            read(json!({"identity": "alice", "kind": "TELEPATH", "kindDetails": ["NEW", "FORWARDED"]}))
                .expect("read");
        assert_eq!((info.identity.as_str(), info.kind), ("alice", 0));
        assert_eq!(info.kind_details, [participant_info::KindDetail::Forwarded as i32]);
    }

    #[test]
    fn numbers_that_are_not_known_are_kept_and_written_again() {
        let text = json!({"kind": 4242, "kindDetails": [77]});
        let info: ParticipantInfo = read(text.clone()).expect("read");
        assert_eq!((info.kind, info.kind_details.as_slice()), (4242, [77].as_slice()));
        assert_eq!(serde_json::to_value(&info).expect("written"), text);
    }

    #[test]
    fn known_values_are_written_by_name() {
        let sources = vec![TrackSource::Camera as i32, 99];
        let permission =
            ParticipantPermission { can_publish_sources: sources, ..ParticipantPermission::default() };
        let text = serde_json::to_value(&permission).expect("written");
        assert_eq!(text, json!({"canPublishSources": ["CAMERA", 99]}));
        assert_eq!(read::<ParticipantPermission>(text).expect("read"), permission);
    }

    #[test]
    fn what_is_neither_name_nor_number_is_an_error() {
        for value in [json!(1.5), json!(true), json!({}), json!(i64::MAX), json!(u64::MAX)] {
            assert!(read::<ParticipantInfo>(json!({ "kind": value })).is_err(), "{value}");
        }
    }
}
