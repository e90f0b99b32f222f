//! Functions that render other templates or stop the render.

use std::fmt;

use minijinja::value::{Serde, Value};
use minijinja::{Captured, Error, ErrorKind, State};

use super::{Arguments, Function};
use crate::engine::bounds;
use crate::engine::live::{Live, Wanted};
use crate::engine::resolve::chart_of;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "include",
        include,
        "renders another template file, or a macro of a `_` file with one argument",
        "include(\"config.yaml.j2\") | sha256sum",
    ),
    Function::new("tpl", tpl, "renders text as a template", "tpl(\"{{ x }}-1\", {\"x\": \"a\"}) → a-1"),
    Function::lenient(
        "required",
        required,
        "stops with a message when the value is missing or empty text",
        "required(\"set a.b\", Values.a.b)",
    ),
    Function::new("fail", fail, "stops with a message", "fail(\"mode must be ha\")"),
    Function::new(
        "lookup",
        lookup,
        "an object of the live cluster; an empty map when none is asked",
        "lookup(\"v1\", \"Secret\", \"ns\", \"name\") → map[]",
    ),
];

/// A message that a template stopped with, carried as the source of the engine's error.
#[derive(Debug)]
pub(in crate::engine) struct Failure(pub(in crate::engine) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

fn stop(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.clone()).with_source(Failure(message))
}

fn fail(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Err(stop(arguments.text(0)?.to_string()))
}

fn required(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let message = arguments.text(0)?.to_string();
    let value = arguments.value(1)?;
    if value.is_undefined() || value.is_none() || value.as_str() == Some("") {
        return Err(stop(message));
    }
    Ok(value.clone())
}

/// Objects that every template sees, taken over into an included one.
const OBJECTS: [&str; 8] = ["Values", "Release", "Chart", "Capabilities", "Files", "Subcharts", "Template", "Postgres"];

fn context(state: &State<'_, '_>) -> Value {
    Value::from_pairs(OBJECTS.iter().filter_map(|name| Some((*name, state.lookup(name)?))))
}

fn include(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=2)?;
    let name = arguments.text(0)?;
    let context = context(state);
    if name.contains('.') {
        return nested(state, |state| state.get_template(&name)?.render_captured(&context)).map(Value::from);
    }
    let partials = partials(state);
    for partial in partials {
        let mut module = state.get_template(&partial)?.render_captured(&context)?;
        let found = module.with_state_mut(|state| {
            let exported = state.exports().contains(&&*name);
            exported.then(|| state.call_macro(&name, &arguments.all()[1..]))
        });
        if let Some(rendered) = found {
            return rendered.map(Value::from);
        }
    }
    Err(Error::new(ErrorKind::TemplateNotFound, format!("no template file and no macro is called `{name}`")))
}

/// The partials in the order in which a macro is looked for: those of the chart that includes, then the shallowest
/// paths, then by name.
fn partials(state: &State<'_, '_>) -> Vec<String> {
    let own = chart_of(state.name()).to_owned();
    let is_partial = |path: &str| path.rsplit('/').next().is_some_and(|file| file.starts_with('_'));
    let mut all: Vec<String> =
        state.env().templates().map(|(path, _)| path.to_owned()).filter(|path| is_partial(path)).collect();
    all.sort_by_cached_key(|path| (chart_of(path) != own, path.matches('/').count(), path.clone()));
    all
}

/// How deep `include` and `tpl` may call each other.
const MAX_NESTING: i64 = 60;

thread_local! {
    static DEPTH: std::cell::Cell<i64> = const { std::cell::Cell::new(0) };
}

/// Renders inside a render: the depth is bounded, and what it costs is taken from the fuel of the outer one.
fn nested<'env>(
    state: &mut State<'_, 'env>,
    render: impl FnOnce(&mut State<'_, 'env>) -> Result<Captured<'env>, Error>,
) -> Result<String, Error> {
    let depth = DEPTH.get();
    if depth >= MAX_NESTING {
        let detail = format!("templates include each other more than {MAX_NESTING} levels deep");
        return Err(Error::new(ErrorKind::InvalidOperation, detail));
    }
    DEPTH.set(depth + 1);
    let result = render(state);
    DEPTH.set(depth);
    let captured = result?;
    if let Some((consumed, _)) = captured.state().fuel_levels() {
        state.consume_fuel(consumed)?;
    }
    Ok(captured.into_output())
}

fn tpl(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=2)?;
    let text = arguments.text(0)?;
    if let Some((_, message)) = bounds::exceeded(&text) {
        return Err(arguments.error(message));
    }
    // What is given is all that the text sees; nothing given means the objects.
    let context = arguments.all().get(1).cloned().unwrap_or_else(|| context(state));
    let depth = DEPTH.get();
    if depth >= MAX_NESTING {
        return Err(arguments.error(format_args!("is nested more than {MAX_NESTING} levels deep")));
    }
    DEPTH.set(depth + 1);
    let template = state.env().template_from_named_str("tpl", &text);
    let rendered = template.and_then(|template| template.render_captured(&context));
    DEPTH.set(depth);
    // The text stands in no file: the place that is told is that of the call.
    let captured = rendered.map_err(|inner| Error::new(inner.kind(), "in text given to tpl").with_source(inner))?;
    let consumed = captured.state().fuel_levels().map_or(0, |(consumed, _)| consumed);
    let output = captured.into_output();
    state.consume_fuel(consumed)?;
    Ok(Value::from(output))
}

fn lookup(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(4..=4)?;
    let [api_version, kind] = [arguments.text(0)?, arguments.text(1)?];
    let [namespace, name] = [arguments.text(2)?, arguments.text(3)?];
    let wanted = Wanted { api_version: &api_version, kind: &kind, namespace: &namespace, name: &name };
    match Live::of(state).find(wanted) {
        Ok(Some(object)) => Ok(Value::from(Serde(object))),
        Ok(None) => Ok(Value::from_pairs(Vec::<(String, Value)>::new())),
        Err(reason) => Err(stop(format!("cannot look up {kind} `{name}`: {reason}"))),
    }
}
