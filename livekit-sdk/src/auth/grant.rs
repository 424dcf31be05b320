//! What a grant is: fields of five types, each with its own way to be merged, compared, read and written.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// JSON that a token holds and this version knows no field for, under its key.
pub type Rest = Map<String, Value>;

/// Tells what a token allows: derive it with `#[derive(Grant)]`.
///
/// [`VideoGrant`](super::VideoGrant) and its siblings implement it, and so can structs of your own with
/// fields of the types `bool`, `Option<bool>`, `String`, `Vec<String>` and `Option<another grant>`. Each
/// field names its JSON key. The derive also adds a chained setter per field, serde's traits, and
/// `From<block>` for each `Option<block>` whose type occurs once. The struct has to be `Default`.
///
/// In JSON, what is absent is not written (`false`, `None`, `""`, `[]`), and `null` reads as absent.
///
/// ```
/// use livekit_sdk::auth::Grant;
///
/// #[derive(Clone, Debug, Default, PartialEq, Grant)]
/// struct BillingGrant {
///     /// See invoices.
///     #[grant(key = "viewInvoices")]
///     view_invoices: bool,
///     /// The account that the rest applies to.
///     #[grant(key = "account")]
///     account: String,
/// }
///
/// let held = BillingGrant::default().view_invoices(true).account("acme");
/// assert!(held.covers(&BillingGrant::default().view_invoices(true)));
/// assert!(!held.covers(&BillingGrant::default().account("other")));
/// assert_eq!(serde_json::to_string(&held)?, r#"{"viewInvoices":true,"account":"acme"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Grant: Default {
    /// The JSON keys of the fields.
    const KEYS: &'static [&'static str];

    /// Adds what `other` grants. A flag set on either side stays set, lists are joined without
    /// duplicates; of two texts, or two explicit choices (`Option<bool>`), that of `other` wins.
    fn merge(&mut self, other: Self);

    /// Whether this holds all that `required` asks for: every flag set there is set here, every text
    /// and explicit choice there is the same here, every list there is part of the list here. What is
    /// absent in `required` is not asked for.
    ///
    /// The comparison knows nothing of defaults: an empty list of publish sources covers no list.
    fn covers(&self, required: &Self) -> bool;

    /// Whether every field is absent.
    fn is_empty(&self) -> bool;

    /// Removes the blocks in which every field is absent.
    fn prune(&mut self);

    /// Reads the value of `key` from `map`, or answers `false`, having read nothing, if the grant has no
    /// such key. Keys that are unknown inside a block are put into `rest`, under the key of the block.
    ///
    /// # Errors
    /// Those of `map`, and a value of the wrong type.
    fn read_field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        rest: &mut Rest,
    ) -> Result<bool, A::Error>;

    /// Writes the fields that are not absent, and with each block what `rest` keeps for it.
    ///
    /// # Errors
    /// Those of the writer.
    fn write_fields<W: ObjectWriter>(&self, to: &mut W, rest: &Rest) -> Result<(), W::Error>;
}

/// A type that a field of a [`Grant`] can have.
///
/// Implemented for `bool`, `Option<bool>`, `String`, `Vec<String>` and `Option<G>` of every grant `G`.
pub trait GrantField: Sized {
    /// Adds what `other` grants; see [`Grant::merge`].
    fn merge(&mut self, other: Self);

    /// Whether this holds what `required` asks for; see [`Grant::covers`].
    fn covers(&self, required: &Self) -> bool;

    /// Whether the field says nothing and is therefore not written.
    fn is_absent(&self) -> bool;

    /// Makes the field absent if it is a block in which everything is absent.
    fn prune(&mut self) {}

    /// Reads the value of `key`, which `map` is positioned at; `null` makes the field absent.
    ///
    /// # Errors
    /// Those of `map`, and a value of the wrong type.
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        rest: &mut Rest,
    ) -> Result<(), A::Error>;

    /// Writes the field under `key`, unless it is absent.
    ///
    /// # Errors
    /// Those of the writer.
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, rest: &Rest) -> Result<(), W::Error>;
}

/// Where the fields of a [`Grant`] are written to: an object of JSON or of another format.
pub trait ObjectWriter {
    /// Why writing can fail.
    type Error;

