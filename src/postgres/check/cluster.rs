//! Roles and databases: names that the server takes, owners that exist, no second superuser.

use std::collections::BTreeMap;

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::postgres::industrial;
use crate::yaml::Node;

/// The longest name: `NAMEDATALEN` less one. The server cuts longer ones silently.
const MAX_NAME: usize = 63;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let username = subject.span(&["postgresql", "username"]);
    let application = subject.values.postgresql.username.as_str();
    if application == "postgres" {
        let error = Diagnostic::error("the application's role cannot be the superuser `postgres`").of_rule("PG026");
        found.push(error.at(username, "").help("use a role of its own, such as `app`"));
    }
    let mut roles = BTreeMap::from([(application.to_owned(), username)]);
    role_name(application, username, found);
    for (name, span) in names(subject, "roles") {
        role_name(&name, span, found);
        unique("role", &name, span, &mut roles, found);
        if name == "postgres" {
            let error = Diagnostic::error("the superuser `postgres` is not declared as a role");
            found.push(error.at(span, "").help("its password is `postgresql.postgresPassword`"));
        }
    }
    let mut databases = BTreeMap::new();
    let database = subject.span(&["postgresql", "database"]);
    for (name, span) in
        [(subject.values.postgresql.database.clone(), database)].into_iter().chain(names(subject, "databases"))
    {
        length("database", &name, span, found);
        if matches!(name.as_str(), "template0" | "template1") {
            found.push(Diagnostic::error(format!("`{name}` is the server's own database")).at(span, ""));
        }
        unique("database", &name, span, &mut databases, found);
    }
    for name in industrial::names(subject.values) {
        if let Some(span) = databases.get(name) {
            found.push(
                Diagnostic::error(format!("database `{name}` is one that `industrial` makes"))
                    .at(*span, "")
                    .label(subject.span(&["industrial", "enabled"]), "with this")
                    .help("use another name here: its owner and its tables are the chart's"),
            );
        }
    }
    let groups = industrial::groups(subject.values);
    for group in &groups {
        if let Some(span) = roles.get(group) {
            let error = Diagnostic::error(format!("role `{group}` is one that the chart makes"));
            found.push(error.at(*span, "nobody logs in as it").help("make a role of another name a member of it"));
        }
    }
    roles.extend(groups.into_iter().map(|group| (group, username)));
    check_owners(subject, &roles, found);
    run(subject, found, &[("PG072", check_passwords)]);
}

fn items<'a>(subject: Subject<'a>, list: &str) -> impl Iterator<Item = &'a Node> {
    subject.node.at(&["postgresql", list]).and_then(Node::as_list).unwrap_or_default().iter()
}

fn names(subject: Subject<'_>, list: &str) -> Vec<(String, Span)> {
    items(subject, list)
        .filter_map(|item| item.get("name"))
        .filter_map(|node| Some((node.as_str()?.to_owned(), node.span)))
        .collect()
}

pub(super) fn role_name(name: &str, span: Span, found: &mut Vec<Diagnostic>) {
    length("role", name, span, found);
    if name.starts_with("pg_") || matches!(name, "public" | "none") {
        found.push(
            Diagnostic::error(format!("role name `{name}` is reserved")).at(span, "`pg_…` belongs to the server"),
        );
    }
}

fn length(what: &str, name: &str, span: Span, found: &mut Vec<Diagnostic>) {
    if name.len() > MAX_NAME {
        let message = format!("{what} name is longer than {MAX_NAME} bytes: it has {}", name.len());
        found.push(Diagnostic::error(message).at(span, ""));
    }
}

fn unique(what: &str, name: &str, span: Span, seen: &mut BTreeMap<String, Span>, found: &mut Vec<Diagnostic>) {
    match seen.get(name) {
        Some(first) => found.push(
            Diagnostic::error(format!("{what} `{name}` is declared twice"))
                .at(span, "")
                .label(*first, "first here")
                .help("put all that belongs to it into one entry"),
        ),
        None => {
            seen.insert(name.to_owned(), span);
        }
    }
}

/// Owners and parent roles must be declared; the server's own `pg_…` roles are there.
fn check_owners(subject: Subject<'_>, roles: &BTreeMap<String, Span>, found: &mut Vec<Diagnostic>) {
    let known = |name: &str| name.is_empty() || name.starts_with("pg_") || roles.contains_key(name);
    let owners = items(subject, "databases").filter_map(|database| database.get("owner"));
    let parents = items(subject, "roles").filter_map(|role| role.get("memberOf").and_then(Node::as_list)).flatten();
    for node in owners.chain(parents) {
        let Some(name) = node.as_str().filter(|name| !known(name)) else { continue };
        let hint = did_you_mean(name, roles.keys().map(String::as_str)).unwrap_or_default();
        found.push(
            Diagnostic::error(format!("role `{name}` is not declared"))
                .at(node.span, hint)
                .help(format!("add `- name: {name}` to `postgresql.roles`")),
        );
    }
}

/// With a Secret of the user's own nothing is generated, so every role that logs in needs one.
fn check_passwords(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let postgresql = &subject.values.postgresql;
    if !subject.values.brings_secret() {
        return;
    }
    let external = subject.values.external_secrets.enabled;
    let why: &[&str] = if external { &["externalSecrets", "enabled"] } else { &["postgresql", "existingSecret"] };
    for (role, item) in postgresql.roles.iter().zip(items(subject, "roles")) {
        let has_secret = role.existing_secret.as_deref().is_some_and(|secret| !secret.is_empty());
        if role.login.unwrap_or(true) && !has_secret {
            found.push(
                Diagnostic::error(format!("role `{}` has no password", role.name))
                    .at(item.span, "")
                    .label(subject.span(why), "with this, none is generated")
                    .help("set the role's `existingSecret`, or `login: false`"),
            );
        }
    }
}
