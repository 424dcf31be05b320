//! The grant structs of a token. They travel as JSON claims only, never as protobuf, so they are plain
//! structs: prost's getters for optional flags would take the names of the setters.

use std::fmt::Write as _;

use crate::model::{GrantStruct, Model};
use crate::schema::Schema;

pub(crate) fn emit(schema: &Schema, model: &Model) -> String {
    let mut out = String::new();
    for grant in &model.grants {
        emit_struct(&mut out, schema, grant);
    }
    out
}

fn emit_struct(out: &mut String, schema: &Schema, grant: &GrantStruct) {
    super::docs(out, 0, schema.docs(&grant.full_name).unwrap_or_default());
    let _ = writeln!(out, "#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]");
    let _ = writeln!(out, "pub struct {} {{", grant.rust_name);
    for field in &grant.fields {
        super::docs(out, 4, schema.docs(&field.full_name).unwrap_or_default());
        let _ = writeln!(out, "    #[grant(key = {:?})]", field.key);
        let _ = writeln!(out, "    pub {}: {},", field.rust_name, field.rust_type);
    }
    out.push_str("}\n\n");
}
