//! What a release brings along: namespaces and kinds that are not there before it.

use std::collections::HashSet;

use serde_json::Value as Json;

use crate::diff::{Object, ObjectId};

/// What the release itself brings, before it is there.
pub(super) struct Brings {
    kinds: HashSet<(String, String)>,
    /// The namespaces.
    pub(super) namespaces: HashSet<String>,
}

impl Brings {
    /// What these objects bring.
    pub(super) fn new<'a>(objects: impl Iterator<Item = &'a Object>) -> Self {
        let mut brings = Self { kinds: HashSet::new(), namespaces: HashSet::new() };
        for object in objects {
            let text =
                |pointer: &str| object.json.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
            match object.id.kind.as_str() {
                "Namespace" => {
                    brings.namespaces.insert(object.id.name.clone());
                }
                "CustomResourceDefinition" => {
                    brings.kinds.insert((text("/spec/group"), text("/spec/names/kind")));
                }
                _ => {}
            }
        }
        brings
    }

    /// Whether they bring the kind of an object.
    pub(super) fn kind(&self, id: &ObjectId) -> bool {
        self.kinds.contains(&(id.group.clone(), id.kind.clone()))
    }
}
