//! Descriptors in, `.proto` text out, in one canonical layout: printing what was parsed from printed
//! text gives the same text.

mod extensions;
mod names;
mod options;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use prost_reflect::{
    Cardinality, DynamicMessage, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    ServiceDescriptor,
};

pub(crate) use options::foreign_options;

use crate::prune::{Reachable, is_participant_rpc, is_twirp};
use crate::schema::{self, ANNOTATIONS, Schema, oneof_of, value_key};

/// Longest line before a list of options is broken over several.
const WIDTH: usize = 110;

/// Prints one file of the schema, without what is not reachable.
pub fn print(schema: &Schema, file: &FileDescriptor, reachable: &Reachable) -> String {
    let mut printer = Printer {
        schema,
        file,
        reachable,
        keep_all: !schema::extensions(file).is_empty(),
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
        if !self.file.package_name().is_empty() {
            self.blank();
            self.line(&format!("package {};", self.file.package_name()));
        }
        let mut imports = std::mem::take(&mut self.imports);
        // An option may be declared where it is used.
        imports.remove(self.file.name());
        if !imports.is_empty() {
            self.blank();
        }
        for import in imports {
            self.line(&format!("import {};", options::quoted(&import)));
        }
    }

    fn body(&mut self) {
        self.extensions(self.file.package_name(), self.file.extensions());
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
        let has_options = self.option_lines(service.full_name(), &service.options());
        for (index, method) in service.methods().enumerate() {
            if index > 0 || has_options {
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
        self.option_lines(message.full_name(), &message.options());
        let ranges = message.reserved_ranges().map(|range| (range.start, range.end - 1));
        self.reserved(ranges, message.reserved_names());
        self.fields(message);
        self.extensions(message.full_name(), message.child_extensions());
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
                    self.option_lines(oneof.full_name(), &oneof.options());
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
            options.insert(0, ("json_name".into(), options::quoted(field.json_name())));
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
        self.option_lines(item.full_name(), &item.options());
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
            // Their short name is known below the package `livekit` only.
            let is_short = self.resolve(full_name, "sdk").as_deref() == Some(ANNOTATIONS);
            let package = if is_short { "sdk" } else { ANNOTATIONS };
            all.push((format!("({package}.{name})"), options::text(value)));
        }
        all
    }

    /// The options of an element with a block, first in it. Answers whether there are any.
    fn option_lines(&mut self, full_name: &str, facts: &DynamicMessage) -> bool {
        let options = self.options(full_name, facts);
        for (name, value) in &options {
            self.line(&format!("option {name} = {value};"));
        }
        !options.is_empty()
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
