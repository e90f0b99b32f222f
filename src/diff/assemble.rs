//! From outcomes to a report: one form, `--ignore`, comparison, explanation, and at the very end the masks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::compare::{Change, compare};
use super::danger::{self, Case, Danger};
use super::entry::{Entry, Status};
use super::immutable::immutable;
use super::managed::{self, Model};
use super::mask::Masker;
use super::merge;
use super::normalise::normalise;
use super::outcome::{Findings, Outcome, Verdict};
use super::present::entry;
use super::sense::Server;
use super::servers::{add_settings, memory};
use super::settings::SettingChange;
use super::spelling;
use super::{Origin, Rule};

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
pub(super) struct Compared {
    /// What was found out.
    pub(super) outcome: Outcome,
    /// As it is.
    pub(super) old: Option<Arc<Json>>,
    /// As it will be.
    pub(super) new: Option<Arc<Json>>,
    /// As it was applied last.
    pub(super) last: Option<Json>,
    /// What will happen to it.
    pub(super) status: Status,
    /// The differences.
    pub(super) changes: Vec<Change>,
    /// How many differences the rules took out.
    pub(super) ignored: usize,
    /// The parameters and rules of PostgreSQL that change.
    pub(super) settings: Vec<SettingChange>,
    /// The servers that read them, before and after.
    pub(super) server: (Option<Server>, Option<Server>),
}

/// Makes the report.
pub fn assemble(findings: Findings, options: &Options) -> Report {
    let mut masker = Masker::new(options.show_secrets, options.sensitive.clone());
    let mut compared: Vec<Compared> = findings
        .outcomes
        .into_iter()
        .map(|outcome| {
            let live = outcome.live.as_deref();
            let rendered = outcome.rendered.as_deref().filter(|rendered| !same(Some(rendered), live));
            let sides = [rendered, live, outcome.last.as_ref()];
            sides.into_iter().flatten().for_each(|side| masker.learn(side));
            if let Some(kept) = live.and_then(managed::last_applied) {
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
            old: self.old.as_deref(),
            new: self.new.as_deref(),
            changes: &self.changes,
            settings: &self.settings,
            server: (self.server.0.as_ref(), self.server.1.as_ref()),
        }
    }
}

/// An object in the form in which it is compared.
pub(super) fn normal(mut json: Json) -> Json {
    normalise(&mut json);
    spelling::even(&mut json);
    json
}

/// Whether two sides are the same to the letter; those that are one and the same are seen at once.
fn same(one: Option<&Json>, other: Option<&Json>) -> bool {
    one.zip(other).is_some_and(|(one, other)| std::ptr::eq(one, other) || one == other)
}

fn side_by_side(mut outcome: Outcome, ignore: &[Rule]) -> Compared {
    if let Verdict::Becomes(result) | Verdict::Calculated(result) = &outcome.verdict
        && same(outcome.live.as_deref(), Some(result))
        && outcome.model.is_none()
    {
        // What is the same to the letter needs no normal form, and of two sets of manifests nearly everything is.
        return unchanged(outcome);
    }
    let mut old = outcome.live.as_deref().cloned().map(normal);
    let last = outcome.last.take().map(normal);
    // Elsewhere nobody asks what was rendered.
    let asked = last.is_some() || !matches!(outcome.verdict, Verdict::Becomes(_) | Verdict::Calculated(_));
    let rendered = outcome.rendered.as_deref().filter(|_| asked).cloned().map(normal);
    let mut new = match &mut outcome.verdict {
        Verdict::Becomes(result) | Verdict::Calculated(result) | Verdict::New { result, .. } => {
            Some(normal(Arc::unwrap_or_clone(std::mem::take(result))))
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
    let (old, new) = (old.map(Arc::new), new.map(Arc::new));
    Compared { outcome, old, new, last, status, changes, ignored, settings: Vec::new(), server: (None, None) }
}

fn unchanged(mut outcome: Outcome) -> Compared {
    let new = match &mut outcome.verdict {
        Verdict::Becomes(result) | Verdict::Calculated(result) => Some(std::mem::take(result)),
        _ => None,
    };
    let old = outcome.live.take();
    Compared {
        outcome,
        old,
        new,
        last: None,
        status: Status::Unchanged,
        changes: Vec::new(),
        ignored: 0,
        settings: Vec::new(),
        server: (None, None),
    }
}

/// Takes what the rules name out of both sides; counts the rules that hid a difference.
fn apply_rules(outcome: &Outcome, rules: &[Rule], mut old: Option<&mut Json>, mut new: Option<&mut Json>) -> usize {
    let own = new.as_deref().or(old.as_deref()).map(Rule::of_annotation).unwrap_or_default();
    let mut hidden = 0;
    for rule in rules.iter().filter(|rule| rule.concerns(&outcome.id)).chain(&own) {
        let before = old.as_deref().zip(new.as_deref()).map(|(old, new)| compare(old, new).len());
        let written = outcome.live.as_deref().map(|live| rule.written(live, normal)).unwrap_or_default();
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
