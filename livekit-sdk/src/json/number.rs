//! Numbers: themselves, or text that holds them. 64 bits are written as text, as JavaScript would round
//! them.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Expected, MapAccess, Unexpected, Visitor};
use serde::ser::Serializer;

use super::value::{Plain, Value};

/// The number types of protobuf, from what a JSON parser may call a number.
pub(crate) trait Number: FromStr {
    fn from_u64(number: u64) -> Option<Self>;
    fn from_i64(number: i64) -> Option<Self>;
    fn from_f64(number: f64) -> Option<Self>;

    /// `7`, and also `7.0` and `70e-1`.
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().or_else(|| Self::from_f64(text.parse().ok()?))
    }
}

struct NumberOrText<T>(PhantomData<T>);

impl<T: Number> NumberOrText<T> {
    fn in_range<R: Error>(number: Option<T>) -> Result<T, R> {
        number.ok_or_else(|| R::custom("the number is out of range"))
    }
}

impl<'de, T: Number> Visitor<'de> for NumberOrText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a text that holds one")
    }

    fn visit_str<R: Error>(self, text: &str) -> Result<T, R> {
        T::from_text(text).ok_or_else(|| R::custom("the text does not hold a number in range"))
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

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let digits = digits(map, &self)?;
        self.visit_str(&digits)
    }
}

/// A number as serde_json hands it over where some crate has turned on its feature `arbitrary_precision`: in an
/// object of one field, as text.
pub(crate) fn digits<'de, A: MapAccess<'de>>(
    mut map: A,
    expected: &dyn Expected,
) -> Result<String, A::Error> {
    match map.next_key::<String>()?.as_deref() {
        Some("$serde_json::private::Number") => map.next_value(),
        _ => Err(A::Error::invalid_type(Unexpected::Map, expected)),
    }
}

macro_rules! integers {
    ($($ty:ty: $write:ident),*) => {$(
        impl Number for $ty {
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

        number!($ty, $write);
    )*};
}

macro_rules! floats {
    ($($ty:ty: $write:ident),*) => {$(
        impl Number for $ty {
            fn from_u64(number: u64) -> Option<Self> {
                Some(number as $ty)
            }

            fn from_i64(number: i64) -> Option<Self> {
                Some(number as $ty)
            }

            /// Finite numbers stay finite: what is too large is out of range.
            fn from_f64(number: f64) -> Option<Self> {
                let near = number as $ty;
                (near.is_finite() || !number.is_finite()).then_some(near)
            }

            /// `NaN` and `Infinity` too.
            fn from_text(text: &str) -> Option<Self> {
                Self::from_f64(text.parse().ok()?)
            }
        }

        number!($ty, $write);
    )*};
}

macro_rules! number {
    ($ty:ty, $write:ident) => {
        impl Value<Plain> for $ty {
            fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error> {
                *self = from.deserialize_any(NumberOrText(PhantomData))?;
                Ok(true)
            }

            fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $write(*self, to)
            }
        }
    };
}

integers!(i32: as_number, u32: as_number, i64: as_text, u64: as_text);
floats!(f32: as_float, f64: as_float);

fn as_number<T: serde::Serialize, S: Serializer>(number: T, to: S) -> Result<S::Ok, S::Error> {
    number.serialize(to)
}

fn as_text<T: fmt::Display, S: Serializer>(number: T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&number)
}

/// JSON has no number that is not finite.
fn as_float<T: Into<f64> + serde::Serialize + Copy, S: Serializer>(
    number: T,
    to: S,
) -> Result<S::Ok, S::Error> {
    match number.into() {
        f64::INFINITY => to.serialize_str("Infinity"),
        f64::NEG_INFINITY => to.serialize_str("-Infinity"),
        nan if nan.is_nan() => to.serialize_str("NaN"),
        _ => number.serialize(to),
    }
}
