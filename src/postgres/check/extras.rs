//! What users add to the pods: names and places that are the chart's already, and passwords from elsewhere that are
//! all there.

use std::collections::BTreeMap;

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span};
use crate::postgres::image::{WAL_MOUNT_PATH, mount_path};
use crate::postgres::{duty, logging, pgbackrest, tls, wal_archive};
use crate::yaml::Node;

/// The chart's own volumes.
const VOLUMES: [&str; 26] = [
    "account",
    "config",
    "data",
    "declared",
    "init",
    "log",
    "metrics-queries",
    "passwords",
    "pgbackrest",
    "pgbackrest-ca",
    "pgbackrest-config",
    "pgbackrest-gcs",
    "pooler-ca",
    "pooler-config",
    "pooler-password",
    "pooler-run",
    "pooler-tls",
    "replication-tls",
    "run",
    "modules",
    "scripts",
    "shm",
    "tls",
    "tmp",
    "wal",
    "wal-archive",
];

/// Where they are mounted, besides data and write-ahead log.
const MOUNTS: [&str; 19] = [
    logging::DIRECTORY,
    pgbackrest::CA,
    pgbackrest::CONFIG,
    pgbackrest::GCS,
    pgbackrest::REPOSITORY,
    tls::DIRECTORY,
    tls::CLIENT_DIRECTORY,
    wal_archive::VOLUME,
    "/etc/postgresql",
    "/opt/pgchart",
    "/opt/pgchart-declared",
    "/opt/pgchart-init",
    "/opt/pgchart-modules",
    "/opt/pgchart-passwords",
    "/var/run/postgresql",
    "/var/run/secrets/pgchart",
    "/var/run/secrets/kubernetes.io/serviceaccount",
    "/tmp",
    "/dev/shm",
];

/// The kinds of volumes that the restricted Pod Security Standard allows.
pub(crate) const RESTRICTED_VOLUMES: [&str; 8] =
    ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

/// Below it anything may be mounted: it is a directory of the pod's own.
const OPEN: &str = "/tmp";

/// The chart's own containers.
const CONTAINERS: [&str; 7] = ["boot", "exporter", "pgbackrest", "pgbouncer", "postgresql", "upgrade", "wal-archive"];

/// Variables that decide which server is met.
const VARIABLES: [&str; 3] = ["PGDATA", "PGUSER", "PGHOST"];

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    names(subject, &["extraVolumes"], "volume", &VOLUMES, found);
    names(subject, &["initContainers", "sidecars"], "container", &CONTAINERS, found);
    names(subject, &["extraEnv"], "variable", &VARIABLES, found);
    mounts(subject, found);
    run(subject, found, &[("PG069", unrestricted), ("PG044", objects), ("PG070", external_secrets)]);
}

fn items<'a>(subject: Subject<'a>, list: &str) -> &'a [Node] {
    subject.node.get(list).and_then(Node::as_list).unwrap_or_default()
}

/// Names in some lists: they are there, differ from each other, and are not the chart's.
fn names(subject: Subject<'_>, lists: &[&str], what: &str, taken: &[&str], found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for item in lists.iter().flat_map(|list| items(subject, list)) {
        let Some(node) = item.get("name") else {
            found.push(Diagnostic::error(format!("a {what} needs a `name`")).at(item.span, ""));
            continue;
        };
        let name = node.as_str().unwrap_or_default();
        if taken.contains(&name) {
            let error = Diagnostic::error(format!("{what} `{name}` is the chart's own")).at(node.span, "");
            found.push(match what {
                "variable" => error.help("leave it out: the chart's scripts rely on it"),
                _ => error.help("use another name"),
            });
        } else if let Some(first) = seen.insert(name, node.span) {
            found.push(
                Diagnostic::error(format!("{what} `{name}` is there twice"))
                    .at(node.span, "")
                    .label(first, "first here"),
            );
        }
    }
}

/// The server's mounts: their volume exists, and they neither hide the chart's nor lie within one.
fn mounts(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let data = mount_path(subject.major());
    let chart = MOUNTS.iter().copied().chain([data, WAL_MOUNT_PATH]);
    let chart: Vec<&str> = chart.collect();
    let volumes: Vec<&str> =
        items(subject, "extraVolumes").iter().filter_map(|item| item.get("name")?.as_str()).collect();
    for mount in items(subject, "extraVolumeMounts") {
        if let Some(node) = mount.get("name")
            && let Some(name) = node.as_str().filter(|name| !volumes.contains(name) && !VOLUMES.contains(name))
        {
            found.push(
                Diagnostic::error(format!("volume `{name}` does not exist"))
                    .at(node.span, "")
                    .help(format!("add it: `extraVolumes: [{{name: {name}, …}}]`")),
            );
        }
        let Some(node) = mount.get("mountPath") else { continue };
        let path = node.as_str().unwrap_or_default().trim_end_matches('/');
        if let Some(own) = chart.iter().find(|own| overlap(path, own)) {
            let label = match path.len().cmp(&own.len()) {
                std::cmp::Ordering::Less => format!("`{own}` is below it"),
                std::cmp::Ordering::Equal => String::new(),
                std::cmp::Ordering::Greater => format!("below `{own}`"),
            };
            let place = if path.is_empty() { "/" } else { path };
            found.push(
                Diagnostic::error(format!("`{place}` is where the chart mounts a volume of its own"))
                    .at(node.span, label)
                    .help("use a path of its own, such as `/mnt/extra`"),
            );
        }
    }
}

