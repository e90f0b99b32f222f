//! Chart.yaml: read with places, coerced to text where Helm coerces, and validated by Helm's rules.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Tree;
use crate::diagnostic::{Diagnostic, Sources, Span};
use crate::yaml::{Limits, Node, Value, read as read_yaml};

/// What Chart.yaml says; templates see it as `Chart`, with these names.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metadata {
    /// `v1` or `v2`; `v1` when the file says nothing.
    #[serde(rename = "APIVersion")]
    pub api_version: String,
    /// The chart's name.
    pub name: String,
    /// The chart's own version.
    pub version: String,
    /// The version of what the chart installs.
    pub app_version: String,
    /// One sentence.
    pub description: String,
    /// `application` or `library`; empty means application.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Kubernetes versions that the chart is made for.
    pub kube_version: String,
    /// The project's page.
    pub home: String,
    /// An image.
    pub icon: String,
    /// Search words.
    pub keywords: Vec<String>,
    /// Where the sources are.
    pub sources: Vec<String>,
    /// Who keeps it.
    pub maintainers: Vec<Maintainer>,
    /// Free-form notes.
    pub annotations: BTreeMap<String, String>,
    /// Whether nobody should use it any more.
    pub deprecated: bool,
    /// Always true: subcharts are not rendered yet.
    pub is_root: bool,
    /// Where `kubeVersion` stands, for messages.
    #[serde(skip)]
    pub kube_version_span: Option<Span>,
}

/// One person or team of Chart.yaml.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Maintainer {
    /// Who.
    pub name: String,
    /// Where to write to.
    pub email: String,
    /// Where to look.
    #[serde(rename = "URL")]
    pub url: String,
}

const FIELDS: [&str; 17] = [
    "apiVersion",
    "name",
    "version",
    "kubeVersion",
    "description",
    "type",
    "keywords",
    "home",
    "sources",
    "dependencies",
    "maintainers",
    "icon",
    "appVersion",
    "deprecated",
    "annotations",
    "condition",
    "tags",
];

/// Reads Chart.yaml; what is wrong goes to `errors`.
pub(super) fn read(tree: &Tree, sources: &mut Sources, errors: &mut Vec<Diagnostic>) -> Option<Metadata> {
    let text = tree.text("Chart.yaml").map_err(|error| errors.push(*error)).ok()?;
    let id = sources.add(tree.display("Chart.yaml"), text);
    let reading = read_yaml(sources, id, Limits::default()).map_err(|error| errors.push(*error)).ok()?;
    let root = reading.documents.into_iter().next()?;
    if root.as_map().is_none() {
        errors.push(Diagnostic::error("Chart.yaml must be an object").at(root.span, "expected `key: value` lines"));
        return None;
    }
    let mut reader = Reader { root: &root, errors };
    let metadata = reader.metadata();
    reader.validate(&metadata);
    Some(metadata)
}

