//! Major versions of PostgreSQL.

use std::fmt;

/// A major version that the chart supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Major {
    /// 15
    V15,
    /// 16
    V16,
    /// 17
    V17,
    /// 18
    V18,
}

impl Major {
    /// All of them, oldest first.
    pub const ALL: [Self; 4] = [Self::V15, Self::V16, Self::V17, Self::V18];

    /// The version that a text such as `16` or `16.4` names.
    pub fn parse(text: &str) -> Option<Self> {
        let number: u32 = text.trim().split('.').next()?.parse().ok()?;
        Self::ALL.into_iter().find(|major| major.number() == number)
    }

    /// The number: 16.
    pub fn number(self) -> u32 {
        match self {
            Self::V15 => 15,
            Self::V16 => 16,
            Self::V17 => 17,
            Self::V18 => 18,
        }
    }
}

impl fmt::Display for Major {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}
