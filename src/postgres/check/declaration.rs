//! What is declared: privileges that there are, of roles and in databases that there are, publications of something, and settings
//! that a session can have.

use std::collections::BTreeSet;

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::postgres::catalogue::{Catalogue, Context};
use crate::postgres::declaration::{database_of, is_in_schema, kind, rights, word};
use crate::postgres::{Major, duty, hba, industrial, setting};
use crate::schema::types::{ObjectKind, Privilege, Right, SslMode};
use crate::yaml::{Node, Value};

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    schemas(subject, found);
    for (privilege, node) in subject.values.postgresql.privileges.iter().zip(items(subject, "privileges")) {
        rights_that_there_are(subject, privilege, node, found);
        objects(privilege, node, found);
        names(subject, node, &["role"], &["createdBy"], found);
    }
    run(subject, found, &[("PG058", publications), ("PG059", subscriptions), ("PG060", settings), ("PG057", login)]);
}

fn items<'a>(subject: Subject<'a>, list: &str) -> impl Iterator<Item = &'a Node> {
    subject.node.at(&["postgresql", list]).and_then(Node::as_list).unwrap_or_default().iter()
}

fn schemas(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for node in items(subject, "schemas") {
        names(subject, node, &["owner"], &[], found);
        let Some(name) = node.get("name") else { continue };
        let text = name.as_str().unwrap_or_default();
        if text.starts_with("pg_") || matches!(text, "information_schema" | "pgchart") {
            let error = Diagnostic::error(format!("schema name `{text}` is reserved"));
            found.push(error.at(name.span, "").help("give it another name"));
        }
    }
}

/// Roles and the database of an item are declared; the server's own roles and those of the chart's parts are there.
fn names(subject: Subject<'_>, node: &Node, ones: &[&str], lists: &[&str], found: &mut Vec<Diagnostic>) {
    let postgresql = &subject.values.postgresql;
    let mut roles: BTreeSet<&str> = postgresql.roles.iter().map(|role| role.name.as_str()).collect();
    roles.insert(&postgresql.username);
    roles.extend(postgresql.databases.iter().filter_map(|database| database.owner.as_deref()));
    let groups = industrial::groups(subject.values);
    roles.extend(groups.iter().map(String::as_str));
    let duties = duty::roles(subject.values);
    roles.extend(duties.iter().map(|role| role.name));
    let single = ones.iter().filter_map(|key| node.get(key));
    let listed = lists.iter().filter_map(|key| node.get(key).and_then(Node::as_list)).flatten();
    for name in single.chain(listed) {
        let Some(role) = name.as_str().filter(|role| !role.is_empty()) else { continue };
        if role.starts_with("pg_") || role == "public" || roles.contains(role) {
            continue;
        }
        let hint = did_you_mean(role, roles.iter().copied()).unwrap_or_default();
        found.push(
            Diagnostic::error(format!("role `{role}` is not declared"))
                .at(name.span, hint)
                .help(format!("add `- name: {role}` to `postgresql.roles`")),
        );
    }
    database(subject, node, found);
}

pub(super) fn database(subject: Subject<'_>, node: &Node, found: &mut Vec<Diagnostic>) {
    let postgresql = &subject.values.postgresql;
    let known: Vec<&str> = std::iter::once(postgresql.database.as_str())
        .chain(postgresql.databases.iter().map(|database| database.name.as_str()))
        .chain(industrial::names(subject.values))
        .collect();
    let Some(name) = node.get("database") else { return };
    let Some(text) = name.as_str().filter(|text| !text.is_empty() && !known.contains(text)) else { return };
    let hint = did_you_mean(text, known).unwrap_or_default();
    found.push(
        Diagnostic::error(format!("database `{text}` is not declared"))
            .at(name.span, hint)
            .help(format!("add `- name: {text}` to `postgresql.databases`")),
    );
}

