//! One object of a report: its differences in words and with masks.

use std::sync::Arc;

use serde_json::Value as Json;

use super::assemble::{Compared, normal};
use super::compare::Change;
use super::entry::{Entry, Status, Survivor};
use super::immutable::{immutable, recipe};
use super::mask::Masker;
use super::object::ObjectId;
use super::outcome::Verdict;
use super::path::Path;
use super::restart::restart;
use super::settings::SettingChange;
use super::survivors::{Sides, survivors};

/// Makes the entry; nothing in it is secret.
pub(super) fn entry(one: Compared, masker: &mut Masker) -> Entry {
    let foreign = foreign(&one);
    let id = one.outcome.id;
    let found = match (one.status, &one.old) {
        (Status::Rejected, Some(old)) => immutable(&id, old, &one.changes),
        _ => Vec::new(),
    };
    let mut help = one.old.as_ref().map(|old| recipe(&id, old, &one.changes, &found)).unwrap_or_default();
    let api_version = one.new.as_ref().or(one.old.as_ref()).and_then(|json| json.get("apiVersion")?.as_str());
    let api_version = api_version.unwrap_or_default().to_owned();
    let (mut messages, unvalidated) = words((&api_version, &id.kind), &one.outcome.verdict, &mut help);
    for message in &mut messages {
        *message = masker.message(&id, message);
    }
    let restart = match one.status {
        Status::Update | Status::Conflict => one.new.as_ref().and_then(|new| restart(&id, new, &one.changes)),
        _ => None,
    };
    // Of what stays as it is nothing is shown, so that nothing of it needs a mask.
    let quiet = one.changes.is_empty() && matches!(one.status, Status::Unchanged | Status::RetainedData);
    let mut mask =
        |side: Option<Arc<Json>>| side.filter(|_| !quiet || !foreign.is_empty()).map(|json| masker.object(&id, &json));
    let (old, new) = (mask(one.old), mask(one.new));
    let survives = foreign.into_iter().filter_map(|(path, manager)| {
        let value = path.find(new.as_ref()?)?.clone();
        Some(Survivor { path: path.to_string(), value, manager })
    });
    let survives = survives.collect();
    let changes = masked_changes(&one.changes, old.as_ref(), new.as_ref(), masker);
    let settings = one.settings.into_iter().map(|change| masked_setting(change, masker)).collect();
    Entry {
        api_version,
        source: one.outcome.source,
        status: one.status,
        model: one.outcome.model,
        approximate: one.outcome.approximate,
        unvalidated,
        old,
        new,
        changes,
        ignored: one.ignored,
        messages,
        help,
        immutable: found,
        restart,
        settings,
        survives,
        id,
    }
}

/// The verdict in words: messages, and why nothing was validated.
fn words(
    (api_version, kind): (&str, &str),
    verdict: &Verdict,
    help: &mut Vec<String>,
) -> (Vec<String>, Option<String>) {
    match verdict {
        Verdict::Rejected(messages) => (messages.clone(), None),
        Verdict::Conflict(conflicts) => {
            help.push(
                "agree with the other manager, or take the fields over: `--force-conflicts` here, and with the apply"
                    .to_owned(),
            );
            (
                conflicts
                    .iter()
                    .map(|one| format!("`{}` owns {}", one.manager, one.field.trim_start_matches('.')))
                    .collect(),
                None,
            )
        }
        Verdict::UnknownKind { known } => {
            let none = format!("the cluster has no kind `{kind}` in `{api_version}`");
            if known.is_empty() {
                help.push("install what brings the kind, or switch off what renders it".to_owned());
                return (vec![none], None);
            }
            help.push("render it for a version that the cluster has, such as by `--kube-version`".to_owned());
            let known: Vec<String> = known.iter().map(|version| format!("`{version}`")).collect();
            (vec![format!("{none}, only in {}", known.join(", "))], None)
        }
        Verdict::Failed(message) | Verdict::Retained(message) => (vec![message.clone()], None),
        Verdict::New { unvalidated, .. } => (Vec::new(), unvalidated.clone()),
        Verdict::Becomes(_) | Verdict::Calculated(_) | Verdict::Prune => (Vec::new(), None),
    }
}

/// The same changes with the values of the masked sides.
fn masked_changes(changes: &[Change], old: Option<&Json>, new: Option<&Json>, masker: &mut Masker) -> Vec<Change> {
    let value = |side: Option<&Json>, path: &Path, raw: &Option<Json>, masker: &mut Masker| {
        let raw = raw.as_ref()?;
        Some(match side.and_then(|side| path.find(side)) {
            Some(shown) => shown.clone(),
            // An identity that was masked itself cannot be found again.
            None => masker.object(&ObjectId::default(), raw),
        })
    };
    changes
        .iter()
        .map(|change| {
            if change.reordered {
                return change.clone();
            }
            Change {
                old: value(old, &change.path, &change.old, masker),
                new: value(new, &change.path, &change.new, masker),
                ..change.clone()
            }
        })
        .collect()
}

fn masked_setting(change: SettingChange, masker: &mut Masker) -> SettingChange {
    let secret = crate::diagnostic::names_secret(&change.name) && change.name != "password_encryption";
    let mut mask = |value: Option<String>| {
        value.map(|text| if secret && !masker.shows() { masker.token(text.as_bytes()) } else { masker.text(&text) })
    };
    let (old, new) = (mask(change.old.clone()), mask(change.new.clone()));
    SettingChange { old, new, ..change }
}

/// The fields that others wrote and an apply leaves alone.
fn foreign(one: &Compared) -> Vec<(Path, String)> {
    let (Some(live), Some(model)) = (&one.outcome.live, &one.outcome.model) else { return Vec::new() };
    let (Some(old), Some(new)) = (&one.old, &one.new) else { return Vec::new() };
    survivors(Sides { live, old, new, last: one.last.as_ref(), model }, normal)
}
