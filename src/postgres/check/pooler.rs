//! The pooler: an image that is known, names that are its own, settings that it takes, and no more connections than the server has.

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::postgres::hba;
use crate::postgres::pooler::{self, LOOKUPS, Share};
use crate::schema::types::PoolerMode;
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    scaling(subject, found);
    if !subject.values.pgbouncer.enabled {
        return;
    }
    image(subject, found);
    databases(subject, found);
    config(subject, found);
    run(subject, found, &[("PG066", pools), ("PG057", login)]);
}

fn own(subject: Subject<'_>, key: &str) -> Span {
    subject.span(&["pgbouncer", key])
}

/// The autoscaler is for pods that there are.
fn scaling(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let (hpa, pgbouncer) = (&subject.values.autoscaling.hpa, &subject.values.pgbouncer);
    if !hpa.enabled {
        return;
    }
    let place = subject.span(&["autoscaling", "hpa", "enabled"]);
    if !pgbouncer.enabled {
        found.push(
            Diagnostic::error("`autoscaling.hpa` is for the pooler, and there is none")
                .at(place, "")
                .help("set `pgbouncer.enabled: true`; servers are never scaled: a second writer destroys the data"),
        );
    } else if pgbouncer.mode == PoolerMode::Sidecar {
        found.push(
            Diagnostic::error("a pooler beside the server cannot be scaled without it")
                .at(place, "")
                .label(own(subject, "mode"), "the pooler's place")
                .help("set `pgbouncer.mode: deployment`"),
        );
    }
    if hpa.min_replicas > hpa.max_replicas {
        found.push(
            Diagnostic::error(format!("at least {} pods are more than at most {}", hpa.min_replicas, hpa.max_replicas))
                .at(subject.span(&["autoscaling", "hpa", "minReplicas"]), "")
                .label(subject.span(&["autoscaling", "hpa", "maxReplicas"]), "must not be less"),
        );
    }
}

fn image(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let image = &subject.values.pgbouncer.image;
    if pooler::known_image(&image.repository).is_none() && (image.uid.is_none() || image.gid.is_none()) {
        found.push(
            Diagnostic::error(format!("image `{}` is not known", image.repository))
                .at(subject.span(&["pgbouncer", "image", "repository"]), "")
                .help("state who it runs as: `pgbouncer.image.uid` and `pgbouncer.image.gid`"),
        );
    }
}

/// Names of databases that the pooler cannot have.
fn databases(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let list = |path: &[&str]| subject.node.at(path).and_then(Node::as_list).unwrap_or_default();
    let application = subject.node.at(&["postgresql", "database"]);
    let declared = list(&["postgresql", "databases"]).iter().filter_map(|database| database.get("name"));
    for node in application.into_iter().chain(declared).chain(list(&["pgbouncer", "databases"])) {
        match node.as_str().unwrap_or_default() {
            name @ (pooler::CONSOLE | pooler::LOOKUP) => found.push(
                Diagnostic::error(format!("the pooler has something else that is called `{name}`"))
                    .at(node.span, "")
                    .help("give the database another name"),
            ),
            name if !pooler::is_plain(name) => found.push(
                Diagnostic::warning(format!("database `{name}` cannot be reached through the pooler"))
                    .at(node.span, "PgBouncer takes letters, digits, `-`, `_` and `.`"),
            ),
            _ => {}
        }
    }
}

fn config(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let entries = subject.node.at(&["pgbouncer", "config"]).and_then(Node::as_map);
    for (name, entry) in entries.into_iter().flatten() {
        if let Some((_, why)) = pooler::MANAGED.iter().find(|(managed, _)| managed == name) {
            found.push(Diagnostic::error(format!("the chart sets `{name}` itself")).at(entry.key, *why));
        } else if !pooler::FREE.contains(&name.as_str()) {
            let all = pooler::MANAGED.iter().map(|(managed, _)| *managed).chain(pooler::FREE.iter().copied());
            let hint = did_you_mean(name, all).unwrap_or_default();
            found.push(Diagnostic::error(format!("PgBouncer has no setting `{name}`")).at(entry.key, hint));
        }
        if entry.node.as_str().is_some_and(|text| text.contains(char::is_control)) {
            found.push(Diagnostic::error("a setting of PgBouncer is one line").at(entry.node.span, ""));
        }
    }
}

/// A file of the user's own has to let the pooler in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let lines = &subject.values.postgresql.hba_override;
    let role = &subject.values.pgbouncer.username;
    if lines.is_empty() || hba::lets_in(lines, "postgres", role) {
        return;
    }
    found.push(
        Diagnostic::error("no line of this pg_hba.conf lets the pooler in")
            .at(subject.span(&["postgresql", "hbaOverride"]), "")
            .help(format!(
                "add `host postgres {role} all scram-sha-256`: it looks up passwords in database `postgres`"
            )),
    );
}

/// Pools within what a database has, and all of them within what the server has.
fn pools(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let (values, share) = (subject.values, Share::new(subject.values));
    let pgbouncer = &values.pgbouncer;
    let pool = share.pool(values);
    if pool > share.each {
        let message =
            format!("a pool of {pool} is more than the {} connections that a pod has in a database", share.each);
        found.push(
            Diagnostic::error(message)
                .at(own(subject, "defaultPoolSize"), "")
                .help(format!("use at most {}, or raise `pgbouncer.maxDbConnections`", share.each)),
        );
    }
    if i64::from(pgbouncer.min_pool_size) > pool {
        let message = format!("a pool that keeps {} connections cannot have {pool} at most", pgbouncer.min_pool_size);
        let error = Diagnostic::error(message).at(own(subject, "minPoolSize"), "");
        found.push(error.help(format!("use at most {pool}, or raise `pgbouncer.defaultPoolSize`")));
    }
    if share.total() > share.usable() {
        found.push(too_many(subject, share));
    }
}

fn too_many(subject: Subject<'_>, share: Share) -> Diagnostic {
    let Share { pods, databases, connections, reserved, balanced, each } = share;
    let (total, usable) = (share.total(), share.usable());
    let noun = if databases == 1 { "database" } else { "databases" };
    let others = if balanced > 0 { format!(" and {balanced} of Pgpool-II") } else { String::new() };
    let lines = [
        format!("{:>8}  {pods} pods x {databases} {noun} x {each} (`maxDbConnections`)", pods * databases * each),
        format!("{:>8}  {pods} pods x {LOOKUPS} to look up passwords", pods * i64::from(LOOKUPS)),
        format!("{total:>8}  in all, of {usable}: `max_connections` {connections} less {reserved} reserved{others}"),
    ];
    let place = place(subject);
    let fits = (usable / pods - i64::from(LOOKUPS)) / databases;
    let help = if fits < 1 {
        "use fewer pods, or raise `postgresql.config.max_connections`".to_owned()
    } else {
        format!(
            "set `pgbouncer.maxDbConnections` to at most {fits}, or leave it out; while pods are replaced there is one more"
        )
    };
    let error = Diagnostic::error(format!("the pooler may open {total} connections to a server that has {usable}"));
    error.at(place, "").note(lines.join("\n")).help(help)
}

/// The value of those that the sum is made of that was most likely meant to be different.
fn place(subject: Subject<'_>) -> Span {
    if subject.values.pgbouncer.max_db_connections.is_some() {
        return own(subject, "maxDbConnections");
    }
    match subject.users(&["max_connections"]) {
        Some(name) => subject.config(name),
        None if subject.values.autoscaling.hpa.enabled => subject.span(&["autoscaling", "hpa", "maxReplicas"]),
        None => own(subject, "replicas"),
    }
}
