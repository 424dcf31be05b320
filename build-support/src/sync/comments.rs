//! Comments that a sync does not keep.

use std::collections::BTreeMap;

use crate::schema::{Place, Schema, Source};

/// The comments in a schema's files that document nothing, line by line.
pub(super) fn unattached(sources: &[Source], schema: &Schema) -> Vec<(Place, String)> {
    let mut documentation = documentation(schema);
    let is_written = |name: &str| !name.starts_with("sdk/") && schema.files().any(|file| file.name() == name);
    let mut unattached = Vec::new();
    for (file, text) in sources.iter().filter(|(name, _)| is_written(name)) {
        for (line, comment) in comments(text) {
            match documentation.get_mut(&(file.clone(), comment.clone())) {
                Some(count) if *count > 0 => *count -= 1,
                _ => unattached.push((Place { file: file.clone(), line }, comment)),
            }
        }
    }
    unattached
}

/// How often each file documents something with a line.
fn documentation(schema: &Schema) -> BTreeMap<(String, String), usize> {
    let mut lines = BTreeMap::new();
    for (name, docs) in &schema.docs {
        let Some(place) = schema.place(name) else { continue };
        for line in docs.lines().map(bare) {
            *lines.entry((place.file.clone(), line.to_owned())).or_default() += 1;
        }
    }
    lines
}

/// The lines of a file's comments that say something, with their numbers.
fn comments(text: &str) -> Vec<(usize, String)> {
    let mut comments = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let is_comment = rest.starts_with("//") || rest.starts_with("/*");
        let length = match first {
            '"' | '\'' => quoted(rest, first),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            // `/*/` opens a comment, and does not close it.
            '/' if is_comment => {
                rest.match_indices("*/").find(|(at, _)| *at > 1).map_or(rest.len(), |(at, _)| at + 2)
            }
            other => other.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if is_comment {
            let parts = (line..)
                .zip(token.lines())
                .flat_map(|(line, text)| text.split('\r').map(move |it| (line, it)));
            let said = parts.map(|(line, text)| (line, bare(text))).filter(|(_, text)| !text.is_empty());
            comments.extend(said.map(|(line, text)| (line, text.to_owned())));
        }
        line += token.matches('\n').count();
        rest = after;
    }
    comments
}

/// How long the string is that `text` begins with: what looks like a comment in it is none.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// A line of a comment without what makes it one.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || c == '/' || c == '*')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    #[test]
    fn comments_that_document_nothing_are_found() {
        let text = r#"// The file.
syntax = "proto3";
// Above the package.
package livekit; // Behind it.

// Apart.

// A message.
/// Of two lines.
message A {
  // Reserved.
  reserved 7;
  string url = 1 [json_name = "http://a\"//b"]; // Behind a field.
  /* A block,
   * of two lines.
   */
  string b = 2;
  string c = 3 [ // Among options.
    deprecated = true
  ];

  /*/ At the end
      of a block. */
}
// At the end."#;
        let sources = [("a.proto".to_owned(), text.replace('\n', "\r\n"))];
        let found = unattached(&sources, &Schema::parse(&sources).unwrap());
        let told: Vec<_> = found.iter().map(|(place, text)| (place.line, text.as_str())).collect();
        assert_eq!(
            told,
            [
                (3, "Above the package."),
                (4, "Behind it."),
                (6, "Apart."),
                (11, "Reserved."),
                (18, "Among options."),
                (22, "At the end"),
                (23, "of a block."),
                (25, "At the end."),
            ]
        );
    }
}
