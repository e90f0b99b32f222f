//! Rendered text to documents: splitting, reading, identifying.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::hook::{self, Hook};
use crate::diagnostic::{Diagnostic, SourceId, Sources, Span};
use crate::engine::{Rendered, SourceMap};
use crate::yaml::{Limits, Node, TrapKind, Value, read_range};

/// What an object is called in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// `apps/v1`; empty when the document says nothing.
    pub api_version: String,
    /// `StatefulSet`; empty when the document says nothing.
    pub kind: String,
    /// The namespace it names itself, else empty.
    pub namespace: String,
    /// Its name; empty when the document says nothing.
    pub name: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.name)?;
        if self.namespace.is_empty() { Ok(()) } else { write!(f, " in namespace `{}`", self.namespace) }
    }
}

/// One rendered document.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// `postgresql/templates/service.yaml`.
    pub path: String,
    /// The document's text, without blank lines around it.
    pub text: String,
    /// The document.
    pub root: Node,
    /// What it is called.
    pub identity: Identity,
    /// When it is a hook.
    pub hook: Option<Hook>,
    /// The template line that begins it.
    pub origin: Span,
    /// From the places of `root` back to the template.
    pub map: Arc<SourceMap>,
}

impl Manifest {
    /// The objects of a `List`, such as `kubectl get -o yaml` prints; anything else is itself.
    pub fn unlisted(self) -> Vec<Self> {
        let is_list = self.identity.kind == "List" && self.identity.api_version == "v1";
        let Some(items) = self.root.get("items").and_then(Node::as_list).filter(|_| is_list) else { return vec![self] };
        let one = |root: &Node| Self {
            path: self.path.clone(),
            text: String::new(),
            identity: identify(root),
            hook: hook::read(root),
            origin: self.map.locate_range(root.span.range()).unwrap_or(root.span),
            root: root.clone(),
            map: Arc::clone(&self.map),
        };
        items.iter().filter(|item| item.as_map().is_some() && broken_head(item).is_none()).map(one).collect()
    }
}

/// Splits a rendered file and reads its documents.
///
/// # Errors
/// Every document that is no YAML, no object, or has a key twice, each at the template line that wrote it.
pub fn parse(
    rendered: &Rendered,
    sources: &mut Sources,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Vec<Manifest>, Vec<Diagnostic>> {
    if rendered.text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let id = sources.add(format!("{} (rendered)", rendered.path), rendered.text.as_str());
    let file = RenderedFile { path: &rendered.path, map: Arc::clone(&rendered.map), id };
    let mut manifests = Vec::new();
    let mut errors = Vec::new();
    for range in split(&rendered.text) {
        match file.document(range, sources) {
            Ok(Some(manifest)) => match manifest.hook {
                Some(Hook { ref unknown, .. }) if !unknown.is_empty() => {
                    let names = unknown.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                    let message = format!("{} is skipped: unknown hook {names}", manifest.identity);
                    let warning = Diagnostic::warning(message).of_rule("TPL012").at(manifest.origin, "");
                    warnings.push(warning.help("name an event such as `pre-install`, `post-upgrade` or `test`"));
                }
                _ => manifests.push(manifest),
            },
            Ok(None) => {}
            Err(list) => errors.extend(list),
        }
    }
    if errors.is_empty() { Ok(manifests) } else { Err(errors) }
}

struct RenderedFile<'a> {
    path: &'a str,
    map: Arc<SourceMap>,
    id: SourceId,
}

