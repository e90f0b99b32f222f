//! An Ingress that leads to a port of PostgreSQL.
//!
//! An Ingress speaks HTTP, and PostgreSQL does not: nobody gets through.
//!
//! Use a Service of type LoadBalancer, or a TCPRoute of a Gateway.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S039", "database-behind-http", Error, "database_behind_http.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for ingress in subject.of_kind("Ingress") {
        let rules = ingress.at(&["spec", "rules"]).and_then(Node::as_list).unwrap_or_default();
        let paths =
            rules.iter().flat_map(|rule| rule.at(&["http", "paths"]).and_then(Node::as_list).unwrap_or_default());
        for path in paths {
            let Some(service) = path.at(&["backend", "service"]) else { continue };
            let Some(port) = service.get("port") else { continue };
            let number = port.get("number").and_then(Node::as_int);
            let name = text(port, &["name"]);
            let target = subject.find("Service", text(service, &["name"])).and_then(|target| {
                let ports = target.at(&["spec", "ports"]).and_then(Node::as_list)?;
                ports.iter().find(|one| text(one, &["name"]) == name).and_then(|one| one.get("port")?.as_int())
            });
            if number.or(target) == Some(5432) || matches!(name, "postgresql" | "postgres" | "tcp-postgresql") {
                let message = format!("Ingress `{}` leads to PostgreSQL, which speaks no HTTP", ingress.name());
                let help = "use a Service of type LoadBalancer, or a TCPRoute of a Gateway";
                found.push(RULE.finding(message).at(port.span, "").help(help));
            }
        }
    }
}
