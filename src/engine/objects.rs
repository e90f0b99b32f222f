//! What templates see: `Values`, `Release`, `Chart`, `Capabilities`, `Files`, `Template`, with Helm's field names.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Serde, Value};
use minijinja::{Error, ErrorKind, State};

use crate::chart::{Chart, Glob, Metadata, Tree};
use crate::yaml::{Node, Value as Yaml};

/// The release that is rendered.
#[derive(Clone, Debug)]
pub struct ReleaseInfo {
    /// Its name.
    pub name: String,
    /// The namespace it goes to.
    pub namespace: String,
    /// Whether it is an upgrade rather than an install.
    pub is_upgrade: bool,
}

/// What the cluster can do, as far as the command line says.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// The Kubernetes version.
    pub kube_version: semver::Version,
    /// API versions beyond the built-in ones, such as `monitoring.coreos.com/v1`.
    pub api_versions: Vec<String>,
}

impl Default for Capabilities {
    /// Kubernetes 1.36.0, Helm 4.2's default.
    fn default() -> Self {
        Self { kube_version: semver::Version::new(1, 36, 0), api_versions: Vec::new() }
    }
}

/// The API groups and versions that Helm 4.2.3 takes for granted, in its order.
const API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

/// The objects of one render.
#[derive(Debug)]
pub struct Objects {
    entries: Vec<(&'static str, Value)>,
}

impl Objects {
    /// Helm's objects for a chart, its values and a release.
    pub fn new(chart: &Chart, values: &Node, release: &ReleaseInfo, capabilities: &Capabilities) -> Self {
        let entries = vec![
            ("Values", to_value(values)),
            ("Release", release_value(release)),
            ("Chart", chart_value(&chart.metadata)),
            ("Capabilities", capabilities_value(capabilities)),
            ("Files", Value::from_object(Files(chart.tree.clone()))),
        ];
        Self { entries }
    }

    /// Adds an object of the chart's own domain.
    pub fn add(&mut self, name: &'static str, value: Value) {
        self.entries.push((name, value));
    }

    pub(super) fn context(&self, template: &str, base: &str) -> Value {
        let own = Value::from_pairs([("Name", template), ("BasePath", base)]);
        Value::from_pairs(self.entries.iter().cloned().chain([("Template", own)]))
    }
}

pub(super) fn to_value(node: &Node) -> Value {
    match &node.value {
        Yaml::Null => Value::from(()),
        Yaml::Bool(flag) => Value::from(*flag),
        Yaml::Int(number) => Value::from(*number),
        Yaml::Float(number) => Value::from(*number),
        Yaml::String(text) => Value::from(text.as_str()),
        Yaml::List(items) => items.iter().map(to_value).collect(),
        Yaml::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            Value::from_pairs(entries.into_iter().map(|(key, entry)| (key.as_str(), to_value(&entry.node))))
        }
    }
}

fn release_value(release: &ReleaseInfo) -> Value {
    Value::from_pairs([
        ("Name", Value::from(release.name.as_str())),
        ("Namespace", Value::from(release.namespace.as_str())),
        ("Revision", Value::from(1)),
        ("IsInstall", Value::from(!release.is_upgrade)),
        ("IsUpgrade", Value::from(release.is_upgrade)),
        ("Service", Value::from("Helm")),
    ])
}

fn chart_value(metadata: &Metadata) -> Value {
    Value::from(Serde(metadata))
}

fn capabilities_value(capabilities: &Capabilities) -> Value {
    let version = &capabilities.kube_version;
    let text = format!("v{version}");
    let kube = Value::from_pairs([
        ("Version", text.as_str()),
        ("GitVersion", text.as_str()),
        ("Major", version.major.to_string().as_str()),
        ("Minor", version.minor.to_string().as_str()),
    ]);
    let list = API_VERSIONS.iter().copied().map(str::to_owned).chain(capabilities.api_versions.iter().cloned());
    let helm = Value::from_pairs([("Version", "v4.2")]);
    Value::from_pairs([
        ("KubeVersion", kube),
        ("APIVersions", Value::from_object(ApiVersions(list.collect()))),
        ("HelmVersion", helm),
    ])
}

/// `Capabilities.APIVersions`: a list with `Has`.
#[derive(Debug)]
struct ApiVersions(Vec<String>);

impl Object for ApiVersions {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).map(|version| Value::from(version.as_str()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        match (method, args) {
            ("Has", [version]) => {
                let wanted = version.as_str().unwrap_or_default();
                Ok(Value::from(self.0.iter().any(|known| known == wanted)))
            }
            _ => Err(unknown_method("Capabilities.APIVersions", method, &["Has"])),
        }
    }
}

/// `Files`: the chart's files but for templates, values and metadata, by exact path.
#[derive(Debug)]
struct Files(Tree);

impl Files {
    fn visible(path: &str) -> bool {
        !path.starts_with("templates/")
            && !path.starts_with("charts/")
            && !matches!(path, "Chart.yaml" | "Chart.lock" | "values.yaml" | "values.schema.json")
    }

    fn text(&self, path: &str) -> String {
        let bytes = self.0.bytes(path).filter(|_| Self::visible(path)).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// The files whose paths match, as `(base name, content)`.
    fn matching(&self, pattern: &str) -> Vec<(String, String)> {
        let Ok(glob) = Glob::new(pattern) else { return Vec::new() };
        let paths = self.0.paths().filter(|path| Self::visible(path) && glob.matches(path));
        paths.map(|path| (path.to_owned(), self.text(path))).collect()
    }
}

impl Object for Files {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let path = key.as_str()?;
        self.0.bytes(path).filter(|_| Self::visible(path)).map(|_| Value::from(self.text(path)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.paths().filter(|path| Self::visible(path)).map(Value::from).collect())
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let [argument] = args else {
            return Err(Error::new(ErrorKind::InvalidOperation, format!("`Files.{method}` takes one argument")));
        };
        let argument = argument.as_str().unwrap_or_default();
        match method {
            "Get" => Ok(Value::from(self.text(argument))),
            "GetBytes" => {
                let bytes = self.0.bytes(argument).filter(|_| Self::visible(argument)).unwrap_or_default();
                Ok(Value::from_bytes(bytes.to_vec()))
            }
            "Lines" => {
                let text = self.text(argument);
                let text = text.strip_suffix('\n').unwrap_or(&text);
                Ok(if text.is_empty() {
                    Value::from(Vec::<Value>::new())
                } else {
                    text.split('\n').map(Value::from).collect()
                })
            }
            "Glob" => Ok(Value::from_pairs(self.matching(argument))),
            _ => Err(unknown_method("Files", method, &["Get", "GetBytes", "Lines", "Glob"])),
        }
    }
}

fn unknown_method(object: &str, method: &str, known: &[&str]) -> Error {
    let hint = crate::diagnostic::did_you_mean(method, known.iter().copied());
    let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let detail = format!("`{object}` has no `{method}`; it has {known}");
    let detail = hint.map_or(detail.clone(), |hint| format!("{detail}: {hint}"));
    Error::new(ErrorKind::UnknownMethod, detail)
}
