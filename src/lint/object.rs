//! Rendered objects as rules look at them: workloads with their pods, containers, volumes and labels.

use crate::diagnostic::Span;
use crate::manifest::Manifest;
use crate::yaml::{Mapping, Node};

/// One object.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    /// The object itself.
    pub(super) manifest: &'a Manifest,
    /// What its pods are made from, when it makes any.
    pub(super) pod: Option<Pod<'a>>,
}

/// A pod, or what one is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pod<'a> {
    /// The object that holds `metadata` and `spec`.
    pub(super) node: &'a Node,
    /// The pod's `spec`.
    pub(super) spec: &'a Node,
}

/// A container of a pod.
#[derive(Clone, Copy, Debug)]
pub(super) struct Container<'a> {
    /// The container.
    pub(super) node: &'a Node,
    /// Its name; empty when it has none.
    pub(super) name: &'a str,
    /// Whether it ends before the others begin.
    pub(super) is_init: bool,
}

impl<'a> Object<'a> {
    pub(super) fn new(manifest: &'a Manifest) -> Self {
        let root = &manifest.root;
        let node = match manifest.identity.kind.as_str() {
            "Pod" => Some(root),
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
                root.at(&["spec", "template"])
            }
            "CronJob" => root.at(&["spec", "jobTemplate", "spec", "template"]),
            _ => None,
        };
        let pod = node.and_then(|node| Some(Pod { node, spec: node.get("spec")? }));
        Self { manifest, pod }
    }

    pub(super) fn kind(&self) -> &'a str {
        &self.manifest.identity.kind
    }

    pub(super) fn name(&self) -> &'a str {
        &self.manifest.identity.name
    }

    pub(super) fn namespace(&self) -> &'a str {
        &self.manifest.identity.namespace
    }

    pub(super) fn root(&self) -> &'a Node {
        &self.manifest.root
    }

    /// A node below the root.
    pub(super) fn at(&self, path: &[&str]) -> Option<&'a Node> {
        self.root().at(path)
    }

    /// Whether it runs until it is stopped, rather than until it is done.
    pub(super) fn is_service(&self) -> bool {
        matches!(self.kind(), "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController")
    }

    /// How many pods it asks for; one when it says nothing.
    pub(super) fn replicas(&self) -> i64 {
        self.at(&["spec", "replicas"]).and_then(Node::as_int).unwrap_or(1)
    }

    /// Whether two objects are in the same namespace, as far as they say.
    pub(super) fn is_beside(&self, other: &Object<'_>) -> bool {
        let (own, others) = (self.namespace(), other.namespace());
        own == others || own.is_empty() || others.is_empty()
    }
}

impl<'a> Pod<'a> {
    /// The labels; none when there are none.
    pub(super) fn labels(&self) -> Option<&'a Mapping> {
        self.node.at(&["metadata", "labels"]).and_then(Node::as_map)
    }

    /// Init containers first.
    pub(super) fn containers(&self) -> impl Iterator<Item = Container<'a>> {
        let list = |key: &str| self.spec.get(key).and_then(Node::as_list).unwrap_or_default();
        let container = |is_init: bool| {
            move |node: &'a Node| Container {
                node,
                name: node.get("name").and_then(Node::as_str).unwrap_or_default(),
                is_init: is_init && node.get("restartPolicy").and_then(Node::as_str) != Some("Always"),
            }
        };
        list("initContainers").iter().map(container(true)).chain(list("containers").iter().map(container(false)))
    }

    /// The volumes.
    pub(super) fn volumes(&self) -> &'a [Node] {
        self.spec.get("volumes").and_then(Node::as_list).unwrap_or_default()
    }
}

impl<'a> Container<'a> {
    /// The items of one of its lists.
    pub(super) fn list(&self, key: &str) -> &'a [Node] {
        self.node.get(key).and_then(Node::as_list).unwrap_or_default()
    }

    /// A part of its security context, else that of the pod.
    pub(super) fn security(&self, pod: &Pod<'a>, key: &str) -> Option<&'a Node> {
        let own = self.node.at(&["securityContext", key]);
        own.or_else(|| pod.spec.at(&["securityContext", key]))
    }

    /// Where a switch of its own security context belongs, unless it is set as wanted.
    pub(super) fn misses_switch(&self, key: &str, wanted: bool) -> Option<Span> {
        let node = self.node.at(&["securityContext", key]);
        let place = node.or_else(|| self.node.get("securityContext")).map_or(self.node.span, |node| node.span);
        node.is_none_or(|node| node.as_bool() != Some(wanted)).then_some(place)
    }

    /// Its image; empty when it has none.
    pub(super) fn image(&self) -> &'a str {
        self.node.get("image").and_then(Node::as_str).unwrap_or_default()
    }

    /// Its image without tag and digest.
    pub(super) fn repository(&self) -> &'a str {
        self.image_parts().0
    }

    /// The tag of its image; empty when it has none.
    pub(super) fn tag(&self) -> &'a str {
        self.image_parts().1
    }

    fn image_parts(&self) -> (&'a str, &'a str) {
        let image = self.image().split('@').next().unwrap_or_default();
        // A colon before a slash is that of a registry's port.
        image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((image, ""))
    }

    /// `command` and `args`, one after the other.
    pub(super) fn words(&self) -> impl Iterator<Item = &'a Node> {
        self.list("command").iter().chain(self.list("args"))
    }
}

/// Text under a key; empty when there is none.
pub(super) fn text<'a>(node: &'a Node, path: &[&str]) -> &'a str {
    node.at(path).and_then(Node::as_str).unwrap_or_default()
}

/// Whether labels have everything that a selector's `matchLabels` asks for.
pub(super) fn selects(selector: &Mapping, labels: &Mapping) -> bool {
    selector
        .iter()
        .all(|(key, entry)| labels.get(key).is_some_and(|label| label.node.scalar_text() == entry.node.scalar_text()))
}
