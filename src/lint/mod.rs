//! Finding the outage before the deploy: rules about values, templates, charts, manifests and PostgreSQL, each in a file of
//! its own whose first comment is the rule's documentation. It asks for a release like every other verb and changes nothing.

mod baseline;
mod chart;
mod finding;
mod inspect;
mod kubernetes;
mod matrix;
mod object;
mod place;
mod postgresql;
mod report;
mod rule;
mod selection;
mod selector;
mod subject;
mod suppress;
mod template;
mod values;

pub use baseline::Baseline;
pub use finding::{Finding, Place, Report, Run, Suppressed, gather};
pub use inspect::{inspect, inspect_manifests};
pub use matrix::{Axis, Cell, KUBERNETES, cells, run_all};
pub use report::{Format, write};
pub use rule::{Rule, all as rules, find as find_rule, level};
pub use selection::{Selection, unknown as unknown_rule};
pub use subject::Subject;
