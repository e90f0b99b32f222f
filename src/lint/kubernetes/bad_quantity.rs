//! A quantity that Kubernetes does not read, or that is nearly nothing.
//!
//! `4GB` is refused; `512m` of memory is half a byte, and the container is killed before it starts.
//!
//! Write `512Mi`, `4Gi`, `500m` or `2`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::quantity;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S032", "bad-quantity", Error, "bad_quantity.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for object in &subject.objects {
        if let Some(pod) = object.pod {
            for container in pod.containers() {
                for key in ["requests", "limits"] {
                    quantities(container.node.at(&["resources", key]), found);
                }
            }
        }
        let templates = object.at(&["spec", "volumeClaimTemplates"]).and_then(Node::as_list).unwrap_or_default();
        let own = (object.kind() == "PersistentVolumeClaim").then(|| object.root());
        for claim in templates.iter().chain(own) {
            quantities(claim.at(&["spec", "resources", "requests"]), found);
        }
    }
}

fn quantities(list: Option<&Node>, found: &mut Vec<Diagnostic>) {
    for (name, entry) in list.and_then(Node::as_map).into_iter().flatten() {
        let Some(text) = entry.node.scalar_text() else { continue };
        let is_cpu = name == "cpu";
        let read = if is_cpu { quantity::cpu(&text) } else { quantity::memory(&text) };
        let zero = text.trim_end_matches(char::is_alphabetic).parse::<f64>() == Ok(0.0);
        if read.is_none() && !zero {
            let message = format!("`{text}` is no quantity of {name}");
            let hint = if is_cpu { "expected `500m` or `2`" } else { "expected `512Mi` or `4Gi`" };
            found.push(RULE.finding(message).at(entry.node.span, hint));
        } else if !is_cpu && !name.contains('/') && !name.starts_with("hugepages") && text.ends_with('m') {
            let message = format!("`{text}` of {name} is thousandths of a byte");
            found.push(RULE.finding(message).at(entry.node.span, "`m` means thousandths, `Mi` mebibytes"));
        }
    }
}
