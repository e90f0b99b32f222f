//! The server has fewer senders or replication slots than standbys, or a `wal_level` that none can follow.
//!
//! Each standby takes one sender and one slot, and a copy of the database another. A standby that gets none stays behind, and its
//! log is removed.
//!
//! Raise `max_wal_senders` and `max_replication_slots`, use `wal_level: replica`, and leave `hot_standby` on.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG020", "settings-for-standbys", Error, "settings_for_standbys.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        let standbys = server.object.replicas() - 1;
        if standbys < 1 {
            continue;
        }
        for name in ["max_wal_senders", "max_replication_slots"] {
            let Some((set, place)) = server.number(name) else { continue };
            if set <= standbys {
                let message = format!("`{name}` {set} is too small for {standbys} standbys");
                found.push(RULE.finding(message).at(place, format!("expected at least {}", standbys + 1)));
            }
        }
        if let Some((level, place)) = server.text("wal_level")
            && level == "minimal"
        {
            found.push(RULE.finding("with `wal_level` minimal no standby can follow").at(place, "expected `replica`"));
        }
    }
}
