//! Field masks: paths in one text, with names as JSON has them.

use std::fmt;

use pbjson_types::FieldMask;
use serde::de::{Deserializer, Visitor};
use serde::ser::{Error as _, Serializer};

use super::value::{Plain, Value};

impl Value<Plain> for FieldMask {
    fn read<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(Paths(self))?;
        Ok(true)
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let paths: Option<Vec<_>> = self.paths.iter().map(|path| camel_case(path)).collect();
        let paths = paths.ok_or_else(|| S::Error::custom("JSON has no form for a path of the field mask"))?;
        to.serialize_str(&paths.join(","))
    }
}

struct Paths<'a>(&'a mut FieldMask);

impl Visitor<'_> for Paths<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("paths of fields, separated by commas")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        let paths = text.split(',').filter(|path| !path.is_empty());
        let paths: Option<_> = paths.map(snake_case).collect();
        self.0.paths = paths.ok_or_else(|| E::custom("a path of a field mask is not in lowerCamelCase"))?;
        Ok(())
    }
}

/// `fooBar.baz` of `foo_bar.baz`, if that leads back.
fn camel_case(path: &str) -> Option<String> {
    let mut camel = String::with_capacity(path.len());
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match c {
            '_' => camel.push(chars.next().filter(char::is_ascii_lowercase)?.to_ascii_uppercase()),
            c if c.is_ascii_uppercase() => return None,
            c => camel.push(c),
        }
    }
    Some(camel)
}

/// `foo_bar.baz` of `fooBar.baz`.
fn snake_case(path: &str) -> Option<String> {
    let mut snake = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '_' => return None,
            c if c.is_ascii_uppercase() => snake.extend(['_', c.to_ascii_lowercase()]),
            c => snake.push(c),
        }
    }
    Some(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_json_names_them() {
        for (path, json) in [("a", "a"), ("foo_bar.baz", "fooBar.baz"), ("a_b_c", "aBC"), ("_a", "A")] {
            assert_eq!(camel_case(path).as_deref(), Some(json));
            assert_eq!(snake_case(json).as_deref(), Some(path));
        }
        for path in ["a_", "a_1", "a__b", "aB"] {
            assert_eq!(camel_case(path), None, "{path}");
        }
        assert_eq!(snake_case("a_b"), None);
    }
}
