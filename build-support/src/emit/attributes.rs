//! Attributes for what prost writes, each on the one type or member that it is meant for.
//!
//! prost has settings for that, but they go by prefix: what is said of a message is said of all that is nested
//! in it. And it compares every setting with every field, which took most of the time.

use std::collections::BTreeMap;

use syn::parse::Parser as _;
use syn::{Attribute, Ident, Item};

use crate::Error;

/// Attributes, by the Rust path of what they go on: `livekit::Room`, `livekit::Room::turn_password`,
/// `livekit::egress_info::Request::Web`.
#[derive(Default)]
pub(crate) struct Attributes(BTreeMap<String, Vec<Attribute>>);

impl Attributes {
    pub(crate) fn add(&mut self, path: String, attribute: &str) -> Result<(), Error> {
        let parsed = Attribute::parse_outer.parse_str(attribute);
        let parsed = parsed.map_err(|error| broken(format_args!("{attribute}: {error}")))?;
        self.0.entry(path).or_default().extend(parsed);
        Ok(())
    }

    /// Puts the attributes whose paths start with `module` into its text, and lays that out.
    pub(crate) fn apply(&mut self, module: &str, text: &str) -> Result<String, Error> {
        let mut file = syn::parse_file(text).map_err(|error| broken(format_args!("{module}: {error}")))?;
        self.visit(module, &mut file.items);
        Ok(prettyplease::unparse(&file))
    }

    fn visit(&mut self, module: &str, items: &mut [Item]) {
        let path = |ident: &Ident| format!("{module}{ident}");
        for item in items {
            match item {
                Item::Mod(inner) => {
                    let module = path(&inner.ident) + "::";
                    self.visit(&module, inner.content.as_mut().map_or(&mut [], |(_, items)| items));
                }
                Item::Struct(message) => {
                    let path = path(&message.ident);
                    self.put(&path, &mut message.attrs);
                    for field in &mut message.fields {
                        let name = field.ident.as_ref().map(Ident::to_string).unwrap_or_default();
                        self.put(&format!("{path}::{name}"), &mut field.attrs);
                    }
                }
                Item::Enum(oneof) => {
                    let path = path(&oneof.ident);
                    self.put(&path, &mut oneof.attrs);
                    for variant in &mut oneof.variants {
                        self.put(&format!("{path}::{}", variant.ident), &mut variant.attrs);
                    }
                }
                _ => {}
            }
        }
    }

    /// Last, so that they come after the derive that knows them.
    fn put(&mut self, path: &str, attributes: &mut Vec<Attribute>) {
        attributes.extend(self.0.remove(path).into_iter().flatten());
    }

    /// Refuses what has found no place: it may be what keeps a credential out of `Debug`.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.0.first_key_value() {
            Some((path, _)) => Err(broken(format_args!("prost has written no {path}"))),
            None => Ok(()),
        }
    }
}

fn broken(what: impl std::fmt::Display) -> Error {
    Error::new(None, what, "report this: the generator and prost disagree")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    const TEXT: &str = "
        /// A job.
        #[derive(Message)]
        pub struct Job { #[prost(string)] pub r#type: String }
        pub mod job {
            pub enum Kind { Type(String), Other(i32) }
            pub struct Job { pub r#type: String }
        }
    ";

    #[test]
    fn attributes_go_where_they_are_meant_for() {
        let mut attributes = Attributes::default();
        for (path, attribute) in [
            ("a::Job", "#[one]"),
            ("a::Job::r#type", "#[two]"),
            ("a::job::Kind", "#[three]"),
            ("a::job::Kind::Type", "#[four]"),
            ("a::job::Kind::Type", "#[five(5)]"),
        ] {
            attributes.add(path.to_owned(), attribute).unwrap();
        }
        let text = attributes.apply("a::", TEXT).unwrap();
        assert_eq!(
            text,
            "/// A job.
#[derive(Message)]
#[one]
pub struct Job {
    #[prost(string)]
    #[two]
    pub r#type: String,
}
pub mod job {
    #[three]
    pub enum Kind {
        #[four]
        #[five(5)]
        Type(String),
        Other(i32),
    }
    pub struct Job {
        pub r#type: String,
    }
}
"
        );
        attributes.finish().unwrap();
    }

    #[test]
    fn what_has_no_place_is_refused() {
        for path in ["Job", "a::job::Type", "a::Job::type", "a::job::Kind::Types"] {
            let mut attributes = Attributes::default();
            attributes.add(path.to_owned(), "#[one]").unwrap();
            attributes.apply("a::", TEXT).unwrap();
            let error = attributes.finish().unwrap_err().to_string();
            assert!(error.starts_with(&format!("prost has written no {path}\n")), "{error}");
        }
        let error = Attributes::default().add("a::Job".to_owned(), "#[one").unwrap_err().to_string();
        assert!(error.starts_with("#[one: "), "{error}");
        let error = Attributes::default().apply("a::", "struct").unwrap_err().to_string();
        assert!(error.starts_with("a::: "), "{error}");
    }
}
