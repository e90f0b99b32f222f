//! Settings against each other, against the memory limit and against the volumes.

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span};
use crate::postgres::facts;
use crate::postgres::memory::{Demand, WAL_SHARE};
use crate::postgres::quantity::{self, approximate};
use crate::postgres::setting::{self, Setting};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    run(subject, found, &[("PG002", memory), ("PG023", write_ahead_log), ("PG052", relations)]);
}

impl Subject<'_> {
    /// A parameter's value: the one set, or the server's default.
    fn setting(&self, name: &str) -> Option<Setting> {
        facts::setting(self.values, name)
    }

    fn bytes(&self, name: &str) -> Option<u64> {
        setting::bytes(self.major(), name, &self.setting(name)?)
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        facts::number(self.values, name)
    }

    fn count(&self, name: &str) -> Option<u64> {
        self.number(name).and_then(|number| u64::try_from(number).ok())
    }

    pub(super) fn word(&self, name: &str) -> String {
        match self.setting(name) {
            Some(Setting::Text(text)) => text,
            Some(Setting::Bool(flag)) => if flag { "on" } else { "off" }.to_owned(),
            _ => String::new(),
        }
    }

    pub(super) fn config(&self, name: &str) -> Span {
        self.span(&["postgresql", "config", name])
    }

    /// The first of some parameters that the user set rather than the preset.
    pub(super) fn users<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().copied().find(|name| {
            let node = self.node.at(&["postgresql", "config", name]);
            node.is_some_and(|node| Some(node.span.source) != self.preset)
        })
    }

    fn size(&self, path: &[&str]) -> Option<u64> {
        quantity::memory(&self.node.at(path).and_then(Node::scalar_text)?)
    }
}

fn memory(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(limit) = subject.size(&["resources", "limits", "memory"]) else { return };
    let Some(budget) = demand(subject).map(|demand| demand.budget(limit)) else { return };
    if !budget.exceeds && !budget.is_tight() {
        return;
    }
    let names = ["work_mem", "max_connections", "shared_buffers", "autovacuum_work_mem", "maintenance_work_mem"];
    let place = subject
        .users(&names)
        .map_or_else(|| subject.span(&["resources", "limits", "memory"]), |name| subject.config(name));
    let mut diagnostic = if budget.exceeds {
        Diagnostic::error(format!("these settings may take {} % of the memory limit", budget.percent()))
    } else {
        Diagnostic::warning(format!("these settings may take {} % of the memory limit", budget.percent()))
    };
    diagnostic = diagnostic.at(place, "").note(budget.lines().join("\n"));
    let limit_place = subject.span(&["resources", "limits", "memory"]);
    if limit_place != place {
        diagnostic = diagnostic.label(limit_place, "the limit");
    }
    found.push(diagnostic.help(
        "lower `work_mem` or `max_connections`, or raise `resources.limits.memory` and leave both to the tuning",
    ));
}

fn demand(subject: Subject<'_>) -> Option<Demand> {
    Demand::of(|name| subject.count(name), |name| subject.bytes(name))
}

fn write_ahead_log(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let persistence = &subject.values.persistence;
    let separate = persistence.wal.enabled.unwrap_or(false);
    let claim = if separate { &persistence.wal.existing_claim } else { &persistence.existing_claim };
    let foreign = claim.as_deref().is_some_and(|claim| !claim.is_empty());
    if !persistence.enabled || foreign {
        return;
    }
    let path: &[&str] = if separate { &["persistence", "wal", "size"] } else { &["persistence", "size"] };
    let Some(volume) = subject.size(path) else { return };
    let names = ["max_wal_size", "wal_keep_size", "max_slot_wal_keep_size"];
    let parts: Vec<(&str, u64)> = names.iter().filter_map(|name| Some((*name, subject.bytes(name)?))).collect();
    let total: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
    let share = total * 100 / volume.max(1);
    if share <= WAL_SHARE {
        return;
    }
    let place = subject.users(&names).map_or_else(|| subject.span(path), |name| subject.config(name));
    let list = parts.iter().map(|(name, bytes)| format!("{:>8}  {name}", approximate(*bytes)));
    let lines: Vec<String> = list
        .chain([format!("{:>8}  in all: {share} % of the volume of {}", approximate(total), approximate(volume))])
        .collect();
    let mut diagnostic =
        Diagnostic::error(format!("the write-ahead log may fill {share} % of its volume, more than {WAL_SHARE} %"))
            .at(place, "")
            .note(lines.join("\n"));
    if subject.span(path) != place {
        diagnostic = diagnostic.label(subject.span(path), "the volume");
    }
    found.push(diagnostic.help(format!("raise `{}`, or lower the settings", path.join("."))));
}

/// What makes the server refuse to start, or its settings contradict each other.
fn relations(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let reserved = subject.number("superuser_reserved_connections").unwrap_or(0)
        + subject.number("reserved_connections").unwrap_or(0);
    let connections = subject.number("max_connections").unwrap_or(100);
    if reserved >= connections {
        let message = format!("{reserved} reserved connections leave none of {connections} for the application");
        let place = subject.users(&["superuser_reserved_connections", "reserved_connections", "max_connections"]);
        found.push(
            Diagnostic::error(message)
                .at(subject.config(place.unwrap_or("max_connections")), "the server would not start"),
        );
    }
    if let (Some(low), Some(high)) = (subject.bytes("min_wal_size"), subject.bytes("max_wal_size"))
        && low > high
    {
        let message = "`min_wal_size` is larger than `max_wal_size`";
        let error = Diagnostic::error(message).at(subject.config("min_wal_size"), "");
        let error = error.label(subject.config("max_wal_size"), "the larger one should be this");
        found.push(error.help("lower the first, or raise the second"));
    }
    if subject.word("wal_level") == "minimal" {
        let archiving = subject.word("archive_mode") != "off" || subject.values.has_archive();
        if subject.number("max_wal_senders").unwrap_or(10) > 0 || archiving {
            let needed = if archiving { "archive_mode = off" } else { "max_wal_senders = 0" };
            let error = Diagnostic::error("`wal_level` minimal allows neither standbys nor an archive");
            found.push(
                error
                    .at(subject.config("wal_level"), "the server would not start")
                    .help(format!("set {needed} as well, or use `replica`")),
            );
        }
    }
    if matches!(subject.word("archive_mode").as_str(), "on" | "always")
        && subject.word("archive_command").is_empty()
        && subject.word("archive_library").is_empty()
    {
        let warning = Diagnostic::warning("`archive_mode` is on and nothing archives: the log grows without end");
        found.push(warning.of_rule("PG021").at(subject.config("archive_mode"), "").help("set `archive_command`"));
    }
}
