//! What a grant is: fields of five types, each with its own way to be merged, compared, read and written.

mod field;
mod form;

use serde::Serialize;
use serde::de::MapAccess;
use serde_json::{Map, Value};

pub use field::list;
pub(super) use form::{JsonWriter, SerdeWriter, Text, or_default, read_list};
pub use form::{deserialize, serialize};

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

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
