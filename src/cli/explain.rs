//! `pgchart explain`: one value.

use std::fmt::Write as _;

use clap::Args;

use super::{Ui, positional};
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::engine::references;
use crate::postgres::Major;
use crate::postgres::catalogue::{Catalogue, Context, Parameter};
use crate::release::{ChartSource, Error, Session};
use crate::schema::{describe, paths};
use crate::values::values_of;
use crate::yaml::{Mapping, Node, Value};

const EXAMPLES: &str = "\
Examples:
  pgchart explain persistence.size
  pgchart explain postgresql.config.work_mem
  pgchart explain image ./my-chart";

/// Explain one value: type, default, presets, and which templates read it
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    /// The value, such as `persistence.size`
    #[arg(value_name = "VALUE.PATH")]
    path: String,
    /// Chart directory [default: the built-in chart]
    #[arg(value_name = "CHART")]
    chart: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs, session: &mut Session<'_>, ui: &mut Ui) -> Result<(), Error> {
    let source = args.chart.as_deref().map_or(ChartSource::Builtin, positional::chart);
    let chart = session.load(&source)?;
    let keys: Vec<&str> = args.path.split('.').collect();
    let description = chart.schema().and_then(|schema| describe(schema, &keys));
    let default = lookup(&chart.values, &keys).map(show);
    let presets = presets(&chart, &keys, session)?;
    let readers = readers(&chart, &keys, session);
    if description.is_none() && default.is_none() && presets.is_empty() && readers.is_empty() {
        return Err(unknown(&chart, &args.path).into());
    }
    let mut out = args.path.clone();
    if let Some(description) = &description {
        let limits = description.limits.as_ref().map(|limits| format!(", {limits}")).unwrap_or_default();
        let _ = write!(out, "  ({}{limits})", description.kind);
    }
    out.push('\n');
    if let Some(text) = description.as_ref().and_then(|description| description.text.as_ref()) {
        let _ = writeln!(out, "\n{text}");
    }
    if let Some(text) = parameter(&chart, &keys) {
        let _ = write!(out, "\n{text}");
    }
    let _ = writeln!(
        out,
        "\ndefault  {}",
        default.as_deref().unwrap_or(if presets.is_empty() { "not set" } else { "the preset's" })
    );
    list(&mut out, "presets", &presets);
    list(&mut out, "below", &description.map(|description| description.children).unwrap_or_default());
    list(&mut out, "read by", &readers);
    ui.print(&out)?;
    Ok(())
}

/// A heading and one entry a line.
fn list(out: &mut String, heading: &str, entries: &[String]) {
    for (index, entry) in entries.iter().enumerate() {
        let heading = if index == 0 { heading } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{heading:<8} {entry}");
    }
}

fn lookup<'a>(values: &'a Mapping, keys: &[&str]) -> Option<&'a Node> {
    let (first, rest) = keys.split_first()?;
    values.get(*first)?.node.at(rest)
}

/// A value on one line; a large one by its keys.
fn show(node: &Node) -> String {
    let text = node.to_json().to_string();
    match &node.value {
        Value::Map(map) if text.chars().count() > 100 => {
            format!("an object with {}", map.keys().cloned().collect::<Vec<_>>().join(", "))
        }
        _ => text,
    }
}

/// What each preset sets, aligned.
fn presets(chart: &Chart, keys: &[&str], session: &mut Session<'_>) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for (name, source) in &chart.presets {
        let values = values_of(*source, &session.sources, &mut session.warnings)?;
        if let Some(node) = lookup(&values, keys) {
            lines.push(format!("{name:<8} {}", show(node)));
        }
    }
    Ok(lines)
}

/// The template lines that read the value, a part of it, or something that it is part of.
fn readers(chart: &Chart, keys: &[&str], session: &Session<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for reference in references(&chart.templates, &session.sources) {
        let related = reference.path.iter().zip(keys).all(|(a, b)| a == b);
        let at = session.sources.locate(reference.span);
        let line = format!("{}:{}", at.name, at.line);
        if related && !lines.contains(&line) {
            lines.push(line);
        }
    }
    if chart.is_postgresql() && read_by_program(keys) {
        lines.push("the program, as `Postgres` in templates".to_owned());
    }
    lines
}

/// The values that become files, image and passwords before templates see them.
fn read_by_program(keys: &[&str]) -> bool {
    matches!(keys, ["postgresql" | "image" | "preset", ..] | ["global", "imageRegistry"] | ["resources", "limits", ..])
}

/// What the catalogue says of a server parameter.
fn parameter(chart: &Chart, keys: &[&str]) -> Option<String> {
    let ["postgresql", "config", name] = keys else { return None };
    let version = lookup(&chart.values, &["postgresql", "version"]).and_then(Node::scalar_text);
    let major = version.and_then(|version| Major::parse(&version)).unwrap_or(Major::V16);
    let parameter = Catalogue::of(major).get(name)?;
    let mut out = format!("{}\n", parameter.description);
    let unit = parameter.unit.as_deref().map(|unit| format!(", in units of {unit}")).unwrap_or_default();
    let _ =
        writeln!(out, "{}{unit}; a change takes effect {}.", values_of_parameter(parameter), effect(parameter.context));
    let default = parameter.default.as_deref().filter(|default| !default.is_empty()).unwrap_or("empty");
    let _ = writeln!(out, "PostgreSQL {major} without it: {default}");
    Some(out)
}

fn values_of_parameter(parameter: &Parameter) -> String {
    match (&parameter.options, &parameter.min, &parameter.max) {
        (Some(options), ..) => format!("One of {}", options.join(", ")),
        (None, Some(low), Some(high)) => format!("From {low} to {high}"),
        _ => "Any value of its kind".to_owned(),
    }
}

fn effect(context: Context) -> &'static str {
    match context {
        Context::Internal => "never",
        Context::Postmaster => "at a restart",
        Context::Sighup => "at a reload",
        Context::SuperuserBackend | Context::Backend => "for new connections",
        Context::Superuser | Context::User => "at a reload, and in a session by SET",
    }
}

fn unknown(chart: &Chart, path: &str) -> Diagnostic {
    let known = chart.schema().map(paths).unwrap_or_default();
    let error = Diagnostic::error(format!("chart `{}` knows no value `{path}`", chart.metadata.name));
    let last = path.rsplit('.').next().unwrap_or(path);
    let elsewhere: Vec<&String> = known.iter().filter(|other| other.rsplit('.').next() == Some(last)).take(3).collect();
    match did_you_mean(path, known.iter().map(String::as_str)) {
        Some(hint) => error.help(hint),
        None if elsewhere.is_empty() => error.help("`pgchart show values` lists what there is"),
        None => error
            .help(format!("there is {}", elsewhere.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", "))),
    }
}
