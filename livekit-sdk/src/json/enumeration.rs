//! Enum values: names or numbers. Unknown numbers are kept; unknown names have none, and read as absent.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::ser::Serializer;

use super::number::digits;
use super::value::{Enum, Value};

/// What is generated for an enum.
pub(crate) trait Enumeration: Sized + Into<i32> + TryFrom<i32> {
    fn from_name(name: &str) -> Option<Self>;

    fn name(&self) -> &'static str;
}

impl<E: Enumeration> Value<Enum<E>> for i32 {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error> {
        let number = from.deserialize_any(NameOrNumber::<E>(PhantomData))?;
        *self = number.unwrap_or_default();
        Ok(number.is_some())
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match E::try_from(*self) {
            Ok(known) => to.serialize_str(known.name()),
            Err(_) => to.serialize_i32(*self),
        }
    }
}

/// Reads an enum on its own, which can only be a value that is known.
pub(crate) fn deserialize<'de, E: Enumeration, D: Deserializer<'de>>(from: D) -> Result<E, D::Error> {
    let number = from.deserialize_any(NameOrNumber::<E>(PhantomData))?;
    let known = number.and_then(|number| E::try_from(number).ok());
    known.ok_or_else(|| D::Error::custom("the enum has no such value"))
}

struct NameOrNumber<E>(PhantomData<E>);

impl<'de, E: Enumeration> Visitor<'de> for NameOrNumber<E> {
    type Value = Option<i32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or the number of an enum value")
    }

    fn visit_str<R: Error>(self, name: &str) -> Result<Option<i32>, R> {
        Ok(E::from_name(name).map(Into::into))
    }

    fn visit_i64<R: Error>(self, number: i64) -> Result<Option<i32>, R> {
        let number = i32::try_from(number);
        number.map(Some).map_err(|_| R::custom("the number of an enum value is out of range"))
    }

    fn visit_u64<R: Error>(self, number: u64) -> Result<Option<i32>, R> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(R::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<i32>, A::Error> {
        let number = digits(map, &self)?.parse::<i32>();
        number.map(Some).map_err(|_| A::Error::custom("the number of an enum value is out of range"))
    }
}

impl Enumeration for pbjson_types::NullValue {
    fn from_name(name: &str) -> Option<Self> {
        Self::from_str_name(name)
    }

    fn name(&self) -> &'static str {
        self.as_str_name()
    }
}

/// Implements protobuf JSON for an enum of prost.
macro_rules! enumeration {
    ($enum:ty) => {
        impl crate::json::Enumeration for $enum {
            fn from_name(name: &str) -> ::core::option::Option<Self> {
                Self::from_str_name(name)
            }

            fn name(&self) -> &'static str {
                self.as_str_name()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $enum {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                crate::json::deserialize_enum(from)
            }
        }

        impl ::serde::Serialize for $enum {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str_name())
            }
        }
    };
}

pub(crate) use enumeration;
