//! Upstream's `.proto` files, from wherever they are published.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::{env, fmt, fs, process};

use crate::error::Error;
use crate::upstream::protobufs;

/// The published crate that carries the protocol.
const CRATE: &str = "livekit-protocol";

/// The project that the protocol is developed in.
const REPOSITORY: &str = "https://github.com/livekit/protocol";

/// Where upstream's files come from, as it is written on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A folder: that with the files, or a checkout or published crate around it.
    Dir(PathBuf),
    /// The published crate `livekit-protocol`, of this version or the newest one.
    Crate(Option<String>),
    /// The repository of the protocol, at this tag or as it is developed.
    Git(Option<String>),
}

impl FromStr for From {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (word, rest) = text.split_once(':').map_or((text, None), |(word, rest)| (word, Some(rest)));
        let is_plain = |name: &str| {
            !name.starts_with('-') && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+/".contains(c))
        };
        match (word, rest) {
            ("crate" | "git", Some(name)) if name.is_empty() || !is_plain(name) => {
                let what = format!("`{text}` does not name a version");
                Err(Error::new(None, what, "write `crate:0.8.2`, `git:v1.52.1`, or leave out the version"))
            }
            ("crate", version) => Ok(Self::Crate(version.map(str::to_owned))),
            ("git", tag) => Ok(Self::Git(tag.map(str::to_owned))),
            _ => Ok(Self::Dir(PathBuf::from(text))),
        }
    }
}

impl fmt::Display for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dir(dir) => write!(f, "{}", dir.display()),
            Self::Crate(None) => write!(f, "the newest {CRATE}"),
            Self::Crate(Some(version)) => write!(f, "{CRATE} {version}"),
            Self::Git(None) => write!(f, "{REPOSITORY}"),
            Self::Git(Some(tag)) => write!(f, "{REPOSITORY} at {tag}"),
        }
    }
}

/// Upstream's files on this machine, for as long as this lives.
#[derive(Debug)]
pub struct Fetched {
    dir: PathBuf,
    _clone: Option<Scratch>,
}

impl Fetched {
    /// The folder with the files.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl From {
    /// Makes the files available. Crates are fetched by cargo, repositories by git, as these are set up.
    ///
    /// # Errors
    /// There are none, or cargo or git cannot get them.
    pub fn fetch(&self) -> Result<Fetched, Error> {
        match self {
            Self::Dir(dir) => Ok(Fetched { dir: protobufs(dir)?, _clone: None }),
            Self::Crate(version) => {
                let dir = protobufs(&published(version.as_deref())?)?;
                Ok(Fetched { dir, _clone: None })
            }
            Self::Git(tag) => {
                let clone = Scratch::new()?;
                let mut git = Command::new("git");
                git.args(["clone", "--quiet", "--depth", "1"]);
                git.args(tag.iter().flat_map(|tag| ["--branch", tag.as_str()]));
                run(git.arg(REPOSITORY).arg(&clone.0), "check the tag, and that git reaches the repository")?;
                Ok(Fetched { dir: protobufs(&clone.0)?, _clone: Some(clone) })
            }
        }
    }
}

/// The folder of the published crate: cargo is asked for the dependencies of a package that needs it.
fn published(version: Option<&str>) -> Result<PathBuf, Error> {
    let scratch = Scratch::new()?;
    let requirement = version.map_or("*".to_owned(), |version| format!("={version}"));
    let manifest = scratch.0.join("Cargo.toml");
    let text = format!(
        "[package]\nname = \"asks-for-the-protocol\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
         [lib]\npath = \"lib.rs\"\n\n[dependencies]\n{CRATE} = \"{requirement}\"\n\n[workspace]\n"
    );
    write(&manifest, &text)?;
    write(&scratch.0.join("lib.rs"), "")?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = Command::new(cargo);
    metadata.args(["metadata", "--quiet", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    // What other platforms need is not needed here.
    if let Some(host) = host() {
        metadata.args(["--filter-platform", &host]);
    }
    let output = run(&mut metadata, "check the version, and that cargo reaches its registry")?;
    let found = manifests(&output).find(|path| is_published(path));
    found.and_then(|path| path.parent().map(Path::to_owned)).ok_or_else(|| {
        let what = format!("cargo metadata does not tell where {CRATE} is");
        Error::new(None, what, "name the folder of the crate with `--from DIR`")
    })
}

/// The manifests that `cargo metadata` lists: the one thing that is needed of its JSON.
fn manifests(json: &str) -> impl Iterator<Item = PathBuf> + '_ {
    let values = json.split("\"manifest_path\":\"").skip(1);
    values.filter_map(|rest| rest.split('"').next()).map(|path| PathBuf::from(path.replace("\\\\", "\\")))
}

/// `…/livekit-protocol-0.8.2/Cargo.toml`
fn is_published(manifest: &Path) -> bool {
    let folder = manifest.parent().and_then(Path::file_name).map(OsStr::to_string_lossy).unwrap_or_default();
    let version = folder.strip_prefix(CRATE).and_then(|rest| rest.strip_prefix('-'));
    version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

fn host() -> Option<String> {
    let output = Command::new("rustc").arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

/// Runs a program, and answers what it prints.
fn run(command: &mut Command, mend: &str) -> Result<String, Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        Error::new(None, format!("{name} cannot be run: {error}"), "install it, or use `--from DIR`")
    })?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(Error::new(None, format!("{name} failed: {complaint}"), mend))
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|error| Error::io(path, &error))
}

/// A new folder, which is removed in the end.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Error> {
        let dir = (0..u32::MAX)
            .map(|number| env::temp_dir().join(format!("livekit-proto-{}-{number}", process::id())));
        for dir in dir {
            match fs::create_dir(&dir) {
                Ok(()) => return Ok(Self(dir)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io(&dir, &error)),
            }
        }
        Err(Error::new(None, "there is no name left for a folder", "empty the folder for temporary files"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind is in the folder for what may be left behind.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    #[test]
    fn sources_are_read() {
        let read = |text: &str| text.parse::<From>().ok();
        assert_eq!(read("crate"), Some(From::Crate(None)));
        assert_eq!(read("crate:0.8.2"), Some(From::Crate(Some("0.8.2".to_owned()))));
        assert_eq!(read("git:v1.52.1"), Some(From::Git(Some("v1.52.1".to_owned()))));
        assert_eq!(read("../protocol"), Some(From::Dir("../protocol".into())));
        assert_eq!(read("crate:"), None);
        assert_eq!(read("git:--upload-pack=x"), None);
        assert_eq!(read("crate:1\"\ninjected"), None);
    }

    #[test]
    fn the_crate_is_found_in_what_cargo_tells() {
        let json = r#"{"manifest_path":"/a/livekit-protocol-derive-1/Cargo.toml"},{"x":1,"manifest_path":"C:\\b\\livekit-protocol-0.8.2\\Cargo.toml"},{"manifest_path":"/a/livekit-protocol-0.8.2/Cargo.toml"}"#;
        let found: Vec<_> = manifests(json).filter(|path| is_published(path)).collect();
        assert_eq!(found.last().unwrap(), Path::new("/a/livekit-protocol-0.8.2/Cargo.toml"));
        assert!(!is_published(Path::new("/a/livekit-protocol-derive-1/Cargo.toml")));
    }
}
