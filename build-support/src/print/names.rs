//! How one declaration names another.

use super::Printer;

impl Printer<'_> {
    /// The shortest name under which `target` is found from `scope`, by protobuf's scoping rules.
    pub(super) fn type_name(&mut self, scope: &str, target: &str, target_file: &str) -> String {
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
    pub(super) fn resolve(&self, scope: &str, name: &str) -> Option<String> {
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
}
