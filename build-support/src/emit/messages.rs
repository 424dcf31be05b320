//! The messages and enums, with prost, plus the derives that give requests their setters and keep
//! credentials out of debug output.

use std::cell::RefCell;
use std::rc::Rc;

use prost_build::{Config, Module};
use prost_types::FileDescriptorSet;

use crate::emit::services::ServiceEmitter;
use crate::model::{Model, SecretHolder};
use crate::schema::Schema;
use crate::{Error, GeneratedFile, Halves};

/// Google's well-known types come from pbjson, whose have protobuf JSON.
pub(crate) const WELL_KNOWN_TYPES: (&str, &str) = (".google.protobuf", "::pbjson_types");

pub(crate) fn emit(
    schema: &Schema,
    model: Model,
    descriptors: FileDescriptorSet,
    halves: Halves,
) -> Result<Vec<GeneratedFile>, Error> {
    let mut config = config(&model);
    let services = Rc::new(RefCell::new(Vec::new()));
    config.service_generator(Box::new(ServiceEmitter::new(schema, model, halves, Rc::clone(&services))));
    let requests =
        descriptors.file.into_iter().map(|file| (Module::from_protobuf_package_name(file.package()), file));
    let modules = config.generate(requests.collect());
    let modules =
        modules.map_err(|error| Error::new(None, error, "report this: prost refuses the schema"))?;
    let mut files: Vec<_> = modules
        .into_iter()
        .map(|(module, text)| GeneratedFile { name: module.to_file_name_or("root"), text })
        .collect();
    files.append(&mut services.borrow_mut());
    if !files.iter().any(|file| file.name == "services.rs") {
        // No service was chosen; the runtime includes the index all the same.
        files.push(GeneratedFile { name: "services.rs".to_owned(), text: String::new() });
    }
    Ok(files)
}

fn config(model: &Model) -> Config {
    let mut config = Config::new();
    // prost would map the package to its own types otherwise.
    config.compile_well_known_types().extern_path(WELL_KNOWN_TYPES.0, WELL_KNOWN_TYPES.1);
    // A newer protocol has more values and more members.
    config.enum_attribute(".", "#[non_exhaustive]");
    for request in &model.requests {
        config.message_attribute(path(&request.full_name), "#[derive(::livekit_macros::Request)]");
        for (number, field) in (1..).zip(&request.keys) {
            config.field_attribute(
                format!(".{}.{field}", request.full_name),
                format!("#[request(key = {number})]"),
            );
        }
    }
    for field in &model.boxed {
        config.boxed(path(field));
    }
    for oneof in &model.oneofs {
        config.enum_attribute(path(oneof), "#[derive(::livekit_macros::FromVariants)]");
    }
    redact(&mut config, model);
    config
}

/// Marks credentials, and replaces prost's `Debug` where it would print one.
///
/// prost applies what is said of a message to everything nested in it. So nothing is said twice, every
/// oneof below a marked message is marked too, and enums get back the `Debug` they lose.
fn redact(config: &mut Config, model: &Model) {
    let outer = outermost(model, |_| true);
    let hiding = outermost(model, |holder| !holder.secret.is_empty());
    for holder in &outer {
        config.message_attribute(path(&holder.full_name), "#[derive(::livekit_macros::Redact)]");
    }
    for holder in &hiding {
        config.message_attribute(path(&holder.full_name), "#[redact(debug)]");
    }
    for oneof in model.oneofs.iter().filter(|oneof| outer.iter().any(|holder| is_below(oneof, holder))) {
        config.enum_attribute(path(oneof), "#[derive(::livekit_macros::Redact)]");
        if hiding.iter().any(|holder| is_below(oneof, holder)) {
            config.enum_attribute(path(oneof), "#[redact(debug)]");
        }
    }
    for item in model.enums.iter().filter(|item| hiding.iter().any(|holder| is_below(item, holder))) {
        config.enum_attribute(path(item), "#[derive(Debug)]");
    }
    for holder in &model.secrets {
        for (fields, attribute) in
            [(&holder.secret, "#[redact(secret)]"), (&holder.nested, "#[redact(nested)]")]
        {
            for field in fields {
                config.field_attribute(format!(".{}.{}", holder.full_name, field.path()), attribute);
            }
        }
    }
    // A second call would undo the first.
    config.skip_debug(hiding.iter().map(|holder| path(&holder.full_name)));
}

/// The holders that satisfy a condition, without those nested in another that does.
fn outermost(model: &Model, condition: impl Fn(&SecretHolder) -> bool) -> Vec<&SecretHolder> {
    let all: Vec<_> = model.secrets.iter().filter(|holder| condition(holder)).collect();
    let is_nested = |holder: &SecretHolder| all.iter().any(|outer| is_below(&holder.full_name, outer));
    all.iter().filter(|holder| !is_nested(holder)).copied().collect()
}

fn is_below(full_name: &str, holder: &SecretHolder) -> bool {
    full_name.strip_prefix(&holder.full_name).is_some_and(|rest| rest.starts_with('.'))
}

fn path(full_name: &str) -> String {
    format!(".{full_name}")
}
