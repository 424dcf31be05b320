//! The messages and enums of the LiveKit protocol, generated from the schema.
//!
//! Every message is a plain struct: build it with a literal and `..Default::default()`. What tokens and
//! webhooks are made of reads and writes protobuf JSON through serde, with feature `json` every message
//! does; fields and enum values that this version does not know are tolerated.
//!
//! The package `livekit` is shown without its name; others are modules here. Google's well-known types are in
//! [`well_known`].
//!
//! `Debug` never prints a credential; [`Redact::secrets`](crate::redact::Redact::secrets) lists which
//! ones a message holds.

// Generated code: upstream documents no field that we do not, and names what it names.
#![allow(
    missing_docs,
    rustdoc::broken_intra_doc_links,
    clippy::all,
    clippy::doc_markdown,
    deprecated,
    unreachable_pub,
    unused_imports,
    unused_qualifications
)]

pub use packages::livekit::*;
pub use packages::*;

/// Google's well-known types.
pub mod well_known {
    pub use pbjson_types::{
        Any, BoolValue, BytesValue, DoubleValue, Duration, Empty, FieldMask, FloatValue, Int32Value,
        Int64Value, ListValue, NullValue, StringValue, Struct, Timestamp, UInt32Value, UInt64Value, Value,
        value,
    };
}

/// The well-known types that are shown beside the messages of the package `livekit`, unless one of those has
/// their name.
mod unqualified {
    pub use pbjson_types::{Any, Duration, Empty, Timestamp};
}

/// Every package is a module, as their messages refer to each other by such paths. Only `livekit` is shown
/// without its name.
mod packages {
    include!(concat!(env!("OUT_DIR"), "/packages.rs"));
    include!(concat!(env!("OUT_DIR"), "/json.rs"));
}
