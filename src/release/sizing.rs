//! Sizes that the user changes take the tuning with them: the preset is made anew for the limits that are in force.

use super::preset::Preset;
use super::{Result, Session};
use crate::diagnostic::{Diagnostic, SourceId, Span};
use crate::postgres::quantity;
use crate::postgres::tune::{Impossible, Size, describe, tune};
use crate::values::values_of;
use crate::yaml::{Mapping, Node, Value};

/// What the tuning follows.
const PATHS: [&[&str]; 3] =
    [&["resources", "limits", "memory"], &["resources", "limits", "cpu"], &["postgresql", "config", "max_connections"]];

/// The preset for the sizes in `values`, when the user set one of them to something else than the preset has.
///
/// Volumes stay those of the preset: a disk is no consequence of memory. The log's limits follow the volumes.
///
/// # Errors
/// When no settings are safe in the size that the user asks for, at the place that asks.
pub(super) fn resize(
    preset: &Preset,
    values: &Mapping,
    session: &mut Session<'_>,
) -> Result<Option<(SourceId, Mapping)>> {
    let preset_root = root(preset.values.clone(), preset.source);
    let values_root = root(values.clone(), preset.source);
    let changed = PATHS.iter().find_map(|path| {
        let (ours, theirs) = (values_root.at(path)?, preset_root.at(path)?);
        let same = ours.scalar_text() == theirs.scalar_text();
        (!same).then_some((path, ours.span))
    });
    let Some((path, span)) = changed else { return Ok(None) };
    let Some(size) = size(&values_root, &preset_root) else { return Ok(None) };
    let tuning = tune(size).map_err(|error| impossible(&error, &values_root, span))?;
    let text = tuning.to_yaml(true);
    let name = format!("(tuned for {}, as {} is set)", describe(&size), path.join("."));
    let id = session.sources.add(name, text);
    let mut values = values_of(id, &session.sources, &mut session.warnings)?;
    keep_volumes(&mut values, &preset.values);
    Ok(Some((id, values)))
}

fn root(values: Mapping, source: SourceId) -> Node {
    Node::new(Value::Map(values), Span::new(source, 0..0))
}

/// The size in force; nothing when it cannot be read, which the checks of the values tell.
fn size(values: &Node, preset: &Node) -> Option<Size> {
    let text = |path: &[&str]| values.at(path).and_then(Node::scalar_text);
    let memory = quantity::memory(&text(PATHS[0])?)?;
    let cpu = text(PATHS[1]).and_then(|text| quantity::cpu(&text)).unwrap_or(1000);
    let own = text(PATHS[2]).filter(|own| Some(own) != preset.at(PATHS[2]).and_then(Node::scalar_text).as_ref());
    let separate = values.at(&["persistence", "wal", "enabled"]).and_then(Node::as_bool).unwrap_or(false);
    let volume = |path: &[&str]| text(path).and_then(|text| quantity::memory(&text));
    Some(Size {
        connections: own.and_then(|own| own.parse().ok()),
        data: volume(&["persistence", "size"]),
        wal: volume(&["persistence", "wal", "size"]).filter(|_| separate),
        ..Size::new(memory, cpu)
    })
}

fn keep_volumes(values: &mut Mapping, preset: &Mapping) {
    if let (Some(persistence), true) = (preset.get("persistence"), values.contains_key("persistence")) {
        values.insert("persistence".to_owned(), persistence.clone());
    }
}

fn impossible(error: &Impossible, values: &Node, span: Span) -> Diagnostic {
    let (path, help): (&[&str], String) = match error {
        Impossible::TooManyConnections { fit, .. } => {
            (PATHS[2], format!("use at most {fit} connections, a pooler in front, or more memory"))
        }
        Impossible::TooSmall => (PATHS[0], "raise `resources.limits.memory`".to_owned()),
        Impossible::TooLarge => {
            (PATHS[0], "give the parameters in a preset of your own: `--preset ./mine.yaml`".to_owned())
        }
    };
    let place = values.at(path).map_or(span, |node| node.span);
    Diagnostic::error(error.to_string()).at(place, "").help(help)
}
