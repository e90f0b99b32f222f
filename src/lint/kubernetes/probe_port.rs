//! A probe asks at a named port that the container does not have.
//!
//! It fails for ever: the pod never becomes ready, or is restarted without end.
//!
//! Name the port in the container's `ports`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S015", "probe-port", Error, "probe_port.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            let ports: Vec<&str> = container.list("ports").iter().map(|port| text(port, &["name"])).collect();
            for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
                for way in ["httpGet", "tcpSocket"] {
                    let Some(port) = container.node.at(&[probe, way, "port"]) else { continue };
                    let name = port.as_str().unwrap_or_default();
                    if !name.is_empty() && name.parse::<u16>().is_err() && !ports.contains(&name) {
                        let message = format!("container `{}` has no port `{name}`", container.name);
                        let help =
                            format!("add `{{name: {name}, containerPort: …}}` to its `ports`, or use the number");
                        found.push(RULE.finding(message).at(port.span, format!("its {probe} asks here")).help(help));
                    }
                }
            }
        }
    }
}
