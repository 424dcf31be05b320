//! Fields: values that may be absent, lists and maps. `null` makes each of them absent.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::enumeration::Enumeration;
use super::value::{Enum, Plain, Value};

/// What a field of a message can be; `K` is the kind of its values.
pub(crate) trait Field<K> {
    /// Reads the field, which is not `null`, where it is.
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error>;

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error>;

    /// Whether the field is not written.
    fn is_absent(&self) -> bool;
}

/// Reads the value of a field, which `from` is positioned at.
pub(crate) fn read<'de, K, F: Field<K>, A: MapAccess<'de>>(
    field: &mut F,
    from: &mut A,
) -> Result<(), A::Error> {
    from.next_value_seed(OrNull::new(field))
}

/// Reads a member of a oneof, unless it is `null`.
pub(crate) fn read_member<'de, K, V: Value<K>, O, A: MapAccess<'de>>(
    oneof: &mut Option<O>,
    member: fn(V) -> O,
    name: &'static str,
    from: &mut A,
) -> Result<(), A::Error> {
    let mut value: Option<V> = None;
    read::<K, _, _>(&mut value, from)?;
    match (value, &oneof) {
        (None, _) => {}
        (Some(_), Some(_)) => return Err(A::Error::duplicate_field(name)),
        (Some(value), None) => *oneof = Some(member(value)),
    }
    Ok(())
}

/// Writes a field, unless it is absent.
pub(crate) fn write<K, F: Field<K>, M: SerializeMap>(
    name: &'static str,
    field: &F,
    to: &mut M,
) -> Result<(), M::Error> {
    if field.is_absent() { Ok(()) } else { to.serialize_entry(name, &Written::new(field)) }
}

/// Writes the member that a oneof has.
pub(crate) fn write_member<K, V: Value<K>, M: SerializeMap>(
    name: &'static str,
    value: &V,
    to: &mut M,
) -> Result<(), M::Error> {
    to.serialize_entry(name, &Item::new(value))
}

/// Values without presence: their default is as good as none.
macro_rules! without_presence {
    ([$($enum:ident)?] $kind:ty: $value:ty) => {
        impl$(<$enum: Enumeration>)? Field<$kind> for $value {
            fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
                Value::<$kind>::read(self, from)?;
                Ok(())
            }

            fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                Value::<$kind>::write(self, to)
            }

            fn is_absent(&self) -> bool {
                *self == Self::default()
            }
        }
    };
    ($($value:ty),*) => {$(
        without_presence!([] Plain: $value);
    )*};
}

without_presence!(String, Vec<u8>, bool, f32, f64, i32, i64, u32, u64);
without_presence!([E] Enum<E>: i32);

/// A value with presence.
impl<K, V: Value<K>> Field<K> for Option<V> {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        if !self.insert(V::default()).read(from)? {
            *self = None;
        }
        Ok(())
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.write(to),
            None => to.serialize_none(),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<K, V: Value<K>> Field<K> for Vec<V> {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(Items::new(self))
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(Item::new))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Reads a field, or `null`.
struct OrNull<'a, K, F> {
    field: &'a mut F,
    kind: PhantomData<K>,
}

impl<'a, K, F> OrNull<'a, K, F> {
    fn new(field: &'a mut F) -> Self {
        Self { field, kind: PhantomData }
    }
}

impl<'de, K, F: Field<K>> DeserializeSeed<'de> for OrNull<'_, K, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de, K, F: Field<K>> Visitor<'de> for OrNull<'_, K, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a field")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.field.read(from)
    }
}

/// Reads a list, each value in its place.
struct Items<'a, K, V> {
    items: &'a mut Vec<V>,
    kind: PhantomData<K>,
}

impl<'a, K, V> Items<'a, K, V> {
    fn new(items: &'a mut Vec<V>) -> Self {
        Self { items, kind: PhantomData }
    }
}

impl<'de, K, V: Value<K>> Visitor<'de> for Items<'_, K, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Items::new(&mut *self.items))?.is_some() {}
        Ok(())
    }
}

/// Reads one value more.
impl<'de, K, V: Value<K>> DeserializeSeed<'de> for Items<'_, K, V> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.items.push(V::default());
        let is_known = match self.items.last_mut() {
            Some(item) => item.read(from)?,
            None => false,
        };
        if !is_known {
            self.items.pop();
        }
        Ok(())
    }
}

/// A field as it is written.
struct Written<'a, K, F> {
    field: &'a F,
    kind: PhantomData<K>,
}

impl<'a, K, F> Written<'a, K, F> {
    fn new(field: &'a F) -> Self {
        Self { field, kind: PhantomData }
    }
}

impl<K, F: Field<K>> Serialize for Written<'_, K, F> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.field.write(to)
    }
}

/// A value as it is written.
pub(super) struct Item<'a, K, V> {
    value: &'a V,
    kind: PhantomData<K>,
}

impl<'a, K, V> Item<'a, K, V> {
    pub(super) fn new(value: &'a V) -> Self {
        Self { value, kind: PhantomData }
    }
}

impl<K, V: Value<K>> Serialize for Item<'_, K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.value.write(to)
    }
}
