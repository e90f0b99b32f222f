//! What a change can break that its diff does not show.

use serde_json::Value as Json;

use super::compare::Change;
use super::entry::Status;
use super::immutable::{Growth, growth};
use super::object::ObjectId;
use super::sense::{self, Server};
use super::settings::{SettingChange, Takes};
use crate::diagnostic::names_secret;
use crate::postgres::Major;
use crate::postgres::quantity::approximate;

/// One danger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// The object.
    pub id: ObjectId,
    /// What may happen.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// An object with what is known of it, before anything is masked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    /// What it is called.
    pub id: &'a ObjectId,
    /// What happens to it.
    pub status: Status,
    /// As it is.
    pub old: Option<&'a Json>,
    /// As it will be.
    pub new: Option<&'a Json>,
    /// The differences.
    pub changes: &'a [Change],
    /// The parameters and rules that change.
    pub settings: &'a [SettingChange],
    /// The server that reads it, before and after.
    pub server: (Option<&'a Server>, Option<&'a Server>),
}

/// The dangers of one object.
pub(super) fn dangers(case: Case<'_>) -> Vec<Danger> {
    let mut found = Vec::new();
    let mut add = |message: String, help: Option<&str>| {
        found.push(Danger { id: case.id.clone(), message, help: help.map(str::to_owned) });
    };
    match case.status {
        Status::WouldPrune => removed(case, &mut add),
        Status::Unchanged | Status::RetainedData | Status::Failed | Status::Create => {}
        _ => match case.id.kind.as_str() {
            "StatefulSet" | "Deployment" => workload(case, &mut add),
            "Secret" => secret(case, &mut add),
            "ConfigMap" => settings(case, &mut add),
            _ => {}
        },
    }
    if case.status != Status::WouldPrune && case.changes.iter().any(|change| growth(change) == Some(Growth::Shrinks)) {
        add("a volume would become smaller, which no cluster does".to_owned(), Some("set the old size again"));
    }
    found
}

type Add<'a> = dyn FnMut(String, Option<&str>) + 'a;

fn removed(case: Case<'_>, add: &mut Add<'_>) {
    match case.id.kind.as_str() {
        "PersistentVolumeClaim" => add(
            "data loss: the claim is deleted, and with most storage classes the volume with it".to_owned(),
            Some("annotate it first: `helm.sh/resource-policy: keep`, or take it out of the pruned set"),
        ),
        "StatefulSet" if retention(case.old, "whenDeleted") == Some("Delete") => add(
            "data loss: its claims are deleted with it (`persistentVolumeClaimRetentionPolicy.whenDeleted: Delete`)"
                .to_owned(),
            Some("set it to `Retain` and apply that first"),
        ),
        "StatefulSet" | "Deployment" if case.old.and_then(sense::server).is_some() => {
            add("the database server goes away".to_owned(), None);
        }
        "Namespace" | "CustomResourceDefinition" => {
            add(format!("everything that belongs to this {} is deleted with it", case.id.kind), None);
        }
        _ => {}
    }
}

fn retention<'a>(object: Option<&'a Json>, when: &str) -> Option<&'a str> {
    object?.pointer("/spec/persistentVolumeClaimRetentionPolicy")?.get(when)?.as_str()
}

fn workload(case: Case<'_>, add: &mut Add<'_>) {
    let (Some(old), Some(new)) = (case.old, case.new) else { return };
    if let (Some(before), Some(after)) = (sense::server(old), sense::server(new)) {
        major_version(&before, &after, add);
        if after.replicas < before.replicas {
            let policy = retention(Some(new), "whenScaled");
            if policy == Some("Delete") {
                add(
                    format!(
                        "data loss: {} servers less, and their claims are deleted with them",
                        before.replicas - after.replicas
                    ),
                    Some("set `persistentVolumeClaimRetentionPolicy.whenScaled: Retain` and apply that first"),
                );
            }
            if after.replicas == 0 {
                add("no server is left running".to_owned(), None);
            }
        }
    }
    for when in ["whenDeleted", "whenScaled"] {
        let (before, after) = (retention(Some(old), when), retention(Some(new), when));
        if before != after && after == Some("Delete") {
            add(
                format!(
                    "from now on claims go with their pods (`persistentVolumeClaimRetentionPolicy.{when}: Delete`)"
                ),
                None,
            );
        }
    }
    for change in case.changes {
        volume(change, add);
    }
}

fn major_version(before: &Server, after: &Server, add: &mut Add<'_>) {
    let (Some(old), Some(new)) = (before.major, after.major) else { return };
    if old == new {
        return;
    }
    if new < old {
        add(
            format!("PostgreSQL {old} → {new}: no version reads the data of a later one"),
            Some("stay, or dump, install under another name and restore"),
        );
    } else if after.init_majors.contains(&old) {
        add(
            format!("PostgreSQL {old} → {new}: the database is dumped by the old image and restored by the new one"),
            Some("take a backup first; clients wait until it is done"),
        );
    } else {
        add(
            format!("PostgreSQL {old} → {new}: the new server does not start on the old data"),
            Some(&format!("let the old image dump it: `--set upgrade.from={old}`")),
        );
    }
}

