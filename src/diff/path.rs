//! Where in an object something stands: keys, and items of lists by what identifies them.

use std::fmt;

use serde_json::Value as Json;

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
                Step::Index(index) => Some((value.get(index)?, list)),
                Step::Item { name, .. } => {
                    let found = value
                        .as_array()?
                        .iter()
                        .find(|item| super::list_keys::identity(list, item).as_ref() == Some(name));
                    Some((found?, list))
                }
            })
            .map(|(value, _)| value)
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
}
