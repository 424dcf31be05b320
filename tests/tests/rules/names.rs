//! The API is generated: hand-written code names no service, RPC or request message of LiveKit. The
//! names are taken from the schema and from what is generated.

use std::collections::BTreeSet;

use livekit_build_support::prune::{is_participant_rpc, is_twirp};
use livekit_build_support::schema::Schema;
use livekit_build_support::{Generated, Inputs, generate};
use syn::{FnArg, Item, TraitItem, Type};

use crate::sources::SourceFile;
use crate::tokens::{Kind, Token, code};

/// Hand-written code that is published. What tests, examples and the in-memory server are about is the API.
pub(crate) fn is_checked(file: &SourceFile) -> bool {
    let folders = ["tests", "examples", "benches", "testing"];
    file.is_rust() && !folders.iter().any(|folder| file.is_below(folder))
}

/// What LiveKit's API is called.
#[derive(Default)]
pub(crate) struct Names {
    /// Services, methods and requests, as they are called on the wire and in Rust: `CreateRoom`.
    idents: BTreeSet<String>,
    /// Requests that are nested in a message, by module and name: `create::Request`.
    nested: BTreeSet<(String, String)>,
    /// Methods of a client: `create_room`.
    calls: BTreeSet<String>,
    /// Services and requests in full: `livekit.RoomService`.
    full: BTreeSet<String>,
}

impl Names {
    pub(crate) fn of_schema() -> Self {
        let files = livekit_sdk_proto::files().iter();
        let sources: Vec<_> = files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let schema = Schema::parse(&sources).unwrap_or_else(|error| panic!("{error}"));
        let inputs = Inputs { sources, ..Inputs::default() };
        let generated = generate(&inputs).unwrap_or_else(|error| panic!("{error}"));
        let mut names = Self::default();
        names.read_schema(&schema);
        names.read_generated(&generated);
        names
    }

    fn read_schema(&mut self, schema: &Schema) {
        let services = schema.files().flat_map(|file| file.services().collect::<Vec<_>>());
        for service in services.filter(|service| is_twirp(service) || is_participant_rpc(service)) {
            self.idents.insert(service.name().to_owned());
            self.full.insert(service.full_name().to_owned());
            for method in service.methods() {
                self.idents.insert(method.name().to_owned());
                let input = method.input();
                if input.package_name() == "google.protobuf" {
                    continue;
                }
                self.full.insert(input.full_name().to_owned());
                if input.parent_message().is_none() {
                    self.idents.insert(input.name().to_owned());
                }
            }
        }
    }

    fn read_generated(&mut self, generated: &Generated) {
        for file in generated.files.iter().filter(|file| file.name.starts_with("service.")) {
            let parsed = syn::parse_file(&file.text).expect("generated code is Rust");
            for item in &parsed.items {
                let Item::Trait(service) = item else { continue };
                let name = service.ident.to_string();
                self.idents.extend([format!("{name}Client"), format!("{name}Server"), name]);
                for method in &service.items {
                    let TraitItem::Fn(method) = method else { continue };
                    self.calls.insert(method.sig.ident.to_string());
                    if let Some(FnArg::Typed(request)) = method.sig.inputs.first() {
                        self.read_request(&request.ty);
                    }
                }
            }
        }
    }

    /// `crate::proto::CreateRoomRequest`, or `crate::proto::simulation_run::create::Request`.
    fn read_request(&mut self, ty: &Type) {
        let Type::Path(path) = ty else { return };
        let segments: Vec<_> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match &segments[..] {
            [.., proto, name] if proto == "proto" => drop(self.idents.insert(name.clone())),
            [first, .., module, name] if first == "crate" => {
                self.nested.insert((module.clone(), name.clone()));
            }
            // A well-known type, which is not LiveKit's.
            _ => {}
        }
    }

    /// How many names there are, which tells that they were found.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.idents.len(), self.calls.len())
    }

    /// The lines of a file that name the API, and how.
    pub(crate) fn offences(&self, path: &str, text: &str) -> Vec<String> {
        let tokens = code(path, text);
        let mut offences = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            let name = match &token.kind {
                Kind::Ident(_) => self.in_code(&tokens, index),
                Kind::Text(text) => self.in_text(text),
                _ => None,
            };
            offences.extend(name.map(|name| format!("{path}:{}: names `{name}`", token.line)));
        }
        offences
    }

    fn in_code(&self, tokens: &[Token], index: usize) -> Option<String> {
        let before = |distance: usize| index.checked_sub(distance).and_then(|index| tokens.get(index));
        let is_before = |distance: usize, sign: char| before(distance).is_some_and(|token| token.is(sign));
        let ident = tokens.get(index)?.ident()?;
        if self.idents.contains(ident) {
            return Some(ident.to_owned());
        }
        // `self.close()` is a method of that very code, which is not a client.
        let is_own = before(2).and_then(Token::ident) == Some("self");
        let is_call = is_before(1, '.') && tokens.get(index + 1).is_some_and(|token| token.is('('));
        if is_call && !is_own && self.calls.contains(ident) {
            return Some(format!(".{ident}("));
        }
        let module = before(3).and_then(Token::ident).filter(|_| is_before(1, ':') && is_before(2, ':'))?;
        let nested = self.nested.contains(&(module.to_owned(), ident.to_owned()));
        nested.then(|| format!("{module}::{ident}"))
    }

    /// In text, a name of one word, such as `Close`, has to be all of it.
    fn in_text(&self, text: &str) -> Option<String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let full = text.split(|c: char| !is_part(c) && c != '.').find(|part| self.full.contains(*part));
        let compound =
            |word: &str| word.chars().skip(1).any(char::is_uppercase) && word != word.to_uppercase();
        let word = text
            .split(|c: char| !is_part(c))
            .find(|word| self.idents.contains(*word) && (compound(word) || text == *word));
        full.or(word).map(str::to_owned)
    }
}
