//! Roles of the chart's parts: names that nobody else has.

use std::collections::BTreeMap;

use super::{Subject, cluster};
use crate::diagnostic::Diagnostic;
use crate::postgres::duty;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let postgresql = &subject.values.postgresql;
    let declared = postgresql.roles.iter().map(|role| (role.name.as_str(), "a role of `postgresql.roles`"));
    let mut others: BTreeMap<&str, &str> = declared.collect();
    others.insert(&postgresql.username, "the application's role");
    others.insert("postgres", "the superuser");
    for role in duty::roles(subject.values) {
        let place = subject.span(role.place);
        cluster::role_name(role.name, place, found);
        if let Some(other) = others.insert(role.name, role.who) {
            found.push(
                Diagnostic::error(format!("{} cannot log in as `{}`, which is {other}", role.who, role.name))
                    .at(place, "")
                    .help("give it a name of its own: a role has the rights of its duty and no others"),
            );
        }
    }
}
