//! `METHODS.md`: every method with what a caller has to know of it.

use std::fmt::Write as _;

use crate::emit::names;
use crate::model::{self, Access, Method, Service};
use crate::prune::is_twirp;
use crate::schema::Schema;

/// The name of the file.
pub const FILE: &str = "METHODS.md";

const HEAD: &str = "\
# Methods

Every method of the LiveKit server API, as the schema in this folder describes it. Written by `livekit-proto docs`.

- Route: the path that a call is posted to, below `/twirp/`.
- Grants: what the caller's token has to grant, as the token's claims call it.
- Scope: the claim that limits the grants, and the field of the request that it has to equal.
- Time: how long a call may take, where that is not for the client to say.
";

/// The text of the file.
pub fn text(schema: &Schema) -> String {
    let services = schema.files().flat_map(|file| file.services().collect::<Vec<_>>());
    let services: Vec<_> =
        services.filter(is_twirp).map(|descriptor| model::service(schema, &descriptor)).collect();
    let count: usize = services.iter().map(|service| service.methods.len()).sum();
    let mut out = String::from(HEAD);
    let _ = writeln!(out, "\n{} services, {count} methods.", services.len());
    for service in &services {
        table(&mut out, schema, service);
    }
    out
}

fn table(out: &mut String, schema: &Schema, service: &Service) {
    let Service { full_name, accessor, .. } = service;
    let accessor = names::identifier(accessor.clone());
    let feature = match &service.feature {
        Some(feature) => format!("feature `{feature}`"),
        None => "no feature of its own".to_owned(),
    };
    let host = service.host_label.iter().map(|label| format!(", on the host `{label}.` of LiveKit Cloud"));
    let _ = writeln!(out, "\n## {full_name}\n");
    let _ = writeln!(out, "`lk.{accessor}()`, {feature}{}.\n", host.collect::<String>());
    out.push_str("| Method | Route | Grants | Scope | Time |\n|---|---|---|---|---|\n");
    for method in &service.methods {
        let Method { name, rust_name, .. } = method;
        let grants = grants(schema, &method.access);
        let (scope, time) = (scope(&method.access), time(method));
        let route = match method.is_streaming {
            true => "none: it streams".to_owned(),
            false => format!("`{full_name}/{name}`"),
        };
        let _ = writeln!(out, "| `{rust_name}` | {route} | {grants} | {scope} | {time} |");
    }
}

fn grants(schema: &Schema, access: &Access) -> String {
    let grants = access.claims(schema).into_iter().map(|claim| format!("`{claim}`"));
    let grants: Vec<_> = grants.collect();
    if grants.is_empty() { "not known".to_owned() } else { grants.join(", ") }
}

fn scope(access: &Access) -> String {
    let scopes = [("room", &access.room), ("destinationRoom", &access.destination_room)];
    let scopes = scopes
        .iter()
        .filter_map(|(claim, field)| field.as_ref().map(|field| format!("`{claim}` is `{field}`")));
    scopes.collect::<Vec<_>>().join(", ")
}

fn time(method: &Method) -> String {
    let mut parts = Vec::new();
    if let Some(dial) = &method.dial {
        let when = dial.when.iter().map(|field| format!(" with `{field}`")).collect::<String>();
        parts.push(match (&dial.ringing, dial.assume_default_ringing) {
            (Some(field), _) => format!("rings{when}, as long as `{field}` says"),
            (None, true) => format!("rings{when}, for 30 s"),
            (None, false) => format!("dials{when}"),
        });
    }
    if let Some(wait) = &method.wait {
        let field = &wait.milliseconds;
        parts.push(format!("`{field}`, {} ms by default, and {} ms more", wait.default_ms, wait.margin_ms));
    }
    parts.join("; ")
}
