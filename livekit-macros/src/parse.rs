//! Attribute arguments as a small tree, and errors collected so that all of them are reported at once.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Ident, Lit, LitInt, LitStr, Token, parenthesized, token};

/// One argument of an attribute: `server`, `name = "x"` or `access(..)`.
pub(crate) enum Argument {
    Flag(Ident),
    Value(Ident, Lit),
    List(Ident, Arguments),
}

/// The arguments of an attribute, separated by commas.
#[derive(Default)]
pub(crate) struct Arguments(pub(crate) Vec<Argument>);

impl Argument {
    pub(crate) fn name(&self) -> &Ident {
        match self {
            Self::Flag(name) | Self::Value(name, _) | Self::List(name, _) => name,
        }
    }

    /// The text of `name = "text"`.
    pub(crate) fn text(&self) -> syn::Result<LitStr> {
        match self {
            Self::Value(_, Lit::Str(text)) if !text.value().is_empty() => Ok(text.clone()),
            _ => Err(self.error(format!("expected `{} = \"…\"`", self.name()))),
        }
    }

    /// The number of `name = 1`.
    pub(crate) fn number(&self) -> syn::Result<LitInt> {
        match self {
            Self::Value(_, Lit::Int(number)) => Ok(number.clone()),
            _ => Err(self.error(format!("expected `{} = 1`", self.name()))),
        }
    }

    /// Refuses a value: the argument is a mere flag.
    pub(crate) fn flag(&self) -> syn::Result<()> {
        match self {
            Self::Flag(_) => Ok(()),
            _ => Err(self.error(format!("`{}` takes no value", self.name()))),
        }
    }

    /// The arguments of `name(..)`.
    pub(crate) fn list(&self) -> syn::Result<&Arguments> {
        match self {
            Self::List(_, list) => Ok(list),
            _ => Err(self.error(format!("expected `{}(…)`", self.name()))),
        }
    }

    pub(crate) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new(self.name().span(), message)
    }

    /// The error for an argument that does not exist, with the closest that does.
    pub(crate) fn unknown(&self, known: &[&str]) -> Error {
        let name = self.name().to_string();
        let closest = known.iter().min_by_key(|known| distance(known, &name));
        let hint = match closest {
            Some(closest) if distance(closest, &name) <= 3 => format!("did you mean `{closest}`?"),
            _ => format!(
                "known are {}",
                known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        self.error(format!("unknown argument `{name}`; {hint}"))
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            return Ok(Self::Value(name, input.parse()?));
        }
        if input.peek(token::Paren) {
            let list;
            parenthesized!(list in input);
            return Ok(Self::List(name, list.parse()?));
        }
        Ok(Self::Flag(name))
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let arguments = Punctuated::<Argument, Token![,]>::parse_terminated(input)?;
        Ok(Self(arguments.into_iter().collect()))
    }
}

/// The arguments of every attribute called `name`.
pub(crate) fn attribute(attributes: &[Attribute], name: &str) -> syn::Result<Arguments> {
    let mut all = Arguments::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        all.0.append(&mut attribute.parse_args::<Arguments>()?.0);
    }
    Ok(all)
}

/// The doc comments among attributes.
pub(crate) fn docs(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).collect()
}

/// Errors of one macro call.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn report(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(Error::new(span, message));
    }

    /// Keeps the error of a result, if it is one.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// All errors, or the value if there were none.
    pub(crate) fn finish<T>(self, value: T) -> syn::Result<T> {
        match self.0 {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }
}

/// How many letters have to change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut previous = i + 1;
        let mut diagonal = i;
        let mut next = vec![previous];
        for (y, above) in b.chars().zip(row.iter().skip(1)) {
            previous = (diagonal + usize::from(x != y)).min(previous + 1).min(above + 1);
            diagonal = *above;
            next.push(previous);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
