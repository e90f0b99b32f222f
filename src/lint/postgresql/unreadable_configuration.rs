//! A line of `postgresql.conf` that the server's reader does not take.
//!
//! It takes unquoted words, numbers with units and little else: `en_US.utf8`, `%m` or `a, b` have to stand in single quotes. The
//! server does not start.
//!
//! Quote every value: `lc_messages = 'en_US.utf8'`.
//!
//! Source: the behaviour of PostgreSQL 15 and 16.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG075", "unreadable-configuration", Error, "unreadable_configuration.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for file in server.files.iter().filter(|file| file.name.ends_with("postgresql.conf")) {
            let Some(text) = file.node.as_str() else { continue };
            for (line, span) in super::texts::lines(file.node, text, subject.sources) {
                if let Some(problem) = problem(line) {
                    found.push(RULE.finding("the server cannot read this line").at(span, problem));
                }
            }
        }
    }
}

fn problem(line: &str) -> Option<&'static str> {
    if crate::postgres::conf::read(line).is_err() {
        return Some("expected `name = 'value'`");
    }
    let (_, value) = line.split_once('=')?;
    let value = value.split('#').next().unwrap_or_default().trim();
    if value.is_empty() {
        return Some("no value");
    }
    if value.starts_with('\'') {
        return None;
    }
    let mut chars = value.chars();
    let first = chars.next()?;
    let number = first.is_ascii_digit() || matches!(first, '-' | '+' | '.');
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '/' | '.');
    if !value.chars().all(allowed) {
        return Some("quote the value");
    }
    // A number with a fraction and a unit, and a name with a point that no `-` or `/` makes a text.
    let fraction = number && value.contains('.') && value.ends_with(|c: char| c.is_ascii_alphabetic());
    let qualified = !number && value.contains('.') && !value.contains(['-', '/', ':']);
    (fraction || qualified).then_some("quote the value")
}
