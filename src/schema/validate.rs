//! The check of values against a JSON schema: every violation, each at the place that wrote the value.

use std::collections::HashMap;
use std::thread;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, PatternOptions, ReferencingError, ValidationError, Validator};
use serde_json::Value as Json;

use super::effort::{self, Stop};
use super::files::{self, Files};
use super::fit::{self, Best};
use super::formats::FORMATS;
use super::message::Message;
use super::prepare::{MAX_REFERENCES, Prepared};
use super::{redact, words};
use crate::chart::{Origin, Tree};
use crate::diagnostic::{Diagnostic, Span};
use crate::values::ValuePath;
use crate::yaml::Node;

/// Violations of one schema that are shown; of more only how many they are.
const MAX_SHOWN: usize = 100;

/// Errors that are told one by one; from more steps than this on only that there are any.
const MAX_TOLD: u64 = 100_000;

/// The stack of a check: chains of references and of values are followed by recursion.
const STACK: usize = 128 * 1024 * 1024;

/// Checks `values` against the schema of a chart; what it refers to is read from the chart's files, nothing is fetched.
///
/// The draft is the one that `$schema` names, 2020-12 without it; formats are asserted up to draft 7 and patterns are
/// Go's, as in Helm. Patterns match in linear time and steps are counted before they are taken, so a foreign schema
/// cannot hang the run.
///
/// # Errors
/// A diagnostic without a place when the schema itself does not hold.
pub fn validate(schema: &Json, values: &Node, tree: &Tree) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    if *tree.origin() == Origin::Builtin {
        return validate_own(schema, values, tree);
    }
    thread::scope(|scope| {
        let check = || validate_foreign(schema, values, tree);
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, check);
        let thread = thread.map_err(|error| Box::new(Diagnostic::error(format!("cannot start a thread: {error}"))))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The schema of the built-in chart is known to be harmless.
fn validate_own(schema: &Json, values: &Node, tree: &Tree) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    let files = Files::new(tree, Prepared::default());
    let bad = |error: &ValidationError<'_>| Broken { schema, span: values.span, tree, files: &files }.explain(error);
    let validator = compile(schema, files.clone(), false).map_err(|error| bad(&error))?;
    let instance = values.to_json();
    if validator.is_valid(&instance) {
        return Ok(Vec::new());
    }
    Ok(Report { schema, values, patterns: &HashMap::new() }.all(&validator, &instance))
}

fn validate_foreign(schema: &Json, values: &Node, tree: &Tree) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    let mut schema = schema.clone();
    let mut prepared = Prepared::default();
    prepared.rewrite(&mut schema);
    let (references, standard) = (prepared.references, prepared.standard);
    let unsound = prepared.broken.take();
    let files = Files::new(tree, prepared);
    let broken = Broken { schema: &schema, span: values.span, tree, files: &files };
    if references > MAX_REFERENCES {
        return Err(broken.because(&format!("it has more than {MAX_REFERENCES} references")));
    }
    if let Some((path, pattern, why)) = unsound {
        let [path, pattern, why] = [path, pattern, why].map(|text| words::cut(&text, words::LONGEST_PATTERN));
        let what = format!("`{path}` must be a regular expression of Go, found `{pattern}`: {why}");
        return Err(broken.because(&what));
    }
    let validator = compile(&schema, files.clone(), standard).map_err(|error| broken.explain(&error))?;
    let instance = values.to_json();
    let steps = match steps(&schema, &files, &instance) {
        Ok(steps) => steps,
        Err(Stop::Circle(place)) => {
            let (span, at) = find(values, &place);
            let message = format!("{at} cannot be checked: the schema applies itself to it again and again");
            return Ok(vec![Diagnostic::error(message).at(span, "").help("a `$ref` must lead into the value")]);
        }
        Err(Stop::TooMuch(most)) => {
            return Err(broken.because(&format!("a check of these values takes more than {most} steps")));
        }
        Err(Stop::Broken(error)) => return Err(broken.reference(&error)),
    };
    if validator.is_valid(&instance) {
        return Ok(Vec::new());
    }
    if steps > MAX_TOLD {
        let message = format!("the values do not fit `{}`, which is too large to say where", broken.name());
        return Ok(vec![Diagnostic::error(message)]);
    }
    let patterns = std::mem::take(&mut files.prepared().patterns);
    Ok(Report { schema: &schema, values, patterns: &patterns }.all(&validator, &instance))
}

