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
    /// The legacy condition of the chart itself; Helm reads it and does nothing with it.
    pub condition: String,
    /// The legacy tags of the chart itself.
    pub tags: String,
    /// The subcharts that it declares; after they are resolved, those that are on.
    pub dependencies: Vec<Dependency>,
    /// Whether it is no subchart.
    pub is_root: bool,
    /// Where `kubeVersion` stands, for messages.
    #[serde(skip)]
    pub kube_version_span: Option<Span>,
    /// Where `type` stands, for messages.
    #[serde(skip)]
    pub kind_span: Option<Span>,
    /// Where `deprecated` stands, for messages.
    #[serde(skip)]
    pub deprecated_span: Option<Span>,
    /// Chart.yaml, for messages about the chart as a whole.
    #[serde(skip)]
    pub place: Option<Span>,
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

/// One entry of `dependencies` in Chart.yaml.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dependency {
    /// The subchart's own name; after resolution the alias, when it has one.
    pub name: String,
    /// The versions that are meant.
    pub version: String,
    /// Where `helm dependency` fetches it; not used here.
    pub repository: String,
    /// Paths of booleans that switch it, separated by commas.
    pub condition: String,
    /// Names in the root's `tags` that switch it.
    pub tags: Vec<String>,
    /// Whether it is on.
    pub enabled: bool,
    /// What the parent takes over from its values.
    pub import_values: Vec<Import>,
    /// Another name for it.
    pub alias: String,
    /// Where the entry stands.
    #[serde(skip)]
    pub span: Option<Span>,
}

/// One entry of `import-values`: a table of the subchart and where the parent gets it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    /// The path of the table in the subchart.
    pub child: String,
    /// The path in the parent; `.` is its root.
    pub parent: String,
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

/// Reads Chart.yaml, and the dependencies of an old chart's requirements.yaml; what is wrong goes to `errors`.
pub(super) fn read(tree: &Tree, sources: &mut Sources, errors: &mut Vec<Diagnostic>) -> Option<Metadata> {
    if !tree.contains("Chart.yaml") {
        errors.push(Diagnostic::error("Chart.yaml file is missing"));
        return None;
    }
    let text = tree.text("Chart.yaml").map_err(|error| errors.push(*error)).ok()?;
    let id = sources.add(tree.display("Chart.yaml"), text);
    let reading = read_yaml(sources, id, Limits::default()).map_err(|error| errors.push(*error)).ok()?;
    let start = Span { end: 0, ..sources.line(id, 1) };
    let root = reading.documents.into_iter().next().filter(|root| !root.is_null());
    let root = root.unwrap_or_else(|| Node::new(Value::Map(crate::yaml::Mapping::new()), start));
    if root.as_map().is_none() {
        errors.push(Diagnostic::error("Chart.yaml must be an object").at(root.span, "expected `key: value` lines"));
        return None;
    }
    let requirements = read_requirements(tree, sources, errors);
    let mut reader = Reader { root: &root, errors };
    let mut metadata = reader.metadata();
    if let Some(requirements) = &requirements {
        metadata.dependencies = Reader { root: requirements, errors: &mut *reader.errors }.dependencies();
    }
    reader.validate(&metadata);
    Some(metadata)
}

