//! Charts: a tree of files, from a directory, a package or from inside this binary, sorted into metadata, values, schema,
//! templates, presets, files and subcharts, and which subcharts are on. Nothing is rendered here.

mod archive;
mod builtin;
mod constraint;
mod dependencies;
mod glob;
mod ignore;
mod metadata;
mod subcharts;
mod tree;
mod version;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use builtin::Builtin;
pub use constraint::{Constraint, satisfies};
pub use dependencies::{coalesce, resolve};
pub use glob::Glob;
pub use ignore::Ignore;
pub(crate) use metadata::lenient_version;
pub use metadata::{Dependency, Import, Maintainer, Metadata};
pub use tree::{Origin, Tree};
pub use version::parse_version;

use crate::diagnostic::{Diagnostic, SourceId, Sources, Span};
use crate::values::values_of;
use crate::yaml::Mapping;

/// A chart, read and checked but not rendered.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What Chart.yaml says.
    pub metadata: Metadata,
    /// Where the chart came from.
    pub origin: Origin,
    /// The defaults of values.yaml, nulls included.
    pub values: Mapping,
    /// The text of values.yaml, when there is one.
    pub values_source: Option<SourceId>,
    schema: OnceLock<Option<serde_json::Value>>,
    /// `templates/**` in path order.
    pub templates: Vec<Template>,
    /// `presets/NAME.yaml` by name.
    pub presets: BTreeMap<String, SourceId>,
    /// Every file, as read.
    pub tree: Tree,
    /// The charts in `charts/`; after [`resolve`], those that are on, under their aliases.
    pub subcharts: Vec<Self>,
}

/// One file below `templates/`.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its path in the chart: `templates/service.yaml.j2`.
    pub path: String,
    /// Its text.
    pub source: SourceId,
}

impl Template {
    /// Whether it is a minijinja template.
    pub fn is_jinja(&self) -> bool {
        self.path.ends_with(".j2")
    }

    /// Whether it only holds macros for others: its file name starts with `_`.
    pub fn is_partial(&self) -> bool {
        self.file_name().starts_with('_')
    }

    /// Whether it holds the notes for the user.
    pub fn is_notes(&self) -> bool {
        self.output_path().ends_with("NOTES.txt")
    }

