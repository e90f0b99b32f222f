//! A vertical autoscaler that restarts the database whenever it thinks so.
//!
//! Mode `Auto` evicts the primary in the middle of the day to change its memory, and PostgreSQL's settings do not follow.
//!
//! Use `updateMode: "Off"` or `Initial`, and read its recommendation.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S042", "vertical-autoscaler", Warning, "vertical_autoscaler.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for scaler in subject.of_kind("VerticalPodAutoscaler") {
        let target = text(scaler.root(), &["spec", "targetRef", "name"]);
        let is_server = subject.servers().iter().any(|server| server.object.name() == target);
        let mode = scaler.at(&["spec", "updatePolicy", "updateMode"]);
        let text = mode.and_then(crate::yaml::Node::as_str).unwrap_or("Auto");
        if is_server && matches!(text, "Auto" | "Recreate" | "InPlaceOrRecreate") {
            let place = mode.map_or(Subject::head(scaler), |node| node.span);
            found.push(
                RULE.finding(format!("mode `{text}` restarts the database at any time"))
                    .at(place, "use `Off` or `Initial`"),
            );
        }
    }
}
