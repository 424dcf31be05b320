//! The declaration, parsed and checked.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{
    Attribute, Error, FnArg, Ident, ItemTrait, LitStr, ReturnType, Safety, Signature, TraitItem, TraitItemFn,
    Type, Visibility,
};

use super::options::{Options, is_name, wire_name};
use crate::parse::{Argument, Arguments, Errors, attribute, is_sdk, not_generic};

const ARGUMENTS: [&str; 6] = ["package", "name", "accessor", "host_label", "client", "server"];

/// A service.
pub(super) struct Service {
    pub(super) visibility: Visibility,
    /// The trait as declared: `RoomService`.
    pub(super) ident: Ident,
    /// Its doc comments and other attributes.
    pub(super) attributes: Vec<Attribute>,
    /// `livekit.RoomService`
    pub(super) full_name: String,
    pub(super) accessor: Option<Ident>,
    pub(super) host_label: Option<LitStr>,
    pub(super) server: bool,
    pub(super) methods: Vec<Method>,
}

/// The arguments of `#[service(..)]`.
#[derive(Default)]
struct Head {
    package: Option<String>,
    name: Option<String>,
    accessor: Option<Ident>,
    host_label: Option<LitStr>,
    client: bool,
    server: bool,
}

/// A method of a service.
pub(super) struct Method {
    pub(super) ident: Ident,
    /// Its doc comments and other attributes.
    pub(super) attributes: Vec<Attribute>,
    /// The name on the wire: `CreateRoom`.
    pub(super) name: LitStr,
    pub(super) request: Type,
    pub(super) response: Type,
    pub(super) options: Options,
}

impl Service {
    pub(super) fn client(&self) -> Ident {
        format_ident!("{}Client", self.ident)
    }

    pub(super) fn parse(arguments: &Arguments, item: &ItemTrait) -> syn::Result<Self> {
        let mut errors = Errors::default();
        let head = Head::parse(arguments, &mut errors);
        check_trait(item, &mut errors);
        let methods: Vec<_> = item.items.iter().filter_map(|item| method(item, &mut errors)).collect();
        unique(&methods, &mut errors);
        let (package, name) = (head.package.unwrap_or_default(), head.name.unwrap_or_default());
        errors.finish(Self {
            visibility: item.vis.clone(),
            ident: item.ident.clone(),
            attributes: item.attrs.clone(),
            full_name: if package.is_empty() { name } else { format!("{package}.{name}") },
            accessor: head.accessor,
            host_label: head.host_label,
            // Naming no half asks for both.
            server: head.server || !head.client,
            methods,
        })
    }
}

impl Head {
    fn parse(arguments: &Arguments, errors: &mut Errors) -> Self {
        let mut head = Self::default();
        arguments.unique(errors);
        for argument in &arguments.0 {
            let result = head.read(argument);
            errors.ok(result);
        }
        if arguments.lacks("package", &ARGUMENTS) {
            let text = "`package = \"…\"` is missing: the protobuf package, such as \"board.v1\"";
            errors.report(Span::call_site(), text);
        }
        if arguments.lacks("name", &ARGUMENTS) {
            let text = "`name = \"…\"` is missing: the service's name in the schema, such as \"Board\"";
            errors.report(Span::call_site(), text);
        }
        head
    }

    fn read(&mut self, argument: &Argument) -> syn::Result<()> {
        match argument.name().to_string().as_str() {
            "package" => self.package = Some(package(argument)?),
            "name" => self.name = Some(wire_name(argument)?.value()),
            "accessor" => self.accessor = Some(accessor(argument)?),
            "host_label" => self.host_label = Some(host_label(argument)?),
            "client" => {
                self.client = true;
                argument.flag()?;
            }
            "server" => {
                self.server = true;
                argument.flag()?;
            }
            _ => return Err(argument.unknown(&ARGUMENTS)),
        }
        Ok(())
    }
}

/// The package, which may be empty: protobuf does not demand one.
fn package(argument: &Argument) -> syn::Result<String> {
    let text = argument.any_text()?;
    let value = text.value();
    match value.is_empty() || value.split('.').all(is_name) {
        true => Ok(value),
        false => Err(Error::new(text.span(), "a package consists of names joined by dots")),
    }
}

fn accessor(argument: &Argument) -> syn::Result<Ident> {
    match is_sdk() {
        true => argument.ident("method"),
        false => Err(argument.error(
            "only livekit-sdk can add methods to `LiveKit`; leave this out and get the client by its type: \
             `livekit.service::<…Client>()`",
        )),
    }
}

fn host_label(argument: &Argument) -> syn::Result<LitStr> {
    let text = argument.text()?;
    match text.value().chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        true => Ok(text),
        false => Err(Error::new(text.span(), "a host label consists of letters, digits and `-`")),
    }
}

