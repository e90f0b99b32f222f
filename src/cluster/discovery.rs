//! Which kinds a cluster knows, and where they live.

use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};
use serde_json::Value as Json;

use super::{CONCURRENCY, Cluster, Failure};
use crate::diff::percent_encoded;

/// A kind in a version of its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `apps/v1`.
    pub api_version: String,
    /// `StatefulSet`.
    pub kind: String,
    /// `statefulsets`.
    pub plural: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Whether its objects can be listed.
    pub listable: bool,
}

impl Resource {
    /// The path of all its objects, in a namespace when they live in one and one is named.
    pub fn collection(&self, namespace: &str) -> String {
        let root = if self.api_version.contains('/') { "/apis" } else { "/api" };
        let place = if self.namespaced && !namespace.is_empty() {
            format!("/namespaces/{}", percent_encoded(namespace))
        } else {
            String::new()
        };
        format!("{root}/{}{place}/{}", self.api_version, self.plural)
    }

    /// The path of one object.
    pub fn object(&self, namespace: &str, name: &str) -> String {
        format!("{}/{}", self.collection(namespace), percent_encoded(name))
    }

    /// The group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// The kinds of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    all: HashMap<(String, String), Resource>,
    /// Each group's kinds in the version that the cluster prefers, in its order.
    preferred: Vec<Resource>,
}

impl Kinds {
    /// A kind.
    pub fn get(&self, api_version: &str, kind: &str) -> Option<&Resource> {
        self.all.get(&(api_version.to_owned(), kind.to_owned()))
    }

    /// The versions of APIs that have a kind of this name, sorted.
    pub fn versions(&self, kind: &str) -> Vec<String> {
        let mut versions: Vec<String> =
            self.all.keys().filter(|(_, name)| name == kind).map(|(version, _)| version.clone()).collect();
        versions.sort();
        versions
    }

    /// Every kind once.
    pub fn preferred(&self) -> &[Resource] {
        &self.preferred
    }

    fn add(&mut self, resource: Resource) {
        let same = |other: &Resource| other.group() == resource.group() && other.kind == resource.kind;
        if !self.preferred.iter().any(same) {
            self.preferred.push(resource.clone());
        }
        self.all.insert((resource.api_version.clone(), resource.kind.clone()), resource);
    }
}

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

impl Cluster {
    /// Asks for the kinds: two requests where the server aggregates them (1.26 and later), else one per group version.
    ///
    /// # Errors
    /// When there is no answer, or the login may not ask.
    pub async fn kinds(&self) -> Result<Kinds, Failure> {
        let mut kinds = Kinds::default();
        for path in ["/api", "/apis"] {
            let answer = self.get_as(path, &[], AGGREGATED).await?;
            if !answer.is_ok() {
                return Err(Failure::Broken(format!(
                    "the server does not tell its kinds: {} ({})",
                    answer.message(),
                    answer.code
                )));
            }
            if answer.body.get("kind").is_some_and(|kind| kind == "APIGroupDiscoveryList") {
                aggregated(&answer.body, &mut kinds);
            } else {
                self.group_by_group(path, &answer.body, &mut kinds).await?;
            }
        }
        if kinds.all.is_empty() {
            return Err(Failure::Broken("the server knows no kinds: is it an API server?".to_owned()));
        }
        Ok(kinds)
    }

    async fn group_by_group(&self, path: &str, body: &Json, kinds: &mut Kinds) -> Result<(), Failure> {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let list = |value: Option<&Json>| value.and_then(Json::as_array).cloned().unwrap_or_default();
        let versions: Vec<String> = if path == "/api" {
            list(body.get("versions")).iter().map(text).collect()
        } else {
            let groups = list(body.get("groups"));
            groups
                .iter()
                .flat_map(|group| {
                    let mut versions: Vec<String> =
                        list(group.get("versions")).iter().map(|one| text(&one["groupVersion"])).collect();
                    let preferred = text(&group["preferredVersion"]["groupVersion"]);
                    versions.sort_by_key(|version| *version != preferred);
                    versions
                })
                .collect()
        };
        let ask = |version: String| async move { (self.get(&format!("{path}/{version}"), &[]).await, version) };
        let answers: Vec<_> = stream::iter(versions).map(ask).buffered(CONCURRENCY).collect().await;
        for (answer, api_version) in answers {
            // A group whose own server is down is no reason to know nothing of the others.
            let answer = answer?;
            for item in list(answer.body.get("resources")) {
                let plural = text(&item["name"]);
                if plural.contains('/') || plural.is_empty() {
                    continue;
                }
                let listable = list(item.get("verbs")).iter().any(|verb| verb == "list");
                let namespaced = item["namespaced"].as_bool().unwrap_or(false);
                kinds.add(Resource {
                    api_version: api_version.clone(),
                    kind: text(&item["kind"]),
                    plural,
                    namespaced,
                    listable,
                });
            }
        }
        Ok(())
    }
}

fn aggregated(body: &Json, kinds: &mut Kinds) {
    let list = |value: &Json, key: &str| value.get(key).and_then(Json::as_array).cloned().unwrap_or_default();
    let text =
        |value: &Json, pointer: &str| value.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
    for group in list(body, "items") {
        let name = text(&group, "/metadata/name");
        for version in list(&group, "versions") {
            let number = text(&version, "/version");
            let api_version = if name.is_empty() { number } else { format!("{name}/{number}") };
            for item in list(&version, "resources") {
                kinds.add(Resource {
                    api_version: api_version.clone(),
                    kind: text(&item, "/responseKind/kind"),
                    plural: text(&item, "/resource"),
                    namespaced: text(&item, "/scope") == "Namespaced",
                    listable: list(&item, "verbs").iter().any(|verb| verb == "list"),
                });
            }
        }
    }
}