fn rights_that_there_are(subject: Subject<'_>, privilege: &Privilege, node: &Node, found: &mut Vec<Diagnostic>) {
    let known = rights(privilege.objects, subject.major());
    let places = node.get("grant").and_then(Node::as_list).unwrap_or_default();
    for (right, place) in privilege.grant.iter().zip(places) {
        if *right == Right::All || known.contains(right) {
            continue;
        }
        let name = word(*right);
        let later = *right == Right::Maintain && privilege.objects == ObjectKind::Tables;
        let message = if later {
            format!("`{name}` does not exist in PostgreSQL {}", subject.major())
        } else {
            format!("`{name}` is no privilege on a {}", kind(privilege.objects))
        };
        let list: Vec<_> = known.iter().map(|right| format!("`{}`", word(*right))).collect();
        found.push(
            Diagnostic::error(message)
                .at(place.span, if later { "new in 17" } else { "" })
                .help(format!("there is {}", list.join(", "))),
        );
    }
    if privilege.grant.is_empty() {
        found.push(Diagnostic::error("nothing is granted here").at(span_of(node, "grant"), ""));
    }
}

/// A publication has something to publish, and the log says enough of it.
fn publications(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let publications = &subject.values.postgresql.publications;
    let mut seen = BTreeSet::new();
    for (publication, node) in publications.iter().zip(items(subject, "publications")) {
        database(subject, node, found);
        if !seen.insert((database_of(subject.values, publication.database.as_deref()), &publication.name)) {
            let error = Diagnostic::error(format!("publication `{}` is declared twice", publication.name));
            found.push(error.at(span_of(node, "name"), "the second time"));
        }
        let some = !publication.tables.is_empty() || !publication.schemas.is_empty();
        if publication.all_tables && some {
            let key = if publication.tables.is_empty() { "schemas" } else { "tables" };
            let error = Diagnostic::error("all tables are meant already").at(span_of(node, key), "leave it out");
            found.push(error.label(span_of(node, "allTables"), "this says so"));
        } else if !publication.all_tables && !some {
            let error = Diagnostic::error(format!("publication `{}` publishes nothing", publication.name));
            found.push(error.at(node.span, "").help("name `tables` or `schemas`, or set `allTables: true`"));
        }
    }
    let level = subject.word("wal_level");
    if let Some(first) = items(subject, "publications").next()
        && subject.users(&["wal_level"]).is_some()
        && level != "logical"
    {
        found.push(
            Diagnostic::error(format!("`wal_level` {level} has too little for publications"))
                .at(subject.config("wal_level"), "they need `logical`; leave it out, and it is set")
                .label(first.span, "the first of them"),
        );
    }
}

/// A subscription can be made with what is given.
fn subscriptions(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let subscriptions = &subject.values.postgresql.subscriptions;
    let mut seen = BTreeSet::new();
    for (subscription, node) in subscriptions.iter().zip(items(subject, "subscriptions")) {
        database(subject, node, found);
        if !seen.insert(&subscription.name) {
            let error = Diagnostic::error(format!("subscription `{}` is declared twice", subscription.name));
            found.push(error.at(span_of(node, "name"), "its slot in the publisher would have the same name"));
        }
        let publisher = &subscription.publisher;
        let place = |key: &str| node.get("publisher").map_or(node.span, |publisher| span_of(publisher, key));
        let own = publisher.root_certificate.as_deref().is_some_and(|path| !path.is_empty());
        let verifies = matches!(publisher.sslmode, Some(SslMode::VerifyCa | SslMode::VerifyFull));
        if verifies && !own && subject.major() < Major::V16 {
            found.push(
                Diagnostic::error("PostgreSQL 15 does not know the system's list of CAs")
                    .at(place("sslmode"), "")
                    .help("set `rootCertificate`, the file of the CA, which a volume of `extraVolumes` brings"),
            );
        } else if own && !verifies {
            found.push(
                Diagnostic::error("nobody looks at this certificate")
                    .at(place("rootCertificate"), "")
                    .help("set `sslmode: verify-full`"),
            );
        }
        if publisher.sslmode == Some(SslMode::Disable) {
            found.push(
                Diagnostic::warning("all rows come in plain text")
                    .at(place("sslmode"), "")
                    .help("encrypt the publisher's connections, or say `require`"),
            );
        }
    }
}

