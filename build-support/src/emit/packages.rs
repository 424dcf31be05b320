//! The index of the generated messages: a module for each package, and what is included in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::GeneratedFile;

/// The package whose messages stand at the top; the others are modules below it.
const ROOT: &str = "livekit";

/// Its name.
pub(crate) const FILE: &str = "packages.rs";

#[derive(Default)]
struct Module<'a> {
    package: String,
    files: Vec<&'a str>,
    modules: BTreeMap<&'a str, Module<'a>>,
}

/// Lists files called by their package.
pub(crate) fn emit(files: &[GeneratedFile]) -> GeneratedFile {
    let mut root = Module { package: ROOT.to_owned(), ..Module::default() };
    for file in files {
        let package = file.name.strip_suffix(".rs").unwrap_or(&file.name);
        let Some(below) = package.strip_prefix(ROOT) else { continue };
        let mut module = &mut root;
        for part in below.split('.').filter(|part| !part.is_empty()) {
            let package = format!("{}.{part}", module.package);
            module = module.modules.entry(part).or_default();
            module.package = package;
        }
        module.files.push(&file.name);
    }
    let mut text = String::new();
    write(&mut text, &root, 0);
    GeneratedFile { name: FILE.to_owned(), text }
}

fn write(out: &mut String, module: &Module<'_>, indent: usize) {
    for name in &module.files {
        let _ = writeln!(out, "{:indent$}include!(concat!(env!(\"OUT_DIR\"), \"/{name}\"));", "");
    }
    for (name, inner) in &module.modules {
        let _ = writeln!(out, "\n{:indent$}/// Messages of the package `{}`.", "", inner.package);
        let _ = writeln!(out, "{:indent$}pub mod {name} {{", "");
        write(out, inner, indent + 4);
        let _ = writeln!(out, "{:indent$}}}", "");
    }
}
