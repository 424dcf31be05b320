//! The arguments of `#[rpc(..)]`.

use syn::ext::IdentExt as _;
use syn::{Error, Ident, LitInt, LitStr, Signature};

use crate::parse::{Argument, Arguments, Errors};

const ARGUMENTS: [&str; 6] = ["name", "access", "room", "destination_room", "dial", "wait"];
const DIAL_ARGUMENTS: [&str; 3] = ["when", "ringing", "assume_default_ringing"];
const WAIT_ARGUMENTS: [&str; 3] = ["milliseconds", "default", "margin"];

/// The arguments of `#[rpc(..)]`.
#[derive(Default)]
pub(super) struct Options {
    /// The name on the wire.
    pub(super) name: Option<LitStr>,
    /// Blocks and flags of the grants that the method demands.
    pub(super) access: Vec<(Ident, Ident)>,
    pub(super) room: Option<Ident>,
    pub(super) destination_room: Option<Ident>,
    pub(super) dial: Option<Dial>,
    pub(super) wait: Option<Wait>,
}

/// How a call rings.
#[derive(Default)]
pub(super) struct Dial {
    pub(super) when: Option<Ident>,
    pub(super) ringing: Option<Ident>,
    pub(super) assume_default_ringing: bool,
}

/// How long the server may take, by what the request says.
pub(super) struct Wait {
    pub(super) milliseconds: Ident,
    pub(super) default: LitInt,
    pub(super) margin: LitInt,
}

impl Options {
    pub(super) fn parse(arguments: &Arguments, signature: &Signature, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        arguments.unique(errors);
        for argument in &arguments.0 {
            let result = options.read(argument, errors);
            errors.ok(result);
        }
        if arguments.lacks("name", &ARGUMENTS) {
            let ident = signature.ident.unraw().to_string();
            let message = format!(
                "`{ident}` lacks its name in the schema: `#[rpc(name = \"{}\")]`",
                camel_case(&ident)
            );
            errors.report(signature.ident.span(), message);
        }
        options
    }

    fn read(&mut self, argument: &Argument, errors: &mut Errors) -> syn::Result<()> {
        match argument.name().to_string().as_str() {
            "name" => self.name = Some(wire_name(argument)?),
            "access" => self.access = access(argument, errors)?,
            "room" => self.room = Some(argument.ident("field")?),
            "destination_room" => self.destination_room = Some(argument.ident("field")?),
            "dial" => self.dial = Some(Dial::parse(argument, errors)?),
            "wait" => self.wait = Some(Wait::parse(argument, errors)?),
            _ => return Err(argument.unknown(&ARGUMENTS)),
        }
        Ok(())
    }
}

impl Dial {
    fn parse(argument: &Argument, errors: &mut Errors) -> syn::Result<Self> {
        let mut dial = Self::default();
        if matches!(argument, Argument::Flag(_)) {
            return Ok(dial);
        }
        let arguments = argument.list()?;
        arguments.unique(errors);
        for argument in &arguments.0 {
            let result = dial.read(argument);
            errors.ok(result);
        }
        Ok(dial)
    }

    fn read(&mut self, argument: &Argument) -> syn::Result<()> {
        match argument.name().to_string().as_str() {
            "when" => self.when = Some(argument.ident("field")?),
            "ringing" => self.ringing = Some(argument.ident("field")?),
            "assume_default_ringing" => {
                argument.flag()?;
                self.assume_default_ringing = true;
            }
            _ => return Err(argument.unknown(&DIAL_ARGUMENTS)),
        }
        Ok(())
    }
}

impl Wait {
    fn parse(argument: &Argument, errors: &mut Errors) -> syn::Result<Self> {
        let arguments = argument.list()?;
        arguments.unique(errors);
        let (mut milliseconds, mut default, mut margin) = (None, None, None);
        for argument in &arguments.0 {
            match argument.name().to_string().as_str() {
                "milliseconds" => milliseconds = Some(argument.ident("field")?),
                "default" => default = Some(argument.number()?),
                "margin" => margin = Some(argument.number()?),
                _ => return Err(argument.unknown(&WAIT_ARGUMENTS)),
            }
        }
        match (milliseconds, default, margin) {
            (Some(milliseconds), Some(default), Some(margin)) => Ok(Self { milliseconds, default, margin }),
            _ => {
                Err(argument
                    .error("expected `wait(milliseconds = \"field\", default = 10000, margin = 3000)`"))
            }
        }
    }
}

/// `access(video(room_admin), sip(call))` as pairs.
fn access(argument: &Argument, errors: &mut Errors) -> syn::Result<Vec<(Ident, Ident)>> {
    let mut pairs = Vec::new();
    for block in &access_list(argument)?.0 {
        let Some(flags) = errors.ok(access_list(block)) else { continue };
        flags.unique(errors);
        for flag in &flags.0 {
            errors.ok(flag.flag());
            pairs.push((block.name().clone(), flag.name().clone()));
        }
    }
    Ok(pairs)
}

/// The blocks in `access(..)`, or the flags in a block; there is no point in none.
fn access_list(argument: &Argument) -> syn::Result<&Arguments> {
    let list = argument.list().ok().filter(|list| !list.0.is_empty());
    list.ok_or_else(|| {
        argument.error("expected `access(video(room_admin))`: blocks of a token's grants, and flags in them")
    })
}

/// `get_card` as a schema usually writes it: `GetCard`.
fn camel_case(ident: &str) -> String {
    let words = ident.split('_').map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    });
    words.collect()
}

/// The name of a service or method, as the schema writes it.
pub(super) fn wire_name(argument: &Argument) -> syn::Result<LitStr> {
    let text = argument.text()?;
    match is_name(&text.value()) {
        true => Ok(text),
        false => Err(Error::new(text.span(), "a name in a schema consists of letters, digits and `_`")),
    }
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
