//! Lists the schema's files, so that adding one needs no code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut names = Vec::new();
    walk(&root, &root, &mut names)?;
    names.sort();

    let mut code = String::from(
        "/// Every file: its name as the others import it, and its text.\n\
         pub fn files() -> &'static [(&'static str, &'static str)] {\n    &[\n",
    );
    for name in names {
        println!("cargo:rerun-if-changed={name}");
        let path = root.join(&name);
        let _ = writeln!(code, "        ({name:?}, include_str!({path:?})),");
    }
    code.push_str("    ]\n}\n");
    fs::write(out.join("files.rs"), code)
}

fn walk(root: &Path, dir: &Path, names: &mut Vec<String>) -> io::Result<()> {
    // A new file changes its folder.
    println!("cargo:rerun-if-changed={}", dir.display());
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            names.push(path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
