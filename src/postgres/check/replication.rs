//! Standbys: pods that exist, commits that can be confirmed, volumes of their own, and a server that lets them follow.

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span};
use crate::postgres::{facts, hba};
use crate::schema::types::{Manager, SynchronousMode};

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.values.is_ha() {
        alone(subject, found);
        return;
    }
    run(
        subject,
        found,
        &[
            ("PG039", primary),
            ("PG055", patroni),
            ("PG019", synchronous),
            ("PG056", volumes),
            ("PG020", server),
            ("PG057", login),
        ],
    );
}

/// What only standbys could give.
fn alone(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let replication = &subject.values.replication;
    let wishes: [(bool, &[&str], &str); 3] = [
        (
            replication.synchronous.mode != SynchronousMode::None,
            &["replication", "synchronous", "mode"],
            "there is no standby that a commit could wait for",
        ),
        (replication.manager == Manager::Patroni, &["replication", "manager"], "there is nobody to elect"),
        (replication.primary_ordinal != 0, &["replication", "primaryOrdinal"], "the only server is number 0"),
    ];
    for (_, path, message) in wishes.into_iter().filter(|(wished, ..)| *wished) {
        found.push(
            Diagnostic::error(message)
                .at(subject.span(path), "")
                .label(subject.span(&["mode"]), "with this, there is one server")
                .help("set `mode: ha`"),
        );
    }
}

fn replicas(subject: Subject<'_>) -> (u32, Span) {
    (subject.values.replication.read_replicas, subject.span(&["replication", "readReplicas"]))
}

fn primary(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let ((replicas, span), ordinal) = (replicas(subject), subject.values.replication.primary_ordinal);
    if ordinal > replicas {
        found.push(
            Diagnostic::error(format!("there is no pod {ordinal} that could be the primary"))
                .at(subject.span(&["replication", "primaryOrdinal"]), format!("expected 0 to {replicas}"))
                .label(span, "with the primary these are the pods"),
        );
    }
}

/// Who elects and who is told cannot be the same; and Patroni's times have to fit into each other.
fn patroni(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let replication = &subject.values.replication;
    if !subject.values.has_patroni() {
        if !replication.synchronous.strict {
            found.push(
                Diagnostic::error("only Patroni can let writes go on without the standbys they wait for")
                    .at(subject.span(&["replication", "synchronous", "strict"]), "")
                    .help("leave it out, or set `replication.manager: patroni`"),
            );
        }
        return;
    }
    let manager = subject.span(&["replication", "manager"]);
    let alien: [(bool, &[&str], &str); 2] = [
        (replication.primary_ordinal != 0, &["replication", "primaryOrdinal"], "Patroni decides which pod writes"),
        (
            facts::upgrade_from(subject.values).is_some(),
            &["upgrade", "from"],
            "an upgrade by dump and restore needs one writer",
        ),
    ];
    for (_, path, message) in alien.into_iter().filter(|(set, ..)| *set) {
        found.push(
            Diagnostic::error(message).at(subject.span(path), "").label(manager, "the manager").help("leave it out"),
        );
    }
    let times = &replication.patroni;
    let least = times.loop_wait + 2 * times.retry_timeout;
    if times.ttl < least {
        found.push(
            Diagnostic::error(format!(
                "with a ttl of {} s a leader could lose its place while it tries again",
                times.ttl
            ))
            .at(subject.span(&["replication", "patroni", "ttl"]), format!("expected at least {least}"))
            .help("it is loopWait + 2 × retryTimeout"),
        );
    }
}

/// A commit that waits for more standbys than there are waits for ever.
fn synchronous(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let synchronous = &subject.values.replication.synchronous;
    if synchronous.mode == SynchronousMode::None {
        return;
    }
    let ((replicas, span), wanted) = (replicas(subject), synchronous.standbys);
    let place = subject.span(&["replication", "synchronous", "standbys"]);
    if wanted > replicas {
        let message = format!("a commit would wait for {wanted} standbys, and there are only {replicas}");
        found.push(Diagnostic::error(message).at(place, "no commit would ever end").label(span, "the standbys"));
    } else if wanted == replicas {
        found.push(
            Diagnostic::warning("with every standby synchronous, one that is down stops all writes")
                .at(place, "")
                .label(span, "the standbys")
                .help(format!("set `replication.readReplicas: {}`, or make fewer of them synchronous", replicas + 1)),
        );
    }
}

fn volumes(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let persistence = &subject.values.persistence;
    let claims: [(&Option<String>, &[&str]); 2] = [
        (&persistence.existing_claim, &["persistence", "existingClaim"]),
        (&persistence.wal.existing_claim, &["persistence", "wal", "existingClaim"]),
    ];
    for (claim, path) in claims {
        if claim.as_deref().is_some_and(|claim| !claim.is_empty()) {
            found.push(
                Diagnostic::error("one claim cannot serve several pods")
                    .at(subject.span(path), "")
                    .help("leave it empty: each pod of `mode: ha` gets a claim of its own"),
            );
        }
    }
    if !persistence.enabled {
        found.push(
            Diagnostic::warning("without persistence, a pod that is replaced has no database")
                .at(subject.span(&["persistence", "enabled"]), "")
                .help("a primary that lost its data does not start beside standbys that have theirs"),
        );
    }
}

/// Parameters without which nobody can follow.
fn server(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.word("hot_standby") == "off" {
        let error = Diagnostic::error("with `hot_standby` off no standby ever answers");
        found.push(error.at(subject.config("hot_standby"), "its probes fail for ever").help("leave it on"));
    }
    let (replicas, span) = replicas(subject);
    for name in ["max_wal_senders", "max_replication_slots"] {
        let Some(set) = subject.users(&[name]).and_then(|name| subject.number(name)) else { continue };
        if set <= i64::from(replicas) {
            found.push(
                Diagnostic::error(format!("`{name}` {set} is too small for {replicas} standbys"))
                    .at(subject.config(name), format!("expected at least {}", replicas + 1))
                    .label(span, "each of them takes one, and a copy of the database another"),
            );
        }
    }
}

/// A file of the user's own has to let standbys in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let lines = &subject.values.postgresql.hba_override;
    if lines.is_empty() || lines.iter().any(|line| hba::is_for_replication(line)) {
        return;
    }
    let role = &subject.values.replication.username;
    found.push(
        Diagnostic::error("no line of this pg_hba.conf lets standbys in")
            .at(subject.span(&["postgresql", "hbaOverride"]), "`all` does not stand for `replication`")
            .help(format!(
                "add `host replication {role} all scram-sha-256` and `host postgres {role} all scram-sha-256`"
            )),
    );
}
