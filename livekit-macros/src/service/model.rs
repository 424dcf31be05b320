//! The declaration, parsed and checked.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, FnArg, Ident, ItemTrait, LitStr, ReturnType, TraitItem, TraitItemFn, Type, Visibility};

use crate::parse::{Argument, Arguments, Errors, attribute};

const ARGUMENTS: [&str; 6] = ["package", "name", "accessor", "host_label", "client", "server"];
const RPC_ARGUMENTS: [&str; 5] = ["name", "access", "room", "destination_room", "dial"];
const DIAL_ARGUMENTS: [&str; 3] = ["when", "ringing", "assume_default_ringing"];

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

/// A method of a service.
pub(super) struct Method {
    pub(super) ident: Ident,
    pub(super) attributes: Vec<Attribute>,
    /// The name on the wire: `CreateRoom`.
    pub(super) name: LitStr,
    pub(super) request: Type,
    pub(super) response: Type,
    /// Blocks and flags of the grants it demands.
    pub(super) access: Vec<(Ident, Ident)>,
    pub(super) room: Option<Ident>,
    pub(super) destination_room: Option<Ident>,
    pub(super) dial: Option<Dial>,
}

/// How a call rings.
#[derive(Default)]
pub(super) struct Dial {
    pub(super) when: Option<Ident>,
    pub(super) ringing: Option<Ident>,
    pub(super) assume_default_ringing: bool,
}

impl Service {
    pub(super) fn client(&self) -> Ident {
        format_ident!("{}Client", self.ident)
    }

    pub(super) fn parse(arguments: &Arguments, item: &ItemTrait) -> syn::Result<Self> {
        let mut errors = Errors::default();
        let mut texts: HashMap<String, LitStr> = HashMap::new();
        let mut halves = Vec::new();
        for argument in &arguments.0 {
            match argument.name().to_string().as_str() {
                name @ ("package" | "name" | "accessor" | "host_label") => {
                    let text = errors.ok(argument.text());
                    texts.extend(text.map(|text| (name.to_owned(), text)));
                }
                half @ ("client" | "server") => {
                    errors.ok(argument.flag());
                    halves.push(half.to_owned());
                }
                _ => errors.push(argument.unknown(&ARGUMENTS)),
            }
        }
        let mut required = |name: &str| match texts.get(name) {
            Some(text) => text.value(),
            None => {
                errors.report(Span::call_site(), format!("`{name} = \"…\"` is missing"));
                String::new()
            }
        };
        let full_name = format!("{}.{}", required("package"), required("name"));
        if !item.generics.params.is_empty() {
            errors.report(item.generics.span(), "a service cannot be generic");
        }
        let methods = item.items.iter().filter_map(|item| errors.ok_method(item)).collect::<Vec<_>>();
        unique(&methods, &mut errors);
        errors.finish(Self {
            visibility: item.vis.clone(),
            ident: item.ident.clone(),
            attributes: item.attrs.clone(),
            full_name,
            accessor: texts.get("accessor").map(field),
            host_label: texts.get("host_label").cloned(),
            // Naming no half asks for both.
            server: halves.is_empty() || halves.iter().any(|half| half == "server"),
            methods,
        })
    }
}

impl Errors {
    fn ok_method(&mut self, item: &TraitItem) -> Option<Method> {
        match item {
            TraitItem::Fn(function) => Method::parse(function, self),
            other => {
                self.report(
                    other.span(),
                    "a service declares methods only: `fn name(request: Request) -> Response;`",
                );
                None
            }
        }
    }
}

