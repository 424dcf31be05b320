//! The messages and enums, with prost, plus the derives that give requests their setters and keep
//! credentials out of debug output.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use prost_build::{Config, Module};
use prost_types::FileDescriptorSet;

use super::attributes::Attributes;
use super::names;
use super::packages::{self, NAMELESS};
use super::services::{ServiceEmitter, Services};
use crate::model::Model;
use crate::schema::{Schema, WELL_KNOWN, oneofs};
use crate::{Error, GeneratedFile, Halves};

/// The files of the packages, and those of the services.
pub(crate) struct Emitted {
    pub(crate) packages: Vec<GeneratedFile>,
    pub(crate) services: Vec<GeneratedFile>,
}

pub(crate) fn emit(
    schema: &Schema,
    model: Model,
    descriptors: FileDescriptorSet,
    halves: Halves,
) -> Result<Emitted, Error> {
    let mut config = config(&model);
    let mut attributes = attributes(&model)?;
    let services = Rc::new(RefCell::new(Services::default()));
    config.service_generator(Box::new(ServiceEmitter::new(schema, model, halves, Rc::clone(&services))));
    let requests =
        descriptors.file.into_iter().map(|file| (Module::from_protobuf_package_name(file.package()), file));
    let modules = config.generate(requests.collect());
    let modules =
        modules.map_err(|error| Error::new(None, error, "report this: prost refuses the schema"))?;
    let mut packages = Vec::new();
    for (module, text) in modules {
        let scope: String = module.parts().map(|part| format!("{part}::")).collect();
        let text = attributes.apply(&scope, &text)?;
        let name = packages::file_name(&module.to_file_name_or(NAMELESS));
        packages.push(GeneratedFile { name, text });
    }
    attributes.finish()?;
    let Services { files: mut services, index } = services.take();
    services.push(GeneratedFile { name: "services.rs".to_owned(), text: index });
    Ok(Emitted { packages, services })
}

fn config(model: &Model) -> Config {
    let mut config = Config::new();
    // prost would map the package to its own types otherwise.
    config.compile_well_known_types().extern_path(format!(".{WELL_KNOWN}"), names::WELL_KNOWN_TYPES);
    // A newer protocol has more values and more members.
    config.enum_attribute(".", "#[non_exhaustive]");
    for field in &model.boxed {
        config.boxed(format!(".{field}"));
    }
    // Laid out once the attributes are there.
    config.format(false);
    config
}

fn attributes(model: &Model) -> Result<Attributes, Error> {
    let mut attributes = Attributes::default();
    for request in &model.requests {
        let message = names::message(&request.message);
        for (number, key) in (1..).zip(&request.keys) {
            attributes
                .add(format!("{message}::{}", names::field(key)), &format!("#[request(key = {number})]"))?;
        }
        attributes.add(message, "#[derive(::livekit_macros::Request)]")?;
    }
    for oneof in &model.oneofs {
        attributes.add(names::oneof(oneof), "#[derive(::livekit_macros::FromVariants)]")?;
    }
    redact(model, &mut attributes)?;
    Ok(attributes)
}

/// Marks credentials, and replaces prost's `Debug` where it would print one.
fn redact(model: &Model, attributes: &mut Attributes) -> Result<(), Error> {
    for holder in &model.secrets {
        let mut types = vec![names::message(&holder.message)];
        types.extend(oneofs(&holder.message).map(|oneof| names::oneof(&oneof)));
        for ty in types {
            attributes.add(ty, "#[derive(::livekit_macros::Redact)]")?;
        }
        let hiding: BTreeSet<_> = holder.secret.iter().map(names::owner).collect();
        for ty in hiding {
            attributes.add(ty, "#[prost(skip_debug)]")?;
        }
        for (fields, attribute) in
            [(&holder.secret, "#[redact(secret)]"), (&holder.nested, "#[redact(nested)]")]
        {
            for field in fields {
                attributes.add(names::member(field), attribute)?;
            }
        }
    }
    Ok(())
}
