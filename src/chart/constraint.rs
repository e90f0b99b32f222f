//! Version constraints, as `kubeVersion`, dependencies and `semverCompare` know them.
//!
//! Alternatives stand between `||`, conditions between blanks or commas, each with one of `= != > < >= <= ~ ^` or none,
//! a version of which parts may be missing or wild (`1.2.x`), and ranges (`1.2 - 1.4`). Prereleases meet no condition
//! unless one of the same alternative names a prerelease.

use std::cmp::Ordering;

use semver::Version;

use super::version::{Spelled, parse_version};

/// The longest constraint, in bytes, as in Helm.
const MAX_LENGTH: usize = 512;

/// Whether `version` satisfies a constraint; one that does not parse is not met.
pub fn satisfies(constraint: &str, version: &Version) -> bool {
    Constraint::parse(constraint).is_ok_and(|constraint| constraint.matches(version))
}

/// A parsed constraint.
#[derive(Clone, Debug)]
pub struct Constraint {
    alternatives: Vec<Vec<Condition>>,
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// # Errors
    /// In the words of Helm.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("constraint string is too long (max {MAX_LENGTH} bytes)"));
        }
        let alternatives = without_ranges(text).split("||").map(conditions).collect::<Result<_, _>>()?;
        Ok(Self { alternatives })
    }

    /// Whether a version satisfies it.
    pub fn matches(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|conditions| {
            let prereleases = conditions.iter().any(|condition| !condition.version.pre.is_empty());
            (prereleases || version.pre.is_empty()) && conditions.iter().all(|condition| condition.holds(version))
        })
    }
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}'])
}