    /// Writes a field. The key is one that JSON needs no escapes for.
    ///
    /// # Errors
    /// The value cannot be written.
    fn entry<V: Serialize + ?Sized>(&mut self, key: &'static str, value: &V) -> Result<(), Self::Error>;

    /// Writes a block, and the keys that were unknown when it was read.
    ///
    /// # Errors
    /// A value cannot be written.
    fn block<G: Grant>(&mut self, key: &'static str, block: &G, unknown: &Rest) -> Result<(), Self::Error>;

    /// Writes something unknown, under whatever key it has.
    ///
    /// # Errors
    /// The value cannot be written.
    fn unknown(&mut self, key: &str, value: &Value) -> Result<(), Self::Error>;
}

impl GrantField for bool {
    fn merge(&mut self, other: Self) {
        *self |= other;
    }

    fn covers(&self, required: &Self) -> bool {
        *self || !*required
    }

    fn is_absent(&self) -> bool {
        !*self
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = or_default(map)?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(*self, key, self, to)
    }
}

impl GrantField for Option<bool> {
    fn merge(&mut self, other: Self) {
        *self = other.or(*self);
    }

    fn covers(&self, required: &Self) -> bool {
        required.is_none() || self == required
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = map.next_value()?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(self.is_some(), key, self, to)
    }
}

impl GrantField for String {
    fn merge(&mut self, other: Self) {
        if !other.is_empty() {
            *self = other;
        }
    }

    fn covers(&self, required: &Self) -> bool {
        required.is_empty() || self == required
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = or_default(map)?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(!self.is_empty(), key, self, to)
    }
}

impl GrantField for Vec<String> {
    fn merge(&mut self, other: Self) {
        for item in other {
            if !self.contains(&item) {
                self.push(item);
            }
        }
    }

    fn covers(&self, required: &Self) -> bool {
        required.iter().all(|item| self.contains(item))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = read_list(map)?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(!self.is_empty(), key, self, to)
    }
}

impl<G: Grant> GrantField for Option<G> {
    fn merge(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (Some(block), Some(other)) => block.merge(other),
            (None, other) => *self = other,
            (Some(_), None) => {}
        }
    }

    fn covers(&self, required: &Self) -> bool {
        match (self, required) {
            (_, None) => true,
            (Some(block), Some(required)) => block.covers(required),
            // A block that asks for nothing is covered by none.
            (None, Some(required)) => required.is_empty(),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn prune(&mut self) {
        if let Some(block) = self {
            block.prune();
        }
        if self.as_ref().is_some_and(Grant::is_empty) {
            *self = None;
        }
    }

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        rest: &mut Rest,
    ) -> Result<(), A::Error> {
        let mut unknown = Rest::new();
        *self = map.next_value_seed(Block { rest: &mut unknown, grant: PhantomData })?;
        if !unknown.is_empty() {
            rest.insert(key.to_owned(), Value::Object(unknown));
        }
        Ok(())
    }

    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, rest: &Rest) -> Result<(), W::Error> {
        match (self, rest.get(key).and_then(Value::as_object)) {
            (None, None) => Ok(()),
            (Some(block), None) => to.block(key, block, &Rest::new()),
            (Some(block), Some(unknown)) => to.block(key, block, unknown),
            (None, Some(unknown)) => to.block(key, &G::default(), unknown),
        }
    }
}

#[inline(always)]
fn write_if<W: ObjectWriter, V: Serialize>(
    present: bool,
    key: &'static str,
    value: &V,
    to: &mut W,
) -> Result<(), W::Error> {
    if present { to.entry(key, value) } else { Ok(()) }
}

/// Reads a value for which `null` stands for the default.
pub(super) fn or_default<'de, T, A>(map: &mut A) -> Result<T, A::Error>
where
    T: Deserialize<'de> + Default,
    A: MapAccess<'de>,
{
    Ok(map.next_value::<Option<T>>()?.unwrap_or_default())
}

/// Reads a list in which `null` stands for nothing, as a whole and in each place.
pub(super) fn read_list<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<String>, A::Error> {
    let items: Vec<Option<String>> = or_default(map)?;
    Ok(items.into_iter().flatten().collect())
}

/// A key of a JSON object, borrowed from the text where it holds no escapes.
pub(super) struct Key<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        from.deserialize_str(KeyVisitor)
    }
}

