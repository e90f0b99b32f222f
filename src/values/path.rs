//! The dotted name of one value, as people write it.

use std::fmt;

/// A path of keys and list positions: `postgresql.databases[0].name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValuePath(Vec<String>);

impl ValuePath {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path to `key` below this one; a key with a dot is quoted.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        let dot = if steps.is_empty() { "" } else { "." };
        let plain = !key.is_empty() && !key.contains(['.', '[', ']', ' ', '"']);
        steps.push(if plain { format!("{dot}{key}") } else { format!("{dot}{key:?}") });
        Self(steps)
    }

    /// The path to a list item below this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(format!("[{index}]"));
        Self(steps)
    }
}

impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| f.write_str(step))
    }
}
