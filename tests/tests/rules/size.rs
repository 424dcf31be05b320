//! Code that fits in a reader's head: limits on files, functions and `quote!`.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, Item, ItemFn, Macro, Signature, TraitItemFn};

/// Lines of a file before its tests.
const FILE: usize = 450;

/// Lines of a function, from `fn` to its last brace.
const FUNCTION: usize = 60;

/// Lines of what a `quote!` expands to.
const QUOTE: usize = 25;

/// What is too long in a file.
pub(crate) fn offences(path: &str, text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut measure = Measure { path, offences: Vec::new() };
    let tests = file.items.iter().find_map(tests);
    let lines = tests.map_or(text.lines().count(), |line| line - 1);
    measure.limit(1, "the file (before its tests)", lines, FILE);
    measure.visit_file(&file);
    measure.offences
}

/// The line where the tests of a file begin.
fn tests(item: &Item) -> Option<usize> {
    let Item::Mod(module) = item else { return None };
    let is_test = |attribute: &&syn::Attribute| {
        let argument = attribute.parse_args::<syn::Path>();
        attribute.path().is_ident("cfg") && argument.is_ok_and(|argument| argument.is_ident("test"))
    };
    let attribute = module.attrs.iter().find(is_test)?;
    Some(attribute.pound_token.spans[0].start().line)
}

struct Measure<'a> {
    path: &'a str,
    offences: Vec<String>,
}

impl Measure<'_> {
    fn limit(&mut self, line: usize, what: &str, lines: usize, limit: usize) {
        if lines > limit {
            self.offences.push(format!("{}:{line}: {what} has {lines} lines of {limit}", self.path));
        }
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        let (start, lines) = extent(signature.fn_token.span, block.brace_token.span.close());
        self.limit(start, &format!("`fn {}`", signature.ident), lines, FUNCTION);
    }
}

fn extent(from: Span, to: Span) -> (usize, usize) {
    let start = from.start().line;
    (start, to.end().line - start + 1)
}

impl<'ast> Visit<'ast> for Measure<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if matches!(name.as_str(), "quote" | "quote_spanned" | "parse_quote" | "parse_quote_spanned") {
            let span = call.delimiter.span();
            let (start, lines) = extent(span.open(), span.close());
            // The lines with the delimiters are not part of what it expands to.
            self.limit(start, &format!("`{name}!`"), lines.saturating_sub(2), QUOTE);
        }
        visit::visit_macro(self, call);
    }
}
