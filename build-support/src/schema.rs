//! `.proto` files in, descriptors out: what the schema says, its documentation and where it says it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use miette::Diagnostic as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor,
    OneofDescriptor, Value,
};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

use crate::error::Error;

/// The package of this project's own annotations.
pub const ANNOTATIONS: &str = "livekit.sdk";

/// One file of a schema: its name as other files import it, and its text.
pub type Source = (String, String);

/// A parsed schema.
///
/// The descriptors hold the *facts* (names, numbers, types). Documentation and annotations are kept
/// beside them, by full name, so that one schema's facts can carry another's documentation:
/// see [`merge`](crate::merge::merge).
#[derive(Clone, Debug)]
pub struct Schema {
    pool: DescriptorPool,
    files: BTreeSet<String>,
    places: BTreeMap<String, Place>,
    pub(crate) docs: BTreeMap<String, String>,
    pub(crate) annotations: BTreeMap<String, Annotations>,
}

/// The annotations of one element: option name (`access`) to value.
pub type Annotations = BTreeMap<String, Value>;

/// A file and a line in it, from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the schema's folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Schema {
    /// Reads every `.proto` file below `dir` that a LiveKit client can reach: those at the top, the
    /// participant RPC in `roomrpc/`, our own in `sdk/`, and whatever they import.
    ///
    /// # Errors
    /// The folder cannot be read, or a file does not parse.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        Self::parse(&read_dir(dir)?)
    }

    /// Parses files that are already in memory.
    ///
    /// # Errors
    /// A file does not parse, or imports one that is not there.
    pub fn parse(sources: &[Source]) -> Result<Self, Error> {
        let mut resolver = ChainFileResolver::new();
        resolver.add(InMemory(sources.iter().cloned().collect()));
        resolver.add(GoogleFileResolver::new());
        let mut compiler = protox::Compiler::with_file_resolver(resolver);
        compiler.include_imports(true).include_source_info(true);
        let mut roots: Vec<_> = sources.iter().map(|(name, _)| name).filter(|name| is_root(name)).collect();
        roots.sort();
        for name in roots {
            compiler.open_file(name).map_err(|error| parse_error(&error))?;
        }
        Ok(Self::read(compiler.descriptor_pool()))
    }

    pub(crate) fn read(pool: DescriptorPool) -> Self {
        let mut schema = Self {
            files: BTreeSet::new(),
            places: BTreeMap::new(),
            docs: BTreeMap::new(),
            annotations: BTreeMap::new(),
            pool: pool.clone(),
        };
        for file in pool.files().filter(|file| !is_well_known(file.name())) {
            schema.files.insert(file.name().to_owned());
            schema.read_file(&file);
        }
        schema
    }

    fn read_file(&mut self, file: &FileDescriptor) {
        let locations = locations(file);
        let mut note = |path: &[i32], name: &str, options: Option<DynamicMessage>| {
            if let Some((line, comment)) = locations.get(path) {
                self.places.insert(name.to_owned(), Place { file: file.name().to_owned(), line: *line });
                if !comment.is_empty() {
                    self.docs.insert(name.to_owned(), comment.clone());
                }
            }
            let annotations = options.map(|options| own_options(&options)).unwrap_or_default();
            if !annotations.is_empty() {
                self.annotations.insert(name.to_owned(), annotations);
            }
        };
        // The comment above `syntax` (field 12 of a file) documents the file itself.
        note(&[12], file.name(), None);
        for extension in extensions(file) {
            note(extension.path(), extension.full_name(), Some(extension.options()));
        }
        for service in file.services() {
            note(service.path(), service.full_name(), Some(service.options()));
            for method in service.methods() {
                note(method.path(), method.full_name(), Some(method.options()));
            }
        }
        for message in all_messages(file.messages()) {
            note(message.path(), message.full_name(), Some(message.options()));
            for field in message.fields() {
                note(field.path(), field.full_name(), Some(field.options()));
            }
            for oneof in message.oneofs() {
                note(oneof.path(), oneof.full_name(), Some(oneof.options()));
            }
        }
        let nested = all_messages(file.messages())
            .into_iter()
            .flat_map(|message| message.child_enums().collect::<Vec<_>>());
        for item in file.enums().chain(nested) {
            note(item.path(), item.full_name(), Some(item.options()));
            for value in item.values() {
                // Enum values live in the scope that encloses the enum; their key names the enum too.
                note(value.path(), &value_key(&value), Some(value.options()));
            }
        }
    }

    /// The same facts without documentation and annotations.
    pub fn facts(&self) -> Self {
        Self { docs: BTreeMap::new(), annotations: BTreeMap::new(), ..self.clone() }
    }

    /// The descriptors of every file, imports included.
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// The files of this schema, without those of the well-known types.
    pub fn files(&self) -> impl Iterator<Item = FileDescriptor> + '_ {
        self.files.iter().filter_map(|name| self.pool.get_file_by_name(name))
    }

    /// The documentation of an element, by its full name (a file: by its name).
    pub fn docs(&self, full_name: &str) -> Option<&str> {
        self.docs.get(full_name).map(String::as_str)
    }

    /// One of this project's annotations on an element, such as `access` on a method.
    pub fn annotation(&self, full_name: &str, option: &str) -> Option<&Value> {
        self.annotations.get(full_name)?.get(option)
    }

    /// Where an element is declared.
    pub fn place(&self, full_name: &str) -> Option<&Place> {
        self.places.get(full_name)
    }
}