fn overlap(path: &str, own: &str) -> bool {
    let within =
        |path: &str, of: &str| path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    within(own, path) || (within(path, own) && (own != OPEN || path == own))
}

/// What the restricted Pod Security Standard does not let into a namespace; where it is not enforced, it may be meant.
fn unrestricted(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let volumes = items(subject, "extraVolumes").iter().filter_map(Node::as_map).flatten();
    let kinds = volumes.filter(|(key, _)| *key != "name" && !RESTRICTED_VOLUMES.contains(&key.as_str()));
    let mut tell = |what: String, span: Span, needs: Option<&str>| {
        let message = format!("the restricted Pod Security Standard does not allow {what}");
        let warning = Diagnostic::warning(message).at(span, "");
        found.push(match needs {
            Some(needs) => warning.help(format!("it needs `{needs}` as well: the chart's default says otherwise")),
            None => warning.help("leave it out, unless the namespace does not enforce that standard"),
        });
    };
    kinds.for_each(|(kind, entry)| tell(format!("a volume of kind `{kind}`"), entry.key, None));
    for container in items(subject, "initContainers").iter().chain(items(subject, "sidecars")) {
        let Some(security) = container.get("securityContext") else { continue };
        let says = |key: &str, value: &str| {
            let node = security.get(key)?;
            let text = node.to_json().to_string();
            (text == value).then(|| (format!("a container with `{key}: {value}`"), node.span))
        };
        for (key, value, needs) in [
            ("privileged", "true", Some(("allowPrivilegeEscalation", "true"))),
            ("allowPrivilegeEscalation", "true", None),
            ("runAsUser", "0", Some(("runAsNonRoot", "false"))),
            ("runAsNonRoot", "false", None),
        ] {
            let Some((what, span)) = says(key, value) else { continue };
            let needs = needs.filter(|(key, value)| says(key, value).is_none());
            tell(what, span, needs.map(|(key, value)| format!("{key}: {value}")).as_deref());
        }
        let added = security.at(&["capabilities", "add"]).and_then(Node::as_list).unwrap_or_default();
        for node in added.iter().filter(|node| node.as_str() != Some("NET_BIND_SERVICE")) {
            let name = node.as_str().unwrap_or_default();
            tell(format!("a container with capability `{name}`"), node.span, None);
        }
    }
}

/// Objects as maps say what they are; a text is known only when it is rendered.
fn objects(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (index, object) in items(subject, "extraObjects").iter().enumerate() {
        if object.as_map().is_none() {
            continue;
        }
        for key in ["apiVersion", "kind", "metadata"] {
            if object.get(key).is_none() {
                let message = format!("`extraObjects[{index}]` is no object: it has no `{key}`");
                found.push(Diagnostic::error(message).at(object.span, ""));
            }
        }
    }
}

/// Every key that the pods read comes from somewhere.
fn external_secrets(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let external = &values.external_secrets;
    if !external.enabled {
        return;
    }
    let enabled = subject.span(&["externalSecrets", "enabled"]);
    if external.secret_store_ref.name.is_empty() {
        found.push(
            Diagnostic::error("an ExternalSecret needs a store")
                .at(enabled, "")
                .help("set `externalSecrets.secretStoreRef.name`"),
        );
    }
    if !external.data_from.is_empty() {
        return;
    }
    let keys = &values.postgresql.secret_keys;
    let mut needed = vec![keys.password.as_str(), &keys.postgres_password];
    needed.extend(duty::roles(values).iter().map(|role| role.key));
    needed.extend(values.has_patroni().then_some(keys.patroni_password.as_str()));
    for key in needed {
        if !external.data.contains_key(key) {
            found.push(
                Diagnostic::error(format!("nothing says where `{key}` of the Secret comes from"))
                    .at(enabled, "")
                    .help(format!("add `externalSecrets.data.{key}: {{key: …}}`, or a `dataFrom`")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_overlap_when_one_is_within_the_other() {
        for (path, own) in [("/etc/postgresql", "/etc/postgresql"), ("/etc", "/etc/postgresql"), ("", "/tmp")] {
            assert!(overlap(path, own), "{path} and {own}");
        }
        assert!(overlap("/etc/postgresql/tls", "/etc/postgresql"));
        assert!(!overlap("/tmp/cache", "/tmp") && !overlap("/etc/postgresql-tls", "/etc/postgresql"));
    }
}
