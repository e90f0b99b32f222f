//! What a check will take: schemas that double themselves or lead in circles are found before the validator meets them.

use std::collections::{HashMap, HashSet};

use referencing::{Draft, Resolver};
use serde_json::Value as Json;

/// Applications of a part of the schema to a part of the values.
const MAX_STEPS: u64 = 2_000_000;

/// Why a check is not begun.
#[derive(Debug)]
pub(super) enum Stop {
    /// The schema applies itself to the same value again; with the value's place.
    Circle(Vec<String>),
    /// It takes more steps than this.
    TooMuch(u64),
    /// A reference that leads nowhere.
    Broken(referencing::Error),
}

/// Counts the steps of a check from above: every alternative and every pattern is taken for a match.
pub(super) fn count<'r>(schema: &'r Json, resolver: Resolver<'r>, draft: Draft, values: &Json) -> Result<u64, Stop> {
    let mut effort = Effort { known: HashMap::new(), open: HashSet::new(), place: Vec::new(), visits: 0 };
    effort.of(&Part { schema, resolver, draft }, values)
}

#[derive(Clone)]
struct Part<'r> {
    schema: &'r Json,
    resolver: Resolver<'r>,
    draft: Draft,
}

/// A schema and a value by their addresses.
type Pair = (usize, usize);

struct Effort {
    known: HashMap<Pair, u64>,
    open: HashSet<Pair>,
    place: Vec<String>,
    visits: u64,
}

impl Effort {
    fn of(&mut self, part: &Part<'_>, value: &Json) -> Result<u64, Stop> {
        self.visits += 1;
        if self.visits > MAX_STEPS {
            return Err(Stop::TooMuch(MAX_STEPS));
        }
        let Some(map) = part.schema.as_object() else { return Ok(1) };
        let pair = (std::ptr::from_ref(part.schema) as usize, std::ptr::from_ref(value) as usize);
        if let Some(steps) = self.known.get(&pair) {
            return Ok(*steps);
        }
        if !self.open.insert(pair) {
            return Err(Stop::Circle(self.place.clone()));
        }
        let resource = part.draft.create_resource_ref(part.schema);
        let resolver = part.resolver.in_subresource(resource).map_err(Stop::Broken)?;
        let below = |schema| Part { schema, resolver: resolver.clone(), draft: part.draft };
        let mut steps: u64 = 1;
        // Up to draft 7 a reference hides what stands beside it.
        let hidden = part.draft <= Draft::Draft7 && map.contains_key("$ref");
        for (keyword, inner) in map.iter().filter(|(keyword, _)| !hidden || *keyword == "$ref") {
            let taken = match (keyword.as_str(), value) {
                ("$ref" | "$dynamicRef", _) => match inner.as_str() {
                    Some(reference) => self.referred(&resolver, reference, value)?,
                    None => 0,
                },
                ("$recursiveRef", _) => {
                    let (schema, resolver, draft) = resolver.lookup_recursive_ref().map_err(Stop::Broken)?.into_inner();
                    self.of(&Part { schema, resolver, draft }, value)?
                }
                ("allOf" | "anyOf" | "oneOf", _) => {
                    let branches = inner.as_array().into_iter().flatten();
                    self.sum(branches.map(|schema| (below(schema), value, None)))?
                }
                ("not" | "if" | "then" | "else", _) => self.of(&below(inner), value)?,
                ("dependentSchemas" | "dependencies", Json::Object(_)) => {
                    let branches = inner.as_object().into_iter().flatten();
                    self.sum(branches.map(|(_, schema)| (below(schema), value, None)))?
                }
                ("properties", Json::Object(values)) => {
                    let named = inner.as_object().into_iter().flatten();
                    let found =
                        named.filter_map(|(name, schema)| values.get_key_value(name).map(|pair| (schema, pair)));
                    self.sum(found.map(|(schema, (name, value))| (below(schema), value, Some(name.clone()))))?
                }
                ("patternProperties", Json::Object(values)) => {
                    let mut taken: u64 = 0;
                    for schema in inner.as_object().into_iter().flatten().map(|(_, schema)| schema) {
                        let all = values.iter().map(|(name, value)| (below(schema), value, Some(name.clone())));
                        taken = taken.saturating_add(self.sum(all)?);
                    }
                    taken
                }
                ("propertyNames", Json::Object(values)) => {
                    let keys = u64::try_from(values.len()).unwrap_or(u64::MAX);
                    self.of(&below(inner), &Json::Null)?.saturating_mul(keys)
                }
                ("additionalProperties" | "unevaluatedProperties", Json::Object(values)) => {
                    let known = map.get("properties").and_then(Json::as_object);
                    let others =
                        values.iter().filter(|(name, _)| !known.is_some_and(|known| known.contains_key(*name)));
                    self.sum(others.map(|(name, value)| (below(inner), value, Some(name.clone()))))?
                }
                ("items" | "prefixItems", Json::Array(values)) if inner.is_array() => {
                    let each = inner.as_array().into_iter().flatten().zip(values).enumerate();
                    self.sum(each.map(|(index, (schema, value))| (below(schema), value, Some(index.to_string()))))?
                }
                ("items" | "additionalItems" | "unevaluatedItems" | "contains", Json::Array(values)) => {
                    let each = values.iter().enumerate();
                    self.sum(each.map(|(index, value)| (below(inner), value, Some(index.to_string()))))?
                }
                _ => 0,
            };
            steps = steps.saturating_add(taken);
        }
        if steps > MAX_STEPS {
            return Err(Stop::TooMuch(MAX_STEPS));
        }
        self.open.remove(&pair);
        // Most schemas hold no other and are not worth the memory.
        if steps > 1 {
            self.known.insert(pair, steps);
        }
        Ok(steps)
    }

    fn referred(&mut self, resolver: &Resolver<'_>, reference: &str, value: &Json) -> Result<u64, Stop> {
        let (schema, resolver, draft) = resolver.lookup(reference).map_err(Stop::Broken)?.into_inner();
        self.of(&Part { schema, resolver, draft }, value)
    }

    /// Applies each schema to its value, which stands under the key when there is one.
    fn sum<'a, 'r>(&mut self, parts: impl Iterator<Item = (Part<'r>, &'a Json, Option<String>)>) -> Result<u64, Stop> {
        let mut steps: u64 = 0;
        for (part, value, key) in parts {
            let depth = self.place.len();
            self.place.extend(key);
            steps = steps.saturating_add(self.of(&part, value)?);
            self.place.truncate(depth);
        }
        Ok(steps)
    }
}
