//! What expansions of the macros name. Not public API.

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
