//! From a place in rendered text to the one that its author can change: a value, else the template, with the rendered
//! place as a second label.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Label, SourceId, Sources, Span};
use crate::engine::value_paths;
use crate::manifest::Manifest;
use crate::release::Configured;
use crate::yaml::{Node, Value};

/// Knows what was rendered from what.
pub(super) struct Places<'a> {
    sources: &'a Sources,
    configured: Option<&'a Configured>,
    manifests: HashMap<SourceId, Vec<&'a Manifest>>,
}

/// Where something rendered comes from.
struct Origin<'a> {
    manifest: &'a Manifest,
    template: Span,
    value: Option<Span>,
}

impl<'a> Places<'a> {
    pub(super) fn new(
        sources: &'a Sources,
        configured: Option<&'a Configured>,
        manifests: impl Iterator<Item = &'a Manifest>,
    ) -> Self {
        let mut by_source: HashMap<SourceId, Vec<&Manifest>> = HashMap::new();
        for manifest in manifests {
            by_source.entry(manifest.root.span.source).or_default().push(manifest);
        }
        Self { sources, configured, manifests: by_source }
    }

    /// The same finding at places that its reader can change.
    pub(super) fn resolve(&self, mut finding: Diagnostic) -> Diagnostic {
        let others = std::mem::take(&mut finding.labels);
        if let Some(Label { span, message }) = finding.primary.take() {
            finding = match self.origin(span) {
                None => finding.at(span, message),
                Some(origin) => self.primary(finding, &origin, span, message),
            };
        }
        for Label { span, message } in others {
            let place = self.origin(span).map_or(span, |origin| origin.value.unwrap_or(origin.template));
            let known = finding.primary.iter().chain(&finding.labels).any(|label| label.span == place);
            if !known {
                finding = finding.label(place, message);
            }
        }
        finding
    }

    fn primary(&self, finding: Diagnostic, origin: &Origin<'_>, rendered: Span, message: String) -> Diagnostic {
        let identity = &origin.manifest.identity;
        let finding = match origin.value {
            Some(value) => finding.at(value, message).label(origin.template, "used here"),
            None => finding.at(origin.template, message),
        };
        let is_secret = identity.kind == "Secret";
        if is_secret || origin.manifest.map.is_verbatim() {
            return finding;
        }
        let end =
            self.sources.slice(rendered).find('\n').map_or(rendered.range().end, |at| rendered.range().start + at);
        let line = Span::new(rendered.source, rendered.range().start..end);
        finding.label(line, format!("rendered here, in {identity}"))
    }

    /// Nothing for a place that was not rendered.
    fn origin(&self, span: Span) -> Option<Origin<'a>> {
        let all = self.manifests.get(&span.source)?;
        let inside = |manifest: &&&Manifest| {
            let range = manifest.root.span.range();
            range.start <= span.range().start && span.range().start <= range.end
        };
        let manifest = all.iter().find(inside).or_else(|| all.first())?;
        let template = manifest.map.locate_range(span.range())?;
        let value = self.value(manifest, span).or_else(|| self.item(manifest, template, span));
        Some(Origin { manifest, template, value })
    }

    /// The part of a list in the user's values that stands in a pod as it is, such as one of `sidecars`. The built-in chart writes
    /// pods by macros, whose expressions name no value.
    fn item(&self, manifest: &Manifest, template: Span, span: Span) -> Option<Span> {
        let configured = self.configured?;
        if !self.sources.get(template.source).name.starts_with("built-in/") {
            return None;
        }
        let path = path_of(&manifest.root, span);
        let mut node = &manifest.root;
        let mut rendered = Vec::new();
        for step in &path {
            node = step.of(node)?;
            rendered.push(node);
        }
        // From the innermost list's item outwards.
        let mut items = path.iter().enumerate().rev().filter(|(_, step)| matches!(step, Step::Item(_)));
        items.find_map(|(depth, _)| {
            let written = self.same_item(&configured.values, rendered[depth])?;
            let part = path[depth + 1..].iter().try_fold(written, |node, step| step.of(node));
            Some(part.unwrap_or(written).span)
        })
    }

    /// The item of a list in a file of the user's that has the same name and says nothing else than what was rendered.
    fn same_item<'n>(&self, values: &'n Node, rendered: &Node) -> Option<&'n Node> {
        let name = rendered.get("name")?.as_str()?;
        let same = |item: &Node| {
            let scalars = item.as_map().into_iter().flatten().filter(|(_, entry)| entry.node.scalar_text().is_some());
            let mut said =
                scalars.map(|(key, entry)| rendered.get(key).and_then(Node::scalar_text) == entry.node.scalar_text());
            item.get("name").and_then(Node::as_str) == Some(name) && said.all(|same| same)
        };
        let own = |item: &Node| !self.sources.get(item.span.source).name.starts_with("built-in/");
        match &values.value {
            Value::List(items) => items
                .iter()
                .find(|item| own(item) && same(item))
                .or_else(|| items.iter().find_map(|item| self.same_item(item, rendered))),
            Value::Map(map) => map.values().find_map(|entry| self.same_item(&entry.node, rendered)),
            _ => None,
        }
    }

    /// The value that an expression printed, when it printed just one: for a part of a larger one that part.
    fn value(&self, manifest: &Manifest, span: Span) -> Option<Span> {
        let configured = self.configured?;
        let expression = manifest.map.expression(span.range().start)?;
        let mut paths = value_paths(self.sources.slice(expression));
        paths.dedup();
        let [path] = &paths[..] else { return None };
        let chart = manifest.path.split("/templates/").next().unwrap_or_default();
        let mut root = &configured.values;
        for name in chart.split("/charts/").skip(1) {
            root = root.get(name)?;
        }
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let read = root.at(&keys)?;
        let printed = path_of(&manifest.root, span);
        let part = (0..=printed.len()).find_map(|cut| {
            let rest = &printed[cut..];
            rest.iter()
                .try_fold(read, |node, step| step.of(node))
                .filter(|_| !rest.is_empty() || read.as_map().is_none())
        });
        Some(part.unwrap_or(read).span).filter(|span| !self.sources.get(span.source).text.is_empty())
    }
}

/// One step down a tree.
enum Step {
    Key(String),
    Item(usize),
}

impl Step {
    fn of<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        match self {
            Self::Key(key) => node.get(key),
            Self::Item(index) => node.as_list()?.get(*index),
        }
    }
}

/// The way from a root to the node or key at a place.
fn path_of(root: &Node, span: Span) -> Vec<Step> {
    let mut path = Vec::new();
    let mut at = root;
    let holds = |outer: Span| outer.start <= span.start && span.start < outer.end.max(outer.start + 1);
    loop {
        let next = match &at.value {
            Value::Map(map) => map
                .iter()
                .find(|(_, entry)| holds(entry.key) || holds(entry.node.span))
                .map(|(key, entry)| (Step::Key(key.clone()), &entry.node, holds(entry.key))),
            Value::List(items) => items
                .iter()
                .enumerate()
                .find(|(_, item)| holds(item.span))
                .map(|(index, item)| (Step::Item(index), item, false)),
            _ => None,
        };
        let Some((step, node, is_key)) = next else { return path };
        path.push(step);
        if is_key || node.span == span {
            return path;
        }
        at = node;
    }
}
