//! A standby is copied at every start of its pod.
//!
//! `pg_basebackup` refuses a directory that is not empty: the first restart of the pod is its last.
//!
//! Copy only where there is no database: `[ -s "$PGDATA/PG_VERSION" ] || pg_basebackup …`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG086", "copy-again", Error, "copy_again.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for text in subject.texts() {
        let whole = text.text;
        let standby = whole.contains("-R") || whole.contains("--write-recovery-conf") || whole.contains("standby");
        let asks = ["PG_VERSION", "standby.signal", "if [", "[[", "test -", "[ -", "rm -rf"]
            .iter()
            .any(|word| whole.contains(word));
        if !whole.contains("pg_basebackup") || !standby || asks {
            continue;
        }
        if let Some((_, span)) = text.line(subject.sources, |line| line.contains("pg_basebackup")) {
            let message = "the second start of this pod fails: the directory is not empty then";
            let help = "ask first: `[ -s \"$PGDATA/PG_VERSION\" ] || pg_basebackup …`";
            found.push(RULE.finding(message).at(span, "").help(help));
        }
    }
}
