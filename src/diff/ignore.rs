//! `--ignore`: differences that somebody else may make, by object and JSON pointer.

use serde_json::Value as Json;

use super::object::ObjectId;
use super::path::Path;
use super::{list_keys, managed, survivors};
use crate::chart::Glob;

/// The annotation in which an object brings its own rules: pointers, separated by commas or spaces.
pub(super) const ANNOTATION: &str = "pgchart/diff-ignore";

/// One rule: `[KIND[.GROUP][/NAME]:]` and what of these objects it is about.
#[derive(Clone, Debug)]
pub struct Rule {
    kind: Option<Glob>,
    name: Option<Glob>,
    what: What,
}

/// What of an object a rule is about.
#[derive(Clone, Debug)]
enum What {
    /// `/POINTER`, in which `*` stands for any key or item; an item may be named by its position or by its name.
    Pointer(Vec<String>),
    /// `manager=NAME`: the fields that a field manager wrote.
    Manager(Glob),
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (object, what) = if let Some((object, manager)) = text.split_once("manager=") {
            (object, What::Manager(Glob::path(manager)?))
        } else {
            let at = text.find(":/").map_or(0, |at| at + 1);
            let pointer = text[at..].strip_prefix('/').filter(|path| !path.is_empty());
            let pointer =
                pointer.ok_or("expected `[KIND[/NAME]:]/POINTER`, such as `StatefulSet/db:/spec/replicas`")?;
            let parts = pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
            (&text[..at], What::Pointer(parts.collect()))
        };
        let (kind, name) = match object {
            "" => (None, None),
            object => {
                let object = object.strip_suffix(':').ok_or("expected `KIND[/NAME]:` before `manager=`")?;
                match object.split_once('/') {
                    Some((kind, name)) => (Some(Glob::path(kind)?), Some(Glob::path(name)?)),
                    None => (Some(Glob::path(object)?), None),
                }
            }
        };
        Ok(Self { kind, name, what })
    }

    /// Reads a rule that names a field.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse_field(text: &str) -> Result<Self, String> {
        match Self::parse(text)? {
            Self { what: What::Manager(_), .. } => {
                Err("expected a pointer: what a manager wrote is no field".to_owned())
            }
            rule => Ok(rule),
        }
    }

    /// The rules of an object's own annotation; what is no pointer is passed over.
    pub fn of_annotation(object: &Json) -> Vec<Self> {
        let text = object.pointer("/metadata/annotations").and_then(|all| all.get(ANNOTATION)?.as_str());
        let parts = text.unwrap_or_default().split([',', ' ', '\n']).filter(|part| part.starts_with('/'));
        parts.filter_map(|part| Self::parse(part).ok()).collect()
    }

    /// Whether it is about this object.
    pub fn concerns(&self, id: &ObjectId) -> bool {
        let kind = self.kind.as_ref().is_none_or(|glob| {
            glob.matches(&id.kind) || !id.group.is_empty() && glob.matches(&format!("{}.{}", id.kind, id.group))
        });
        kind && self.name.as_ref().is_none_or(|glob| glob.matches(&id.name))
    }

    /// The fields of the live object that its manager wrote; none for a rule without one.
    pub(super) fn written(&self, live: &Json, normal: impl Fn(Json) -> Json) -> Vec<Path> {
        let What::Manager(manager) = &self.what else { return Vec::new() };
        let parts = managed::parts(live, |name| manager.matches(name));
        let fields = parts.into_iter().flat_map(|one| survivors::fields(one.part, live, &normal));
        fields.map(|(path, _)| path).collect()
    }

    /// Takes what the rule names out of an object; `written` is what its manager wrote. Tells whether anything was there.
    pub(super) fn remove(&self, object: &mut Json, written: &[Path]) -> bool {
        match &self.what {
            What::Pointer(pointer) => remove(object, "", pointer),
            What::Manager(_) => written.iter().filter(|path| path.remove(object)).count() > 0,
        }
    }

    /// Shows every value that the rule names to `change`.
    pub fn each(&self, object: &mut Json, change: &mut dyn FnMut(&mut Json)) {
        if let What::Pointer(pointer) = &self.what {
            each(object, "", pointer, change);
        }
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
        for (rule, concerns) in [
            ("/a", true),
            ("StatefulSet:/a", true),
            ("*/d*:/a", true),
            ("Deployment:/a", false),
            ("*/x:/a", false),
            ("StatefulSet.apps/db:/a", true),
            ("*.batch:/a", false),
            ("StatefulSet:manager=hpa", true),
            ("manager=*", true),
        ] {
            assert_eq!(Rule::parse(rule).expect("a rule").concerns(&id), concerns, "{rule}");
        }
        for wrong in ["spec.replicas", "", "/", "StatefulSet", "StatefulSet/manager=x"] {
            assert!(Rule::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Rule::parse_field("manager=x").is_err() && Rule::parse_field("/a").is_ok());
        let mut object = json!({"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}, "m": {"a/b": 1}});
        assert!(Rule::parse("/spec/containers/b/image").expect("a rule").remove(&mut object, &[]));
        assert!(Rule::parse("/m/a~1b").expect("a rule").remove(&mut object, &[]));
        assert!(!Rule::parse("/x/*").expect("a rule").remove(&mut object, &[]));
        assert_eq!(object, json!({"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b"}]}, "m": {}}));
    }

    #[test]
    fn a_rule_names_what_a_manager_wrote() {
        let live = json!({"kind": "Deployment", "metadata": {"managedFields": [
            {"manager": "hpa", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}},
            {"manager": "other", "operation": "Update", "fieldsV1": {"f:spec": {"f:paused": {}}}}]},
            "spec": {"replicas": 5, "paused": true}});
        let rule = Rule::parse("Deployment:manager=hpa").expect("a rule");
        let written = rule.written(&live, |part| part);
        let mut rendered = json!({"spec": {"replicas": 1, "paused": false}});
        assert!(rule.remove(&mut rendered, &written));
        assert_eq!(rendered, json!({"spec": {"paused": false}}));
    }
}
