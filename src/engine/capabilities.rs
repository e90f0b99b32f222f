//! `Capabilities`: what the cluster can do, as far as anybody said.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use minijinja::{Error, State};

use super::objects::unknown_method;

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

pub(super) fn capabilities_value(capabilities: &Capabilities) -> Value {
    let list = API_VERSIONS.iter().copied().map(str::to_owned).chain(capabilities.api_versions.iter().cloned());
    let kube = Value::from_object(KubeVersion(capabilities.kube_version.clone()));
    // The version whose behaviour this is; the commit and the compiler of a Helm that is not there are empty.
    let helm = Value::from_pairs([
        ("Version", "v4.2"),
        ("GitCommit", ""),
        ("GitTreeState", ""),
        ("GoVersion", ""),
        ("KubeClientVersion", "v1.36"),
    ]);
    Value::from_pairs([
        ("KubeVersion", kube),
        ("APIVersions", Value::from_object(ApiVersions(list.collect()))),
        ("HelmVersion", helm),
    ])
}

/// `Capabilities.KubeVersion`: prints as the version, and has its parts.
#[derive(Debug)]
struct KubeVersion(semver::Version);

impl Object for KubeVersion {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let version = &self.0;
        Some(Value::from(match key.as_str()? {
            "Version" | "GitVersion" => format!("v{version}"),
            // Without the suffix of a provider.
            "String" => format!("v{}.{}.{}", version.major, version.minor, version.patch),
            "Major" => version.major.to_string(),
            "Minor" => version.minor.to_string(),
            _ => return None,
        }))
    }

    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "v{}.{}.{}", self.0.major, self.0.minor, self.0.patch)
    }
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
