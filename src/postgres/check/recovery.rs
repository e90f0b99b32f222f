//! A restore that can be carried out as it is meant, whoever makes it.

use super::Subject;
use crate::diagnostic::{Diagnostic, mark};
use crate::postgres::moment;
use crate::schema::types::{RestoreType, Scalar};

/// What a restore is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// `pgbackrest`
    pub(super) section: &'static str,
    pub(super) kind: Option<RestoreType>,
    pub(super) target: Option<&'a Scalar>,
    pub(super) exclusive: bool,
}

pub(super) fn check(subject: Subject<'_>, request: Request<'_>, found: &mut Vec<Diagnostic>) {
    let before = found.len();
    problems(subject, request, found);
    mark(&mut found[before..], "PG065");
}

fn problems(subject: Subject<'_>, request: Request<'_>, found: &mut Vec<Diagnostic>) {
    let Request { section, kind, target, exclusive } = request;
    let place = |key: &str| subject.span(&[section, "restore", key]);
    let target = target.map(Scalar::to_string).unwrap_or_default();
    let Some(kind) = kind else {
        if !target.is_empty() {
            let error = Diagnostic::error("a target without a type restores nothing").at(place("target"), "");
            found.push(error.help(format!("set `{section}.restore.type`: time, name, lsn or xid")));
        }
        return;
    };
    if kind.has_target() && target.is_empty() {
        let error = Diagnostic::error(format!("a restore of type {} needs a target", kind.name()));
        found.push(error.at(place("type"), "").help(format!("set `{section}.restore.target`")));
    } else if !kind.has_target() && !target.is_empty() {
        let message = format!("a restore of type {} has no target", kind.name());
        found.push(Diagnostic::error(message).at(place("target"), "").label(place("type"), "the type"));
    } else if let Some(expected) = target_problem(kind, &target) {
        found.push(
            Diagnostic::error(format!("`{target}` is no target of type {}", kind.name())).at(place("target"), expected),
        );
    }
    if exclusive && !matches!(kind, RestoreType::Time | RestoreType::Lsn | RestoreType::Xid) {
        let message = format!("a restore of type {} has nothing to stop before", kind.name());
        found.push(Diagnostic::error(message).at(place("exclusive"), "").label(place("type"), "the type"));
    }
}

/// What a target should look like, when it does not.
fn target_problem(kind: RestoreType, target: &str) -> Option<&'static str> {
    let fits = match kind {
        RestoreType::Time => moment::second(target).is_some(),
        RestoreType::Xid => target.parse::<u64>().is_ok(),
        RestoreType::Lsn => target.split_once('/').is_some_and(|(high, low)| {
            [high, low].iter().all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_hexdigit()))
        }),
        _ => true,
    };
    let expected = match kind {
        RestoreType::Time => "a moment with its time zone, such as `2026-05-01 09:30:00+00`",
        RestoreType::Xid => "the number of a transaction",
        _ => "a position of the log, such as `0/3000060`",
    };
    (!fits).then_some(expected)
}
