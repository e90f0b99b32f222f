//! Everything, for programs. Keys are only ever added.

use serde_json::{Map, Value as Json, json};

use crate::diff::{Change, Entry, Report};

pub(super) fn write(report: &Report) -> String {
    let summary: Map<String, Json> =
        report.counts().into_iter().map(|(status, count)| (status.name().to_owned(), count.into())).collect();
    let models: Vec<Json> =
        report.models().into_iter().map(|(model, count)| json!({"apply": model, "objects": count})).collect();
    let dangers: Vec<Json> = report
        .dangers
        .iter()
        .map(|danger| json!({"object": danger.id.to_string(), "message": danger.message, "help": danger.help}))
        .collect();
    let document = json!({
        "summary": summary,
        "exitCode": report.exit_code(),
        "modelledOn": models,
        "dangers": dangers,
        "memory": report.memory,
        "notes": report.notes,
        "objects": report.entries.iter().map(object).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn object(entry: &Entry) -> Json {
    let mut out = json!({
        "apiVersion": entry.api_version,
        "kind": entry.id.kind,
        "namespace": entry.id.namespace,
        "name": entry.id.name,
        "status": entry.status.name(),
    });
    let mut add = |key: &str, value: Json| {
        let nothing = value.is_null() || value == 0 || value.as_array().is_some_and(Vec::is_empty);
        if !nothing {
            out[key] = value;
        }
    };
    add("source", json!(entry.source));
    add("modelledOn", json!(entry.model.as_ref().map(ToString::to_string)));
    add("approximate", json!(entry.approximate));
    add("unvalidated", json!(entry.unvalidated));
    add("ignored", json!(entry.ignored));
    add("messages", json!(entry.messages));
    add("help", json!(entry.help));
    add("changes", entry.changes.iter().map(change).collect());
    let immutable = entry.immutable.iter().map(|one| json!({"path": one.path, "reason": one.reason}));
    add("immutable", immutable.collect());
    add("restart", entry.restart.as_ref().map_or(Json::Null, |one| json!({"how": one.how, "why": one.why})));
    let settings = entry.settings.iter().map(|one| {
        json!({"file": one.file, "name": one.name, "old": one.old, "new": one.new, "default": one.default, "takes": one.takes.words()})
    });
    add("settings", settings.collect());
    let survives =
        entry.survives.iter().map(|one| json!({"path": one.path, "value": one.value, "manager": one.manager}));
    add("survives", survives.collect());
    out
}

fn change(change: &Change) -> Json {
    let what = match (&change.old, &change.new) {
        _ if change.reordered => "reorder",
        (None, _) => "add",
        (_, None) => "remove",
        _ => "replace",
    };
    let mut out = json!({"path": change.path.to_string(), "pointer": change.path.pointer(), "change": what});
    for (key, value) in [("old", &change.old), ("new", &change.new)] {
        if let Some(value) = value {
            out[key] = value.clone();
        }
    }
    if let Some(origin) = change.origin {
        out["origin"] = origin.name().into();
    }
    out
}
