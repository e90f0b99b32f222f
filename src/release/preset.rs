//! Which preset a release uses, and its text.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, SourceId, Span, did_you_mean};
use crate::values::values_of;
use crate::yaml::{Mapping, Node, Value};

use super::{Result, Session};

/// The preset that a chart with presets uses when nobody names one.
const DEFAULT: &str = "medium";

/// The lowest layer of values.
#[derive(Clone, Debug)]
pub(super) struct Preset {
    /// Its name or path.
    pub(super) name: String,
    pub(super) values: Mapping,
    /// Its text.
    pub(super) source: SourceId,
}

/// Chooses and reads the preset: `--preset`, then `preset:` in the values, then `medium` when the chart has presets.
pub(super) fn choose(
    chart: &Chart,
    flag: Option<&str>,
    values: &Mapping,
    session: &mut Session<'_>,
) -> Result<Option<Preset>> {
    let named = match flag {
        Some(name) => {
            let id = session.sources.add("--preset", name);
            Some((name.to_owned(), Span::new(id, 0..name.len())))
        }
        // A value that happens to be called `preset` means nothing in a chart without presets.
        None if chart.presets.is_empty() && !chart.is_postgresql() => None,
        None => in_values(values)?,
    };
    let Some((name, span)) = named else {
        return match chart.presets.get(DEFAULT) {
            Some(id) => read(DEFAULT, *id, session).map(Some),
            None => Ok(None),
        };
    };
    if let Some(id) = chart.presets.get(&name) {
        return read(&name, *id, session).map(Some);
    }
    if name.contains(['/', '\\']) || name.ends_with(".yaml") || name.ends_with(".yml") {
        let text = session
            .input
            .read(&name)
            .map_err(|reason| Diagnostic::error(format!("cannot read preset `{name}`: {reason}")).at(span, ""))?;
        let id = session.sources.add(name.as_str(), text);
        return read(&name, id, session).map(Some);
    }
    Err(unknown(chart, &name, span).into())
}

fn in_values(values: &Mapping) -> Result<Option<(String, Span)>> {
    let Some(Node { value, span }) = values.get("preset").map(|entry| &entry.node) else { return Ok(None) };
    match value {
        Value::Null => Ok(None),
        Value::String(name) if name.is_empty() => Ok(None),
        Value::String(name) => Ok(Some((name.clone(), *span))),
        other => {
            let message = format!("`preset` must be a name or a path, found {}", other.kind());
            Err(Diagnostic::error(message).at(*span, "").into())
        }
    }
}

fn read(name: &str, id: SourceId, session: &mut Session<'_>) -> Result<Preset> {
    let values = values_of(id, &session.sources, &mut session.warnings)?;
    Ok(Preset { name: name.to_owned(), values, source: id })
}

fn unknown(chart: &Chart, name: &str, span: Span) -> Diagnostic {
    let names: Vec<&str> = chart.presets.keys().map(String::as_str).collect();
    let error = Diagnostic::error(format!("unknown preset `{name}`"))
        .at(span, did_you_mean(name, names.iter().copied()).unwrap_or_default());
    if names.is_empty() {
        return error
            .help(format!("chart `{}` has no presets; name a file: `--preset ./{name}.yaml`", chart.metadata.name));
    }
    let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    error.help(format!("use one of {list}, a file (`./{name}.yaml`), or `pgchart tune` to make one for any size"))
}