/// requirements.yaml, where charts of Helm 2 keep their dependencies; it wins over Chart.yaml, as in Helm.
fn read_requirements(tree: &Tree, sources: &mut Sources, errors: &mut Vec<Diagnostic>) -> Option<Node> {
    let path = "requirements.yaml";
    if !tree.contains(path) {
        return None;
    }
    let text = tree.text(path).map_err(|error| errors.push(*error)).ok()?;
    let id = sources.add(tree.display(path), text);
    let reading = read_yaml(sources, id, Limits::default()).map_err(|error| errors.push(*error)).ok()?;
    reading.documents.into_iter().next().filter(|root| root.get("dependencies").is_some())
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
            condition: self.text("condition"),
            tags: self.text("tags"),
            dependencies: self.dependencies(),
            is_root: true,
            kube_version_span: self.root.get("kubeVersion").map(|node| node.span),
            kind_span: self.root.get("type").map(|node| node.span),
            deprecated_span: self.root.get("deprecated").map(|node| node.span),
            place: Some(Span { end: self.root.span.start, ..self.root.span }),
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
                let message = "validation: maintainers must not contain empty or null nodes";
                self.errors.push(Diagnostic::error(message).at(item.span, ""));
            }
            let field = |key| item.get(key).and_then(Node::scalar_text).unwrap_or_default();
            list.push(Maintainer { name: field("name"), email: field("email"), url: field("url") });
        }
        list
    }

    fn dependencies(&mut self) -> Vec<Dependency> {
        let Some(items) = self.root.get("dependencies").filter(|node| !node.is_null()) else { return Vec::new() };
        let Some(items) = items.as_list() else {
            self.wrong_type("dependencies", items, "a list");
            return Vec::new();
        };
        let mut list = Vec::new();
        for item in items {
            if item.as_map().is_none() {
                let message = "validation: dependencies must not contain empty or null nodes";
                self.errors.push(Diagnostic::error(message).at(item.span, "expected an object with a `name`"));
            } else {
                list.push(Self::dependency(item));
            }
        }
        list
    }

    fn dependency(item: &Node) -> Dependency {
        let field = |key| item.get(key).and_then(Node::scalar_text).unwrap_or_default();
        let texts = |key| {
            let items = item.get(key).and_then(Node::as_list).unwrap_or_default();
            items.iter().filter_map(Node::scalar_text).collect()
        };
        let imports = item.get("import-values").and_then(Node::as_list).unwrap_or_default();
        Dependency {
            name: field("name"),
            version: field("version"),
            repository: field("repository"),
            condition: field("condition"),
            tags: texts("tags"),
            enabled: true,
            import_values: imports.iter().filter_map(Self::import).collect(),
            alias: field("alias"),
            span: Some(item.span),
        }
    }

    /// `data` is short for the table `exports.data` at the parent's root; what is neither, Helm passes over.
    fn import(node: &Node) -> Option<Import> {
        if let Some(name) = node.as_str() {
            return Some(Import { child: format!("exports.{name}"), parent: ".".to_owned() });
        }
        let field = |key| node.get(key).and_then(Node::scalar_text);
        node.as_map()?;
        // What is missing, Helm prints as Go prints nil, and goes on with that.
        let field = |key| field(key).unwrap_or_else(|| "<nil>".to_owned());
        Some(Import { child: field("child"), parent: field("parent") })
    }

    fn annotations(&self) -> BTreeMap<String, String> {
        let Some(map) = self.root.get("annotations").and_then(Node::as_map) else { return BTreeMap::new() };
        map.iter().filter_map(|(key, entry)| Some((key.clone(), entry.node.scalar_text()?))).collect()
    }

    /// Helm's checks in Helm's words and order.
    fn validate(&mut self, metadata: &Metadata) {
        let name = metadata.name.as_str();
        if name.is_empty() {
            self.required("name");
        } else if name == "." || name == ".." {
            self.invalid("name", &format!("chart.metadata.name {name:?} is not allowed"), "");
        } else if name.contains(['/', '\\']) {
            self.invalid("name", &format!("chart.metadata.name {name:?} is invalid"), "a name has no `/`");
        }
        let version = &metadata.version;
        if version.is_empty() {
            self.required("version");
        } else if lenient_version(version).is_none() {
            let message = format!("chart.metadata.version {version:?} is invalid");
            self.invalid("version", &message, "expected something like `1.2.3`");
        }
        if !matches!(metadata.api_version.as_str(), "v1" | "v2") {
            let message = format!("unsupported chart version {:?}", metadata.api_version);
            self.invalid("apiVersion", &message, "`v1` or `v2`");
        }
        if !matches!(metadata.kind.as_str(), "" | "application" | "library") {
            self.invalid("type", "chart.metadata.type must be application or library", "");
        }
        let mut seen: Vec<&str> = Vec::new();
        for dependency in &metadata.dependencies {
            let key = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            let problem = if dependency.alias.chars().any(|c| !allowed(c)) {
                format!("dependency {:?} has disallowed characters in the alias", dependency.name)
            } else if seen.contains(&key.as_str()) {
                format!("more than one dependency with name or alias {key:?}")
            } else {
                seen.push(key);
                continue;
            };
            let error = Diagnostic::error(format!("validation: {problem}"));
            self.errors.push(match dependency.span {
                Some(span) => error.at(span, ""),
                None => error,
            });
        }
    }

    fn required(&mut self, key: &str) {
        let mut diagnostic = Diagnostic::error(format!("validation: chart.metadata.{key} is required"));
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

    fn invalid(&mut self, key: &str, message: &str, label: &str) {
        let span = self.root.get(key).map_or(self.root.span, |node| node.span);
        self.errors.push(Diagnostic::error(format!("validation: {message}")).at(span, label));
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
