//! A standby is copied without a replication slot.
//!
//! A standby that is away longer than `wal_keep_size` lasts cannot follow any more and has to be copied anew.
//!
//! Use `pg_basebackup --create-slot --slot NAME`, and `max_slot_wal_keep_size` against a full volume.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG085", "copy-without-slot", Warning, "copy_without_slot.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for text in subject.texts() {
        let whole = text.text;
        if !whole.contains("pg_basebackup") || whole.contains("slot") || whole.contains(" -S") || whole.contains(" -C")
        {
            continue;
        }
        // A copy that is kept as a backup needs none.
        if !(whole.contains("-R") || whole.contains("--write-recovery-conf") || whole.contains("standby")) {
            continue;
        }
        if let Some((_, span)) = text.line(subject.sources, |line| line.contains("pg_basebackup")) {
            let finding = RULE.finding("this standby is copied without a replication slot").at(span, "");
            found.push(finding.help("add `--create-slot --slot NAME`"));
        }
    }
}
