//! The options that a file declares.

use prost_reflect::{Cardinality, ExtensionDescriptor};

use super::Printer;

impl Printer<'_> {
    /// Declared options, those of one target in one block.
    pub(super) fn extensions(&mut self, scope: &str, extensions: impl Iterator<Item = ExtensionDescriptor>) {
        let mut open: Option<String> = None;
        for extension in extensions {
            let target = extension.containing_message();
            if open.as_deref() != Some(target.full_name()) {
                self.close(open.is_some());
                self.blank();
                self.imports.insert(target.parent_file().name().to_owned());
                self.line(&format!("extend {} {{", target.full_name()));
                self.indent += 1;
                open = Some(target.full_name().to_owned());
            }
            self.extension(scope, &extension);
        }
        self.close(open.is_some());
    }

    fn extension(&mut self, scope: &str, extension: &ExtensionDescriptor) {
        self.docs(extension.full_name());
        let kind = self.kind(scope, &extension.kind());
        let label = match extension.cardinality() {
            Cardinality::Repeated => "repeated ",
            _ if extension.field_descriptor_proto().proto3_optional() => "optional ",
            _ => "",
        };
        let options = self.options(extension.full_name(), &extension.options());
        self.declaration(&format!("{label}{kind} {} = {}", extension.name(), extension.number()), &options);
    }
}
