//! Grants as JSON, and in serde's other formats.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{Grant, ObjectWriter, Rest};

/// Reads a value for which `null` stands for the default.
pub(in crate::auth) fn or_default<'de, T, A>(map: &mut A) -> Result<T, A::Error>
where
    T: Deserialize<'de> + Default,
    A: MapAccess<'de>,
{
    Ok(map.next_value::<Option<T>>()?.unwrap_or_default())
}

/// Reads a list in which `null` stands for nothing, as a whole and in each place.
pub(in crate::auth) fn read_list<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<String>, A::Error> {
    let items: Vec<Option<String>> = or_default(map)?;
    Ok(items.into_iter().flatten().collect())
}

/// A text in JSON, borrowed from the text where it holds no escapes.
pub(in crate::auth) struct Text<'a>(pub(in crate::auth) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        from.deserialize_str(TextVisitor)
    }
}

/// Reads a block: an object, or `null`.
pub(super) struct Block<'a, G> {
    rest: &'a mut Rest,
    grant: PhantomData<G>,
}

impl<'a, G> Block<'a, G> {
    /// Puts keys that the grant does not know into `rest`.
    pub(super) fn new(rest: &'a mut Rest) -> Self {
        Self { rest, grant: PhantomData }
    }
}

impl<'de, G: Grant> DeserializeSeed<'de> for Block<'_, G> {
    type Value = Option<G>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de, G: Grant> Visitor<'de> for Block<'_, G> {
    type Value = Option<G>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut grant = G::default();
        while let Some(Text(key)) = map.next_key()? {
            if !grant.read_field(&key, &mut map, self.rest)? {
                self.rest.insert(key.into_owned(), map.next_value()?);
            }
        }
        Ok(Some(grant))
    }
}

/// Writes all of a block.
fn write_block<G: Grant, W: ObjectWriter>(block: &G, unknown: &Rest, to: &mut W) -> Result<(), W::Error> {
    block.write_fields(to, unknown)?;
    // What the block writes itself is not written twice.
    let mut unknown = unknown.iter().filter(|(key, _)| !G::KEYS.contains(&key.as_str()));
    unknown.try_for_each(|(key, value)| to.unknown(key, value))
}

/// Writes JSON text. Less general than serde_json's own writer, and faster for it: keys are copied as they
/// are, and a token is mostly keys.
pub(in crate::auth) struct JsonWriter<'a> {
    json: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> JsonWriter<'a> {
    /// Writes an object, whose entries `fill` adds.
    pub(in crate::auth) fn object<E>(
        json: &'a mut Vec<u8>,
        fill: impl FnOnce(&mut JsonWriter<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        json.push(b'{');
        let mut object = JsonWriter { json, is_empty: true };
        fill(&mut object)?;
        object.json.push(b'}');
        Ok(())
    }

    #[inline(always)]
    fn separate(&mut self) {
        if !std::mem::take(&mut self.is_empty) {
            self.json.push(b',');
        }
    }

    // Inlined down from `GrantField::write`: the copy of a constant key then is a few moves, no call.
    #[inline(always)]
    fn key(&mut self, key: &'static str) {
        self.json.reserve(key.len() + 4);
        self.separate();
        self.json.push(b'"');
        self.json.extend_from_slice(key.as_bytes());
        self.json.extend_from_slice(b"\":");
    }
}

impl ObjectWriter for JsonWriter<'_> {
    type Error = serde_json::Error;

    #[inline(always)]
    fn entry<V: Serialize + ?Sized>(&mut self, key: &'static str, value: &V) -> serde_json::Result<()> {
        self.key(key);
        serde_json::to_writer(&mut *self.json, value)
    }

    fn block<G: Grant>(&mut self, key: &'static str, block: &G, unknown: &Rest) -> serde_json::Result<()> {
        self.key(key);
        JsonWriter::object(self.json, |object| write_block(block, unknown, object))
    }

    fn unknown(&mut self, key: &str, value: &Value) -> serde_json::Result<()> {
        self.separate();
        serde_json::to_writer(&mut *self.json, key)?;
        self.json.push(b':');
        serde_json::to_writer(&mut *self.json, value)
    }
}

/// Writes to any of serde's formats.
pub(in crate::auth) struct SerdeWriter<M>(pub(in crate::auth) M);

impl<M: SerializeMap> ObjectWriter for SerdeWriter<M> {
    type Error = M::Error;

    fn entry<V: Serialize + ?Sized>(&mut self, key: &'static str, value: &V) -> Result<(), M::Error> {
        self.0.serialize_entry(key, value)
    }

    fn block<G: Grant>(&mut self, key: &'static str, block: &G, unknown: &Rest) -> Result<(), M::Error> {
        self.0.serialize_entry(key, &WithRest { block, unknown })
    }

    fn unknown(&mut self, key: &str, value: &Value) -> Result<(), M::Error> {
        self.0.serialize_entry(key, value)
    }
}

/// A block together with the keys that were unknown when it was read.
struct WithRest<'a, G> {
    block: &'a G,
    unknown: &'a Rest,
}

impl<G: Grant> Serialize for WithRest<'_, G> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut object = SerdeWriter(to.serialize_map(None)?);
        write_block(self.block, self.unknown, &mut object)?;
        object.0.end()
    }
}

/// The `Serialize` of every grant.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<G: Grant, S: Serializer>(grant: &G, to: S) -> Result<S::Ok, S::Error> {
    WithRest { block: grant, unknown: &Rest::new() }.serialize(to)
}

/// The `Deserialize` of every grant. Unknown keys are dropped: only a token's claims keep them.
///
/// # Errors
/// Those of the deserializer, and values of the wrong type.
pub fn deserialize<'de, G: Grant, D: Deserializer<'de>>(from: D) -> Result<G, D::Error> {
    let mut unknown = Rest::new();
    Ok(from.deserialize_map(Block::<G>::new(&mut unknown))?.unwrap_or_default())
}
