//! Attribute arguments as a small tree, and errors collected so that all of them are reported at once.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Generics, Ident, Lit, LitInt, LitStr, Token, parenthesized, token};

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

    /// The text of `name = "text"`, which is not empty.
    pub(crate) fn text(&self) -> syn::Result<LitStr> {
        let text = self.any_text()?;
        match text.value().is_empty() {
            true => Err(Error::new(text.span(), format!("`{}` is empty", self.name()))),
            false => Ok(text),
        }
    }

    /// The text of `name = "text"`.
    pub(crate) fn any_text(&self) -> syn::Result<LitStr> {
        match self {
            Self::Value(_, Lit::Str(text)) => Ok(text.clone()),
            _ => Err(self.error(format!("expected `{} = \"…\"`", self.name()))),
        }
    }

    /// The Rust identifier of `name = "identifier"`, raw if it is a keyword; `what` says what it names.
    pub(crate) fn ident(&self, what: &str) -> syn::Result<Ident> {
        let text = self.text()?;
        let name = text.value();
        // `r#type` names the same as `type`, and `gen` is a keyword that syn lets pass as a name. Words like `self`
        // are no names in either form.
        let parsed = match name.as_str() {
            "gen" => syn::parse_str::<Ident>("r#gen"),
            _ => syn::parse_str(&name).or_else(|_| syn::parse_str(&format!("r#{name}"))),
        };
        let mut ident =
            parsed.map_err(|_| Error::new(text.span(), format!("`{name}` is not the name of a {what}")))?;
        ident.set_span(text.span());
        Ok(ident)
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
            _ => Err(self.error(format!("`{0}` takes no value: write `{0}` alone", self.name()))),
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
        let hint = match (closest, known) {
            (Some(closest), _) if distance(closest, &name) <= 3 => format!("did you mean `{closest}`?"),
            (_, [only]) => format!("the only one is `{only}`"),
            _ => {
                let known = known.iter().map(|name| format!("`{name}`"));
                format!("known are {}", known.collect::<Vec<_>>().join(", "))
            }
        };
        self.error(format!("unknown argument `{name}`; {hint}"))
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Lit) {
            return Err(input.error("expected the name of an argument; its value follows after `=`"));
        }
        let name: Ident = input.parse()?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            let value = input.parse().map_err(|error: Error| {
                Error::new(error.span(), format!("expected text in quotes, or a number, after `{name} =`"))
            });
            return Ok(Self::Value(name, value?));
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

impl Arguments {
    /// Whether `name` is not there, nor anything unknown that may be a misspelling of it.
    pub(crate) fn lacks(&self, name: &str, known: &[&str]) -> bool {
        self.0
            .iter()
            .map(|argument| argument.name().to_string())
            .all(|given| given != name && known.contains(&&*given))
    }

    /// Reports arguments that are given twice: one of them would be dropped silently.
    pub(crate) fn unique(&self, errors: &mut Errors) {
        for (index, argument) in self.0.iter().enumerate() {
            if self.0.iter().take(index).any(|earlier| earlier.name() == argument.name()) {
                errors.push(argument.error(format!("`{}` is given twice", argument.name())));
            }
        }
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

/// Whether it is `livekit-sdk` itself that is being compiled: only there can an expansion add methods to
/// its types. A build tool that does not say is believed; rustc then finds the words for what is wrong.
pub(crate) fn is_sdk() -> bool {
    std::env::var("CARGO_CRATE_NAME").map_or(true, |name| name == "livekit_sdk")
}

/// Refuses parameters and `where` clauses: what is generated would not repeat them.
pub(crate) fn not_generic(generics: &Generics, what: &str, errors: &mut Errors) {
    if !generics.params.is_empty() {
        errors.push(Error::new_spanned(&generics.params, format!("{what} cannot be generic")));
    }
    if let Some(clause) = &generics.where_clause {
        errors.push(Error::new_spanned(clause, format!("{what} cannot have a `where` clause")));
    }
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
