//! Protobuf JSON of the generated messages, through serde.
//!
//! The generated code lists facts: `message!` the fields of a message with their names, `enumeration!` the
//! enums. All that is done with them is here, so that a field costs one line of generated code.
//!
//! Messages are read where they are, field by field, and are not moved from layer to layer. Tolerated is
//! what protobuf JSON demands, and what a server that is newer than this version may send: fields and enum
//! values that are not known read as if they were absent.

mod bytes;
mod enumeration;
mod field;
mod map;
mod message;
mod number;
mod text;
mod value;

pub(crate) use enumeration::{Enumeration, deserialize as deserialize_enum, enumeration};
pub(crate) use field::{read, read_member, write, write_member};
pub(crate) use message::{
    FieldName, Message, deserialize, message, read_field, read_message, serialize, write_field,
};
#[cfg(feature = "webhooks")]
pub(crate) use text::read_text;
pub(crate) use text::{Reader, from_str};
pub(crate) use value::{Enum, Plain, Value};

#[cfg(all(test, feature = "webhooks"))]
mod tests;
