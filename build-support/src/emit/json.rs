//! Protobuf JSON for the messages, with pbjson. Fields and enum values that this schema does not know
//! are tolerated: a server may be newer than its client.

use std::collections::BTreeSet;

use prost_types::FileDescriptorSet;

use crate::emit::messages::WELL_KNOWN_TYPES;
use crate::{Error, GeneratedFile};

pub(crate) fn emit(descriptors: &FileDescriptorSet) -> Result<Vec<GeneratedFile>, Error> {
    let mut builder = pbjson_build::Builder::new();
    builder.ignore_unknown_fields();
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
        text: with_own_values(&String::from_utf8_lossy(&text)),
    };
    let files: Vec<_> = packages.into_iter().map(file).collect();
    match files.iter().any(|file| file.text.contains(" as i32")) {
        false => Ok(files),
        true => {
            Err(Error::new(None, "pbjson reads an enum in a way that is not known", "adapt emit/json.rs"))
        }
    }
}

/// Reads and writes enum fields through the runtime's `EnumValue`, and reads numbers through its `Number`.
///
/// pbjson offers two ways for an enum value it does not know: lose the whole message, or take it for the
/// first value of the enum, which in a list makes up an entry that nobody sent. Its numbers are buffered
/// before they are read, which costs more than all the rest of a message.
fn with_own_values(text: &str) -> String {
    let text = text.replace("::pbjson::private::NumberDeserialize<", "crate::json::Number<");
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(&with_enum_value(line));
        out.push('\n');
    }
    out
}

fn with_enum_value(line: &str) -> String {
    const VALUE: &str = "crate::json::EnumValue";
    let rewrite = |(before, rest): (&str, &str), (close, after): (&str, &str), open: &str, then: &str| {
        let (ty, rest) = rest.split_once(close)?;
        let rest = rest.strip_prefix(after)?;
        let rest = rest.replace("x as i32", "x");
        Some(format!("{before}{open}{VALUE}<{ty}>{close}{then}{rest}"))
    };
    const NEXT: &str = "map_.next_value::<";
    let reads = line.contains(" as i32").then(|| line.split_once(NEXT)).flatten();
    let number = format!("{VALUE}::number");
    let rewritten = reads.and_then(|(before, rest)| {
        if let Some(ty) = rest.strip_prefix("Vec<") {
            let then = format!(".into_iter().filter_map({number})");
            let (open, close) = (format!("{NEXT}Vec<"), (">>()?", ".into_iter().map(|x| x as i32)"));
            return rewrite((before, ty), close, &open, &then);
        }
        if let Some(ty) = rest.strip_prefix("::std::option::Option<") {
            let open = format!("{NEXT}::std::option::Option<");
            return rewrite((before, ty), (">>()?", ""), &open, &format!(".and_then({number})"));
        }
        rewrite((before, rest), (">()?", " as i32"), NEXT, ".number().unwrap_or_default()")
    });
    let writes = line.split_once("::try_from(").filter(|_| line.trim_end().ends_with(')')).and_then(
        |(before, rest)| {
            let (indent, ty) = before.rsplit_once(' ').filter(|(_, ty)| *ty != "i32")?;
            Some(format!("{indent} {VALUE}::<{ty}>::try_from({rest}"))
        },
    );
    rewritten.or(writes).unwrap_or_else(|| line.to_owned())
}
