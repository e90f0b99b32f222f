//! What the tests of a release compare with: which of them there are, and what servers should say of themselves.

use std::collections::BTreeMap;

use serde::Serialize;

use super::setting::{self, Setting};
use super::{Major, conf, facts, tls};
use crate::schema::types::{TlsSource, Values};

/// Parameters that stand for "choose one" at this value; the server then shows its choice.
const CHOSEN: [(&str, f64); 4] = [
    ("commit_timestamp_buffers", 0.0),
    ("subtransaction_buffers", 0.0),
    ("transaction_buffers", 0.0),
    ("wal_buffers", -1.0),
];

/// Parameters that the server shows as octal numbers.
const OCTAL: [&str; 2] = ["log_file_mode", "unix_socket_permissions"];

/// What templates need of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseTests {
    /// The names of the tests, in their order.
    pub names: Vec<&'static str>,
    /// What every server should say of each parameter, as JSON.
    pub settings: String,
    /// Lines of a database and an extension of it, with a tab between them.
    pub extensions: String,
    /// How clients verify servers, in libpq's words.
    pub sslmode: &'static str,
    /// How clients verify poolers.
    pub pooler_sslmode: &'static str,
}

impl ReleaseTests {
    /// The tests of checked values, whose configuration is this one; none unless they are on.
    pub fn new(values: &Values, configuration: &str) -> Option<Self> {
        let tests = &values.tests;
        if !tests.enabled || values.diagnostic_mode.enabled {
            return None;
        }
        let extensions = extensions(values);
        let names = [
            ("connection", true),
            ("password", true),
            ("crud", true),
            ("replication", values.is_ha()),
            ("settings", true),
            ("extensions", !extensions.is_empty()),
            ("tls", values.tls.enabled),
            ("metrics", values.metrics.enabled),
            ("backup", values.backup.enabled),
            ("archive", values.has_archive()),
            ("pgbench", tests.pgbench.enabled),
        ];
        let poolers = [&values.pgbouncer.tls, &values.pgpool.tls];
        let own_certificate =
            poolers.iter().any(|tls| tls.existing_secret.as_deref().is_some_and(|name| !name.is_empty()));
        let foreign = values.tls.source == TlsSource::Secret && own_certificate;
        Some(Self {
            names: names.into_iter().filter_map(|(name, on)| on.then_some(name)).collect(),
            settings: settings(facts::major(values), configuration),
            extensions,
            sslmode: sslmode(values, false),
            pooler_sslmode: sslmode(values, foreign),
        })
    }
}

/// As much as the certificate allows, as standbys do; who signed somebody else's certificate is not known.
fn sslmode(values: &Values, foreign: bool) -> &'static str {
    match (values.tls.enabled && values.tls.required, tls::ca_file(values), values.tls.source) {
        (false, ..) => "prefer",
        (true, Some(_), TlsSource::CertManager) => "verify-full",
        (true, Some(_), TlsSource::Secret) if !foreign => "verify-ca",
        _ => "require",
    }
}

/// What the server says of each parameter of its file: numbers in the parameter's own unit, words in the server's spelling.
fn settings(major: Major, configuration: &str) -> String {
    let set: BTreeMap<_, _> = conf::read(configuration).unwrap_or_default().into_iter().collect();
    let shown = |(name, value): (String, String)| shown(major, &name, &value).map(|value| (name, value));
    let shown: BTreeMap<_, _> = set.into_iter().filter_map(shown).collect();
    serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n"
}

fn shown(major: Major, name: &str, value: &str) -> Option<String> {
    match (name, setting::check(major, name, value).ok()?) {
        // The server completes what is said of the order of dates.
        ("datestyle", _) => None,
        ("wal_compression", Setting::Text(word)) if word == "on" => Some("pglz".to_owned()),
        (_, Setting::Bool(flag)) => Some(if flag { "on" } else { "off" }.to_owned()),
        (_, Setting::Text(text)) => Some(text),
        (_, Setting::Number(number)) if CHOSEN.contains(&(name, number)) => None,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "modes are within 0 and 0777")]
        (_, Setting::Number(number)) if OCTAL.contains(&name) => Some(format!("{:04o}", number as u32)),
        (_, Setting::Number(number)) => Some(number.to_string()),
    }
}

/// The extensions of databases that the application's role owns; into others it may not look.
fn extensions(values: &Values) -> String {
    let postgresql = &values.postgresql;
    let is_own = |owner: Option<&str>| owner.is_none_or(|owner| owner.is_empty() || owner == postgresql.username);
    let further = postgresql.databases.iter().filter(|database| is_own(database.owner.as_deref()));
    let further = further.map(|database| (database.name.as_str(), &database.extensions));
    let all = [(postgresql.database.as_str(), &postgresql.extensions)].into_iter().chain(further);
    all.flat_map(|(database, declared)| {
        facts::with_audit(values, declared).into_iter().map(move |extension| format!("{database}\t{extension}\n"))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_as_the_server_shows_them() {
        let text = "shared_buffers = '1GB'\nfsync = 'yes'\nrandom_page_cost = '1.1'\nlog_file_mode = '0640'\n\
                    wal_compression = 'on'\ntimezone = 'UTC'\nwal_level = 'Logical'\n";
        let shown: BTreeMap<String, String> = serde_json::from_str(&settings(Major::V16, text)).expect("JSON");
        let expected = [
            ("fsync", "on"),
            ("log_file_mode", "0640"),
            ("random_page_cost", "1.1"),
            ("shared_buffers", "131072"),
            ("timezone", "UTC"),
            ("wal_compression", "pglz"),
            ("wal_level", "logical"),
        ];
        assert_eq!(shown, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }

    #[test]
    fn what_the_server_chooses_is_not_compared() {
        assert_eq!(settings(Major::V17, "wal_buffers = '-1'\ntransaction_buffers = '0'\ndatestyle = 'iso'\n"), "{}\n");
        assert_eq!(settings(Major::V17, "wal_buffers = '16MB'\n"), "{\n  \"wal_buffers\": \"2048\"\n}\n");
    }
}