/// Reads a block: an object, or `null`.
struct Block<'a, G> {
    rest: &'a mut Rest,
    grant: PhantomData<G>,
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
        while let Some(Key(key)) = map.next_key()? {
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
pub(super) struct JsonWriter<'a> {
    json: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> JsonWriter<'a> {
    /// Writes an object, whose entries `fill` adds.
    pub(super) fn object<E>(
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
pub(super) struct SerdeWriter<M>(pub(super) M);

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
    let block = Block::<G> { rest: &mut Rest::new(), grant: PhantomData };
    Ok(from.deserialize_map(block)?.unwrap_or_default())
}

/// What the setter of a list makes of its argument.
pub fn list(items: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    items.into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use livekit_macros::Grant;
    use serde_json::{from_value, json, to_value};

    use super::*;

    /// A block inside a block.
    #[derive(Clone, Debug, Default, PartialEq, Grant)]
    struct Inner {
        /// A flag.
        #[grant(key = "on")]
        on: bool,
    }

    #[derive(Clone, Debug, Default, PartialEq, Grant)]
    struct Outer {
        #[grant(key = "flag")]
        flag: bool,
        #[grant(key = "choice")]
        choice: Option<bool>,
        #[grant(key = "someText")]
        some_text: String,
        #[grant(key = "list")]
        list: std::vec::Vec<std::string::String>,
        #[grant(key = "inner")]
        inner: Option<Inner>,
    }

    fn full() -> Outer {
        Outer::default()
            .flag(true)
            .choice(false)
            .some_text("text")
            .list(["a", "b"])
            .inner(Inner::default().on(true))
    }

    #[test]
    fn setters_set_their_field() {
        let expected = Outer {
            flag: true,
            choice: Some(false),
            some_text: "text".to_owned(),
            list: vec!["a".to_owned(), "b".to_owned()],
            inner: Some(Inner { on: true }),
        };
        assert_eq!(full(), expected);
        assert_eq!(full().inner(None).inner, None);
        assert_eq!(Outer::KEYS, ["flag", "choice", "someText", "list", "inner"]);
        assert_eq!(Outer::from(Inner { on: true }), Outer::default().inner(Inner { on: true }));
    }

    #[test]
    fn absent_is_not_written_and_explicit_is() {
        assert_eq!(to_value(Outer::default()).unwrap(), json!({}));
        assert_eq!(to_value(Outer::default().inner(Inner::default())).unwrap(), json!({ "inner": {} }));
        let written = to_value(full()).unwrap();
        let expected = json!({
            "flag": true, "choice": false, "someText": "text", "list": ["a", "b"], "inner": { "on": true }
        });
        assert_eq!(written, expected);
        assert_eq!(from_value::<Outer>(written).unwrap(), full());
    }

    #[test]
    fn null_reads_as_absent() {
        let nulls = json!({ "flag": null, "choice": null, "someText": null, "list": null, "inner": null });
        assert_eq!(from_value::<Outer>(nulls).unwrap(), Outer::default());
        let inside = json!({ "list": [null, "a"], "inner": { "on": null } });
        assert_eq!(
            from_value::<Outer>(inside).unwrap(),
            Outer::default().list(["a"]).inner(Inner::default())
        );
    }

    #[test]
    fn wrong_types_are_errors() {
        for wrong in [
            json!({ "flag": 1 }),
            json!({ "choice": "yes" }),
            json!({ "someText": [] }),
            json!({ "list": "a" }),
            json!({ "list": [1] }),
            json!({ "inner": true }),
            json!({ "inner": [] }),
            json!([]),
        ] {
            assert!(from_value::<Outer>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn unknown_keys_are_dropped_outside_of_claims() {
        let read: Outer = from_value(json!({ "flag": true, "new": [1], "inner": { "new": {} } })).unwrap();
        assert_eq!(read, Outer::default().flag(true).inner(Inner::default()));
    }

    #[test]
    fn merging_adds_up() {
        let mut held = full();
        held.merge(Outer::default());
        assert_eq!(held, full());
        held.merge(Outer::default().choice(true).some_text("other").list(["b", "c"]).inner(Inner::default()));
        assert_eq!(held, full().choice(true).some_text("other").list(["a", "b", "c"]));
        let mut held = Outer::default();
        held.merge(full());
        assert_eq!(held, full());
    }

    #[test]
    fn covering_asks_for_what_is_present() {
        let held = full();
        assert!(held.covers(&Outer::default()));
        assert!(held.covers(&full()));
        assert!(held.covers(&Outer::default().list(["b"])));
        assert!(Outer::default().covers(&Outer::default().inner(Inner::default())));
        for required in [
            Outer::default().flag(true),
            Outer::default().choice(false),
            Outer::default().some_text("text"),
            Outer::default().list(["a"]),
            Outer::default().inner(Inner { on: true }),
        ] {
            assert!(held.covers(&required), "{required:?}");
            assert!(!Outer::default().covers(&required), "{required:?}");
        }
        for required in [
            Outer::default().choice(true),
            Outer::default().some_text("tex"),
            Outer::default().list(["a", "c"]),
        ] {
            assert!(!held.covers(&required), "{required:?}");
        }
    }

    #[test]
    fn pruning_drops_empty_blocks() {
        let mut held = Outer::default().inner(Inner::default());
        assert!(!held.is_empty());
        held.prune();
        assert!(held.is_empty());
        let mut held = full();
        held.prune();
        assert_eq!(held, full());
    }
}
