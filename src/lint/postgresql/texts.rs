//! Texts inside objects: files in ConfigMaps and Secrets' plain parts, and the scripts of containers, with the places of
//! their lines.

use std::cell::OnceCell;

use crate::diagnostic::{Sources, Span};
use crate::lint::Subject;
use crate::yaml::Node;

/// One text.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Content<'a> {
    /// The name of the file; empty for a container's script.
    pub(super) file: &'a str,
    /// What it holds.
    pub(super) text: &'a str,
    /// The scalar.
    pub(super) node: &'a Node,
    lines: OnceCell<Vec<(&'a str, Span)>>,
}

impl<'a> Content<'a> {
    fn new(file: &'a str, node: &'a Node) -> Option<Self> {
        Some(Self { file, text: node.as_str()?, node, lines: OnceCell::new() })
    }

    /// Whether it is a shell script.
    pub(super) fn is_shell(&self) -> bool {
        let ends = [".sh", ".bash"].iter().any(|end| self.file.ends_with(end));
        let shebang = self.text.starts_with("#!") && self.text.lines().next().is_some_and(|line| line.contains("sh"));
        ends || shebang || self.file.is_empty() && self.text.contains('\n')
    }

    /// Whether it is SQL.
    pub(super) fn is_sql(&self) -> bool {
        self.file.ends_with(".sql")
    }

    /// The lines that are no comments, with their places.
    pub(super) fn lines(&self, sources: &Sources) -> &[(&'a str, Span)] {
        self.lines.get_or_init(|| lines(self.node, self.text, sources))
    }

    /// The first line that a condition holds for, and its place.
    pub(super) fn line(&self, sources: &Sources, holds: impl Fn(&str) -> bool) -> Option<(&'a str, Span)> {
        self.lines(sources).iter().find(|(line, _)| holds(line)).copied()
    }
}

/// Every text of a run: what ConfigMaps hold, and the words of containers.
pub(in crate::lint) fn texts<'a>(subject: &Subject<'a>) -> Vec<Content<'a>> {
    let mut all = Vec::new();
    for object in subject.objects.iter().filter(|object| object.kind() == "ConfigMap") {
        for (file, entry) in object.at(&["data"]).and_then(Node::as_map).into_iter().flatten() {
            all.extend(Content::new(file, &entry.node));
        }
    }
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            all.extend(container.words().filter_map(|node| Content::new("", node)));
        }
    }
    all
}

/// The lines of a text that stands in a scalar, without blank ones and comments. Where the source spells a line as it
/// is, that is its place; else the scalar's beginning.
pub(super) fn lines<'t>(node: &Node, text: &'t str, sources: &Sources) -> Vec<(&'t str, Span)> {
    let source = sources.slice(node.span);
    let mut from = 0;
    let mut all = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        let span = match source[from..].find(trimmed) {
            Some(at) => {
                let start = node.span.range().start + from + at;
                from += at + trimmed.len();
                Span::new(node.span.source, start..start + trimmed.len())
            }
            None => node.span,
        };
        if !trimmed.starts_with('#') && !trimmed.starts_with("--") {
            all.push((trimmed, span));
        }
    }
    all
}
