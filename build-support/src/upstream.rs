//! Which upstream the schema matches: `UPSTREAM.toml`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use prost_reflect::ServiceDescriptor;

use crate::error::Error;
use crate::print::print;
use crate::prune::{Reachable, is_kept, is_twirp};
use crate::schema::{Schema, Source, read_dir};

/// The file that keeps the record, beside the schema.
pub const FILE: &str = "UPSTREAM.toml";

/// The record of the upstream version that a schema was taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// Version of the published crate that carried it.
    pub crate_version: String,
    /// Version of the protocol itself.
    pub protocol_version: String,
    /// Hash of the facts, without documentation and annotations.
    pub facts: String,
}

impl Upstream {
    /// Reads what can be known of a folder of upstream's `.proto` files: its facts, and the versions
    /// that are written beside it (`package.json` of the protocol, `Cargo.toml` of the crate).
    pub fn of(dir: &Path, upstream: &Schema) -> Self {
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        let manifest = read(dir.join("../../Cargo.toml"));
        let is_published = quoted(&manifest, "name =") == "livekit-protocol";
        Self {
            crate_version: quoted(if is_published { &manifest } else { "" }, "version ="),
            protocol_version: quoted(&read(dir.join("../package.json")), "\"version\":"),
            facts: facts(upstream),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, &error))?;
        Ok(Self {
            crate_version: quoted(&text, "crate_version ="),
            protocol_version: quoted(&text, "protocol_version ="),
            facts: quoted(&text, "facts ="),
        })
    }

    /// The version of the protocol, and that of the crate that carried it, if one did.
    pub fn name(&self) -> String {
        match (self.protocol_version.as_str(), self.crate_version.as_str()) {
            ("", "") => "of unknown version".to_owned(),
            (protocol, "") => protocol.to_owned(),
            (protocol, version) => format!("{protocol} (livekit-protocol {version})"),
        }
    }

    /// The record as text.
    pub fn text(&self) -> String {
        let mut out = String::from(
            "# The upstream protocol that these files match. Written by `livekit-proto sync`.\n",
        );
        let _ = writeln!(out, "# Version of the published crate livekit-protocol that carried it.");
        let _ = writeln!(out, "crate_version = {:?}", self.crate_version);
        let _ = writeln!(out, "# Version of the protocol itself.");
        let _ = writeln!(out, "protocol_version = {:?}", self.protocol_version);
        let _ = writeln!(out, "# Hash (FNV-1a, 64 bit) of the facts, without documentation and annotations.");
        let _ = writeln!(out, "facts = {:?}", self.facts);
        out
    }
}

/// The folder with upstream's `.proto` files: `dir` itself, or where a checkout (`protobufs/`) and the
/// published crate (`protocol/protobufs/`) have it below `dir`.
///
/// # Errors
/// There are no `.proto` files in any of these.
pub fn protobufs(dir: &Path) -> Result<PathBuf, Error> {
    let holds_protos = |dir: &PathBuf| {
        let entries = std::fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok);
        let mut paths = entries.map(|entry| entry.path());
        paths.any(|path| path.extension().is_some_and(|extension| extension == "proto"))
    };
    let places = [dir.to_owned(), dir.join("protobufs"), dir.join("protocol/protobufs")];
    places.into_iter().find(holds_protos).ok_or_else(|| {
        let what = format!("{}: there are no .proto files here, nor in protobufs/ below", dir.display());
        Error::new(None, what, "name the folder `protobufs` of a checkout of livekit/protocol")
    })
}

/// Reads upstream's files, and with them those of `own` that declare our annotations (`sdk/`).
///
/// # Errors
/// The folder cannot be read, a file does not parse, or this is another project's protocol.
pub fn load(dir: &Path, own: &[Source]) -> Result<Schema, Error> {
    let is_own = |(name, _): &&Source| name.starts_with("sdk/");
    let mut sources = read_dir(dir)?;
    sources.retain(|source| !is_own(&source));
    sources.extend(own.iter().filter(is_own).cloned());
    let upstream = Schema::parse(&sources)?;
    let is_theirs = |service: &ServiceDescriptor| is_twirp(service) && service.package_name() == "livekit";
    if !upstream.files().any(|file| file.services().any(|service| is_theirs(&service))) {
        let what = format!(
            "{}: this is not LiveKit's protocol: no file in it declares a service of the package `livekit`",
            dir.display()
        );
        return Err(Error::new(None, what, "name the folder `protobufs` of a checkout of livekit/protocol"));
    }
    Ok(upstream)
}

/// Hash of a schema's facts: of its canonical text without documentation and annotations.
pub fn facts(schema: &Schema) -> String {
    let bare = schema.facts();
    let reachable = Reachable::everything(&bare);
    let files = bare.files().filter(|file| is_kept(file, &reachable) && !file.name().starts_with("sdk/"));
    // FNV-1a: the record tells a change, it does not defend against one.
    let hash = files
        .flat_map(|file| print(&bare, &file, &reachable).into_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}

/// The first quoted text after `key`.
fn quoted(text: &str, key: &str) -> String {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(key));
    value.and_then(|value| value.split('"').nth(1)).unwrap_or_default().to_owned()
}
