//! A schedule of backups that is none, never comes, or comes while the last one still runs.
//!
//! Kubernetes refuses the CronJob, or leaves runs out without a word.
//!
//! Five fields: minute, hour, day, month, weekday. Name a time zone as in `Europe/Berlin`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG061", "backup-schedule", Error, "backup_schedule.rs");
