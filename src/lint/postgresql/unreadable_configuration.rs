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
    (!is_readable(value)).then_some("quote the value")
}

/// Whether the server's reader takes a value without quotes: a number with at most a unit, or a word that is no qualified name.
fn is_readable(value: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    let is_word = |text: &str| text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit());
    if value.starts_with(is_letter) {
        let qualified = value.split_once('.').is_some_and(|(before, behind)| is_word(before) && is_word(behind));
        let inside = |c: char| is_letter(c) || c.is_ascii_digit() || matches!(c, '-' | '.' | '_' | ':' | '/');
        return !qualified && value.chars().all(inside);
    }
    let number = value.strip_prefix(['-', '+']).unwrap_or(value);
    let hexadecimal = number.strip_prefix("0x").unwrap_or_default();
    let digits = hexadecimal.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    if !hexadecimal.is_empty() && digits.len() < hexadecimal.len() && digits.chars().all(|c| c.is_ascii_alphabetic()) {
        return true;
    }
    let unit = number.trim_start_matches(|c: char| c.is_ascii_digit());
    if unit.len() < number.len() && unit.chars().all(|c| c.is_ascii_alphabetic()) {
        return true;
    }
    number.contains('.') && number.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_readable;

    #[test]
    fn values_are_read_as_the_server_reads_them() {
        for value in [
            "on",
            "16MB",
            "-1",
            "0.9",
            "1.5e-3",
            ".5",
            "0x1F",
            "scram-sha-256",
            "UTC",
            "Europe/Berlin",
            "a.b-c",
            "15min",
        ] {
            assert!(is_readable(value), "{value}");
        }
        for value in ["1.5GB", "en_US.utf8", "pg_catalog.english", "*", "%m", "a,b", "/tmp", "10.0.0.1", "1 2", "4h;"] {
            assert!(!is_readable(value), "{value}");
        }
    }
}
