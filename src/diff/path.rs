//! Where in an object something stands: keys, and items of lists by what identifies them.

use std::fmt;

use serde_json::Value as Json;

use super::list_keys;

/// One step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A key of a map.
    Key(String),
    /// An item of a list by its position.
    Index(usize),
    /// An item of a list by what identifies it, such as `postgresql` or `5432/TCP`.
    Item {
        /// The identity.
        name: String,
        /// Its position in the newer list that has it.
        index: usize,
    },
}

/// The steps from an object to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The object itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// A path of keys.
    pub fn of(keys: &[&str]) -> Self {
        Self(keys.iter().map(|key| Step::Key((*key).to_owned())).collect())
    }

    /// One step further.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The last key on the way, passing over items of lists.
    pub fn last_key(&self) -> &str {
        self.0
            .iter()
            .rev()
            .find_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None })
            .unwrap_or("")
    }

    /// Whether it begins with these keys.
    pub fn begins_with(&self, keys: &[&str]) -> bool {
        self.0.len() >= keys.len()
            && keys.iter().zip(&self.0).all(|(key, step)| matches!(step, Step::Key(k) if k == key))
    }

    /// The JSON pointer (RFC 6901); items of lists by position.
    pub fn pointer(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            out.push('/');
            match step {
                Step::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Step::Index(index) | Step::Item { index, .. } => out.push_str(&index.to_string()),
            }
        }
        out
    }

    /// The value at this path in another version of the object, where items may stand elsewhere in their lists.
    pub fn find<'a>(&self, root: &'a Json) -> Option<&'a Json> {
        self.0
            .iter()
            .try_fold((root, ""), |(value, list), step| match step {
                Step::Key(key) => Some((value.get(key)?, key.as_str())),
                _ => Some((value.get(position(step, value, list)?)?, list)),
            })
            .map(|(value, _)| value)
    }

    /// Takes the value at this path out; tells whether there was one.
    pub fn remove(&self, root: &mut Json) -> bool {
        let Some((last, way)) = self.0.split_last() else { return false };
        let mut at = (root, "");
        for step in way {
            let found = match step {
                Step::Key(key) => at.0.get_mut(key).map(|value| (value, key.as_str())),
                _ => position(step, at.0, at.1).and_then(|index| Some((at.0.get_mut(index)?, at.1))),
            };
            let Some(found) = found else { return false };
            at = found;
        }
        match (last, at.0) {
            (Step::Key(key), Json::Object(map)) => map.shift_remove(key).is_some(),
            (step, whole) => match position(step, whole, at.1) {
                Some(index) => whole.as_array_mut().is_some_and(|items| {
                    items.remove(index);
                    true
                }),
                None => false,
            },
        }
    }
}

/// Where in a list a step leads to.
fn position(step: &Step, list: &Json, key: &str) -> Option<usize> {
    let items = list.as_array()?;
    match step {
        Step::Key(_) => None,
        Step::Index(index) => (*index < items.len()).then_some(*index),
        Step::Item { name, .. } => items.iter().position(|item| list_keys::identity(key, item).as_ref() == Some(name)),
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if is_plain(key) && at == 0 => write!(f, "{key}")?,
                Step::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                Step::Key(key) => write!(f, "[\"{key}\"]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Item { name, .. } => write!(f, "[{name}]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_people_write_it_and_as_a_pointer() {
        let path = Path::of(&["data", "a/b.conf"]).join(Step::Item { name: "x".into(), index: 3 });
        assert_eq!(path.to_string(), "data[\"a/b.conf\"][x]");
        assert_eq!(path.pointer(), "/data/a~1b.conf/3");
    }

    #[test]
    fn a_path_finds_and_removes_items_by_their_names() {
        let mut object = serde_json::json!({"containers": [{"name": "a"}, {"name": "b", "image": "x"}]});
        let item = Path::of(&["containers"]).join(Step::Item { name: "b".into(), index: 0 });
        let image = item.join(Step::Key("image".into()));
        assert_eq!(image.find(&object).and_then(Json::as_str), Some("x"));
        assert!(image.remove(&mut object) && !image.remove(&mut object) && item.remove(&mut object));
        assert_eq!(object, serde_json::json!({"containers": [{"name": "a"}]}));
    }
}
