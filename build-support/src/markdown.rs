//! Upstream's comments as Markdown that rustdoc takes: prose stays prose, and nothing in it becomes a link,
//! a block of code or HTML by accident.

/// Sets upstream's comment as Markdown.
pub(crate) fn of_comment(comment: &str) -> String {
    let lines = comment.lines().filter(|line| !is_for_tools(line)).map(of_line);
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// What a comment says to linters.
fn is_for_tools(line: &str) -> bool {
    ["buf:lint", "protolint:", "nolint"].iter().any(|word| line.trim_start().starts_with(word))
}

/// A line without indentation, which would make it code, and without what has a meaning at its start.
fn of_line(line: &str) -> String {
    let line = line.trim();
    let is_bullet = ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet));
    let (bullet, rest) = line.split_at(if is_bullet { 2 } else { 0 });
    let escape = match rest.chars().next() {
        // A heading, a fence, or a line that makes the line above a heading.
        Some('#' | '~' | '=' | '|' | '-' | '+') => "\\",
        _ => "",
    };
    format!("{bullet}{escape}{}", of_text(rest))
}

/// Escapes what has a meaning within a line. Code between single backquotes is left as it is.
fn of_text(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    // An even number of backquotes, none next to another, encloses code.
    let has_code =
        parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|code| !code.trim().is_empty());
    let mut out = String::with_capacity(text.len());
    for (index, part) in parts.iter().enumerate() {
        let is_code = has_code && index % 2 == 1;
        if index > 0 {
            out.push_str(if has_code { "`" } else { "\\`" });
        }
        for c in part.chars() {
            if !is_code && matches!(c, '[' | ']' | '<' | '>' | '*' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// Makes links of the URLs in a line of prose that are none yet.
pub(crate) fn with_links(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("https://").or_else(|| rest.find("http://")) {
        let (before, url) = rest.split_at(start);
        let length = url.find(|c: char| c.is_whitespace() || "<>()[]`\"".contains(c)).unwrap_or(url.len());
        let length = url.get(..length).unwrap_or(url).trim_end_matches(['.', ',', ';', ':', '\\']).len();
        let (url, after) = url.split_at(length);
        let is_linked = before.ends_with(['<', '(', '`', '"', '[']);
        out.push_str(before);
        out.push_str(&if is_linked { url.to_owned() } else { format!("<{url}>") });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_stays_prose() {
        for (comment, expected) in [
            ("sid of the room", "sid of the room"),
            ("see [Room] and Vec<T>", "see \\[Room\\] and Vec\\<T\\>"),
            ("    indented\n\tby a tab", "indented\nby a tab"),
            ("```\ncode\n```", "\\`\\`\\`\ncode\n\\`\\`\\`"),
            ("a `map[string]string` here", "a `map[string]string` here"),
            ("one ` alone", "one \\` alone"),
            ("# Heading\n> quote\n~~~\nTitle\n---", "\\# Heading\n\\> quote\n\\~~~\nTitle\n\\---"),
            ("- one\n  * two *bold*", "- one\n* two \\*bold\\*"),
            ("buf:lint:ignore X\nkept", "kept"),
            ("C:\\dir", "C:\\\\dir"),
        ] {
            assert_eq!(of_comment(comment), expected, "{comment}");
        }
    }

    #[test]
    fn urls_become_links_once() {
        for (line, expected) in [
            ("see https://livekit.io/a.", "see <https://livekit.io/a>."),
            ("see <https://livekit.io> or [it](http://b)", "see <https://livekit.io> or [it](http://b)"),
            ("none", "none"),
            ("http://a http://b", "<http://a> <http://b>"),
        ] {
            assert_eq!(with_links(line), expected, "{line}");
        }
    }
}
