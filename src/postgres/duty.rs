//! Roles that parts of the chart log in with, each with no more rights than its duty needs.

use super::{compliance, industrial};
use crate::schema::types::{Scalar, Values};

/// The role of one part of the chart.
#[derive(Clone, Copy, Debug)]
pub struct DutyRole<'a> {
    /// What it is for, as `roles.sql` knows it.
    pub duty: &'static str,
    /// Who logs in with it, for messages.
    pub who: &'static str,
    /// Its name.
    pub name: &'a str,
    /// Where the values say its name.
    pub place: &'static [&'static str],
    /// The key of its password in the Secret.
    pub key: &'a str,
    /// Its password, when it is given.
    pub password: Option<&'a Scalar>,
    /// The server's own roles that it is a member of.
    pub member_of: &'static [&'static str],
    /// How many connections it may have at a time; -1 is any number.
    pub connection_limit: i32,
}

/// The roles that these values need.
pub fn roles(values: &Values) -> Vec<DutyRole<'_>> {
    [of_servers(values), of_poolers(values), of_jobs(values)].concat()
}

/// Of standbys, and of who looks at the servers.
fn of_servers(values: &Values) -> Vec<DutyRole<'_>> {
    let keys = &values.postgresql.secret_keys;
    let replication = &values.replication;
    let standbys = values.is_ha().then_some(DutyRole {
        duty: "replication",
        who: "standbys",
        name: &replication.username,
        place: &["replication", "username"],
        key: &keys.replication_password,
        password: replication.password.as_ref(),
        member_of: &[],
        connection_limit: -1,
    });
    let metrics = &values.metrics;
    let exporter = metrics.enabled.then_some(DutyRole {
        duty: "metrics",
        who: "the exporter",
        name: &metrics.username,
        place: &["metrics", "username"],
        key: &keys.metrics_password,
        password: metrics.password.as_ref(),
        member_of: &["pg_monitor"],
        // Two for each question, and two Prometheus may ask at the same time.
        connection_limit: 5,
    });
    let declaration = &values.declaration;
    let waiter = declaration.job.enabled.then_some(DutyRole {
        duty: "declaration",
        who: "the Job that waits for the declaration",
        name: &declaration.username,
        place: &["declaration", "username"],
        key: &keys.declaration_password,
        password: declaration.password.as_ref(),
        member_of: &[],
        connection_limit: 5,
    });
    standbys.into_iter().chain(exporter).chain(waiter).collect()
}

/// Of what is between clients and servers.
fn of_poolers(values: &Values) -> Vec<DutyRole<'_>> {
    let keys = &values.postgresql.secret_keys;
    let pgbouncer = &values.pgbouncer;
    let pooler = pgbouncer.enabled.then_some(DutyRole {
        duty: "pooler",
        who: "the pooler",
        name: &pgbouncer.username,
        place: &["pgbouncer", "username"],
        key: &keys.pooler_password,
        password: pgbouncer.password.as_ref(),
        member_of: &[],
        connection_limit: -1,
    });
    let pgpool = &values.pgpool;
    let balancer = pgpool.enabled.then_some(DutyRole {
        duty: "balancer",
        who: "Pgpool-II",
        name: &pgpool.username,
        place: &["pgpool", "username"],
        key: &keys.pgpool_password,
        password: pgpool.password.as_ref(),
        // How far standbys are behind is seen by nobody else.
        member_of: &["pg_read_all_stats"],
        connection_limit: -1,
    });
    pooler.into_iter().chain(balancer).collect()
}

/// Of what runs now and then.
fn of_jobs(values: &Values) -> Vec<DutyRole<'_>> {
    let keys = &values.postgresql.secret_keys;
    let departments = industrial::departments(values);
    let upkeep = departments.iter().any(industrial::is_kept).then_some(DutyRole {
        duty: "upkeep",
        who: "the upkeep",
        name: &values.industrial.upkeep.username,
        place: &["industrial", "upkeep", "username"],
        key: &keys.upkeep_password,
        password: values.industrial.upkeep.password.as_ref(),
        member_of: &[],
        // A run that somebody starts by hand beside the one that is due.
        connection_limit: 2,
    });
    let anchor = (!compliance::names(values).is_empty()).then_some(DutyRole {
        duty: "anchor",
        who: "the anchor",
        name: &values.compliance.anchor.username,
        place: &["compliance", "anchor", "username"],
        key: &keys.anchor_password,
        password: values.compliance.anchor.password.as_ref(),
        // It may add to the central copy.
        member_of: if industrial::names(values).contains(&industrial::TRAIL) { &["audit_trail_writer"] } else { &[] },
        // It reads one database while it writes another; and a run by hand.
        connection_limit: 4,
    });
    let tests = &values.tests;
    let tester = tests.enabled.then_some(DutyRole {
        duty: "tests",
        who: "the tests",
        name: &tests.username,
        place: &["tests", "username"],
        key: &keys.tests_password,
        password: tests.password.as_ref(),
        member_of: &["pg_read_all_settings", "pg_read_all_stats"],
        connection_limit: 3,
    });
    let backup = &values.backup;
    let dumps = backup.enabled.then_some(DutyRole {
        duty: "backup",
        who: "backups",
        name: &backup.username,
        place: &["backup", "username"],
        key: &keys.backup_password,
        password: backup.password.as_ref(),
        member_of: &["pg_read_all_data"],
        // One that dumps, one that asks, and as many of a run that was killed and is not yet missed.
        connection_limit: 4,
    });
    dumps.into_iter().chain(tester).chain(upkeep).chain(anchor).collect()
}
