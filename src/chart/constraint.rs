//! Version constraints such as `kubeVersion`, in the grammar that Helm's charts use.

use semver::Version;

use super::metadata::lenient_version;

/// Whether `version` satisfies a constraint: alternatives by `||`, conditions by blanks or commas, with
/// `= != > < >= <= ~ ^`, wildcards (`1.2.x`) and ranges (`1.2 - 1.4`). A constraint that does not parse is not met.
pub fn satisfies(constraint: &str, version: &Version) -> bool {
    constraint.split("||").any(|alternative| all_hold(alternative, version).unwrap_or(false))
}

fn all_hold(conditions: &str, version: &Version) -> Option<bool> {
    if let Some((low, high)) = conditions.split_once(" - ") {
        let (low, high) = (Bound::parse(low.trim())?, Bound::parse(high.trim())?);
        return Some(*version >= low.floor() && *version < high.ceiling());
    }
    // An operator may stand apart from its version: `>= 1.25`.
    let mut words = Vec::<String>::new();
    for word in conditions.split([' ', ',']).filter(|word| !word.is_empty()) {
        match words.last_mut().filter(|last| last.chars().all(|c| "=!<>~^".contains(c))) {
            Some(operator) => operator.push_str(word),
            None => words.push(word.to_owned()),
        }
    }
    if words.is_empty() {
        return Some(true);
    }
    words.iter().map(|word| holds(word, version)).collect::<Option<Vec<bool>>>().map(|all| all.into_iter().all(|b| b))
}

fn holds(condition: &str, version: &Version) -> Option<bool> {
    let split = condition.find(|c| !"=!<>~^".contains(c))?;
    let (operator, text) = condition.split_at(split);
    let bound = Bound::parse(text)?;
    let (floor, ceiling) = (bound.floor(), bound.ceiling());
    Some(match operator {
        "" | "=" | "==" => *version >= floor && *version < ceiling,
        "!=" => *version < floor || *version >= ceiling,
        ">" => *version >= ceiling,
        ">=" | "=>" => *version >= floor,
        "<" => *version < floor,
        "<=" | "=<" => *version < ceiling,
        "~" | "~>" => *version >= floor && *version < bound.next(usize::from(bound.parts > 1)),
        "^" => *version >= floor && *version < bound.next(bound.leading()),
        _ => return None,
    })
}

/// A version of which later parts may be missing or wild.
struct Bound {
    version: Version,
    parts: usize,
}

impl Bound {
    fn parse(text: &str) -> Option<Self> {
        let core = text.trim_start_matches('v').split(['-', '+']).next()?;
        let parts = core.split('.').take_while(|part| !matches!(*part, "x" | "X" | "*" | "")).count();
        if parts == 0 {
            return Some(Self { version: Version::new(0, 0, 0), parts });
        }
        let kept: Vec<&str> = core.split('.').take(parts).collect();
        let suffix = text.find(['-', '+']).map_or("", |at| &text[at..]);
        Some(Self { version: lenient_version(&format!("{}{suffix}", kept.join(".")))?, parts })
    }

    fn floor(&self) -> Version {
        self.version.clone()
    }

    /// The first version beyond everything that this bound names.
    fn ceiling(&self) -> Version {
        match self.parts {
            0 => Version::new(u64::MAX, 0, 0),
            1 => self.next(0),
            2 => self.next(1),
            _ => {
                let mut next = self.version.clone();
                next.patch += 1;
                next.pre = semver::Prerelease::new("0").unwrap_or_default();
                if self.version.pre.is_empty() { next } else { Version::new(next.major, next.minor, next.patch - 1) }
            }
        }
    }

    /// The version with one part more at a position and zeros after it.
    fn next(&self, position: usize) -> Version {
        let v = &self.version;
        match position {
            0 => Version::new(v.major + 1, 0, 0),
            1 => Version::new(v.major, v.minor + 1, 0),
            _ => Version::new(v.major, v.minor, v.patch + 1),
        }
    }

    /// The first part that is not zero, or the last that is given.
    fn leading(&self) -> usize {
        let numbers = [self.version.major, self.version.minor, self.version.patch];
        numbers.iter().take(self.parts).position(|n| *n > 0).unwrap_or(self.parts.saturating_sub(1))
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
            ("", true),
            ("1.28 - 1.30", true),
            ("1.28 - 1.29", false),
            ("<1.20 || >1.29", true),
            ("!=1.30.2", false),
            ("abc", false),
        ] {
            assert_eq!(satisfies(constraint, &version), expected, "{constraint}");
        }
    }
}