fn span_of(node: &Node, key: &str) -> Span {
    node.get(key).map_or(node.span, |node| node.span)
}

/// Which objects are meant has to be clear.
fn objects(privilege: &Privilege, node: &Node, found: &mut Vec<Diagnostic>) {
    let said = |key: &str| node.get(key).filter(|node| !node.is_null()).map(|node| node.span);
    let in_schema = is_in_schema(privilege.objects);
    let mut wrong = |key: &str, message: &str, help: &str| {
        if let Some(span) = said(key) {
            found.push(Diagnostic::error(message.to_owned()).at(span, "").help(help.to_owned()));
        }
    };
    if !in_schema {
        wrong("schema", "this is not about objects in a schema", "leave it out; schemas themselves stand in `names`");
        wrong("createdBy", "nobody creates these objects later on", "leave it out");
    } else if !privilege.names.is_empty() {
        wrong("createdBy", "objects with names are there already", "leave out `names`, or this");
    }
    if privilege.objects == ObjectKind::Database && !privilege.names.is_empty() {
        wrong("names", "the database has a key of its own", "say `database: …` in place of `names`");
    }
    if privilege.objects == ObjectKind::Schemas && privilege.names.is_empty() {
        let error = Diagnostic::error("nothing says which schemas are meant");
        found.push(error.at(span_of(node, "objects"), "").help("add `names: [public]`"));
    }
    if privilege.grantable && privilege.role == "public" {
        let error = Diagnostic::error("`public` cannot give privileges to others");
        found.push(error.at(span_of(node, "grantable"), "").help("leave it out"));
    }
}

/// Settings of roles and databases: what a session may have, with a value that the server takes.
fn settings(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let own = subject.node.at(&["postgresql", "databaseConfig"]);
    let others = items(subject, "roles").chain(items(subject, "databases")).filter_map(|item| item.get("config"));
    for (name, entry) in own.into_iter().chain(others).filter_map(Node::as_map).flatten() {
        let value = match &entry.node.value {
            Value::Bool(flag) => Some(if *flag { "on" } else { "off" }.to_owned()),
            _ => entry.node.scalar_text(),
        };
        let Some(value) = value else { continue };
        if let Err(problem) = setting::check(subject.major(), name, &value) {
            let span = if problem.in_name { entry.key } else { entry.node.span };
            let diagnostic = Diagnostic::error(problem.message).at(span, problem.label);
            found.push(match problem.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            });
            continue;
        }
        let context = Catalogue::of(subject.major()).get(name).map(|parameter| parameter.context);
        if context.is_some_and(|context| !matches!(context, Context::User | Context::Superuser)) {
            found.push(
                Diagnostic::error(format!("`{name}` is the whole server's, not a session's"))
                    .at(entry.key, "")
                    .help(format!("set it in `postgresql.config`: `{name}: {value}`")),
            );
        }
    }
}

/// A file of the user's own has to let the waiting Job in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let (lines, declaration) = (&subject.values.postgresql.hba_override, &subject.values.declaration);
    if lines.is_empty() || !declaration.job.enabled || hba::lets_in(lines, "postgres", &declaration.username) {
        return;
    }
    let role = &declaration.username;
    found.push(
        Diagnostic::error("no line of this pg_hba.conf lets in the Job that waits for the declaration")
            .at(subject.span(&["postgresql", "hbaOverride"]), "")
            .help(format!("add `host postgres {role} all scram-sha-256`")),
    );
}
