//! Descriptors in, `.proto` text out, in one canonical layout: printing what was parsed from printed
//! text gives the same text.

mod options;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use prost_reflect::{
    Cardinality, DynamicMessage, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    ServiceDescriptor,
};

pub(crate) use options::foreign_options;

use crate::prune::{Reachable, is_participant_rpc, is_twirp};
use crate::schema::{Schema, oneof_of, value_key};

/// Longest line before a list of options is broken over several.
const WIDTH: usize = 110;

/// Prints one file of the schema, without what is not reachable.
pub fn print(schema: &Schema, file: &FileDescriptor, reachable: &Reachable) -> String {
    let mut printer = Printer {
        schema,
        file,
        reachable,
        keep_all: file.extensions().len() > 0,
        out: String::new(),
        indent: 0,
        imports: BTreeSet::new(),
    };
    printer.body();
    let body = std::mem::take(&mut printer.out);
    printer.head();
    printer.out + &body
}

struct Printer<'a> {
    schema: &'a Schema,
    file: &'a FileDescriptor,
    reachable: &'a Reachable,
    /// Files that declare options are printed whole.
    keep_all: bool,
    out: String,
    indent: usize,
    imports: BTreeSet<String>,
}

impl Printer<'_> {
    fn head(&mut self) {
        self.docs(self.file.name());
        self.line("syntax = \"proto3\";");
        self.blank();
        self.line(&format!("package {};", self.file.package_name()));
        let mut imports = std::mem::take(&mut self.imports);
        // An option may be declared where it is used.
        imports.remove(self.file.name());
        if !imports.is_empty() {
            self.blank();
        }
        for import in imports {
            self.line(&format!("import \"{import}\";"));
        }
    }

    fn body(&mut self) {
        self.extensions();
        for service in self.file.services().filter(|service| is_twirp(service) || is_participant_rpc(service))
        {
            self.service(&service);
        }
        for message in self.file.messages() {
            self.message(&message);
        }
        for item in self.file.enums() {
            self.enumeration(&item);
        }
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        self.blank();
        self.docs(service.full_name());
        self.line(&format!("service {} {{", service.name()));
        self.indent += 1;
        let options = self.options(service.full_name(), &service.options());
        for (name, value) in &options {
            self.line(&format!("option {name} = {value};"));
        }
        for (index, method) in service.methods().enumerate() {
            if index > 0 || !options.is_empty() {
                self.blank();
            }
            self.docs(method.full_name());
            let stream = |is: bool| if is { "stream " } else { "" };
            let signature = format!(
                "rpc {}({}{}) returns ({}{})",
                method.name(),
                stream(method.is_client_streaming()),
                self.type_name(
                    method.full_name(),
                    method.input().full_name(),
                    method.input().parent_file().name()
                ),
                stream(method.is_server_streaming()),
                self.type_name(
                    method.full_name(),
                    method.output().full_name(),
                    method.output().parent_file().name()
                ),
            );
            let options = self.options(method.full_name(), &method.options());
            if options.is_empty() {
                self.line(&format!("{signature};"));
                continue;
            }
            self.line(&format!("{signature} {{"));
            self.indent += 1;
            for (name, value) in &options {
                self.line(&format!("option {name} = {value};"));
            }
            self.indent -= 1;
            self.line("}");
        }
        self.indent -= 1;
        self.line("}");
    }

    fn message(&mut self, message: &MessageDescriptor) {
        if message.is_map_entry() || !(self.keep_all || self.reachable.contains(message.full_name())) {
            return;
        }
        self.blank();
        self.docs(message.full_name());
        let start = self.out.len();
        self.line(&format!("message {} {{", message.name()));
        self.indent += 1;
        let inside = self.out.len();
        for (name, value) in self.options(message.full_name(), &message.options()) {
            self.line(&format!("option {name} = {value};"));
        }
        let ranges = message.reserved_ranges().map(|range| (range.start, range.end - 1));
        self.reserved(ranges, message.reserved_names());
        self.fields(message);
        for nested in message.child_messages() {
            self.message(&nested);
        }
        for item in message.child_enums() {
            self.enumeration(&item);
        }
        self.indent -= 1;
        if self.out.len() == inside {
            self.out.truncate(start);
            self.line(&format!("message {} {{}}", message.name()));
        } else {
            self.line("}");
        }
    }

    fn fields(&mut self, message: &MessageDescriptor) {
        // Descriptors list fields by number; the declarations keep their order in the file.
        let declared = message.descriptor_proto().field.iter();
        let fields = declared.filter_map(|field| message.get_field_by_name(field.name()));
        let mut open = None;
        for field in fields {
            let oneof = oneof_of(&field);
            let name = oneof.as_ref().map(|oneof| oneof.full_name().to_owned());
            if open != name {
                self.close(open.is_some());
                if let Some(oneof) = &oneof {
                    self.docs(oneof.full_name());
                    self.line(&format!("oneof {} {{", oneof.name()));
                    self.indent += 1;
                }
                open = name;
            }
            self.field(message, &field);
        }
        self.close(open.is_some());
    }

    /// Closes the block of a oneof or of options, if one is open.
    fn close(&mut self, is_open: bool) {
        if is_open {
            self.indent -= 1;
            self.line("}");
        }
    }

    fn field(&mut self, message: &MessageDescriptor, field: &FieldDescriptor) {
        self.docs(field.full_name());
        let mut options = self.options(field.full_name(), &field.options());
        // json_name is written only where it is not what every parser derives by itself.
        if field.json_name() != json_name(field.name()) {
            options.insert(0, ("json_name".into(), format!("{:?}", field.json_name())));
        }
        let is_optional = field.field_descriptor_proto().proto3_optional();
        let label = match field.cardinality() {
            Cardinality::Repeated if !field.is_map() => "repeated ",
            _ if is_optional => "optional ",
            _ => "",
        };
        let kind = self.field_type(message.full_name(), field);
        self.declaration(&format!("{label}{kind} {} = {}", field.name(), field.number()), &options);
    }

    fn field_type(&mut self, scope: &str, field: &FieldDescriptor) -> String {
        match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let key = self.kind(scope, &entry.map_entry_key_field().kind());
                let value = self.kind(scope, &entry.map_entry_value_field().kind());
                format!("map<{key}, {value}>")
            }
            kind => self.kind(scope, &kind),
        }
    }

    fn kind(&mut self, scope: &str, kind: &Kind) -> String {
        match kind {
            Kind::Message(message) => {
                self.type_name(scope, message.full_name(), message.parent_file().name())
            }
            Kind::Enum(item) => self.type_name(scope, item.full_name(), item.parent_file().name()),
            scalar => format!("{scalar:?}").to_lowercase(),
        }
    }

    fn enumeration(&mut self, item: &EnumDescriptor) {
        if !(self.keep_all || self.reachable.contains(item.full_name())) {
            return;
        }
        self.blank();
        self.docs(item.full_name());
        self.line(&format!("enum {} {{", item.name()));
        self.indent += 1;
        for (name, value) in self.options(item.full_name(), &item.options()) {
            self.line(&format!("option {name} = {value};"));
        }
        let ranges = item.reserved_ranges().map(|range| (*range.start(), *range.end()));
        self.reserved(ranges, item.reserved_names());
        for declared in &item.enum_descriptor_proto().value {
            let Some(value) = item.get_value_by_name(declared.name()) else { continue };
            let key = value_key(&value);
            self.docs(&key);
            let options = self.options(&key, &value.options());
            self.declaration(&format!("{} = {}", value.name(), value.number()), &options);
        }
        self.indent -= 1;
        self.line("}");
    }

    /// Declared options, those of one target in one block.
    fn extensions(&mut self) {
        let mut open: Option<String> = None;
        for extension in self.file.extensions() {
            let target = extension.containing_message();
            if open.as_deref() != Some(target.full_name()) {
                self.close(open.is_some());
                self.blank();
                self.imports.insert(target.parent_file().name().to_owned());
                self.line(&format!("extend {} {{", target.full_name()));
                self.indent += 1;
                open = Some(target.full_name().to_owned());
            }
            self.docs(extension.full_name());
            let kind = self.kind(self.file.package_name(), &extension.kind());
            let label = match extension.cardinality() {
                Cardinality::Repeated => "repeated ",
                _ if extension.field_descriptor_proto().proto3_optional() => "optional ",
                _ => "",
            };
            self.declaration(&format!("{label}{kind} {} = {}", extension.name(), extension.number()), &[]);
        }
        self.close(open.is_some());
    }

    fn reserved<N: PartialEq + ToString>(
        &mut self,
        ranges: impl Iterator<Item = (N, N)>,
        names: impl Iterator<Item = impl AsRef<str>>,
    ) {
        let numbers: Vec<_> = ranges
            .map(|(from, to)| match from == to {
                true => from.to_string(),
                false => format!("{} to {}", from.to_string(), to.to_string()),
            })
            .collect();
        let names: Vec<_> = names.map(|name| format!("{:?}", name.as_ref())).collect();
        for list in [numbers, names].iter().filter(|list| !list.is_empty()) {
            self.line(&format!("reserved {};", list.join(", ")));
        }
    }

    /// Upstream's options of an element, then ours, in the order in which they are written.
    fn options(&mut self, full_name: &str, facts: &DynamicMessage) -> Vec<(String, String)> {
        let mut all = foreign_options(facts);
        self.imports.extend(options::declared_in(facts));
        for (name, value) in self.schema.annotations.get(full_name).into_iter().flatten() {
            self.imports.insert("sdk/options.proto".to_owned());
            all.push((format!("(sdk.{name})"), options::text(value)));
        }
        all
    }

    fn declaration(&mut self, head: &str, options: &[(String, String)]) {
        let options: Vec<_> = options.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        if options.is_empty() {
            self.line(&format!("{head};"));
            return;
        }
        let line = format!("{head} [{}];", options.join(", "));
        if 2 * self.indent + line.len() <= WIDTH {
            self.line(&line);
            return;
        }
        self.line(&format!("{head} ["));
        self.indent += 1;
        for (index, option) in options.iter().enumerate() {
            let comma = if index + 1 < options.len() { "," } else { "" };
            self.line(&format!("{option}{comma}"));
        }
        self.indent -= 1;
        self.line("];");
    }

    /// The shortest name under which `target` is found from `scope`, by protobuf's scoping rules.
    fn type_name(&mut self, scope: &str, target: &str, target_file: &str) -> String {
        if target_file != self.file.name() {
            self.imports.insert(target_file.to_owned());
        }
        let starts = target.match_indices('.').map(|(index, _)| index + 1).chain([0]);
        let mut starts: Vec<_> = starts.collect();
        starts.sort_by_key(|start| std::cmp::Reverse(*start));
        let candidates = starts.into_iter().filter_map(|start| target.get(start..));
        candidates
            .filter(|candidate| self.resolve(scope, candidate) == Some(target.to_owned()))
            .map(str::to_owned)
            .next()
            .unwrap_or_else(|| format!(".{target}"))
    }

    /// What `name` means in `scope`: the innermost scope that knows the first part of it decides.
    fn resolve(&self, scope: &str, name: &str) -> Option<String> {
        let first = name.split('.').next()?;
        let mut scope = Some(scope);
        while let Some(here) = scope {
            let full = |part: &str| if here.is_empty() { part.to_owned() } else { format!("{here}.{part}") };
            if self.exists(&full(first)) {
                return Some(full(name)).filter(|full| self.exists(full));
            }
            scope = match here.rsplit_once('.') {
                Some((outer, _)) => Some(outer),
                None if here.is_empty() => None,
                None => Some(""),
            };
        }
        None
    }

    fn exists(&self, full_name: &str) -> bool {
        let pool = self.schema.pool();
        let is_package = |package: &str| {
            package == full_name || package.strip_prefix(full_name).is_some_and(|rest| rest.starts_with('.'))
        };
        pool.get_message_by_name(full_name).is_some()
            || pool.get_enum_by_name(full_name).is_some()
            || pool.files().any(|file| is_package(file.package_name()))
    }

    fn docs(&mut self, name: &str) {
        let schema = self.schema;
        for line in schema.docs(name).into_iter().flat_map(str::lines) {
            self.line(format!("// {line}").trim_end());
        }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.out, "{:width$}{line}", "", width = 2 * self.indent);
    }

    /// A blank line, unless a block was just opened.
    fn blank(&mut self) {
        if !self.out.ends_with("{\n") {
            self.out.push('\n');
        }
    }
}

/// The JSON name that a parser derives from a field's name.
fn json_name(name: &str) -> String {
    let mut json = String::new();
    let mut upper = false;
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            json.push(c.to_ascii_uppercase());
        } else {
            json.push(c);
        }
    }
    json
}
