//! Protobuf JSON for the messages, with pbjson. Fields and enum values that this schema does not know
//! are tolerated: a server may be newer than its client.

use std::collections::BTreeSet;

use prost_types::FileDescriptorSet;

use crate::emit::messages::WELL_KNOWN_TYPES;
use crate::{Error, GeneratedFile};

pub(crate) fn emit(descriptors: &FileDescriptorSet) -> Result<Vec<GeneratedFile>, Error> {
    let mut builder = pbjson_build::Builder::new();
    builder.ignore_unknown_fields().ignore_unknown_enum_variants();
    builder.extern_path(WELL_KNOWN_TYPES.0, WELL_KNOWN_TYPES.1);
    for file in &descriptors.file {
        builder.register_file_descriptor(file.clone());
    }
    let packages: BTreeSet<_> = descriptors.file.iter().map(|file| format!(".{}", file.package())).collect();
    let own: Vec<_> = packages.iter().filter(|package| *package != WELL_KNOWN_TYPES.0).collect();
    let packages = builder.generate(&own, |_| Ok(Vec::new()));
    let packages =
        packages.map_err(|error| Error::new(None, error, "report this: pbjson refuses the schema"))?;
    let file = |(package, text): (_, Vec<u8>)| GeneratedFile {
        name: format!("{package}.serde.rs"),
        text: String::from_utf8_lossy(&text).into_owned(),
    };
    Ok(packages.into_iter().map(file).collect())
}
