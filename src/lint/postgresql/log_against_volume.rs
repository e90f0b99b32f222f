//! The write-ahead log may fill most of its volume.
//!
//! `max_wal_size`, `wal_keep_size` and `max_slot_wal_keep_size` add up. A full volume stops the server, and it cannot start again
//! without room. In rendered objects more than 60 % of the volume is an error, and half of one that holds the data as well is a
//! warning.
//!
//! Raise the volume, or lower the settings.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::memory::WAL_SHARE;
use crate::postgres::quantity::approximate;

pub(super) static RULE: Rule = rule!("PG023", "log-against-volume", Error, "log_against_volume.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        let Some((volume, claim, of_its_own)) = server.log_volume_size() else { continue };
        let names = ["max_wal_size", "wal_keep_size", "max_slot_wal_keep_size"];
        let parts: Vec<(&str, u64)> = names.iter().filter_map(|name| Some((*name, server.bytes(name)?))).collect();
        let total: u64 = parts.iter().map(|(_, bytes)| bytes).sum();
        let share = total * 100 / volume.max(1);
        let Some(place) = names.iter().find_map(|name| server.place(name)) else { continue };
        if share < if of_its_own { WAL_SHARE + 1 } else { 50 } {
            continue;
        }
        let list = parts.iter().map(|(name, bytes)| format!("{:>8}  {name}", approximate(*bytes)));
        let all = format!("{:>8}  in all: {share} % of the volume of {}", approximate(total), approximate(volume));
        let lines: Vec<String> = list.chain([all]).collect();
        let message = format!("the write-ahead log may fill {share} % of its volume");
        let severity = if share > WAL_SHARE { Severity::Error } else { Severity::Warning };
        let finding = Diagnostic { severity, ..RULE.finding(message) };
        let finding = finding.at(place, "").label(claim, "the volume").note(lines.join("\n"));
        found.push(finding.help("raise the claim's `storage`, or lower the settings"));
    }
}
