//! Pgpool-II: standbys to read from, an image that is known, roles whose passwords it can know, settings that it takes, and no more
//! connections than a server has.

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::postgres::hba;
use crate::postgres::pgpool::{self, CHECKS, Share};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.values.pgpool.enabled {
        return;
    }
    if !subject.values.is_ha() {
        found.push(
            Diagnostic::error("Pgpool-II spreads reads over servers, and there is one")
                .at(own(subject, "enabled"), "")
                .label(subject.span(&["mode"]), "the mode")
                .help(
                    "set `mode: ha`; `pgbouncer.enabled: true` lets many clients share the connections of one server",
                ),
        );
        return;
    }
    image(subject, found);
    roles(subject, found);
    config(subject, found);
    run(subject, found, &[("PG066", connections), ("PG057", login)]);
}

fn own(subject: Subject<'_>, key: &str) -> Span {
    subject.span(&["pgpool", key])
}

fn image(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let image = &subject.values.pgpool.image;
    if pgpool::known_image(&image.repository).is_none() && (image.uid.is_none() || image.gid.is_none()) {
        found.push(
            Diagnostic::error(format!("image `{}` is not known", image.repository))
                .at(subject.span(&["pgpool", "image", "repository"]), "")
                .help("state who it runs as: `pgpool.image.uid` and `pgpool.image.gid`"),
        );
    }
}

/// Roles that come through are declared, log in with a password, and have names that its file takes.
fn roles(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let application = &values.postgresql.username;
    let plain = |name: &str, place: Span| {
        let message = format!("role `{name}` cannot come through Pgpool-II");
        (!pgpool::is_plain(name))
            .then(|| Diagnostic::error(message).at(place, "it takes letters, digits, `-`, `_` and `.`"))
    };
    found.extend(plain(application, subject.span(&["postgresql", "username"])));
    let listed = subject.node.at(&["pgpool", "roles"]).and_then(Node::as_list).unwrap_or_default();
    for node in listed {
        let name = node.as_str().unwrap_or_default();
        if name == application {
            continue;
        }
        match pgpool::declared(values, name) {
            _ if name == "postgres" || name == values.pgpool.username => found.push(
                Diagnostic::error(format!("role `{name}` never comes through Pgpool-II"))
                    .at(node.span, "")
                    .help("leave it out: the superuser and the chart's own roles log in without it"),
            ),
            None => {
                let hint = did_you_mean(name, values.postgresql.roles.iter().map(|role| role.name.as_str()));
                found.push(
                    Diagnostic::error(format!("role `{name}` is not declared, so nobody knows its password"))
                        .at(node.span, hint.unwrap_or_default())
                        .help("declare it in `postgresql.roles`"),
                );
            }
            Some(role) if !role.login.unwrap_or(true) => found.push(
                Diagnostic::error(format!("role `{name}` cannot log in"))
                    .at(node.span, "")
                    .help("leave it out, or give it `login: true`"),
            ),
            Some(_) => found.extend(plain(name, node.span)),
        }
    }
}

fn config(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let entries = subject.node.at(&["pgpool", "config"]).and_then(Node::as_map);
    for (name, entry) in entries.into_iter().flatten() {
        let managed = pgpool::MANAGED.iter().find(|(managed, _)| managed == name).map(|(_, why)| *why);
        let managed = managed.or_else(|| {
            let by_number = ["backend_", "health_check_"].iter().any(|start| name.starts_with(start));
            (by_number && name.ends_with(|c: char| c.is_ascii_digit())).then_some("it knows the servers from the chart")
        });
        if let Some(why) = managed {
            found.push(Diagnostic::error(format!("the chart sets `{name}` itself")).at(entry.key, why));
        } else if !pgpool::FREE.contains(&name.as_str()) {
            let all = pgpool::MANAGED.iter().map(|(managed, _)| *managed).chain(pgpool::FREE.iter().copied());
            let hint = did_you_mean(name, all).unwrap_or_default();
            found.push(
                Diagnostic::error(format!("Pgpool-II has no setting `{name}` for you to set")).at(entry.key, hint),
            );
        }
        if entry.node.as_str().is_some_and(|text| text.contains(|c: char| c.is_control() || matches!(c, '\'' | '\\'))) {
            let error = Diagnostic::error("a setting of Pgpool-II is one line without quotes and backslashes");
            found.push(error.at(entry.node.span, ""));
        }
    }
}

/// A file of the user's own has to let its checks in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let lines = &subject.values.postgresql.hba_override;
    let role = &subject.values.pgpool.username;
    if lines.is_empty() || hba::lets_in(lines, "postgres", role) {
        return;
    }
    found.push(
        Diagnostic::error("no line of this pg_hba.conf lets Pgpool-II look at the servers")
            .at(subject.span(&["postgresql", "hbaOverride"]), "")
            .help(format!("add `host postgres {role} all scram-sha-256`: it asks in database `postgres`")),
    );
}

/// All its processes within what a server has.
fn connections(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let share = Share::new(values);
    let Share { pods, addresses, clients, connections, reserved } = share;
    let (total, usable, pool) = (share.total(values), share.usable(), i64::from(values.pgpool.max_pool));
    if total <= usable {
        return;
    }
    let twice = if addresses == 2 { " x 2 addresses of the primary" } else { "" };
    let lines = [
        format!(
            "{:>8}  {pods} pods x {clients} clients (`maxClientConn`) x {pool} (`maxPool`){twice}",
            pods * addresses * clients * pool
        ),
        format!("{:>8}  {pods} pods x {CHECKS} to look at the server{twice}", pods * addresses * CHECKS),
        format!("{total:>8}  in all, of {usable}: `max_connections` {connections} less {reserved} reserved"),
    ];
    let fits = (usable / pods / addresses - CHECKS) / pool;
    let help = if fits < 1 {
        "use fewer pods, a smaller `pgpool.maxPool`, or raise `postgresql.config.max_connections`".to_owned()
    } else {
        format!(
            "set `pgpool.maxClientConn` to at most {fits}, or leave it out; while pods are replaced there is one more"
        )
    };
    let place = match (values.pgpool.max_client_conn, subject.users(&["max_connections"])) {
        (Some(_), _) => own(subject, "maxClientConn"),
        (None, Some(name)) => subject.config(name),
        (None, None) => own(subject, "replicas"),
    };
    let error = Diagnostic::error(format!("Pgpool-II may open {total} connections to a server that has {usable}"));
    found.push(error.at(place, "").note(lines.join("\n")).help(help));
}