/// A volume that becomes another one, or a directory that moves away from it.
fn volume(change: &Change, add: &mut Add<'_>) {
    let path = change.path.to_string();
    let becomes_empty = |value: &Option<Json>| value.as_ref().is_some_and(|value| value.get("emptyDir").is_some());
    let data = path.contains("volumes[data]") || path.contains("volumes[wal]");
    if data
        && (path.ends_with(".emptyDir") && change.new.is_some()
            || becomes_empty(&change.new)
            || path.ends_with(".claimName"))
    {
        add(
            "data loss: the server's volume becomes another one, and the database on the old one is not there"
                .to_owned(),
            Some("copy the data first, or keep the claim: `persistence.existingClaim`"),
        );
    }
    if path.contains("env[PGDATA]") && change.old.is_some() {
        add(
            "`PGDATA` moves: the server finds no database there and makes an empty one".to_owned(),
            Some("move the data first, or keep the directory"),
        );
    }
}

fn secret(case: Case<'_>, add: &mut Add<'_>) {
    let names = |object: Option<&Json>| {
        let data = object.and_then(|object| object.get("data")?.as_object().cloned()).unwrap_or_default();
        data.keys().any(|key| key.ends_with("-verifier"))
    };
    let changed: Vec<&str> = case
        .changes
        .iter()
        .filter(|change| change.path.begins_with(&["data"]) && change.old.is_some() && change.new.is_some())
        .map(|change| change.path.last_key())
        .filter(|key| names_secret(key) && !key.ends_with("-verifier"))
        .collect();
    if changed.is_empty() {
        return;
    }
    let list = changed.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    if names(case.new) {
        add(
            format!("{list} changes: the database takes the new password by itself, clients must be given it"),
            Some("restart what holds connections with the old one"),
        );
    } else {
        add(
            format!("{list} changes, and a running database does not learn a new password from its Secret"),
            Some("set it there, too: `ALTER ROLE … PASSWORD`, before clients read the Secret"),
        );
    }
}

/// Settings that trade durability for speed.
///
/// Source: PostgreSQL documentation, "Non-Durable Settings".
const DURABILITY: &[(&str, &str)] = &[
    ("fsync", "after a crash of the node the database may be damaged beyond repair"),
    ("full_page_writes", "a page that is half written in a crash stays half written"),
];

fn settings(case: Case<'_>, add: &mut Add<'_>) {
    let standbys = case.server.1.or(case.server.0).is_some_and(|server| server.replicas > 1);
    for change in case.settings {
        let off = |value: &Option<String>| {
            value.as_deref().is_some_and(|value| matches!(value, "off" | "false" | "no" | "0"))
        };
        if let Some((_, message)) = DURABILITY.iter().find(|(name, _)| *name == change.name)
            && off(&change.new)
        {
            add(format!("data loss: with `{} = off`, {message}", change.name), Some("leave it on"));
        }
        if change.takes == Takes::RestartPrimaryFirst && standbys {
            add(
                format!("`{}` is lowered: a standby that restarts before its primary refuses to run", change.name),
                Some("restart the primary first; the standbys follow once they have replayed that"),
            );
        }
        if change.name == "wal_level" && change.new.as_deref() == Some("minimal") {
            add("`wal_level = minimal`: no standby, no archive and no base backup works".to_owned(), None);
        }
        let trusting = |rule: &str| rule.split(' ').any(|word| word == "trust") && rule.starts_with("host");
        if change.name.is_empty() && change.new.as_deref().is_some_and(trusting) {
            add("a rule lets clients in over the network without a password".to_owned(), Some("use `scram-sha-256`"));
        }
    }
    memory(case, add);
}

/// Where the memory that the settings allow crosses the limit.
fn memory(case: Case<'_>, add: &mut Add<'_>) {
    let Some(server) = case.server.1 else { return };
    let Some(limit) = server.limit else { return };
    let Some(after) = total(case.new, Some(server), limit) else { return };
    let before = case.server.0.and_then(|old| total(case.old, Some(old), old.limit.unwrap_or(limit)));
    if after.exceeds && before.is_none_or(|before| !before.exceeds) {
        add(
            format!(
                "memory: the settings may take {} of the limit of {}",
                approximate(after.total),
                approximate(limit)
            ),
            Some("raise the limit, or lower `work_mem`, `max_connections` or `shared_buffers`"),
        );
    }
}

/// What the settings of a `ConfigMap` may take.
pub(super) fn total(
    config: Option<&Json>,
    server: Option<&Server>,
    limit: u64,
) -> Option<crate::postgres::memory::Budget> {
    let data = config?.get("data")?.as_object()?;
    let text = data.iter().find(|(name, _)| super::settings::is_conf(name))?.1.as_str()?;
    let major = server.and_then(|server| Major::parse(&server.major?.to_string())).unwrap_or(Major::V16);
    sense::budget(&super::settings::values(text)?, major, limit)
}
