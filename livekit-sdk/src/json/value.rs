//! Single values: text, truth, times, and messages in boxes. Numbers, bytes and enums are next door.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value of a field, of an item in a list, or of an entry in a map.
///
/// `K` tells how it is meant: an `i32` can be a number, or a value of one of many enums.
pub(crate) trait Value<K>: Default {
    /// Reads the value where it is, and answers whether there is one: what the schema has no word for is
    /// absent.
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error>;

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error>;
}

/// The kind of values that are what their type says.
pub(crate) struct Plain;

/// The kind of numbers that are values of the enum `E`.
pub(crate) struct Enum<E>(PhantomData<E>);

impl Value<Plain> for String {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(Text(self))?;
        Ok(true)
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

/// Reads text into a string that is empty.
struct Text<'a>(&'a mut String);

impl Visitor<'_> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        *self.0 = text.to_owned();
        Ok(())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<(), E> {
        *self.0 = text;
        Ok(())
    }
}

impl<K, V: Value<K>> Value<K> for Box<V> {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error> {
        (**self).read(from)
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (**self).write(to)
    }
}

/// Types whose own serde code is protobuf JSON.
macro_rules! as_they_are {
    ($($ty:ty),*) => {$(
        impl Value<Plain> for $ty {
            fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error> {
                *self = Self::deserialize(from)?;
                Ok(true)
            }

            fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                self.serialize(to)
            }
        }
    )*};
}

as_they_are!(
    bool,
    pbjson_types::Any,
    pbjson_types::BoolValue,
    pbjson_types::BytesValue,
    pbjson_types::DoubleValue,
    pbjson_types::Duration,
    pbjson_types::Empty,
    pbjson_types::FloatValue,
    pbjson_types::Int32Value,
    pbjson_types::Int64Value,
    pbjson_types::ListValue,
    pbjson_types::StringValue,
    pbjson_types::Struct,
    pbjson_types::Timestamp,
    pbjson_types::UInt32Value,
    pbjson_types::UInt64Value,
    pbjson_types::Value
);
