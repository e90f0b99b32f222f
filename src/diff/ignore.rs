//! `--ignore`: differences that somebody else may make, by object and JSON pointer.

use serde_json::Value as Json;

use super::list_keys;
use super::object::ObjectId;
use crate::chart::Glob;

/// The annotation in which an object brings its own rules: pointers, separated by commas or spaces.
pub(super) const ANNOTATION: &str = "pgchart/diff-ignore";

/// One rule: `[KIND[/NAME]:]POINTER`. In KIND and NAME `*` stands for anything, in POINTER for any key or item; an item
/// may be named by its position or by its name.
#[derive(Clone, Debug)]
pub struct Rule {
    kind: Option<Glob>,
    name: Option<Glob>,
    pointer: Vec<String>,
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (object, pointer) = match text.trim().split_once(":/") {
            Some((object, rest)) => (Some(object), format!("/{rest}")),
            None => (None, text.trim().to_owned()),
        };
        let Some(path) = pointer.strip_prefix('/').filter(|path| !path.is_empty()) else {
            return Err("expected `[KIND[/NAME]:]/POINTER`, such as `StatefulSet/db:/spec/replicas`".to_owned());
        };
        let glob = |text: &str| Glob::path(text);
        let (kind, name) = match object {
            None => (None, None),
            Some(object) => match object.split_once('/') {
                Some((kind, name)) => (Some(glob(kind)?), Some(glob(name)?)),
                None => (Some(glob(object)?), None),
            },
        };
        let pointer = path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        Ok(Self { kind, name, pointer })
    }

    /// The rules of an object's own annotation; what is no pointer is passed over.
    pub fn of_annotation(object: &Json) -> Vec<Self> {
        let text = object.pointer("/metadata/annotations").and_then(|all| all.get(ANNOTATION)?.as_str());
        let parts = text.unwrap_or_default().split([',', ' ', '\n']).filter(|part| part.starts_with('/'));
        parts.filter_map(|part| Self::parse(part).ok()).collect()
    }

    /// Whether it is about this object.
    pub fn concerns(&self, id: &ObjectId) -> bool {
        let fits = |glob: &Option<Glob>, text: &str| glob.as_ref().is_none_or(|glob| glob.matches(text));
        fits(&self.kind, &id.kind) && fits(&self.name, &id.name)
    }

    /// Takes what the rule names out of an object; tells whether anything was there.
    pub fn remove(&self, object: &mut Json) -> bool {
        remove(object, "", &self.pointer)
    }

    /// Shows every value that the rule names to `change`.
    pub fn each(&self, object: &mut Json, change: &mut dyn FnMut(&mut Json)) {
        each(object, "", &self.pointer, change);
    }
}

fn each(value: &mut Json, list: &str, pointer: &[String], change: &mut dyn FnMut(&mut Json)) {
    let Some((part, rest)) = pointer.split_first() else { return change(value) };
    match value {
        Json::Object(map) => {
            for (key, inner) in map.iter_mut().filter(|(key, _)| part == "*" || *key == part) {
                each(inner, key, rest, change);
            }
        }
        Json::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                let named = list_keys::identity(list, item).as_ref() == Some(part);
                if part == "*" || *part == at.to_string() || named {
                    each(item, list, rest, change);
                }
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Json, list: &str, pointer: &[String]) -> bool {
    let Some((part, rest)) = pointer.split_first() else { return false };
    match value {
        Json::Object(map) => {
            let keys: Vec<String> = map.keys().filter(|key| part == "*" || *key == part).cloned().collect();
            keys.iter().fold(false, |found, key| {
                if rest.is_empty() {
                    return map.shift_remove(key).is_some() || found;
                }
                map.get_mut(key).is_some_and(|inner| remove(inner, key, rest)) || found
            })
        }
        Json::Array(items) => {
            let wanted = |at: usize, item: &Json| {
                part == "*" || *part == at.to_string() || list_keys::identity(list, item).as_ref() == Some(part)
            };
            if rest.is_empty() {
                let before = items.len();
                let mut at = 0;
                items.retain(|item| {
                    at += 1;
                    !wanted(at - 1, item)
                });
                return items.len() < before;
            }
            items
                .iter_mut()
                .enumerate()
                .fold(false, |found, (at, item)| (wanted(at, item) && remove(item, list, rest)) || found)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rule_names_objects_and_the_way_to_a_field() {
        let id =
            ObjectId { group: "apps".into(), kind: "StatefulSet".into(), namespace: "a".into(), name: "db".into() };
        for (rule, concerns) in
            [("/a", true), ("StatefulSet:/a", true), ("*/d*:/a", true), ("Deployment:/a", false), ("*/x:/a", false)]
        {
            assert_eq!(Rule::parse(rule).expect("a rule").concerns(&id), concerns, "{rule}");
        }
        assert!(Rule::parse("spec.replicas").is_err());
        let mut object = json!({"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}, "m": {"a/b": 1}});
        assert!(Rule::parse("/spec/containers/b/image").expect("a rule").remove(&mut object));
        assert!(Rule::parse("/m/a~1b").expect("a rule").remove(&mut object));
        assert!(!Rule::parse("/x/*").expect("a rule").remove(&mut object));
        assert_eq!(object, json!({"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b"}]}, "m": {}}));
    }
}
