//! The files of the repository, as a clone holds them.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file; its path is relative to the repository, with `/`.
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }

    /// Whether a folder on the way to the file has this name.
    pub(crate) fn is_below(&self, folder: &str) -> bool {
        self.path.split('/').rev().skip(1).any(|part| part == folder)
    }
}

/// Folders that are never part of a clone, wherever they are.
const SKIPPED: [&str; 3] = [".git", "target", "node_modules"];

/// Every text file that is not ignored.
pub(crate) fn all() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    walk(&root, &root, &[], &mut files);
    assert!(files.iter().any(|file| file.path == "Cargo.toml"), "{} is not the repository", root.display());
    files
}

/// A line of a `.gitignore`: a name, or `*` and how names end; with `/` in front only in its own folder.
#[derive(Clone)]
struct Ignored {
    folder: PathBuf,
    pattern: String,
}

impl Ignored {
    fn matches(&self, folder: &Path, name: &str) -> bool {
        match (self.pattern.strip_prefix('/'), self.pattern.strip_prefix('*')) {
            (Some(own), _) => self.folder == folder && own == name,
            (None, Some(end)) => name.ends_with(end),
            (None, None) => self.pattern == name,
        }
    }
}

fn walk(root: &Path, folder: &Path, ignored: &[Ignored], files: &mut Vec<SourceFile>) {
    let mut ignored = ignored.to_vec();
    ignored.extend(ignore_file(folder));
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder can be listed").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if SKIPPED.contains(&name.as_str()) || ignored.iter().any(|ignored| ignored.matches(folder, &name)) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, &ignored, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(SourceFile { path, text });
        }
    }
}

fn ignore_file(folder: &Path) -> Vec<Ignored> {
    let text = fs::read_to_string(folder.join(".gitignore")).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let patterns = lines.map(|line| {
        let pattern = line.trim_end_matches('/').to_owned();
        let inside = pattern.get(1..).unwrap_or_default();
        assert!(
            !inside.contains(['/', '*', '?', '[']) && !pattern.starts_with('!'),
            "{}: the rules do not understand `{line}`; ignore a name, `/name` or `*.ending`",
            folder.display(),
        );
        Ignored { folder: folder.to_owned(), pattern }
    });
    patterns.collect()
}
