//! Messages: objects of fields that are known by two names.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

/// The name of a field in JSON, and its name in the schema, which is read as well.
pub(crate) type FieldName = (&'static str, &'static str);

/// What is generated for a message.
pub(crate) trait Message: Default {
    /// `livekit.Room`
    const NAME: &'static str;

    /// The fields, in the order of the schema.
    const FIELDS: &'static [FieldName];

    /// Reads the value of a field that was not given before, by its place in [`FIELDS`](Self::FIELDS).
    fn read_field<'de, A: MapAccess<'de>>(&mut self, field: usize, from: &mut A) -> Result<(), A::Error>;

    /// Writes the fields that are not absent.
    fn write_fields<M: SerializeMap>(&self, to: &mut M) -> Result<(), M::Error>;
}

/// Reads a message where it is. As it is new, its fields are absent.
pub(crate) fn read_message<'de, M: Message, D: Deserializer<'de>>(
    message: &mut M,
    from: D,
) -> Result<(), D::Error> {
    from.deserialize_map(Reader(message))
}

pub(crate) fn deserialize<'de, M: Message, D: Deserializer<'de>>(from: D) -> Result<M, D::Error> {
    let mut message = M::default();
    read_message(&mut message, from)?;
    Ok(message)
}

pub(crate) fn serialize<M: Message, S: Serializer>(message: &M, to: S) -> Result<S::Ok, S::Error> {
    let mut object = to.serialize_map(None)?;
    message.write_fields(&mut object)?;
    object.end()
}

struct Reader<'a, M>(&'a mut M);

impl<'de, M: Message> Visitor<'de> for Reader<'_, M> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", M::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut fields = Fields::new(M::FIELDS);
        while let Some(field) = map.next_key_seed(&mut fields)? {
            match field {
                Some(field) => self.0.read_field(field, &mut map)?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Tells the fields of one message by their names.
struct Fields {
    names: &'static [FieldName],
    /// Where to look first: behind the field that was found last, as most writers keep the order.
    next: usize,
    /// Which fields were given, one bit each; of a message with more fields than bits, the first ones.
    given: u64,
}

impl Fields {
    fn new(names: &'static [FieldName]) -> Self {
        Self { names, next: 0, given: 0 }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let is_named = |(json, schema): &FieldName| *json == name || *schema == name;
        let (before, after) = self.names.split_at_checked(self.next)?;
        match after.iter().position(is_named) {
            Some(index) => Some(self.next + index),
            None => before.iter().position(is_named),
        }
    }

    /// Takes down that a field was given, and answers whether it was given before.
    fn take(&mut self, field: usize) -> bool {
        self.next = field + 1;
        let bit = if field < 64 { 1 << field } else { 0 };
        let was_given = self.given & bit != 0;
        self.given |= bit;
        was_given
    }
}

impl<'de> DeserializeSeed<'de> for &mut Fields {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for &mut Fields {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let Some(field) = self.find(name) else { return Ok(None) };
        match self.take(field) {
            false => Ok(Some(field)),
            true => Err(E::duplicate_field(self.names.get(field).map_or("", |(json, _)| json))),
        }
    }
}

/// Implements protobuf JSON for a message, whose fields are listed as
/// `index "jsonName" "schema_name" field;`, where `field` may be followed by `= path::of::Member` if it is a
/// oneof, and by `as path::of::Enum` if its numbers are those of an enum.
macro_rules! message {
    ($message:ty = $full_name:literal; $(
        $index:literal $json:literal $schema:literal $field:ident $(= $member:path)? $(as $enum:ty)?;
    )*) => {
        impl crate::json::Message for $message {
            const NAME: &'static str = $full_name;
            const FIELDS: &'static [crate::json::FieldName] = &[$(($json, $schema)),*];

            fn read_field<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self,
                field: usize,
                from: &mut A,
            ) -> ::core::result::Result<(), A::Error> {
                match field {
                    $($index => crate::json::read_field!(
                        from, self.$field, $json, [$($enum)?] $(, $member)?
                    ),)*
                    _ => {
                        let _ = from;
                        Ok(())
                    }
                }
            }

            fn write_fields<M: ::serde::ser::SerializeMap>(
                &self,
                to: &mut M,
            ) -> ::core::result::Result<(), M::Error> {
                let _ = &to;
                $(crate::json::write_field!(to, self.$field, $json, [$($enum)?] $(, $member)?);)*
                Ok(())
            }
        }

        impl crate::json::Value<crate::json::Plain> for $message {
            fn read<'de, D: ::serde::Deserializer<'de>>(
                &mut self,
                from: D,
            ) -> ::core::result::Result<bool, D::Error> {
                crate::json::read_message(self, from)?;
                Ok(true)
            }

            fn write<S: ::serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                crate::json::serialize(self, to)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $message {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                crate::json::deserialize(from)
            }
        }

        impl ::serde::Serialize for $message {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                crate::json::serialize(self, to)
            }
        }
    };
}

macro_rules! read_field {
    ($from:expr, $field:expr, $json:literal, []) => {
        crate::json::read::<crate::json::Plain, _, _>(&mut $field, $from)
    };
    ($from:expr, $field:expr, $json:literal, [$enum:ty]) => {
        crate::json::read::<crate::json::Enum<$enum>, _, _>(&mut $field, $from)
    };
    ($from:expr, $field:expr, $json:literal, [], $member:path) => {
        crate::json::read_member::<crate::json::Plain, _, _, _>(&mut $field, $member, $json, $from)
    };
    ($from:expr, $field:expr, $json:literal, [$enum:ty], $member:path) => {
        crate::json::read_member::<crate::json::Enum<$enum>, _, _, _>(&mut $field, $member, $json, $from)
    };
}

macro_rules! write_field {
    ($to:expr, $field:expr, $json:literal, []) => {
        crate::json::write::<crate::json::Plain, _, _>($json, &$field, $to)?
    };
    ($to:expr, $field:expr, $json:literal, [$enum:ty]) => {
        crate::json::write::<crate::json::Enum<$enum>, _, _>($json, &$field, $to)?
    };
    ($to:expr, $field:expr, $json:literal, [], $member:path) => {
        if let Some($member(value)) = &$field {
            crate::json::write_member::<crate::json::Plain, _, _>($json, value, $to)?
        }
    };
    ($to:expr, $field:expr, $json:literal, [$enum:ty], $member:path) => {
        if let Some($member(value)) = &$field {
            crate::json::write_member::<crate::json::Enum<$enum>, _, _>($json, value, $to)?
        }
    };
}

pub(crate) use {message, read_field, write_field};
