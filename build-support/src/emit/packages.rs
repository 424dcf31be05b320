//! The index of the generated messages: a module for each package, and what is included in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::GeneratedFile;

/// The package that the runtime shows without its name.
const MAIN: &str = "livekit";

/// The file of messages without a package.
pub(crate) const NAMELESS: &str = "_";

#[derive(Default)]
struct Module<'a> {
    package: String,
    files: Vec<&'a str>,
    modules: BTreeMap<&'a str, Module<'a>>,
}

/// The name of the file of a package, which must not be that of another generated file (`json.rs`).
pub(crate) fn file_name(prost: &str) -> String {
    format!("package.{prost}")
}

fn package_of(file: &str) -> &str {
    file.strip_prefix("package.").and_then(|name| name.strip_suffix(".rs")).unwrap_or(file)
}

/// Lists files called by their package.
pub(crate) fn emit(files: &[GeneratedFile]) -> GeneratedFile {
    let mut root = Module::default();
    for file in files {
        let package = package_of(&file.name);
        let mut module = &mut root;
        for part in package.split('.').filter(|part| *part != NAMELESS) {
            let separator = if module.package.is_empty() { "" } else { "." };
            let package = format!("{}{separator}{part}", module.package);
            module = module.modules.entry(part).or_default();
            module.package = package;
        }
        module.files.push(&file.name);
    }
    let mut text = String::new();
    write(&mut text, &root, 0);
    GeneratedFile { name: "packages.rs".to_owned(), text }
}

fn write(out: &mut String, module: &Module<'_>, indent: usize) {
    for name in &module.files {
        let _ = writeln!(out, "{:indent$}include!(concat!(env!(\"OUT_DIR\"), \"/{name}\"));", "");
    }
    for (name, inner) in &module.modules {
        let is_main = inner.package == MAIN;
        let visibility = if is_main { "pub(super)" } else { "pub" };
        let _ = writeln!(out, "\n{:indent$}/// Messages of the package `{}`.", "", inner.package);
        let _ = writeln!(out, "{:indent$}{visibility} mod {name} {{", "");
        if is_main {
            let _ = writeln!(out, "{:1$}pub use crate::proto::unqualified::*;", "", indent + 4);
        }
        write(out, inner, indent + 4);
        let _ = writeln!(out, "{:indent$}}}", "");
    }
}