/// The key under which an enum value's documentation is kept: `livekit.EgressStatus/EGRESS_ACTIVE`.
pub fn value_key(value: &prost_reflect::EnumValueDescriptor) -> String {
    format!("{}/{}", value.parent_enum().full_name(), value.name())
}

/// The given messages and all messages nested in them, map entries left out.
pub fn all_messages(messages: impl Iterator<Item = MessageDescriptor>) -> Vec<MessageDescriptor> {
    let mut all = Vec::new();
    for message in messages.filter(|message| !message.is_map_entry()) {
        all.push(message.clone());
        all.extend(all_messages(message.child_messages()));
    }
    all
}

/// The options that a file declares, by itself or inside a message.
pub(crate) fn extensions(file: &FileDescriptor) -> Vec<ExtensionDescriptor> {
    let messages = all_messages(file.messages());
    file.extensions().chain(messages.iter().flat_map(MessageDescriptor::child_extensions)).collect()
}

/// The oneofs of a message as they are written; what stands behind an `optional` field is none.
pub fn oneofs(message: &MessageDescriptor) -> impl Iterator<Item = OneofDescriptor> {
    message.oneofs().filter(|oneof| !oneof.is_synthetic())
}

/// The oneof that a field is a member of.
pub fn oneof_of(field: &FieldDescriptor) -> Option<OneofDescriptor> {
    field.containing_oneof().filter(|oneof| !oneof.is_synthetic())
}

/// Files a schema is entered by; others come in as imports.
fn is_root(name: &str) -> bool {
    !name.contains('/') || name.starts_with("roomrpc/") || name.starts_with("sdk/")
}

/// The package of the well-known types.
pub(crate) const WELL_KNOWN: &str = "google.protobuf";

/// Whether a file is one of those that come with every protobuf compiler.
pub(crate) fn is_well_known(name: &str) -> bool {
    name.starts_with("google/protobuf/")
}

/// Every `.proto` file below `dir`, by its name relative to it.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn read_dir(dir: &Path) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    read_protos(dir, dir, &mut sources)?;
    sources.sort();
    Ok(sources)
}

fn read_protos(root: &Path, dir: &Path, sources: &mut Vec<Source>) -> Result<(), Error> {
    let entries = std::fs::read_dir(dir).map_err(|error| Error::io(dir, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| Error::io(dir, &error))?.path();
        if path.is_dir() {
            read_protos(root, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            let text = std::fs::read_to_string(&path).map_err(|error| Error::io(&path, &error))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            sources.push((name, text));
        }
    }
    Ok(())
}

/// Line and comment of every element, by descriptor path.
fn locations(file: &FileDescriptor) -> BTreeMap<Vec<i32>, (usize, String)> {
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let locations = info.into_iter().flat_map(|info| &info.location);
    locations
        .map(|location| {
            let line = location.span.first().map_or(0, |line| usize::try_from(*line).unwrap_or(0)) + 1;
            // Upstream documents some fields behind them, and some in both places.
            let comments = [location.leading_comments(), location.trailing_comments()].map(tidy);
            let comments = comments.into_iter().filter(|comment| !comment.is_empty());
            (location.path.clone(), (line, comments.collect::<Vec<_>>().join("\n\n")))
        })
        .collect()
}

/// A comment without the blank that follows `//` and without trailing white space.
fn tidy(comment: &str) -> String {
    // A carriage return does not end a line comment, and is not wanted in documentation.
    let comment = comment.replace("\r\n", "\n").replace('\r', "\n");
    let lines = comment.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

fn own_options(options: &DynamicMessage) -> Annotations {
    options
        .extensions()
        .filter(|(extension, _)| extension.package_name() == ANNOTATIONS)
        .map(|(extension, value)| (extension.name().to_owned(), value.clone()))
        .collect()
}

struct InMemory(BTreeMap<String, String>);

impl FileResolver for InMemory {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.get(name) {
            // An editor's byte order mark is no part of the text.
            Some(text) => File::from_source(name, text.strip_prefix('\u{feff}').unwrap_or(text)),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// Turns the parser's diagnostic into file:line, what, how to mend.
fn parse_error(error: &protox::Error) -> Error {
    let label = error.labels().and_then(|mut labels| labels.next());
    let line = label.as_ref().and_then(|label| {
        let context = error.source_code()?.read_span(label.inner(), 0, 0).ok()?;
        Some(context.line() + 1)
    });
    let place = error.file().map(|file| Place { file: file.to_owned(), line: line.unwrap_or(1) });
    Error::new(place, error, mend(error))
}

/// What the parser advises, or else what has to be done about its error.
fn mend(error: &protox::Error) -> String {
    if let Some(help) = error.help() {
        return help.to_string();
    }
    let what = error.to_string();
    let mend = if what.contains("option '(sdk.") {
        "use the fields that sdk/options.proto and sdk/grants.proto declare"
    } else if what.ends_with("but found 'edition'") {
        "use a protocol that is written in proto3: the parser does not support editions yet"
    } else if what.starts_with("camel-case name of field") {
        "rename one of them in a copy of the protocol: the parser is stricter here than protoc"
    } else if error.is_file_not_found() {
        "add the file, or correct the import"
    } else {
        "correct this line"
    };
    mend.to_owned()
}
