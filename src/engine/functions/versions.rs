//! Versions and constraints.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value};
use minijinja::{Error, State};
use semver::{BuildMetadata, Prerelease, Version};

use super::{Arguments, Function};
use crate::chart::{Constraint, parse_version};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "semver",
        semver,
        "a version with Major, Minor, Patch, Prerelease, Metadata, Original",
        "semver(\"1.2.3\").Minor → 2",
    ),
    Function::new(
        "semverCompare",
        semver_compare,
        "whether a version satisfies a constraint",
        "semverCompare(\">=1.2\", \"1.3.0\") → true",
    ),
];

fn semver(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let original = arguments.text(0)?;
    let version = parse_version(&original).map_err(|reason| arguments.error(reason))?;
    Ok(Value::from_object(SemVer { version, original }))
}

fn semver_compare(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let constraint = Constraint::parse(&arguments.text(0)?).map_err(|reason| arguments.error(reason))?;
    let version = parse_version(&arguments.text(1)?).map_err(|reason| arguments.error(reason))?;
    Ok(Value::from(constraint.matches(&version)))
}

/// What `semver` gives; prints as the version.
#[derive(Debug)]
struct SemVer {
    version: Version,
    original: Arc<str>,
}

impl SemVer {
    fn with(version: Version) -> Value {
        let original = version.to_string().into();
        Value::from_object(Self { version, original })
    }

    /// The version after this one; a prerelease of the same patch goes before.
    fn next(&self, part: &str) -> Value {
        let Version { major, minor, patch, pre, .. } = &self.version;
        Self::with(match part {
            "IncMajor" => Version::new(major.wrapping_add(1), 0, 0),
            "IncMinor" => Version::new(*major, minor.wrapping_add(1), 0),
            _ if pre.is_empty() => Version::new(*major, *minor, patch.wrapping_add(1)),
            _ => Version::new(*major, *minor, *patch),
        })
    }
}

impl Object for SemVer {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let version = &self.version;
        Some(match key.as_str()? {
            "Major" => Value::from(version.major),
            "Minor" => Value::from(version.minor),
            "Patch" => Value::from(version.patch),
            "Prerelease" => Value::from(version.pre.as_str()),
            "Metadata" => Value::from(version.build.as_str()),
            "Original" => Value::from(&*self.original),
            "String" => Value::from(version.to_string()),
            _ => return None,
        })
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, values: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new("semver", values);
        let order = || {
            arguments.count(1..=1)?;
            let other = arguments.value(0)?.downcast_object::<Self>();
            let other = other.ok_or_else(|| arguments.error(format_args!("expects a version in `.{method}`")))?;
            Ok::<_, Error>(self.version.cmp_precedence(&other.version))
        };
        Ok(match method {
            "Compare" => Value::from(order()? as i8),
            "Equal" => Value::from(order()? == Ordering::Equal),
            "LessThan" => Value::from(order()?.is_lt()),
            "LessThanEqual" => Value::from(order()?.is_le()),
            "GreaterThan" => Value::from(order()?.is_gt()),
            "GreaterThanEqual" => Value::from(order()?.is_ge()),
            "IncMajor" | "IncMinor" | "IncPatch" => self.next(method),
            "SetPrerelease" => {
                let pre = Prerelease::new(&arguments.text(0)?).map_err(|error| arguments.error(error))?;
                Self::with(Version { pre, ..self.version.clone() })
            }
            "SetMetadata" => {
                let build = BuildMetadata::new(&arguments.text(0)?).map_err(|error| arguments.error(error))?;
                Self::with(Version { build, ..self.version.clone() })
            }
            // Go's `.Major` is a method; written with parentheses it is one here, too.
            other => match self.get_value(&Value::from(other)) {
                Some(value) if values.is_empty() => value,
                _ => return Err(Error::from(minijinja::ErrorKind::UnknownMethod)),
            },
        })
    }

    fn custom_cmp(self: &Arc<Self>, other: &minijinja::value::DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.version.cmp(&other.version))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.version)
    }
}