impl RenderedFile<'_> {
    fn document(&self, range: Range<usize>, sources: &Sources) -> Result<Option<Manifest>, Vec<Diagnostic>> {
        let text = sources.get(self.id).text[range.clone()].to_owned();
        if text.is_empty() {
            return Ok(None);
        }
        let reading = read_range(sources, self.id, range.clone(), Limits::default())
            .map_err(|error| vec![self.at_template(*error)])?;
        let doubles: Vec<Diagnostic> = reading
            .traps
            .iter()
            .filter_map(|trap| match &trap.kind {
                TrapKind::DuplicateKey { key, first } => Some(self.duplicate_key(key, *first, trap.span)),
                _ => None,
            })
            .collect();
        if !doubles.is_empty() {
            return Err(crate::diagnostic::dedup(doubles));
        }
        let root = reading.documents.into_iter().next().unwrap_or(Node::new(Value::Null, self.span(range.clone())));
        if !matches!(root.value, Value::Map(_) | Value::Null) {
            let message = format!("`{}` renders {}, expected an object", self.path, root.value.kind());
            let place = Span { end: root.span.end.min(root.span.start + 80), ..root.span };
            return Err(vec![self.at_template(Diagnostic::error(message).at(place, ""))]);
        }
        if let Some(error) = broken_head(&root) {
            return Err(vec![self.at_template(error)]);
        }
        let origin = self.template_span(root.span).unwrap_or(root.span);
        let identity = identify(&root);
        let hook = hook::read(&root);
        Ok(Some(Manifest {
            path: self.path.to_owned(),
            text,
            root,
            identity,
            hook,
            origin,
            map: Arc::clone(&self.map),
        }))
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.id, range)
    }

    fn template_span(&self, rendered: Span) -> Option<Span> {
        self.map.locate_range(rendered.range())
    }

    /// Moves a finding in rendered text to the template line that wrote it; the rendered place stays as a label.
    fn at_template(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let Some(label) = diagnostic.primary.take() else { return diagnostic };
        diagnostic = match self.template_span(label.span) {
            Some(span) => diagnostic.at(span, label.message).label(label.span, "this is what it rendered"),
            None => diagnostic.at(label.span, label.message),
        };
        diagnostic
    }

    fn duplicate_key(&self, key: &str, first: Span, second: Span) -> Diagnostic {
        let place = |span: Span| self.template_span(span).unwrap_or(span);
        let error = Diagnostic::error(format!("the key `{key}` is rendered twice in one object")).of_rule("TPL005");
        if place(first) == place(second) {
            let error = error.at(place(second), "this writes it more than once");
            return error.label(second, "a second time here").label(first, "first here");
        }
        error
            .at(place(second), "a second time here")
            .label(place(first), "first here")
            .label(second, "this is what it rendered")
    }
}

/// The ranges of a file's documents: separators are lines that begin with `---` and blank space or nothing after it.
fn split(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if let Some(rest) =
            line.strip_prefix("---").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
        {
            ranges.push(start..at);
            start = at + line.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        at += line.len();
    }
    ranges.push(start..text.len());
    ranges.into_iter().map(|range| trim(text, range)).filter(|range| !range.is_empty()).collect()
}

/// Takes blank lines off both ends; the indentation of the first line stays.
fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let end = range.start + part.trim_end().len();
    let blank = part.len() - part.trim_start().len();
    let start = range.start + part[..blank].rfind('\n').map_or(0, |i| i + 1);
    start.min(end)..end
}

/// What no object may have: `metadata` that is no object, an annotation that is no text.
fn broken_head(root: &Node) -> Option<Diagnostic> {
    let metadata = root.get("metadata").filter(|node| !node.is_null())?;
    let wrong = |what: String, node: &Node| {
        let message = format!("{what}, found {}", node.value.kind());
        Some(Diagnostic::error(message).at(node.span, ""))
    };
    if metadata.as_map().is_none() {
        return wrong("`metadata` must be an object".to_owned(), metadata);
    }
    let annotations = metadata.get("annotations").filter(|node| !node.is_null())?;
    let Some(entries) = annotations.as_map() else {
        return wrong("`metadata.annotations` must be an object".to_owned(), annotations);
    };
    let (name, entry) = entries.iter().find(|(_, entry)| matches!(entry.node.value, Value::Map(_) | Value::List(_)))?;
    wrong(format!("the annotation `{name}` must be text"), &entry.node)
}

fn identify(root: &Node) -> Identity {
    let text = |path: &[&str]| root.at(path).and_then(Node::scalar_text).unwrap_or_default();
    Identity {
        api_version: text(&["apiVersion"]),
        kind: text(&["kind"]),
        namespace: text(&["metadata", "namespace"]),
        name: text(&["metadata", "name"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_stand_at_the_start_of_a_line() {
        let text = "\n---\na: 1\n---   \n---\n\n  b: |\n    ---\n--- # c\nc: -----BEGIN\n-----BEGIN\n---";
        let documents: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(documents, ["a: 1", "  b: |\n    ---", "# c\nc: -----BEGIN\n-----BEGIN"]);
    }
}