/// Ranges as the two conditions they mean: `1.2 - 1.4` is `>= 1.2, <= 1.4 `.
fn without_ranges(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((low, high, length)) = range(rest) {
            out.push_str(&format!(">= {low}, <= {high} "));
            rest = &rest[length..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

fn range(text: &str) -> Option<(&str, &str, usize)> {
    let start = skip_blanks(text);
    let low = &start[..Spelled::scan(start)?.length];
    let after = &start[low.len()..];
    let hyphen = skip_blanks(after);
    let beyond = hyphen.strip_prefix('-').filter(|_| hyphen.len() < after.len())?;
    let end = skip_blanks(beyond);
    let high = &end[..Spelled::scan(end).filter(|_| end.len() < beyond.len())?.length];
    Some((low, high, text.len() - skip_blanks(&end[high.len()..]).len()))
}

/// The conditions of one alternative.
fn conditions(text: &str) -> Result<Vec<Condition>, String> {
    let improper = || format!("improper constraint: {text:?}");
    let mut found = Vec::new();
    let mut rest = skip_blanks(text);
    loop {
        let (operator, after) = Operator::scan(rest);
        let start = skip_blanks(after);
        let spelled = Spelled::scan(start).ok_or_else(improper)?;
        found.push(Condition::new(operator, &spelled).ok_or("constraint parser error")?);
        let end = &start[spelled.length..];
        rest = skip_blanks(end);
        if rest.is_empty() {
            return Ok(found);
        }
        match rest.strip_prefix(',') {
            Some(after) => rest = skip_blanks(after),
            None if rest.len() < end.len() => {}
            None => return Err(improper()),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Tilde,
    Caret,
}

impl Operator {
    const SPELLED: [(&'static str, Self); 11] = [
        ("!=", Self::NotEqual),
        (">=", Self::AtLeast),
        ("=>", Self::AtLeast),
        ("<=", Self::AtMost),
        ("=<", Self::AtMost),
        ("~>", Self::Tilde),
        ("=", Self::Equal),
        (">", Self::Greater),
        ("<", Self::Less),
        ("~", Self::Tilde),
        ("^", Self::Caret),
    ];

    fn scan(text: &str) -> (Self, &str) {
        let found = Self::SPELLED.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
        found.unwrap_or((Self::Equal, text))
    }
}

/// One operator and its version.
#[derive(Clone, Debug)]
struct Condition {
    operator: Operator,
    /// Zeros where parts are wild.
    version: Version,
    /// How many numbers are given before the first wild or missing one.
    given: usize,
}

impl Condition {
    fn new(operator: Operator, spelled: &Spelled<'_>) -> Option<Self> {
        let is_wild = |number: Option<&str>| number.is_none_or(|number| matches!(number, "x" | "X" | "*"));
        let given = spelled.numbers.into_iter().position(is_wild).unwrap_or(3);
        let number = |at: usize| if at < given { spelled.numbers[at].unwrap_or("0") } else { "0" };
        let mut text = format!("{}.{}.{}", number(0), number(1), number(2));
        if !spelled.pre.is_empty() {
            text = format!("{text}-{}", spelled.pre);
        }
        Some(Self { operator, version: parse_version(&text).ok()?, given })
    }

    /// Build metadata never counts.
    fn order(&self, version: &Version) -> Ordering {
        version.cmp_precedence(&self.version)
    }

    fn holds(&self, version: &Version) -> bool {
        let whole = self.given == 3;
        match self.operator {
            Operator::Equal if whole => self.order(version).is_eq(),
            Operator::Equal | Operator::Tilde => self.tilde(version),
            Operator::NotEqual => self.not_equal(version),
            // `>11` means beyond all of 11, `>11.1` beyond all of 11.1.
            Operator::Greater if self.given == 1 => version.major > self.version.major,
            Operator::Greater if self.given == 2 => {
                (version.major, version.minor) > (self.version.major, self.version.minor)
            }
            Operator::Greater => self.order(version).is_gt(),
            Operator::Less => self.order(version).is_lt(),
            Operator::AtLeast => self.order(version).is_ge(),
            Operator::AtMost if whole => self.order(version).is_le(),
            Operator::AtMost if self.given == 1 => version.major <= self.version.major,
            Operator::AtMost => (version.major, version.minor) <= (self.version.major, self.version.minor),
            Operator::Caret => self.caret(version),
        }
    }

    fn not_equal(&self, version: &Version) -> bool {
        let same_minor = (version.major, version.minor) == (self.version.major, self.version.minor);
        match self.given {
            1 => version.major != self.version.major,
            2 => !same_minor || version.pre != self.version.pre,
            _ => self.order(version).is_ne(),
        }
    }

    /// `~1.2.3` is `>=1.2.3, <1.3.0`; `~1` is `>=1, <2`; `~0.0.0` is any version.
    fn tilde(&self, version: &Version) -> bool {
        let c = &self.version;
        let any = (c.major, c.minor, c.patch) == (0, 0, 0) && matches!(self.given, 0 | 3);
        let same = version.major == c.major && (version.minor == c.minor || self.given == 1);
        self.order(version).is_ge() && (any || same)
    }

    /// `^1.2.3` is `>=1.2.3, <2.0.0`; before 1.0.0 the first number that is not zero stays.
    fn caret(&self, version: &Version) -> bool {
        let c = &self.version;
        let same = if c.major > 0 || self.given == 1 {
            version.major == c.major
        } else if c.minor > 0 || self.given == 2 {
            (version.major, version.minor) == (0, c.minor)
        } else if self.given == 0 {
            version.major == 0
        } else {
            (version.major, version.minor, version.patch) == (0, 0, c.patch)
        };
        self.order(version).is_ge() && same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_read_as_in_charts() {
        let version = Version::new(1, 30, 2);
        for (constraint, expected) in [
            (">=1.25.0-0", true),
            (">= 1.25", true),
            (">=1.31", false),
            ("<1.31, >=1.29", true),
            ("^1.20.0", true),
            ("~1.30", true),
            ("~1.29", false),
            ("1.30.x", true),
            ("1.x", true),
            ("*", true),
            ("1.28 - 1.30", true),
            ("1.28 - 1.29", false),
            ("<1.20 || >1.29", true),
            ("!=1.30.2", false),
            ("abc", false),
            ("", false),
        ] {
            assert_eq!(satisfies(constraint, &version), expected, "{constraint}");
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let largest = Version::new(u64::MAX, u64::MAX, u64::MAX);
        for constraint in ["^18446744073709551615", "~18446744073709551615.18446744073709551615", ">=0"] {
            assert!(satisfies(constraint, &largest), "{constraint}");
        }
        assert!(Constraint::parse(&"1".repeat(5000)).is_err());
    }
}