    /// The path that output carries: without `.j2`.
    pub fn output_path(&self) -> &str {
        self.path.strip_suffix(".j2").unwrap_or(&self.path)
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Maps, lists, texts, numbers and so on of a schema; each takes a hundred times the memory of its text.
const MAX_SCHEMA: usize = 500_000;

/// The annotation of Chart.yaml that says whose rules the values follow.
const VALUES_CONTRACT: &str = "pgchart/values";

impl Chart {
    /// Sorts a tree of files into a chart.
    ///
    /// # Errors
    /// Everything that is wrong with Chart.yaml, values.yaml and values.schema.json, in one list.
    pub fn load(tree: Tree, sources: &mut Sources, warnings: &mut Vec<Diagnostic>) -> Result<Self, Vec<Diagnostic>> {
        Self::load_nested(tree, sources, warnings, &mut subcharts::Nesting::new())
    }

    fn load_nested(
        tree: Tree,
        sources: &mut Sources,
        warnings: &mut Vec<Diagnostic>,
        nesting: &mut subcharts::Nesting,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let metadata = metadata::read(&tree, sources, &mut errors);
        let (values_source, values) = read_values(&tree, sources, warnings, &mut errors);
        let schema = match tree.origin() {
            // It is large, a test reads it, and most runs do not ask for it.
            Origin::Builtin => OnceLock::new(),
            _ => OnceLock::from(read_schema(&tree, sources, &mut errors)),
        };
        let mut templates = Vec::new();
        let mut presets = BTreeMap::new();
        for path in tree.paths() {
            if path.starts_with("templates/") {
                match tree.text(path) {
                    Ok(text) => templates
                        .push(Template { path: path.to_owned(), source: sources.add(tree.display(path), text) }),
                    Err(error) => errors.push(*error),
                }
            } else if let Some(name) = path.strip_prefix("presets/").and_then(|p| p.strip_suffix(".yaml")) {
                match tree.text(path) {
                    Ok(text) => {
                        presets.insert(name.to_owned(), sources.add(tree.display(path), text));
                    }
                    Err(error) => errors.push(*error),
                }
            }
        }
        let name = metadata.as_ref().map_or("", |metadata| metadata.name.as_str());
        let subcharts = subcharts::load(&tree, name, sources, warnings, nesting).unwrap_or_else(|list| {
            errors.extend(list);
            Vec::new()
        });
        match metadata {
            Some(metadata) if errors.is_empty() => {
                let origin = tree.origin().clone();
                Ok(Self { metadata, origin, values, values_source, schema, templates, presets, tree, subcharts })
            }
            _ => Err(errors),
        }
    }

    /// values.schema.json, when there is one.
    pub fn schema(&self) -> Option<&serde_json::Value> {
        let read = || serde_json::from_slice(self.tree.bytes("values.schema.json")?).ok();
        self.schema.get_or_init(read).as_ref()
    }

    /// Whether it only holds templates for other charts.
    pub fn is_library(&self) -> bool {
        self.metadata.kind.eq_ignore_ascii_case("library")
    }

    /// The chart and all charts below it with the paths that their templates carry (`app/charts/redis`), parents first.
    pub fn family(&self) -> Vec<(String, &Self)> {
        let mut all = vec![(self.metadata.name.clone(), self)];
        let mut next = 0;
        while let Some((path, chart)) = all.get(next).cloned() {
            let path = |sub: &Self| format!("{path}/charts/{}", sub.metadata.name);
            all.extend(chart.subcharts.iter().map(|sub| (path(sub), sub)));
            next += 1;
        }
        all
    }

    /// Whether the values follow the contract of the built-in PostgreSQL chart, so that parameters, HBA lines
    /// and memory are checked and sizes tuned.
    pub fn is_postgresql(&self) -> bool {
        self.metadata.annotations.get(VALUES_CONTRACT).is_some_and(|value| value == "postgresql")
    }
}

fn read_values(
    tree: &Tree,
    sources: &mut Sources,
    warnings: &mut Vec<Diagnostic>,
    errors: &mut Vec<Diagnostic>,
) -> (Option<SourceId>, Mapping) {
    if !tree.contains("values.yaml") {
        return (None, Mapping::new());
    }
    let text = match tree.text("values.yaml") {
        Ok(text) => text,
        Err(error) => {
            errors.push(*error);
            return (None, Mapping::new());
        }
    };
    let id = sources.add(tree.display("values.yaml"), text);
    match values_of(id, sources, warnings) {
        Ok(map) => (Some(id), map),
        Err(error) => {
            errors.push(*error);
            (Some(id), Mapping::new())
        }
    }
}

fn read_schema(tree: &Tree, sources: &mut Sources, errors: &mut Vec<Diagnostic>) -> Option<serde_json::Value> {
    let path = "values.schema.json";
    if !tree.contains(path) {
        return None;
    }
    let text = tree.text(path).map_err(|error| errors.push(*error)).ok()?;
    if values_in(&text) > MAX_SCHEMA {
        let name = tree.display(path);
        let message = format!("`{name}` is no valid JSON schema: it holds more than {MAX_SCHEMA} values");
        errors.push(Diagnostic::error(message));
        return None;
    }
    match serde_json::from_str(&text) {
        Ok(schema) => Some(schema),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let id = sources.add(tree.display(path), text);
            let span = sources.line(id, line.max(1));
            let message = format!("not valid JSON at line {line}, column {column}");
            errors.push(Diagnostic::error(message).at(Span { end: span.end, ..span }, ""));
            None
        }
    }
}

/// How many values a JSON text holds at most: each but the first of all follows a comma or an opening bracket.
fn values_in(json: &str) -> usize {
    let (mut count, mut in_text, mut escaped) = (1, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}
