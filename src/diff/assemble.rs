//! From outcomes to a report: one form, `--ignore`, comparison, explanation, and at the very end the masks.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::compare::{Change, compare};
use super::danger::{self, Case, Danger};
use super::entry::{Entry, Status, Survivor};
use super::immutable::{immutable, recipe};
use super::managed::{self, Model};
use super::mask::Masker;
use super::merge;
use super::normalise::normalise;
use super::object::ObjectId;
use super::outcome::{Findings, Outcome, Verdict};
use super::path::Path;
use super::restart::restart;
use super::sense::{self, Server};
use super::settings::{self, SettingChange};
use super::spelling;
use super::survivors::{Sides, survivors};
use super::{Origin, Rule};
use crate::postgres::Major;
use crate::postgres::quantity::approximate;

/// How a report is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Differences that do not count.
    pub ignore: Vec<Rule>,
    /// Fields that are secret besides the known ones.
    pub sensitive: Vec<Rule>,
    /// Show secrets.
    pub show_secrets: bool,
}

/// What an apply would change.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The objects, in the order of the release, removed ones last.
    pub entries: Vec<Entry>,
    /// What the changes can break.
    pub dangers: Vec<Danger>,
    /// What the changes do to the memory that servers may take.
    pub memory: Vec<String>,
    /// What could not be looked at.
    pub notes: Vec<String>,
}

impl Report {
    /// How many objects have each status; those that none has are left out.
    pub fn counts(&self) -> Vec<(Status, usize)> {
        let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(entry.status).or_default() += 1;
        }
        Status::ALL.into_iter().filter_map(|status| Some((status, *counts.get(&status)?))).collect()
    }

    /// How many objects have a status.
    pub fn count(&self, status: Status) -> usize {
        self.entries.iter().filter(|entry| entry.status == status).count()
    }

    /// The exit code: 2 when something could not be compared, 3 when the server refuses something, 1 when something
    /// changes, else 0.
    pub fn exit_code(&self) -> u8 {
        let any = |statuses: &[Status]| self.entries.iter().any(|entry| statuses.contains(&entry.status));
        if any(&[Status::Failed]) {
            2
        } else if any(&[Status::Rejected, Status::Conflict, Status::UnknownKind]) {
            3
        } else {
            u8::from(any(&[Status::Create, Status::Update, Status::WouldPrune]))
        }
    }

    /// The applies that were modelled, with how many objects each is for, most first.
    pub fn models(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<&Model, usize> = BTreeMap::new();
        for model in self.entries.iter().filter_map(|entry| entry.model.as_ref()) {
            *counts.entry(model).or_default() += 1;
        }
        let mut list: Vec<(String, usize)> =
            counts.into_iter().map(|(model, count)| (model.to_string(), count)).collect();
        list.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        list
    }
}

/// An outcome with its sides in one form.
struct Compared {
    outcome: Outcome,
    old: Option<Json>,
    new: Option<Json>,
    last: Option<Json>,
    status: Status,
    changes: Vec<Change>,
    ignored: usize,
    settings: Vec<SettingChange>,
    server: (Option<Server>, Option<Server>),
}

/// Makes the report.
pub fn assemble(findings: Findings, options: &Options) -> Report {
    let mut masker = Masker::new(options.show_secrets, options.sensitive.clone());
    let mut compared: Vec<Compared> = findings
        .outcomes
        .into_iter()
        .map(|outcome| {
            let sides = [&outcome.rendered, &outcome.live, &outcome.last];
            sides.into_iter().flatten().for_each(|side| masker.learn(side));
            if let Some(kept) = outcome.live.as_ref().and_then(managed::last_applied) {
                masker.learn(&kept);
            }
            side_by_side(outcome, &options.ignore)
        })
        .collect();
    masker.learned();
    add_settings(&mut compared);
    let mut dangers: Vec<Danger> = compared.iter().flat_map(|one| danger::dangers(one.case())).collect();
    let memory = compared.iter().filter_map(memory).collect();
    let entries = compared.into_iter().map(|one| entry(one, &mut masker)).collect();
    for danger in &mut dangers {
        danger.message = masker.text(&danger.message);
    }
    Report { entries, dangers, memory, notes: findings.notes }
}

