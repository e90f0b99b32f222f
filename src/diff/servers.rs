//! The servers of a release that a change of their settings concerns.

use serde_json::Value as Json;

use super::assemble::Compared;
use super::sense::{self, Server};
use super::{danger, settings};
use crate::postgres::Major;
use crate::postgres::quantity::approximate;

/// Finds the parameters that change in `ConfigMaps`, and the servers that read them.
pub(super) fn add_settings(all: &mut [Compared]) {
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
            let olds: Vec<&Json> = all.iter().filter(same_namespace).filter_map(|other| other.old.as_deref()).collect();
            let news: Vec<&Json> = all.iter().filter(same_namespace).filter_map(|other| other.new.as_deref()).collect();
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
pub(super) fn memory(one: &Compared) -> Option<String> {
    if !one.settings.iter().any(|change| settings::is_conf(&change.file)) {
        return None;
    }
    let limit = |server: &Option<Server>| server.as_ref().and_then(|server| server.limit);
    let (before, after) = (limit(&one.server.0), limit(&one.server.1)?);
    let new = danger::total(one.new.as_deref(), one.server.1.as_ref(), after)?;
    let old = danger::total(one.old.as_deref(), one.server.0.as_ref(), before.unwrap_or(after))?;
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