struct Reader<'a> {
    root: &'a Node,
    errors: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn metadata(&mut self) -> Metadata {
        let api_version = self.text("apiVersion");
        Metadata {
            api_version: if api_version.is_empty() { "v1".to_owned() } else { api_version },
            name: self.text("name"),
            version: self.text("version"),
            app_version: self.text("appVersion"),
            description: self.text("description"),
            kind: self.text("type"),
            kube_version: self.text("kubeVersion"),
            home: self.text("home"),
            icon: self.text("icon"),
            keywords: self.texts("keywords"),
            sources: self.texts("sources"),
            maintainers: self.maintainers(),
            annotations: self.annotations(),
            deprecated: self.root.get("deprecated").and_then(Node::as_bool).unwrap_or(false),
            is_root: true,
            kube_version_span: self.root.get("kubeVersion").map(|node| node.span),
        }
    }

    fn text(&mut self, key: &str) -> String {
        let Some(node) = self.root.get(key) else { return String::new() };
        if matches!(node.value, Value::List(_) | Value::Map(_)) {
            self.wrong_type(key, node, "text");
        }
        node.scalar_text().unwrap_or_default()
    }

    fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(node) = self.root.get(key).filter(|node| !node.is_null()) else { return Vec::new() };
        let Some(items) = node.as_list() else {
            self.wrong_type(key, node, "a list");
            return Vec::new();
        };
        items.iter().filter_map(Node::scalar_text).collect()
    }

    fn wrong_type(&mut self, key: &str, node: &Node, wanted: &str) {
        let message = format!("`{key}` must be {wanted}, found {}", node.value.kind());
        self.errors.push(Diagnostic::error(message).at(node.span, ""));
    }

    fn maintainers(&mut self) -> Vec<Maintainer> {
        let Some(items) = self.root.get("maintainers").and_then(Node::as_list) else { return Vec::new() };
        let mut list = Vec::new();
        for item in items {
            if item.as_map().is_none_or(indexmap::IndexMap::is_empty) {
                let message = "a maintainer must be an object with a `name`";
                self.errors.push(Diagnostic::error(message).at(item.span, ""));
            }
            let field = |key| item.get(key).and_then(Node::scalar_text).unwrap_or_default();
            list.push(Maintainer { name: field("name"), email: field("email"), url: field("url") });
        }
        list
    }

    fn annotations(&self) -> BTreeMap<String, String> {
        let Some(map) = self.root.get("annotations").and_then(Node::as_map) else { return BTreeMap::new() };
        map.iter().filter_map(|(key, entry)| Some((key.clone(), entry.node.scalar_text()?))).collect()
    }

    fn validate(&mut self, metadata: &Metadata) {
        self.required("name", &metadata.name);
        self.required("version", &metadata.version);
        let name = metadata.name.as_str();
        if name == "." || name == ".." || name.contains(['/', '\\']) {
            self.invalid("name", format!("`{name}` is no chart name"), "a name has no `/`");
        }
        if !metadata.version.is_empty() && lenient_version(&metadata.version).is_none() {
            let message = format!("`{}` is no version", metadata.version);
            self.invalid("version", message, "expected something like `1.2.3`");
        }
        if !matches!(metadata.api_version.as_str(), "v1" | "v2") {
            let message = format!("`apiVersion` must be `v1` or `v2`, found `{}`", metadata.api_version);
            self.invalid("apiVersion", message, "");
        }
        match metadata.kind.as_str() {
            "" | "application" => {}
            "library" => self.invalid("type", "a library chart cannot be rendered on its own".to_owned(), ""),
            other => {
                let message = format!("`type` must be `application` or `library`, found `{other}`");
                self.invalid("type", message, "");
            }
        }
        if self.root.get("dependencies").and_then(Node::as_list).is_some_and(|list| !list.is_empty()) {
            let message = "this chart has dependencies, and subcharts are not rendered yet".to_owned();
            self.invalid("dependencies", message, "");
        }
    }

    fn required(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            return;
        }
        let mut diagnostic = Diagnostic::error(format!("Chart.yaml must have a `{key}`"));
        let keys = self.root.as_map().into_iter().flatten().map(|(found, entry)| (found.as_str(), entry.key));
        let typo = keys
            .clone()
            .find(|(found, _)| !FIELDS.contains(found) && crate::diagnostic::closest(found, [key]).is_some());
        if let Some((found, span)) = typo {
            diagnostic = diagnostic.at(span, format!("did you mean `{key}` instead of `{found}`?"));
        } else if let Some((_, span)) = keys.into_iter().next() {
            diagnostic = diagnostic.at(span, "");
        }
        self.errors.push(diagnostic);
    }

    fn invalid(&mut self, key: &str, message: String, label: &str) {
        let span = self.root.get(key).map_or(self.root.span, |node| node.span);
        self.errors.push(Diagnostic::error(message).at(span, label));
    }
}

/// A version as Masterminds' lenient parser reads it: `1`, `v1.2`, `01.2.3`.
pub(crate) fn lenient_version(text: &str) -> Option<semver::Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let parts: Vec<u64> = core.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    if parts.is_empty() || parts.len() > 3 {
        return None;
    }
    let at = |index: usize| parts.get(index).copied().unwrap_or(0);
    semver::Version::parse(&format!("{}.{}.{}{rest}", at(0), at(1), at(2))).ok()
}
