//! The services as declarations: traits that `#[livekit_macros::service]` turns into clients and servers.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

use prost_build::ServiceGenerator;
use prost_reflect::MessageDescriptor;

use super::names;
use crate::model::{Access, Method, Model, Service, Wait};
use crate::prune::join;
use crate::schema::Schema;
use crate::{GeneratedFile, Halves};

/// What is made of services: one file each, and an index. They stand beside prost's output rather than in it,
/// because the services share a package and each needs a module of its own.
#[derive(Default)]
pub(crate) struct Services {
    pub(crate) files: Vec<GeneratedFile>,
    pub(crate) index: String,
}

/// Receives services from prost-build.
pub(crate) struct ServiceEmitter {
    schema: Schema,
    model: Model,
    halves: Halves,
    services: Rc<RefCell<Services>>,
}

impl ServiceEmitter {
    pub(crate) fn new(
        schema: &Schema,
        model: Model,
        halves: Halves,
        services: Rc<RefCell<Services>>,
    ) -> Self {
        Self { schema: schema.clone(), model, halves, services }
    }
}

impl ServiceGenerator for ServiceEmitter {
    fn generate(&mut self, declared: prost_build::Service, _: &mut String) {
        let full_name = join(&declared.package, &declared.proto_name);
        let Some(service) = self.model.services.iter().find(|service| service.full_name == full_name) else {
            return;
        };
        let name = format!("service.{}.rs", service.accessor);
        let text = declaration(&self.schema, self.halves, service, &declared);
        let Services { files, index } = &mut *self.services.borrow_mut();
        super::docs(index, 0, docs(&self.schema, service).lines().next().unwrap_or_default());
        let _ = writeln!(index, "pub mod {} {{", names::identifier(service.accessor.clone()));
        let _ = writeln!(index, "    include!(concat!(env!(\"OUT_DIR\"), \"/{name}\"));\n}}\n");
        files.push(GeneratedFile { name, text });
    }
}

/// What is said of a service; something always is, as the runtime denies items without documentation.
fn docs<'a>(schema: &'a Schema, service: &Service) -> Cow<'a, str> {
    match schema.docs(&service.full_name) {
        Some(docs) => Cow::Borrowed(docs),
        None => Cow::Owned(format!("The service `{}`.", service.full_name)),
    }
}

fn declaration(
    schema: &Schema,
    halves: Halves,
    service: &Service,
    declared: &prost_build::Service,
) -> String {
    let mut out = String::new();
    super::docs(&mut out, 0, &docs(schema, service));
    let mut arguments = vec![
        format!("package = {:?}", declared.package),
        format!("name = {:?}", declared.proto_name),
        format!("accessor = {:?}", service.accessor),
    ];
    arguments.extend(service.host_label.as_ref().map(|label| format!("host_label = {label:?}")));
    arguments.push("client".to_owned());
    arguments.extend(halves.server.then(|| "server".to_owned()));
    let _ = writeln!(out, "#[::livekit_macros::service({})]", arguments.join(", "));
    let _ = writeln!(out, "pub trait {} {{", declared.name);
    let unary =
        declared.methods.iter().filter(|method| !(method.client_streaming || method.server_streaming));
    for (index, declared) in unary.enumerate() {
        let Some(method) = service.methods.iter().find(|method| method.name == declared.proto_name) else {
            continue;
        };
        if index > 0 {
            out.push('\n');
        }
        declare_method(&mut out, schema, service, method, declared);
    }
    out.push_str("}\n");
    out
}

fn declare_method(
    out: &mut String,
    schema: &Schema,
    service: &Service,
    method: &Method,
    declared: &prost_build::Method,
) {
    let full_name = format!("{}.{}", service.full_name, method.name);
    if let Some(text) = schema.docs(&full_name) {
        super::docs(out, 4, text);
        out.push_str("    ///\n");
    }
    super::docs(
        out,
        4,
        &format!("Route: `POST /twirp/{}/{}`. {}", service.full_name, method.name, needs(schema, method)),
    );
    if declared.options.deprecated() {
        out.push_str("    #[deprecated]\n");
    }
    let mut arguments = vec![format!("name = {:?}", method.name)];
    arguments.extend(access(&method.access));
    arguments.extend(dial(method));
    arguments.extend(method.wait.as_ref().map(wait));
    let _ = writeln!(out, "    #[rpc({})]", arguments.join(", "));
    let (input, output) = (rust_path(&method.descriptor.input()), rust_path(&method.descriptor.output()));
    let _ = writeln!(out, "    fn {}(request: {input}) -> {output};", declared.name);
}

/// The path of a message in the runtime, which shows the package `livekit` without its name.
fn rust_path(message: &MessageDescriptor) -> String {
    let path = names::message(message);
    match path.starts_with("::") {
        true => path,
        false => format!("crate::proto::{}", path.strip_prefix("livekit::").unwrap_or(&path)),
    }
}

fn access(access: &Access) -> Vec<String> {
    let blocks = access.grants.iter().map(|(block, flags)| format!("{block}({})", flags.join(", ")));
    let mut arguments = Vec::new();
    if !access.grants.is_empty() {
        arguments.push(format!("access({})", blocks.collect::<Vec<_>>().join(", ")));
    }
    arguments.extend(access.room.iter().map(|field| format!("room = {field:?}")));
    arguments.extend(access.destination_room.iter().map(|field| format!("destination_room = {field:?}")));
    arguments
}

fn dial(method: &Method) -> Option<String> {
    let dial = method.dial.as_ref()?;
    let mut arguments: Vec<_> = dial.when.iter().map(|field| format!("when = {field:?}")).collect();
    arguments.extend(dial.ringing.iter().map(|field| format!("ringing = {field:?}")));
    arguments.extend(dial.assume_default_ringing.then(|| "assume_default_ringing".to_owned()));
    Some(if arguments.is_empty() { "dial".to_owned() } else { format!("dial({})", arguments.join(", ")) })
}

fn wait(wait: &Wait) -> String {
    let Wait { milliseconds, default_ms, margin_ms } = wait;
    format!("wait(milliseconds = {milliseconds:?}, default = {default_ms}, margin = {margin_ms})")
}

/// One sentence on the grants, in the words of the token's claims.
fn needs(schema: &Schema, method: &Method) -> String {
    let flags: Vec<_> = method.access.claims(schema).into_iter().map(|claim| format!("`{claim}`")).collect();
    if flags.is_empty() {
        return "The grants it needs are not known: give them with `with_grants`.".to_owned();
    }
    let room =
        method.access.room.as_ref().map(|field| format!(", for the room in `{field}`")).unwrap_or_default();
    let destination = method.access.destination_room.as_ref();
    let destination =
        destination.map(|field| format!(" and `destinationRoom` as in `{field}`")).unwrap_or_default();
    format!("Needs {}{room}{destination}.", flags.join(" and "))
}
