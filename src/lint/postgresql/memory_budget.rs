//! The settings may take more memory than the limit of the server's container.
//!
//! The sum counts what a busy server reaches: shared memory, 5 MB and one `work_mem` for each connection, autovacuum, one
//! maintenance command and page tables. Above the limit the kernel kills the server, and every session with it. More than 90 % is a
//! warning.
//!
//! Lower `work_mem` or `max_connections`, put a pooler in front, or raise the limit and leave both to the tuning.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::memory::Demand;

pub(super) static RULE: Rule = rule!("PG002", "memory-budget", Error, "memory_budget.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    // The values of a chart of the contract are checked at the line that sets them.
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        let Some((limit, place)) = server.memory_limit() else { continue };
        let demand = Demand::of(|name| server.count(name), |name| server.bytes(name));
        let Some(budget) = demand.map(|demand| demand.budget(limit)) else { continue };
        if !budget.exceeds && !budget.is_tight() {
            continue;
        }
        let message = format!("these settings may take {} % of the memory limit", budget.percent());
        let names = ["work_mem", "max_connections", "shared_buffers"];
        let setting = names.iter().find_map(|name| server.place(name)).unwrap_or(place);
        let severity = if budget.exceeds { Severity::Error } else { Severity::Warning };
        let mut finding = Diagnostic { severity, ..RULE.finding(message) }.at(setting, "");
        if setting != place {
            finding = finding.label(place, "the limit");
        }
        found.push(
            finding.note(budget.lines().join("\n")).help("lower `work_mem` or `max_connections`, or raise the limit"),
        );
    }
}
