//! What the compiler sees of a file: its tokens, without comments, documentation and test modules.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A token, and the line it is on.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ident(String),
    /// The value of a string literal.
    Text(String),
    /// A character of punctuation, or the start of a group.
    Sign(char),
    /// The end of a group.
    End,
}

impl Token {
    pub(crate) fn ident(&self) -> Option<&str> {
        match &self.kind {
            Kind::Ident(ident) => Some(ident),
            _ => None,
        }
    }

    pub(crate) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// The tokens of a file, in order.
pub(crate) fn code(path: &str, text: &str) -> Vec<Token> {
    let stream = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, to: &mut Vec<Token>) {
    let trees: Vec<_> = stream.into_iter().collect();
    let mut index = 0;
    while let Some(tree) = trees.get(index) {
        index += 1;
        if let Some(after) = after_hidden(&trees, index - 1) {
            index = after;
            continue;
        }
        let line = tree.span().start().line;
        let mut push = |kind| to.push(Token { kind, line });
        match tree {
            TokenTree::Ident(ident) => {
                push(Kind::Ident(ident.to_string().trim_start_matches("r#").to_owned()))
            }
            TokenTree::Punct(punct) => push(Kind::Sign(punct.as_char())),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    push(Kind::Text(text.value()));
                }
            }
            TokenTree::Group(group) => {
                push(Kind::Sign(match group.delimiter() {
                    Delimiter::Parenthesis => '(',
                    Delimiter::Brace => '{',
                    Delimiter::Bracket => '[',
                    Delimiter::None => ' ',
                }));
                flatten(group.stream(), to);
                to.push(Token { kind: Kind::End, line: group.span_close().start().line });
            }
        }
    }
}

/// Where the code goes on, if it is documentation or a test that starts at `start`.
fn after_hidden(trees: &[TokenTree], start: usize) -> Option<usize> {
    let is_sign = |index: usize, sign: char| match trees.get(index) {
        Some(TokenTree::Punct(punct)) => punct.as_char() == sign,
        _ => false,
    };
    let bracket = if is_sign(start + 1, '!') { start + 2 } else { start + 1 };
    let Some(TokenTree::Group(group)) = trees.get(bracket) else { return None };
    if !is_sign(start, '#') || group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let content: String = group.stream().to_string().split_whitespace().collect();
    match content.as_str() {
        "cfg(test)" => Some(end_of_item(trees, bracket + 1)),
        _ if content.starts_with("doc=") => Some(bracket + 1),
        _ => None,
    }
}

/// The index after the item that starts at `start`: behind its block or its semicolon.
fn end_of_item(trees: &[TokenTree], start: usize) -> usize {
    let ends = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let rest = trees.get(start..).unwrap_or_default();
    rest.iter().position(ends).map_or(trees.len(), |end| start + end + 1)
}
