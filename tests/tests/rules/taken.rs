//! Names that generated methods cannot have, because the type that they are added to has them already.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{ImplItemFn, Item, LitStr, Type};

/// The methods that are written for a type in a file.
pub(crate) fn methods(file: &str, ty: &str) -> BTreeSet<String> {
    let mut names = Names::default();
    for item in items(file) {
        if let Item::Impl(block) = item
            && block.trait_.is_none()
            && is_named(&block.self_ty, ty)
        {
            names.visit_item_impl(&block);
        }
    }
    names.0
}

/// The texts in a constant of a file.
pub(crate) fn texts(file: &str, constant: &str) -> BTreeSet<String> {
    let mut names = Names::default();
    for item in items(file) {
        if let Item::Const(item) = item
            && item.ident == constant
        {
            names.visit_item_const(&item);
        }
    }
    names.0
}

fn items(file: &str) -> Vec<Item> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{file}: {error}")).items
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visit<'_> for Names {
    fn visit_impl_item_fn(&mut self, method: &ImplItemFn) {
        self.0.insert(method.sig.ident.to_string());
    }

    fn visit_lit_str(&mut self, text: &LitStr) {
        self.0.insert(text.value());
        visit::visit_lit_str(self, text);
    }

    // What is said of a block is not what it holds.
    fn visit_attribute(&mut self, _: &syn::Attribute) {}
}
