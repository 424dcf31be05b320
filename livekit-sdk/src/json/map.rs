//! Maps: objects whose keys are data. In JSON every key is text.

use std::collections::HashMap;
use std::fmt::{self, Display};
use std::hash::Hash;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::field::{Field, Item};
use super::value::Value;

/// What a key of a map can be.
pub(crate) trait Key: FromStr + Display + Eq + Hash {}

impl Key for String {}
impl Key for bool {}
impl Key for i32 {}
impl Key for i64 {}
impl Key for u32 {}
impl Key for u64 {}

impl<K, N: Key, V: Value<K>> Field<K> for HashMap<N, V> {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(Entries { entries: self, kind: PhantomData })
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter().map(|(key, value)| (KeyText(key), Item::new(value))))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Reads a map. Of two entries with one key, the last counts.
struct Entries<'a, K, N, V> {
    entries: &'a mut HashMap<N, V>,
    kind: PhantomData<K>,
}

impl<'de, K, N: Key, V: Value<K>> Visitor<'de> for Entries<'_, K, N, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(KeyText(key)) = map.next_key()? {
            let mut value = V::default();
            if map.next_value_seed(Entry(&mut value, PhantomData))? {
                self.entries.insert(key, value);
            }
        }
        Ok(())
    }
}

/// Reads the value of an entry, and answers whether it has one.
struct Entry<'a, K, V>(&'a mut V, PhantomData<K>);

impl<'de, K, V: Value<K>> DeserializeSeed<'de> for Entry<'_, K, V> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        self.0.read(from)
    }
}

/// A key in JSON.
struct KeyText<N>(N);

impl<N: Display> Serialize for KeyText<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de, N: Key> Deserialize<'de> for KeyText<N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(KeyVisitor(PhantomData))
    }
}

struct KeyVisitor<N>(PhantomData<N>);

impl<N: Key> Visitor<'_> for KeyVisitor<N> {
    type Value = KeyText<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key of a map")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map(KeyText).map_err(|_| E::custom("the key of a map does not have the map's type"))
    }
}
