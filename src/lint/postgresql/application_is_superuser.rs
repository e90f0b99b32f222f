//! The application logs in as a superuser.
//!
//! A superuser passes every privilege, reads files of the server and runs programs on it: one injected statement is the whole
//! machine. With the official image `POSTGRES_USER` names the superuser, whatever it is called.
//!
//! Leave `POSTGRES_USER` at `postgres`, and make a role for the application with the rights that it needs.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG026", "application-is-superuser", Error, "application_is_superuser.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for variable in server.container.list("env") {
            let value = variable.get("value");
            if text(variable, &["name"]) == "POSTGRES_USER"
                && let Some(value) = value
                && !matches!(value.as_str(), Some("postgres") | None)
            {
                let user = value.as_str().unwrap_or_default();
                let message = format!("`{user}` is made a superuser: that is what the image makes of `POSTGRES_USER`");
                found.push(
                    RULE.finding(message).at(value.span, "").help("leave it out, and make a role without these rights"),
                );
            }
        }
    }
}