fn steps(schema: &Json, files: &Files, values: &Json) -> Result<u64, Stop> {
    let draft = Draft::default().detect(schema);
    let base = base(schema);
    let resource = draft.create_resource_ref(schema);
    let registry = referencing::SPECIFICATIONS.add(&base, resource).map_err(Stop::Broken)?;
    let registry = registry.draft(draft).retriever(files.clone()).retrieve_known_draft_meta_schemas(false);
    let registry = registry.prepare().map_err(Stop::Broken)?;
    let base = jsonschema::uri::from_str(&base).map_err(Stop::Broken)?;
    effort::count(schema, registry.resolver(base), draft, values)
}

/// The address of a schema: its own when that is whole, else its place in the chart.
fn base(schema: &Json) -> String {
    let id = schema.get("$id").or_else(|| schema.get("id")).and_then(Json::as_str);
    id.filter(|id| id.contains(':')).unwrap_or(files::BASE).to_owned()
}

fn compile(schema: &Json, files: Files, standard: bool) -> Result<Validator, ValidationError<'static>> {
    let options = jsonschema::options().with_retriever(files).with_pattern_options(PatternOptions::regex());
    let mut options = options.with_base_uri(base(schema));
    if standard {
        options = options.with_registry(&referencing::SPECIFICATIONS);
    }
    match Draft::default().detect(schema) {
        // Left to the crate, which asks for the meta-schema, is refused it, and says so.
        Draft::Unknown => options.build(schema),
        draft => {
            let asserted = matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7);
            options = options.with_draft(draft).should_validate_formats(asserted);
            if asserted {
                // Helm's library leaves the content of text alone.
                options = options.without_content_encoding_support("base64");
                options = options.without_content_media_type_support("application/json");
                options = FORMATS.iter().fold(options, |options, (name, holds)| options.with_format(*name, *holds));
            }
            options.build(schema)
        }
    }
}

/// Says what is wrong with a schema.
struct Broken<'a> {
    schema: &'a Json,
    /// A place that messages can be about; none of them shows it.
    span: Span,
    tree: &'a Tree,
    files: &'a Files,
}

impl Broken<'_> {
    fn name(&self) -> String {
        self.tree.display("values.schema.json")
    }

    fn because(&self, what: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(format!("`{}` is no valid JSON schema: {what}", self.name())))
    }

    fn explain(&self, error: &ValidationError<'_>) -> Box<Diagnostic> {
        if let Kind::Referencing(error) = error.kind() {
            return self.reference(error);
        }
        let written =
            error.instance().as_str().and_then(|pattern| self.files.prepared().patterns.get(pattern).cloned());
        if let Some(pattern) = written {
            let pattern = words::cut(&pattern, words::LONGEST_PATTERN);
            return self.because(&format!("the pattern `{pattern}` takes too much memory"));
        }
        // The schema breaks the rules of schemas: tell it as for values, with the place in words.
        let node = Node::from_json(self.schema.clone(), self.span);
        let mut found = Vec::new();
        Report { schema: &Json::Null, values: &node, patterns: &HashMap::new() }.explain(error, &mut found);
        let first = found.into_iter().next();
        self.because(&first.map_or_else(|| "a rule in it does not hold".to_owned(), |first| first.message))
    }

    fn reference(&self, error: &ReferencingError) -> Box<Diagnostic> {
        let outside = "a `$ref` may point into the schema (`#/$defs/...`) or to a file of the chart";
        let what = match error {
            ReferencingError::Unretrievable { uri, .. } => {
                let shown = files::inside(uri).unwrap_or_else(|| uri.clone());
                format!("it refers to `{shown}`, {}", self.files.reason(uri))
            }
            ReferencingError::PointerToNowhere { pointer } => {
                format!("`$ref` points to `{pointer}`, which it does not hold")
            }
            ReferencingError::NoSuchAnchor { anchor } | ReferencingError::InvalidAnchor { anchor } => {
                format!("`$ref` names the anchor `{anchor}`, which it does not hold")
            }
            ReferencingError::UnknownSpecification { specification } => {
                let message = format!("`$schema` names `{specification}`, which is no known draft");
                return Box::new(self.because(&message).help("use `https://json-schema.org/draft/2020-12/schema`"));
            }
            ReferencingError::InvalidUri(_)
            | ReferencingError::InvalidPercentEncoding { .. }
            | ReferencingError::InvalidArrayIndex { .. } => "a `$ref` in it is no address".to_owned(),
            ReferencingError::CircularMetaschema { .. } => "its `$schema` leads in a circle".to_owned(),
        };
        Box::new(self.because(&what).help(outside))
    }
}

