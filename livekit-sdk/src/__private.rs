//! What expansions of the macros name. Not public API.

/// A field with one value of the type `T`, whether the message tells that it is set or not.
#[diagnostic::on_unimplemented(
    message = "a field of another type is needed here",
    label = "expected `{T}`, found `{Self}`"
)]
pub trait Field<T: ?Sized> {
    /// The value; where it is not set, the default.
    fn value(&self) -> &T;
}

impl Field<str> for String {
    fn value(&self) -> &str {
        self
    }
}

impl Field<str> for Option<String> {
    fn value(&self) -> &str {
        self.as_deref().unwrap_or_default()
    }
}

impl Field<bool> for bool {
    fn value(&self) -> &bool {
        self
    }
}

impl Field<bool> for Option<bool> {
    fn value(&self) -> &bool {
        self.as_ref().unwrap_or(&false)
    }
}

impl Field<u32> for u32 {
    fn value(&self) -> &u32 {
        self
    }
}

impl Field<u32> for Option<u32> {
    fn value(&self) -> &u32 {
        self.as_ref().unwrap_or(&0)
    }
}

#[cfg(feature = "client")]
mod client {
    use std::collections::HashMap;
    use std::hash::Hash;

    use crate::call::Call;
    use crate::client::LiveKit;
    use crate::spec::Rpc;

    /// A call of a method.
    pub fn call<Req: 'static, Res: 'static>(
        livekit: &LiveKit,
        rpc: &'static Rpc<Req, Res>,
        request: Req,
    ) -> Call<Req, Res> {
        Call::new(livekit, rpc, request)
    }

    /// The items of a repeated field.
    pub fn collect<T>(items: impl IntoIterator<Item = impl Into<T>>) -> Vec<T> {
        items.into_iter().map(Into::into).collect()
    }

    /// The entries of a map field.
    pub fn collect_map<K: Eq + Hash, V>(
        entries: impl IntoIterator<Item = (impl Into<K>, impl Into<V>)>,
    ) -> HashMap<K, V> {
        entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
    }
}

#[cfg(feature = "client")]
pub use client::{call, collect, collect_map};

/// What `#[derive(Grant)]` is made of.
pub mod grant {
    pub use serde::de::{Deserialize, Deserializer, MapAccess};
    pub use serde::ser::{Serialize, SerializeMap, Serializer};

    pub use crate::auth::grant::*;
}