impl Method {
    fn parse(function: &TraitItemFn, errors: &mut Errors) -> Option<Self> {
        let signature = &function.sig;
        if let Some(body) = &function.default {
            errors.report(
                body.span(),
                "a service declares its methods; bodies belong in the server's implementation",
            );
        }
        let request = match (signature.inputs.first(), signature.inputs.len()) {
            (Some(FnArg::Typed(request)), 1) => Some((*request.ty).clone()),
            (_, _) => {
                let span = if signature.inputs.is_empty() {
                    signature.ident.span()
                } else {
                    signature.inputs.span()
                };
                errors.report(span, "a method takes exactly one argument, and no `self`: `request: Request`");
                None
            }
        };
        let response = match &signature.output {
            ReturnType::Type(_, response) => Some((**response).clone()),
            ReturnType::Default => {
                errors.report(signature.ident.span(), "a method returns its response message: `-> Response`");
                None
            }
        };
        if let Some(modifier) = &signature.asyncness {
            errors.report(modifier.span(), "leave out `async`: this declares a route, not a function");
        }
        let arguments = errors.ok(attribute(&function.attrs, "rpc"))?;
        let (mut name, mut access, mut room, mut destination_room, mut dial) =
            (None, Vec::new(), None, None, None);
        for argument in &arguments.0 {
            match argument.name().to_string().as_str() {
                "name" => name = errors.ok(argument.text()),
                "access" => access = errors.ok(flags(argument)).unwrap_or_default(),
                "room" => room = errors.ok(argument.text()).as_ref().map(field),
                "destination_room" => destination_room = errors.ok(argument.text()).as_ref().map(field),
                "dial" => dial = errors.ok(Dial::parse(argument)),
                _ => errors.push(argument.unknown(&RPC_ARGUMENTS)),
            }
        }
        if name.is_none() {
            let message = "the name on the wire is missing: `#[rpc(name = \"CreateRoom\")]`";
            errors.report(signature.ident.span(), message);
        }
        let attributes = function.attrs.iter().filter(|attribute| !attribute.path().is_ident("rpc")).cloned();
        Some(Self {
            ident: signature.ident.clone(),
            attributes: attributes.collect(),
            name: name?,
            request: request?,
            response: response?,
            access,
            room,
            destination_room,
            dial,
        })
    }

    /// The constant that describes the method: `CREATE_ROOM`.
    pub(super) fn constant(&self) -> Ident {
        format_ident!("{}", self.ident.unraw().to_string().to_uppercase(), span = self.ident.span())
    }

    /// The grants as statements on `grants`, a `ClaimGrants`.
    pub(super) fn demands(&self) -> TokenStream {
        let demands = self.access.iter().map(|(block, flag)| {
            quote! { grants.#block.get_or_insert_default().#flag = true; }
        });
        demands.collect()
    }
}

impl Dial {
    fn parse(argument: &Argument) -> syn::Result<Self> {
        let mut dial = Self::default();
        if matches!(argument, Argument::Flag(_)) {
            return Ok(dial);
        }
        for argument in &argument.list()?.0 {
            match argument.name().to_string().as_str() {
                "when" => dial.when = Some(field(&argument.text()?)),
                "ringing" => dial.ringing = Some(field(&argument.text()?)),
                "assume_default_ringing" => {
                    argument.flag()?;
                    dial.assume_default_ringing = true;
                }
                _ => return Err(argument.unknown(&DIAL_ARGUMENTS)),
            }
        }
        Ok(dial)
    }
}

/// Two methods of one name would answer each other's calls.
fn unique(methods: &[Method], errors: &mut Errors) {
    let mut seen = HashMap::new();
    for method in methods {
        if let Some(other) = seen.insert(method.name.value(), &method.ident) {
            errors
                .report(method.name.span(), format!("`{other}` is called `{}` already", method.name.value()));
        }
    }
}

/// `access(video(room_admin), sip(call))` as pairs.
fn flags(argument: &Argument) -> syn::Result<Vec<(Ident, Ident)>> {
    let mut pairs = Vec::new();
    for block in &argument.list()?.0 {
        for flag in &block.list()?.0 {
            flag.flag()?;
            pairs.push((block.name().clone(), flag.name().clone()));
        }
    }
    Ok(pairs)
}

/// The field or method that a text names, a keyword among them.
fn field(text: &LitStr) -> Ident {
    let name = text.value();
    match syn::parse_str::<Ident>(&name) {
        Ok(_) => Ident::new(&name, text.span()),
        Err(_) => Ident::new_raw(&name, text.span()),
    }
}
