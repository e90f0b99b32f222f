//! The image: known or described, of the right major version, with the extensions that are asked for.

use super::Subject;
use crate::diagnostic::Diagnostic;
use crate::postgres::{facts, image, logging};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let tag = facts::tag(values);
    let known = image::known(&values.image.repository, &tag);
    let stated = values.image.uid.is_some() && values.image.gid.is_some();
    if known.is_none() && !stated {
        let message = format!("image `{}` is not known", values.image.repository);
        found.push(
            Diagnostic::error(message)
                .at(subject.span(&["image", "repository"]), "")
                .help("state who its server runs as: `image.uid` and `image.gid`, and what `image.extensions` it has")
                .help("the numbers are those of `id postgres` in a container of the image"),
        );
    }
    check_major(subject, &tag, found);
    check_patroni(subject, known, found);
    check_pgbackrest(subject, known, found);
    let stated: Vec<&str> = values.image.extensions.iter().flatten().map(String::as_str).collect();
    let brought = known.map_or(&[][..], |known| known.extensions);
    let all: Vec<&str> = brought.iter().copied().chain(stated).collect();
    for (extension, span) in declared(subject) {
        if let Some(label) = image::extension_problem(&extension, &all) {
            let message = format!("extension `{extension}` is not in image `{}:{tag}`", values.image.repository);
            found.push(
                Diagnostic::error(message)
                    .at(span, label)
                    .help("use an image that has it, or name it in `image.extensions` when this one does"),
            );
        }
    }
    if values.logging.audit.enabled && image::extension_problem(logging::AUDIT, &all).is_some() {
        let message = format!("an audit needs pgaudit, and image `{}:{tag}` has none", values.image.repository);
        found.push(
            Diagnostic::error(message)
                .at(subject.span(&["logging", "audit", "enabled"]), "")
                .help("use an image that has it, such as `timescale/timescaledb-ha`, or name it in `image.extensions` when this one does")
                .help("without it, `log_statement: mod`, `log_connections` and `log_disconnections` of `postgresql.config` tell most of it"),
        );
    }
}

/// A tag that begins with another major version would start another server on the data.
fn check_major(subject: Subject<'_>, tag: &str, found: &mut Vec<Diagnostic>) {
    let Some(major) = image::major_of_tag(tag).filter(|number| (10..=99).contains(number)) else { return };
    if major != subject.major().number() {
        let message = format!("image tag `{tag}` is PostgreSQL {major}, `postgresql.version` is {}", subject.major());
        found.push(
            Diagnostic::error(message)
                .of_rule("PG027")
                .at(subject.span(&["image", "tag"]), "")
                .label(subject.span(&["postgresql", "version"]), "the version")
                .help(format!("set `postgresql.version: {major}`, or leave `image.tag` empty")),
        );
    }
}

/// Patroni is the image's, not the chart's.
fn check_patroni(subject: Subject<'_>, known: Option<image::Known>, found: &mut Vec<Diagnostic>) {
    let image = &subject.values.image;
    let there = image.patroni.or(known.map(|known| known.patroni));
    if !subject.values.has_patroni() || there == Some(true) {
        return;
    }
    let message = match there {
        Some(_) => format!("image `{}` has no Patroni", image.repository),
        None => format!("nothing says whether image `{}` has Patroni", image.repository),
    };
    found.push(
        Diagnostic::error(message)
            .at(subject.span(&["image", "repository"]), "")
            .label(subject.span(&["replication", "manager"]), "with this, it needs version 4 or newer")
            .help("use an image that has it, such as `timescale/timescaledb-ha` or `zalando/spilo-17`")
            .help("set `image.patroni: true` for an image of your own that has it"),
    );
}

/// So is pgBackRest: the server itself starts it.
fn check_pgbackrest(subject: Subject<'_>, known: Option<image::Known>, found: &mut Vec<Diagnostic>) {
    let image = &subject.values.image;
    let there = image.pgbackrest.or(known.map(|known| known.pgbackrest));
    if !subject.values.pgbackrest.enabled || there == Some(true) {
        return;
    }
    let message = match there {
        Some(_) => format!("image `{}` has no pgBackRest", image.repository),
        None => format!("nothing says whether image `{}` has pgBackRest", image.repository),
    };
    found.push(
        Diagnostic::error(message)
            .at(subject.span(&["image", "repository"]), "")
            .label(subject.span(&["pgbackrest", "enabled"]), "the server starts it for each file of its log")
            .help("use an image that has it, such as `timescale/timescaledb-ha`, or add Debian's package `pgbackrest` to the official one")
            .help("set `image.pgbackrest: true` for an image of your own that has it"),
    );
}

/// Every declared extension with its place.
fn declared(subject: Subject<'_>) -> Vec<(String, crate::diagnostic::Span)> {
    let postgresql = subject.node.get("postgresql");
    let own = postgresql.and_then(|node| node.get("extensions")).and_then(Node::as_list).unwrap_or_default();
    let databases = postgresql.and_then(|node| node.get("databases")).and_then(Node::as_list).unwrap_or_default();
    let further = databases.iter().filter_map(|database| database.get("extensions").and_then(Node::as_list)).flatten();
    own.iter().chain(further).filter_map(|node| Some((node.as_str()?.to_owned(), node.span))).collect()
}
