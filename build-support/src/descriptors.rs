//! The schema for use at run time: descriptors that carry this project's annotations.

use std::collections::BTreeSet;

use prost::Message as _;
use prost_reflect::{DynamicMessage, FileDescriptor, Kind, Value};
use prost_types::FileDescriptorSet;

use crate::prune::join;
use crate::schema::{ANNOTATIONS, Schema};

/// The lists in `descriptor.proto` whose elements are annotated, or hold elements that are.
const CHILDREN: [&str; 5] = ["service", "method", "message_type", "nested_type", "field"];

/// A part of the schema, encoded so that it can be read without any other file, without comments.
pub(crate) fn encode(schema: &Schema, mut set: FileDescriptorSet) -> Vec<u8> {
    // Nothing reaches what the annotations are made of, but it takes their declarations to read them.
    let declarations = schema.files().filter(|file| file.package_name() == ANNOTATIONS);
    let declarations: Vec<_> = declarations.map(|file| file.file_descriptor_proto().clone()).collect();
    set.file.retain(|file| file.package() != ANNOTATIONS);
    set.file.extend(declarations);
    let names: BTreeSet<_> = set.file.iter().map(|file| file.name().to_owned()).collect();
    for file in &mut set.file {
        file.source_code_info = None;
        let imported = schema.pool().get_file_by_name(file.name()).map(|file| imports(&file));
        file.dependency = imported.unwrap_or_default().into_iter().filter(|it| names.contains(it)).collect();
        // What is imported through another file is imported as itself.
        file.public_dependency.clear();
        file.weak_dependency.clear();
    }
    annotated(schema, &set).map_or_else(|| set.encode_to_vec(), |set| set.encode_to_vec())
}

/// The files that a file may name types of: those that it imports, and those that they import publicly.
fn imports(file: &FileDescriptor) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut pending: Vec<_> = file.dependencies().collect();
    while let Some(imported) = pending.pop() {
        if found.insert(imported.name().to_owned()) {
            pending.extend(imported.public_dependencies());
        }
    }
    found
}

/// The descriptors with this project's annotations among their options, where prost's types have no room
/// for them; `None` if the schema declares no options at all.
fn annotated(schema: &Schema, set: &FileDescriptorSet) -> Option<DynamicMessage> {
    let descriptor = schema.pool().get_message_by_name("google.protobuf.FileDescriptorSet")?;
    let mut set = DynamicMessage::decode(descriptor, &*set.encode_to_vec()).ok()?;
    for file in set.get_field_by_name_mut("file")?.as_list_mut()?.iter_mut() {
        let file = file.as_message_mut()?;
        let package = text(file, "package");
        annotate_children(schema, file, &package);
    }
    Some(set)
}

fn annotate_children(schema: &Schema, element: &mut DynamicMessage, scope: &str) {
    for children in CHILDREN {
        let children = element.get_field_by_name_mut(children).and_then(Value::as_list_mut);
        for child in children.into_iter().flatten().filter_map(Value::as_message_mut) {
            let full_name = join(scope, &text(child, "name"));
            annotate(schema, child, &full_name);
            annotate_children(schema, child, &full_name);
        }
    }
}

fn annotate(schema: &Schema, element: &mut DynamicMessage, full_name: &str) {
    for (option, value) in schema.annotations.get(full_name).into_iter().flatten() {
        let extension = schema.pool().get_extension_by_name(&format!("{ANNOTATIONS}.{option}"));
        let options = element.get_field_by_name_mut("options").and_then(Value::as_message_mut);
        let (Some(extension), Some(options)) = (extension, options) else { continue };
        let mut value = value.clone();
        // The value may be of another schema's type, though of the same name.
        if let (Kind::Message(descriptor), Some(message)) = (extension.kind(), value.as_message()) {
            let mut copy = DynamicMessage::new(descriptor);
            if copy.transcode_from(message).is_err() {
                continue;
            }
            value = Value::Message(copy);
        }
        if value.is_valid_for_extension(&extension) {
            options.set_extension(&extension, value);
        }
    }
}

fn text(element: &DynamicMessage, field: &str) -> String {
    element.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
