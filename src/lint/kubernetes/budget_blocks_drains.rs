//! A disruption budget that allows no pod to go.
//!
//! A drain of the node waits for ever. With one pod `minAvailable: 1` is such a budget.
//!
//! Ask for one pod fewer than there are, or use `maxUnavailable: 1`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::Object;
use crate::lint::rule::{Rule, rule};
use crate::lint::selector::Selector;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S029", "budget-blocks-drains", Error, "budget_blocks_drains.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for budget in subject.of_kind("PodDisruptionBudget") {
        let Some(wanted) = budget.at(&["spec", "selector"]).map(Selector::new) else { continue };
        let selected = |(object, pod): &(&Object<'_>, crate::lint::object::Pod<'_>)| {
            object.is_service() && pod.labels().is_some_and(|labels| wanted.selects(labels))
        };
        let pods: i64 = subject.pods().filter(selected).map(|(object, _)| scaled(subject, object)).sum();
        if pods == 0 {
            continue;
        }
        let (least, most) = (budget.at(&["spec", "minAvailable"]), budget.at(&["spec", "maxUnavailable"]));
        let amount = |node: &Node| share(node, pods);
        let blocked = least.filter(|node| amount(node).is_some_and(|n| n >= pods));
        let none = most.filter(|node| amount(node) == Some(0));
        if let Some(node) = blocked.or(none) {
            let name = budget.name();
            let message = match pods {
                1 => format!("PodDisruptionBudget `{name}` holds its only pod"),
                _ => format!("PodDisruptionBudget `{name}` lets none of its {pods} pods go"),
            };
            let help = if pods == 1 {
                "leave the budget out, or run a second pod".to_owned()
            } else {
                format!("set `minAvailable: {}`, or `maxUnavailable: 1`", pods - 1)
            };
            found.push(RULE.finding(message).at(node.span, "no node could be drained").help(help));
        }
    }
}

/// How many pods a workload has at least; an autoscaler says so where there is one.
fn scaled(subject: &Subject<'_>, object: &Object<'_>) -> i64 {
    let own = |scaler: &&Object<'_>| {
        scaler.at(&["spec", "scaleTargetRef", "name"]).and_then(Node::as_str) == Some(object.name())
    };
    let least =
        subject.of_kind("HorizontalPodAutoscaler").find(own).and_then(|s| s.at(&["spec", "minReplicas"])?.as_int());
    least.unwrap_or_else(|| object.replicas())
}

/// A number of pods; shares are rounded up, as Kubernetes does.
fn share(node: &Node, pods: i64) -> Option<i64> {
    match node.as_str() {
        Some(text) => Some((text.strip_suffix('%')?.parse::<i64>().ok()?.saturating_mul(pods) + 99) / 100),
        None => node.as_int(),
    }
}
