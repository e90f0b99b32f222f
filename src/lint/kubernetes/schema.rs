//! The fields of every kind that a chart may hold, from Kubernetes' own schemas. The data are made by
//! `tests/tools/kubernetes-schema`; they are unpacked once, and only types that are met are read.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Mutex, OnceLock, PoisonError};

use flate2::read::GzDecoder;

/// The Kubernetes version whose fields these are.
pub(super) const VERSION: (u64, u64) = (1, 36);
/// The oldest version that is known.
pub(super) const OLDEST: (u64, u64) = (1, 25);

/// A kind of an API version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// The first known version of Kubernetes that serves it: major and minor.
    pub(super) first: (u64, u64),
    /// The last one.
    pub(super) last: (u64, u64),
    /// Its type; nothing when it has gone.
    pub(super) root: Option<usize>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Integer,
    Number,
    Boolean,
    /// An object with any keys.
    Any,
    Quantity,
    IntOrText,
    /// The type of a number.
    Type(usize),
    List(Box<Self>),
    Map(Box<Self>),
}

/// One field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
    /// Whether null stands for nothing.
    pub(super) nullable: bool,
}

struct Data {
    kinds: HashMap<(&'static str, &'static str), Kind>,
    lines: Vec<&'static str>,
    types: Mutex<HashMap<usize, &'static [Field]>>,
}

/// A kind; nothing when it is none of Kubernetes'.
pub(super) fn kind(api_version: &str, kind: &str) -> Option<Kind> {
    data().kinds.iter().find(|((api, name), _)| *api == api_version && *name == kind).map(|(_, kind)| *kind)
}

/// The API versions that serve a kind.
pub(super) fn api_versions(kind: &str) -> Vec<(&'static str, Kind)> {
    let all = data().kinds.iter().filter(|((_, name), _)| *name == kind);
    let mut all: Vec<(&'static str, Kind)> = all.map(|((api, _), kind)| (*api, *kind)).collect();
    all.sort_by_key(|(api, _)| *api);
    all
}

/// Whether Kubernetes itself serves a group.
pub(super) fn is_own_group(api_version: &str) -> bool {
    let group = |api: &'static str| api.split_once('/').map_or("", |(group, _)| group);
    let wanted = api_version.split_once('/').map_or("", |(group, _)| group);
    data().kinds.keys().any(|(api, _)| group(api) == wanted)
}

/// The fields of a type, in the order of their names.
pub(super) fn fields(number: usize) -> &'static [Field] {
    let data = data();
    let mut types = data.types.lock().unwrap_or_else(PoisonError::into_inner);
    types.entry(number).or_insert_with(|| {
        let line = data.lines.get(number).copied().unwrap_or_default();
        Vec::leak(line.split(' ').filter(|word| !word.is_empty()).filter_map(field).collect())
    })
}

fn field(word: &'static str) -> Option<Field> {
    let at = word.find([':', '='])?;
    let (name, rest) = word.split_at(at);
    let required = rest.starts_with('=');
    let rest = &rest[1..];
    let (nullable, rest) = rest.strip_prefix('!').map_or((true, rest), |rest| (false, rest));
    Some(Field { name, shape: shape(rest)?, required, nullable })
}

fn shape(text: &str) -> Option<Shape> {
    let text = text.strip_prefix('!').unwrap_or(text);
    Some(match text.split_at_checked(1)? {
        ("s", _) => Shape::Text,
        ("i", _) => Shape::Integer,
        ("n", _) => Shape::Number,
        ("b", _) => Shape::Boolean,
        ("q", _) => Shape::Quantity,
        ("x", _) => Shape::IntOrText,
        ("#", number) => Shape::Type(number.parse().ok()?),
        ("[", item) => Shape::List(Box::new(shape(item)?)),
        ("{", item) => Shape::Map(Box::new(shape(item)?)),
        _ => Shape::Any,
    })
}

fn data() -> &'static Data {
    static DATA: OnceLock<Data> = OnceLock::new();
    DATA.get_or_init(|| {
        let mut text = String::new();
        let packed = &include_bytes!("schema.txt.gz")[..];
        GzDecoder::new(packed).read_to_string(&mut text).expect("a test reads the data");
        let text: &'static str = String::leak(text);
        let mut lines = text.lines();
        let count = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0);
        let kinds = lines.by_ref().take(count).filter_map(head).collect();
        Data { kinds, lines: lines.collect(), types: Mutex::default() }
    })
}

fn head(line: &'static str) -> Option<((&'static str, &'static str), Kind)> {
    let words: Vec<&'static str> = line.split(' ').collect();
    let [api, kind, first, last, root] = words[..] else { return None };
    Some(((api, kind), Kind { first: version(first)?, last: version(last)?, root: root.parse().ok() }))
}

/// `1.36` as numbers.
fn version(text: &str) -> Option<(u64, u64)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_are_read_to_the_last_field() {
        let data = data();
        assert!(data.kinds.len() > 100 && data.lines.len() > 400);
        for (number, line) in data.lines.iter().enumerate() {
            assert_eq!(fields(number).len(), line.split(' ').filter(|word| !word.is_empty()).count(), "{line}");
        }
        let deployment = kind("apps/v1", "Deployment").expect("known");
        let spec = fields(deployment.root.expect("served")).iter().find(|field| field.name == "spec");
        assert!(matches!(spec.map(|field| &field.shape), Some(Shape::Type(_))));
        assert!(
            kind("extensions/v1beta1", "Ingress").is_none() && kind("policy/v1beta1", "PodSecurityPolicy").is_none()
        );
    }
}