impl Compared {
    fn case(&self) -> Case<'_> {
        Case {
            id: &self.outcome.id,
            status: self.status,
            old: self.old.as_ref(),
            new: self.new.as_ref(),
            changes: &self.changes,
            settings: &self.settings,
            server: (self.server.0.as_ref(), self.server.1.as_ref()),
        }
    }
}

fn normal(mut json: Json) -> Json {
    normalise(&mut json);
    spelling::even(&mut json);
    json
}

fn side_by_side(mut outcome: Outcome, ignore: &[Rule]) -> Compared {
    // The sides of an object that is as it should be are needed no more; taking them saves copies.
    let mut old = outcome.live.clone().map(normal);
    let last = outcome.last.take().map(normal);
    let rendered = outcome.rendered.clone().map(normal);
    let mut new = match &mut outcome.verdict {
        Verdict::Becomes(result) | Verdict::Calculated(result) | Verdict::New { result, .. } => {
            Some(normal(std::mem::take(result)))
        }
        Verdict::Rejected(_) | Verdict::Conflict(_) => match (&old, &rendered) {
            (Some(live), Some(rendered)) => Some(merge::predict(merge::Sides { rendered, last: last.as_ref(), live })),
            _ => rendered.clone(),
        },
        Verdict::UnknownKind { .. } | Verdict::Failed(_) => rendered.clone(),
        Verdict::Prune => None,
        Verdict::Retained(_) => old.clone(),
    };
    let ignored = apply_rules(&outcome, ignore, old.as_mut(), new.as_mut());
    let mut changes = match (&old, &new) {
        (Some(old), Some(new)) => compare(old, new),
        _ => Vec::new(),
    };
    if let (Some(last), Some(rendered)) = (&last, &rendered) {
        for change in &mut changes {
            change.origin = origin(change, last, rendered);
        }
    }
    let status = match &outcome.verdict {
        Verdict::Becomes(_) | Verdict::Calculated(_) if changes.is_empty() => Status::Unchanged,
        Verdict::Becomes(_) => Status::Update,
        Verdict::Calculated(_) => {
            let refused = old.as_ref().is_some_and(|old| !immutable(&outcome.id, old, &changes).is_empty());
            if refused { Status::Rejected } else { Status::Update }
        }
        Verdict::New { .. } => Status::Create,
        Verdict::Rejected(_) => Status::Rejected,
        Verdict::Conflict(_) => Status::Conflict,
        Verdict::UnknownKind { .. } => Status::UnknownKind,
        Verdict::Prune => Status::WouldPrune,
        Verdict::Retained(_) => Status::RetainedData,
        Verdict::Failed(_) => Status::Failed,
    };
    Compared { outcome, old, new, last, status, changes, ignored, settings: Vec::new(), server: (None, None) }
}

/// Takes what the rules name out of both sides; counts the rules that hid a difference.
fn apply_rules(outcome: &Outcome, rules: &[Rule], mut old: Option<&mut Json>, mut new: Option<&mut Json>) -> usize {
    let own = new.as_deref().or(old.as_deref()).map(Rule::of_annotation).unwrap_or_default();
    let mut hidden = 0;
    for rule in rules.iter().filter(|rule| rule.concerns(&outcome.id)).chain(&own) {
        let before = old.as_deref().zip(new.as_deref()).map(|(old, new)| compare(old, new).len());
        let written = outcome.live.as_ref().map(|live| rule.written(live, normal)).unwrap_or_default();
        let in_old = old.as_deref_mut().is_some_and(|old| rule.remove(old, &written));
        let in_new = new.as_deref_mut().is_some_and(|new| rule.remove(new, &written));
        if in_old || in_new {
            let after = old.as_deref().zip(new.as_deref()).map(|(old, new)| compare(old, new).len());
            hidden += before.unwrap_or(0).saturating_sub(after.unwrap_or(0));
        }
    }
    hidden
}

