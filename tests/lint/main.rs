//! `pgchart lint`: every rule by its fixtures, the formats, and the ways out.
//!
//! A rule's fixtures are the folders `rules/ID/{bad,good,suppressed}`. A folder with a Chart.yaml is a chart, one with
//! `manifests.yaml` holds rendered objects, anything else is values for the built-in chart; `flags` holds more of the command
//! line. A new rule needs its three folders and no Rust: `INSTA_UPDATE=always cargo test --test lint`, then read the snapshot.

mod defects;
mod formats;
mod rules;
mod ways;
mod world;
