//! Changes inside `postgresql.conf` and `pg_hba.conf`: per parameter and per rule, with what each takes to come into force.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::postgres::catalogue::{Catalogue, Context, Parameter};
use crate::postgres::{Major, conf, setting};

/// One parameter or rule that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// The file: `postgresql.conf`.
    pub file: String,
    /// The parameter; empty for a rule of `pg_hba.conf`.
    pub name: String,
    /// The value or rule before; nothing when there was none.
    pub old: Option<String>,
    /// The value or rule after; nothing when it goes.
    pub new: Option<String>,
    /// What the server falls back to where one side sets nothing.
    pub default: Option<String>,
    /// What it takes to come into force.
    pub takes: Takes,
}

/// What a change takes to come into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A restart of the server.
    Restart,
    /// A restart, of the standbys before the primary: a standby refuses to run with less than its primary has.
    RestartStandbysFirst,
    /// A restart, of the primary before the standbys.
    RestartPrimaryFirst,
    /// A reload.
    Reload,
    /// A reload, and then for new connections only.
    NewConnections,
    /// A reload; in a session only superusers may set it.
    ReloadSuperuser,
    /// A new database cluster.
    Never,
    /// Unknown: the parameter is an extension's.
    Unknown,
}

impl Takes {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::RestartStandbysFirst => "restart, standbys first",
            Self::RestartPrimaryFirst => "restart, primary first",
            Self::Reload => "reload",
            Self::NewConnections => "reload, for new connections",
            Self::ReloadSuperuser => "reload; sessions: superusers only",
            Self::Never => "a new cluster",
            Self::Unknown => "as its extension says",
        }
    }

    /// Whether the server must restart.
    pub fn is_restart(self) -> bool {
        matches!(self, Self::Restart | Self::RestartStandbysFirst | Self::RestartPrimaryFirst)
    }
}

/// Parameters of which a standby needs at least what its primary has.
///
/// Source: PostgreSQL documentation, "Hot Standby", "Administrator's Overview".
pub(super) const STANDBY_NEEDS: &[&str] = &[
    "max_connections",
    "max_prepared_transactions",
    "max_locks_per_transaction",
    "max_wal_senders",
    "max_worker_processes",
];

/// The last value of each parameter; nothing when a line is none.
pub(super) fn values(text: &str) -> Option<IndexMap<String, String>> {
    conf::read(text).ok().map(|pairs| pairs.into_iter().collect())
}

/// The changes between two versions of a file; nothing when it is no file of PostgreSQL's or does not parse.
pub(super) fn changes(file: &str, old: &str, new: &str, major: Major) -> Vec<SettingChange> {
    if is_hba(file) {
        return rules(file, old, new);
    }
    match (values(old), values(new)) {
        (Some(old), Some(new)) if is_conf(file) => parameters(file, &old, &new, major),
        _ => Vec::new(),
    }
}

/// Whether a key of a `ConfigMap` is a file of parameters.
pub(super) fn is_conf(file: &str) -> bool {
    file.ends_with("postgresql.conf") || file == "postgresql.auto.conf" || file == "custom.conf"
}

/// Whether a key of a `ConfigMap` is a file of rules.
pub(super) fn is_hba(file: &str) -> bool {
    file.ends_with("pg_hba.conf")
}

type Values = IndexMap<String, String>;

fn parameters(file: &str, old: &Values, new: &Values, major: Major) -> Vec<SettingChange> {
    let names = new.keys().chain(old.keys().filter(|name| !new.contains_key(*name)));
    names
        .filter_map(|name| {
            let (before, after) = (old.get(name), new.get(name));
            let parameter = Catalogue::of(major).get(name);
            // A line that says what holds without it changes nothing.
            let default = parameter.and_then(|parameter| parameter.default.as_ref());
            if same(major, name, before.or(default), after.or(default)) {
                return None;
            }
            Some(SettingChange {
                file: file.to_owned(),
                name: name.clone(),
                old: before.cloned(),
                new: after.cloned(),
                default: parameter.and_then(default_text),
                takes: takes(major, parameter, name, (before, after)),
            })
        })
        .collect()
}

/// Whether the server reads both alike: `1GB` and `1024MB`, `on` and `true`.
fn same(major: Major, name: &str, old: Option<&String>, new: Option<&String>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) if old == new => true,
        (Some(old), Some(new)) => match (setting::check(major, name, old), setting::check(major, name, new)) {
            (Ok(old), Ok(new)) => old == new,
            _ => false,
        },
        _ => false,
    }
}

fn default_text(parameter: &Parameter) -> Option<String> {
    let value = parameter.default.as_deref().filter(|value| !value.is_empty())?;
    let unit = parameter.unit.as_deref().unwrap_or_default();
    let bytes = match unit {
        "kB" => Some(1024),
        "8kB" => Some(8192),
        "MB" => Some(1024 * 1024),
        _ => None,
    };
    match (bytes, value.parse::<u64>()) {
        (Some(size), Ok(count)) => Some(crate::postgres::quantity::postgres(count * size)),
        _ if value.starts_with('-') || unit.starts_with(|c: char| c.is_ascii_digit()) => Some(value.to_owned()),
        _ => Some(format!("{value}{unit}")),
    }
}