/// The place of a path of keys, and how a message names it.
fn find(values: &Node, path: &[String]) -> (Span, String) {
    let mut span = values.span;
    let mut node = values;
    let mut shown = ValuePath::root();
    for key in path {
        if let Some(entry) = node.entry(key) {
            (span, node, shown) = (entry.key, &entry.node, shown.key(key));
        } else if let Some((index, item)) =
            key.parse().ok().and_then(|index: usize| Some((index, node.as_list()?.get(index)?)))
        {
            (span, node, shown) = (item.span, item, shown.index(index));
        }
    }
    let shown = shown.to_string();
    (span, if shown.is_empty() { "the values".to_owned() } else { format!("`{shown}`") })
}

/// Where one value stands: its path, the node, and the span of its key.
pub(super) struct Place<'a> {
    pub(super) path: ValuePath,
    pub(super) node: &'a Node,
    pub(super) key: Span,
    /// Whether messages may not repeat it: one of the keys on the way says so.
    pub(super) secret: bool,
}

struct Report<'a> {
    schema: &'a Json,
    values: &'a Node,
    /// The patterns as their author wrote them, by what the validator reads.
    patterns: &'a HashMap<String, String>,
}

impl Report<'_> {
    /// Every violation, in the order of the values.
    fn all(&self, validator: &Validator, instance: &Json) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let errors: Vec<_> = validator.iter_errors(instance).collect();
        fit::telling(&errors).for_each(|error| self.explain(error, &mut found));
        crate::diagnostic::sort(&mut found);
        let mut found = crate::diagnostic::dedup(found);
        let more = found.len().saturating_sub(MAX_SHOWN);
        if more > 0 {
            found.truncate(MAX_SHOWN);
            found.push(Diagnostic::error(format!("{more} more values do not fit the schema")));
        }
        found
    }

    /// Appends the diagnostics of one violation; some keywords report several keys at once.
    fn explain(&self, error: &ValidationError<'_>, found: &mut Vec<Diagnostic>) {
        let place = self.place(error);
        let message = Message::new(&place, self.wanted(error));
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                match fit::best(context, error.instance_path().as_str()) {
                    Best::Values(options) => found.push(message.alternatives(&options)),
                    Best::Types(types) => found.push(message.wrong_type(&types)),
                    Best::Keys(keys) => found.push(message.missing_one_of(&keys)),
                    Best::Branch([]) => found.push(message.no_alternative()),
                    Best::Branch(errors) => fit::telling(errors).for_each(|error| self.explain(error, found)),
                }
            }
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                found.extend(unexpected.iter().map(|key| self.unknown_key(error, &place, key)));
            }
            Kind::PropertyNames { error: inner } => {
                let key = inner.instance().as_str().unwrap_or_default();
                found.push(Message::new(&place, self.wanted(inner)).bad_name(key, inner.kind()));
            }
            Kind::UnevaluatedItems { unexpected } => found.extend(Self::unknown_items(&place, unexpected)),
            Kind::Pattern { pattern } => {
                let written = self.patterns.get(pattern).unwrap_or(pattern);
                found.push(message.wrong_form(written, error.instance()));
            }
            kind => found.push(message.violation(kind, error.instance())),
        }
    }

    /// What the schema says beside the broken keyword of what is wanted, as it follows "must be".
    fn wanted(&self, error: &ValidationError<'_>) -> Option<&str> {
        self.beside(error)?.get("x-message")?.as_str()
    }

    /// The part of the schema that holds the broken keyword.
    fn beside(&self, error: &ValidationError<'_>) -> Option<&Json> {
        let path = error.schema_path().as_str();
        self.schema.pointer(path.rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    /// Walks the instance path of an error through the values.
    fn place(&self, error: &ValidationError<'_>) -> Place<'_> {
        let mut place = Place { path: ValuePath::root(), node: self.values, key: self.values.span, secret: false };
        // The crate's own segments leave out empty keys.
        for segment in error.instance_path().as_str().split('/').skip(1) {
            if let Some(items) = place.node.as_list() {
                let found = segment.parse().ok().and_then(|index: usize| Some((index, items.get(index)?)));
                let Some((index, node)) = found else { break };
                place = Place { path: place.path.index(index), node, key: node.span, secret: place.secret };
                continue;
            }
            let name = segment.replace("~1", "/").replace("~0", "~");
            let Some(entry) = place.node.entry(&name) else { break };
            let (path, secret) = (place.path.key(&name), place.secret || redact::hides(&name));
            place = Place { path, node: &entry.node, key: entry.key, secret };
        }
        place
    }

    /// The items that no part of the schema took, the last ones of equals.
    fn unknown_items(place: &Place<'_>, unexpected: &[String]) -> Vec<Diagnostic> {
        let mut left: HashMap<&str, usize> = HashMap::new();
        for item in unexpected {
            *left.entry(item).or_default() += 1;
        }
        let mut found = Vec::new();
        for (index, item) in place.node.as_list().unwrap_or_default().iter().enumerate().rev() {
            if let Some(count) = left.get_mut(item.to_json().to_string().as_str()).filter(|count| **count > 0) {
                *count -= 1;
                let message = format!("`{}` is an item that the schema does not know", place.path.index(index));
                found.push(Diagnostic::error(message).at(item.span, ""));
            }
        }
        found
    }

    fn unknown_key(&self, error: &ValidationError<'_>, place: &Place<'_>, key: &str) -> Diagnostic {
        let span = place.node.entry(key).map_or(place.key, |entry| entry.key);
        let known = self.beside(error).map(|schema| super::describe::keys(self.schema, schema)).unwrap_or_default();
        let diagnostic = Diagnostic::error(format!("unknown key `{}`", place.path.key(key)));
        let advice = self.beside(error).and_then(|schema| schema.get("x-absent")?.get(key)?.as_str());
        if let Some(advice) = advice {
            return diagnostic.at(span, "").help(advice);
        }
        let hint = crate::diagnostic::did_you_mean(key, known.iter().map(String::as_str));
        let diagnostic = diagnostic.at(span, hint.clone().unwrap_or_default());
        let elsewhere: Vec<String> = super::paths(self.schema)
            .into_iter()
            .filter(|path| path.rsplit('.').next() == Some(key))
            .take(3)
            .map(|path| format!("`{path}`"))
            .collect();
        match (hint, elsewhere.is_empty()) {
            (_, false) => diagnostic.help(format!("there is {}", elsewhere.join(", "))),
            (Some(_), true) => diagnostic,
            (None, true) if known.is_empty() || known.len() > 12 => {
                diagnostic.help("`pgchart show values` lists what there is")
            }
            (None, true) => diagnostic.help(format!("known keys here: {}", known.join(", "))),
        }
    }
}