/// Who made the two sides of a change differ.
fn origin(change: &Change, last: &Json, rendered: &Json) -> Option<Origin> {
    let (was, wanted) = (change.path.find(last), change.path.find(rendered));
    let key = change.path.last_key();
    let covers = |whole: Option<&Json>, part: Option<&Json>| match (whole, part) {
        (Some(whole), Some(part)) => merge::covers(whole, part, key),
        (None, None) => true,
        _ => false,
    };
    if change.reordered {
        return None;
    }
    match (was, wanted) {
        (Some(_), None) => Some(Origin::Removed),
        (None, None) => None,
        // Whoever wrote what is there, nobody applied it.
        (None, Some(_)) => Some(Origin::Pending),
        _ => {
            let untouched = covers(change.old.as_ref(), was);
            let wanted_before = was == wanted;
            Some(match (untouched, wanted_before) {
                (true, _) => Origin::Pending,
                (false, true) => Origin::Drift,
                (false, false) => Origin::PendingOverDrift,
            })
        }
    }
}

/// Finds the parameters that change in `ConfigMaps`, and the servers that read them.
fn add_settings(all: &mut [Compared]) {
    let found: Vec<_> = all
        .iter()
        .map(|one| {
            let relevant = one.outcome.id.kind == "ConfigMap"
                && one.changes.iter().any(|change| {
                    let key = change.path.last_key();
                    settings::is_conf(key) || settings::is_hba(key)
                });
            if !relevant {
                return (Vec::new(), (None, None));
            }
            let same_namespace = |other: &&Compared| other.outcome.id.namespace == one.outcome.id.namespace;
            let olds: Vec<&Json> = all.iter().filter(same_namespace).filter_map(|other| other.old.as_ref()).collect();
            let news: Vec<&Json> = all.iter().filter(same_namespace).filter_map(|other| other.new.as_ref()).collect();
            let server = (sense::server_of(&one.outcome.id, &olds), sense::server_of(&one.outcome.id, &news));
            let major =
                server.1.as_ref().or(server.0.as_ref()).and_then(|server| Major::parse(&server.major?.to_string()));
            let changes = one.changes.iter().flat_map(|change| {
                let text = |value: &Option<Json>| value.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned();
                settings::changes(
                    change.path.last_key(),
                    &text(&change.old),
                    &text(&change.new),
                    major.unwrap_or(Major::V16),
                )
            });
            (changes.collect(), server)
        })
        .collect();
    for (one, (settings, server)) in all.iter_mut().zip(found) {
        one.settings = settings;
        one.server = server;
    }
}

/// What a change of settings does to memory, in one line.
fn memory(one: &Compared) -> Option<String> {
    if !one.settings.iter().any(|change| settings::is_conf(&change.file)) {
        return None;
    }
    let limit = |server: &Option<Server>| server.as_ref().and_then(|server| server.limit);
    let (before, after) = (limit(&one.server.0), limit(&one.server.1)?);
    let new = danger::total(one.new.as_ref(), one.server.1.as_ref(), after)?;
    let old = danger::total(one.old.as_ref(), one.server.0.as_ref(), before.unwrap_or(after))?;
    (old.total != new.total || before != Some(after)).then(|| {
        format!(
            "{}: the settings may take {} ({} % of {}), before {} ({} %)",
            one.outcome.id,
            approximate(new.total),
            new.percent(),
            approximate(after),
            approximate(old.total),
            old.percent()
        )
    })
}

fn entry(one: Compared, masker: &mut Masker) -> Entry {
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
        |side: Option<Json>| side.filter(|_| !quiet || !foreign.is_empty()).map(|json| masker.object(&id, &json));
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