/// Refuses what a trait can say and a service cannot.
fn check_trait(item: &ItemTrait, errors: &mut Errors) {
    not_generic(&item.generics, "a service", errors);
    if !item.supertraits.is_empty() {
        let text = "a service has no supertraits; its server is `Send + Sync + 'static` anyway";
        errors.push(Error::new_spanned(&item.supertraits, text));
    }
    if let Some(token) = &item.unsafety {
        errors.push(Error::new_spanned(token, "a service is a plain `trait`: leave this out"));
    }
}

fn method(item: &TraitItem, errors: &mut Errors) -> Option<Method> {
    match item {
        TraitItem::Fn(function) => Method::parse(function, errors),
        other => {
            let text = "a service declares methods only: `fn name(request: Request) -> Response;`";
            errors.push(Error::new_spanned(other, text));
            None
        }
    }
}

impl Method {
    fn parse(function: &TraitItemFn, errors: &mut Errors) -> Option<Self> {
        let signature = &function.sig;
        check_function(function, errors);
        let request = request(signature, errors);
        let response = match &signature.output {
            ReturnType::Type(_, response) => Some((**response).clone()),
            ReturnType::Default => {
                errors.report(signature.ident.span(), "a method returns its response message: `-> Response`");
                None
            }
        };
        // Where the attribute cannot be read, saying what it lacks would only distract.
        let arguments = errors.ok(attribute(&function.attrs, "rpc"))?;
        let options = Options::parse(&arguments, signature, errors);
        let attributes = function.attrs.iter().filter(|attribute| !attribute.path().is_ident("rpc")).cloned();
        Some(Self {
            ident: signature.ident.clone(),
            attributes: attributes.collect(),
            name: options.name.clone()?,
            request: request?,
            response: response?,
            options,
        })
    }

    /// The constant that describes the method: `CREATE_ROOM`.
    pub(super) fn constant(&self) -> Ident {
        format_ident!("{}", self.ident.unraw().to_string().to_uppercase(), span = self.ident.span())
    }

    /// The grants as statements on `grants`, a `ClaimGrants`.
    pub(super) fn demands(&self) -> TokenStream {
        let demands = self.options.access.iter().map(|(block, flag)| {
            // A name that does not exist is reported at the name.
            quote_spanned! { flag.span() => grants.#block.get_or_insert_default().#flag = true; }
        });
        demands.collect()
    }
}

/// Refuses what a function can say and a declaration cannot.
fn check_function(function: &TraitItemFn, errors: &mut Errors) {
    let Signature { constness, asyncness, safety, abi, generics, .. } = &function.sig;
    if let Some(body) = &function.default {
        let text = "a service declares its methods; bodies belong in the server's implementation";
        errors.push(Error::new_spanned(body, text));
    }
    if let Some(token) = asyncness {
        errors.push(Error::new_spanned(token, "leave out `async`: this declares a route, not a function"));
    }
    let safety = match safety {
        Safety::Safe(token) => Some(token as &dyn ToTokens),
        Safety::Unsafe(token) => Some(token as &dyn ToTokens),
        Safety::Default => None,
    };
    let abi = abi.as_ref().map(|abi| abi as &dyn ToTokens);
    let constness = constness.as_ref().map(|token| token as &dyn ToTokens);
    for qualifier in [constness, safety, abi].into_iter().flatten() {
        errors.push(Error::new_spanned(qualifier, "a method is declared with a plain `fn`: leave this out"));
    }
    not_generic(generics, "a method", errors);
}

fn request(signature: &Signature, errors: &mut Errors) -> Option<Type> {
    match (signature.inputs.first(), signature.inputs.len()) {
        (Some(FnArg::Typed(request)), 1) => return Some((*request.ty).clone()),
        (None, _) => errors.report(
            signature.ident.span(),
            "a method takes its request message: `request: Request` (an empty one where there is nothing to say)",
        ),
        (Some(FnArg::Receiver(receiver)), _) => errors.push(Error::new_spanned(
            receiver,
            "leave out `self`: a method takes its request message alone, `request: Request`",
        )),
        (_, _) => errors.push(Error::new_spanned(
            &signature.inputs,
            "a method takes one argument, its request message: `request: Request`",
        )),
    }
    None
}

/// Two methods of one name would answer each other's calls, or make one constant.
fn unique(methods: &[Method], errors: &mut Errors) {
    for (index, method) in methods.iter().enumerate() {
        let earlier = || methods.iter().take(index);
        if let Some(other) = earlier().find(|other| other.name.value() == method.name.value()) {
            let text = format!("`{}` is called `{}` already", other.ident, method.name.value());
            errors.report(method.name.span(), text);
        }
        if let Some(other) = earlier().find(|other| other.constant() == method.constant()) {
            let text =
                format!("there is a method `{}` already; names must differ in more than case", other.ident);
            errors.report(method.ident.span(), text);
        }
    }
}