fn takes(major: Major, parameter: Option<&Parameter>, name: &str, sides: (Option<&String>, Option<&String>)) -> Takes {
    let Some(parameter) = parameter else { return Takes::Unknown };
    match parameter.context {
        Context::Internal => Takes::Never,
        Context::Postmaster if STANDBY_NEEDS.contains(&name) => match lowered(major, parameter, sides) {
            Some(true) => Takes::RestartPrimaryFirst,
            Some(false) => Takes::RestartStandbysFirst,
            None => Takes::Restart,
        },
        Context::Postmaster => Takes::Restart,
        Context::Sighup | Context::User => Takes::Reload,
        Context::SuperuserBackend | Context::Backend => Takes::NewConnections,
        Context::Superuser => Takes::ReloadSuperuser,
    }
}

/// Whether a number becomes smaller; the default stands in for a side that sets nothing.
fn lowered(major: Major, parameter: &Parameter, (old, new): (Option<&String>, Option<&String>)) -> Option<bool> {
    let value = |text: Option<&String>| {
        let text = text.cloned().or_else(|| parameter.default.clone())?;
        match setting::check(major, &parameter.name, &text).ok()? {
            setting::Setting::Number(number) => Some(number),
            _ => None,
        }
    };
    Some(value(new)? < value(old)?)
}

/// Rules one by one; the server takes the first that fits, so a moved rule is a change, too.
fn rules(file: &str, old: &str, new: &str) -> Vec<SettingChange> {
    let lines = |text: &str| {
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect::<Vec<String>>()
    };
    let (before, after) = (lines(old), lines(new));
    let change = |old: Option<&String>, new: Option<&String>| SettingChange {
        file: file.to_owned(),
        name: String::new(),
        old: old.cloned(),
        new: new.cloned(),
        default: None,
        takes: Takes::Reload,
    };
    let count = |lines: &[String]| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for line in lines {
            *counts.entry(line.clone()).or_default() += 1;
        }
        counts
    };
    let (mut in_old, mut in_new) = (count(&before), count(&after));
    let mut found: Vec<SettingChange> = Vec::new();
    for line in &before {
        match in_new.get_mut(line).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => found.push(change(Some(line), None)),
        }
    }
    for line in &after {
        match in_old.get_mut(line).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => found.push(change(None, Some(line))),
        }
    }
    if found.is_empty() && before != after {
        let moved = before.iter().zip(&after).find(|(a, b)| a != b);
        found.extend(moved.map(|(old, new)| change(Some(old), Some(new))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let side = |value: &Option<String>| value.clone().unwrap_or("-".to_owned());
        let found = changes("postgresql.conf", old, new, Major::V16);
        found.iter().map(|c| format!("{} {} {} {}", c.name, side(&c.old), side(&c.new), c.takes.words())).collect()
    }

    #[test]
    fn each_parameter_says_what_it_takes() {
        for (old, new, expected) in [
            ("work_mem = 4MB", "work_mem = 8MB", "work_mem 4MB 8MB reload"),
            ("", "shared_buffers = 1GB", "shared_buffers - 1GB restart"),
            ("max_connections = 100", "max_connections = 50", "max_connections 100 50 restart, primary first"),
            ("max_connections = 100", "max_connections = 200", "max_connections 100 200 restart, standbys first"),
            ("max_connections = 200", "", "max_connections 200 - restart, primary first"),
            ("", "log_connections = on", "log_connections - on reload, for new connections"),
            ("", "log_statement = all", "log_statement - all reload; sessions: superusers only"),
            ("", "pgaudit.log = all", "pgaudit.log - all as its extension says"),
        ] {
            assert_eq!(shown(old, new), [expected]);
        }
    }

    #[test]
    fn other_spellings_comments_and_order_are_no_change() {
        let old = "a.b = 1\nwork_mem = '1GB'\nfsync = on\n";
        assert_eq!(shown(old, "# c\nfsync = true\nwork_mem = 1024MB\na.b = '1'\n"), Vec::<String>::new());
    }

    #[test]
    fn rules_are_compared_as_rules_and_their_order_counts() {
        let rules = |old, new| changes("pg_hba.conf", old, new, Major::V16);
        let (a, b) = (
            "local all all peer\nhost all all all scram-sha-256\n",
            "# c\nhost  all all all scram-sha-256\nlocal all all peer\n",
        );
        assert_eq!(rules(a, b).len(), 1);
        assert_eq!(rules(a, "local   all all peer\n")[0].old.as_deref(), Some("host all all all scram-sha-256"));
        assert_eq!(rules(a, a), []);
    }
}
