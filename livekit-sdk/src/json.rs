//! Enum values and numbers in protobuf JSON.
//!
//! pbjson's own reading of them either loses a whole message to an enum value that is newer than this
//! version, or makes up another; and it buffers each number before it looks at it.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

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

/// A number as JSON has it: itself, or text, which protobuf writes for 64 bits.
pub(crate) struct Number<T>(pub(crate) T);

impl<'de, T: FromJson> Deserialize<'de> for Number<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrText(PhantomData)).map(Self)
    }
}

struct NumberOrText<T>(PhantomData<T>);

impl<T: FromJson> NumberOrText<T> {
    fn in_range<R: Error>(number: Option<T>) -> Result<T, R> {
        number.ok_or_else(|| R::custom("the number is out of range"))
    }
}

impl<T: FromJson> Visitor<'_> for NumberOrText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a text that holds one")
    }

    fn visit_str<R: Error>(self, text: &str) -> Result<T, R> {
        text.parse().map_err(|_| R::custom("the text does not hold a number in range"))
    }

    fn visit_u64<R: Error>(self, number: u64) -> Result<T, R> {
        Self::in_range(T::from_u64(number))
    }

    fn visit_i64<R: Error>(self, number: i64) -> Result<T, R> {
        Self::in_range(T::from_i64(number))
    }

    fn visit_f64<R: Error>(self, number: f64) -> Result<T, R> {
        Self::in_range(T::from_f64(number))
    }
}

/// The number types of protobuf, from what a JSON parser may call a number.
pub(crate) trait FromJson: FromStr {
    fn from_u64(number: u64) -> Option<Self>;
    fn from_i64(number: i64) -> Option<Self>;
    fn from_f64(number: f64) -> Option<Self>;
}

macro_rules! integers {
    ($($ty:ty),*) => {$(
        impl FromJson for $ty {
            fn from_u64(number: u64) -> Option<Self> {
                Self::try_from(number).ok()
            }

            fn from_i64(number: i64) -> Option<Self> {
                Self::try_from(number).ok()
            }

            /// `1e3` and `2.0` are integers to protobuf. Beyond 2^53 a float no longer tells which.
            fn from_f64(number: f64) -> Option<Self> {
                const EXACT: f64 = 9_007_199_254_740_992.0;
                let is_exact = number.fract() == 0.0 && number.abs() <= EXACT;
                is_exact.then_some(number as i64).and_then(Self::from_i64)
            }
        }
    )*};
}

macro_rules! floats {
    ($($ty:ty),*) => {$(
        impl FromJson for $ty {
            fn from_u64(number: u64) -> Option<Self> {
                Some(number as $ty)
            }

            fn from_i64(number: i64) -> Option<Self> {
                Some(number as $ty)
            }

            fn from_f64(number: f64) -> Option<Self> {
                Some(number as $ty)
            }
        }
    )*};
}

integers!(i32, u32, i64, u64);
floats!(f32, f64);

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

    #[test]
    fn numbers_are_numbers_or_text() {
        let read = |value: serde_json::Value| {
            read::<ParticipantInfo>(json!({ "joinedAtMs": value, "version": 7.0 }))
        };
        for value in [json!(1_700_000_000_123_i64), json!("1700000000123"), json!(1.700000000123e12)] {
            let info = read(value.clone()).expect("read");
            assert_eq!((info.joined_at_ms, info.version), (1_700_000_000_123, 7), "{value}");
        }
        for value in [
            json!("1.5"),
            json!(1.5),
            json!(""),
            json!("x"),
            json!(true),
            json!([]),
            json!(1e300),
            json!(u64::MAX),
        ] {
            assert!(read(value.clone()).is_err(), "{value}");
        }
    }
}
