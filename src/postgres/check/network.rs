//! Services and ways from outside: fields that the API server would refuse together, and doors that nobody gets through.

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span};
use crate::postgres::pooler;
use crate::schema::types::{IpFamilyPolicy, ServiceType, SessionAffinity, TrafficPolicy, Values};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let services: [&[&str]; 6] = [
        &["service"],
        &["service", "any"],
        &["service", "readOnly"],
        &["pgbouncer", "service"],
        &["pgbouncer", "readOnly"],
        &["pgpool", "service"],
    ];
    for path in services {
        let Some(node) = subject.node.at(path) else { continue };
        one_service(node, &path.join("."), found);
    }
    shared(subject, found);
    addresses(subject, found);
    extra_ports(subject, found);
    run(subject, found, &[("PG068", gateway), ("PG067", closed)]);
}

/// Whether a value is set to something.
fn set<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let node = node.get(key)?;
    let empty = node.as_str() == Some("") || node.as_list().is_some_and(<[Node]>::is_empty) || node.is_null();
    (!empty).then_some(node)
}

/// What one Service says for itself.
fn one_service(node: &Node, path: &str, found: &mut Vec<Diagnostic>) {
    let kind = node.get("type").and_then(Node::as_str).unwrap_or("ClusterIP");
    if kind == "ClusterIP"
        && let Some(port) = set(node, "nodePort")
    {
        found.push(
            Diagnostic::error(format!("`{path}.nodePort` needs a Service with ports on nodes"))
                .at(port.span, "")
                .help(format!("set `{path}.type: NodePort`")),
        );
    }
    if kind != "LoadBalancer"
        && let Some(address) = set(node, "loadBalancerIP")
    {
        found.push(
            Diagnostic::error(format!("`{path}.loadBalancerIP` needs a load balancer"))
                .at(address.span, "")
                .help(format!("set `{path}.type: LoadBalancer`")),
        );
    }
    if kind != "ClusterIP"
        && let Some(address) = set(node, "clusterIP").filter(|address| address.as_str() == Some("None"))
    {
        let message = format!("`{path}.clusterIP: None` has no way from outside: its type cannot be `{kind}`");
        found.push(Diagnostic::error(message).at(address.span, ""));
    }
}

/// What all Services of the database share.
fn shared(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let service = &subject.values.service;
    let Some(node) = subject.node.get("service") else { return };
    let services = rendered(subject.values);
    if !services.iter().any(|(_, kind)| *kind == ServiceType::LoadBalancer) {
        for key in ["loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts"] {
            if let Some(value) = set(node, key) {
                found.push(
                    Diagnostic::error(format!("`service.{key}` needs a load balancer"))
                        .at(value.span, "")
                        .help("set `service.type: LoadBalancer`"),
                );
            }
        }
    }
    let policy = service.external_traffic_policy.filter(|policy| *policy != TrafficPolicy::Default);
    let inside = services.iter().all(|(_, kind)| *kind == ServiceType::ClusterIP) && service.external_ips.is_empty();
    if policy.is_some() && inside {
        found.push(
            Diagnostic::error("`service.externalTrafficPolicy` means nothing where no traffic comes from outside")
                .at(subject.span(&["service", "externalTrafficPolicy"]), "")
                .help("leave it out, or set `service.type` to `NodePort` or `LoadBalancer`"),
        );
    }
    if !service.session_affinity_config.is_empty() && service.session_affinity != SessionAffinity::ClientIP {
        found.push(
            Diagnostic::error("`service.sessionAffinityConfig` means nothing without affinity")
                .at(subject.span(&["service", "sessionAffinityConfig"]), "")
                .help("set `service.sessionAffinity: ClientIP`"),
        );
    }
}

/// The Services that are rendered, by the path of their values.
fn rendered(values: &Values) -> Vec<(&'static [&'static str], ServiceType)> {
    let service = &values.service;
    let mut all: Vec<(&[&str], _)> = vec![(&["service", "type"], service.kind)];
    if values.is_ha() && service.any.enabled {
        all.push((&["service", "any", "type"], service.any.kind));
    }
    if values.is_ha() && service.read_only.enabled {
        all.push((&["service", "readOnly", "type"], service.read_only.kind));
    }
    if values.pgbouncer.enabled {
        all.push((&["pgbouncer", "service", "type"], values.pgbouncer.service.kind));
        if pooler::is_read_only_too(values) {
            all.push((&["pgbouncer", "readOnly", "type"], values.pgbouncer.read_only.kind));
        }
    }
    if values.pgpool.enabled {
        all.push((&["pgpool", "service", "type"], values.pgpool.service.kind));
    }
    all
}

fn addresses(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let service = &subject.values.service;
    let single = service.cluster_ip.as_deref().filter(|address| !address.is_empty());
    if let (Some(single), Some(first)) = (single, service.cluster_ips.first())
        && single != first
    {
        found.push(
            Diagnostic::error(format!("`service.clusterIPs` begins with another address than `{single}`"))
                .at(subject.span(&["service", "clusterIPs"]), "")
                .label(subject.span(&["service", "clusterIP"]), "the first must be this one"),
        );
    }
    let dual =
        matches!(service.ip_family_policy, Some(IpFamilyPolicy::PreferDualStack | IpFamilyPolicy::RequireDualStack));
    if service.ip_families.len() > 1 && !dual {
        found.push(
            Diagnostic::error("`service.ipFamilies` names two families for a Service of one")
                .at(subject.span(&["service", "ipFamilies"]), "")
                .help("set `service.ipFamilyPolicy: PreferDualStack`"),
        );
    }
}

fn extra_ports(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let ports = subject.node.at(&["service", "extraPorts"]).and_then(Node::as_list).unwrap_or_default();
    for port in ports {
        match port.get("name").and_then(Node::as_str) {
            None => found.push(
                Diagnostic::error("a port of a Service with several has a name")
                    .at(port.span, "")
                    .help("give it a `name`"),
            ),
            Some("postgresql") => {
                found.push(Diagnostic::error("port `postgresql` is the database's").at(port.span, ""));
            }
            Some(_) => {}
        }
        let number = port.get("port").map(Node::to_json);
        if number == Some(subject.values.service.port.into()) {
            found.push(
                Diagnostic::error(format!("port {} is the database's", subject.values.service.port))
                    .at(port.span, "")
                    .label(subject.span(&["service", "port"]), "here"),
            );
        }
    }
}

fn gateway(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let gateway = &subject.values.gateway;
    if gateway.enabled && gateway.parent_refs.is_empty() {
        found.push(
            Diagnostic::error("a route needs a Gateway that it belongs to")
                .at(subject.span(&["gateway", "enabled"]), "")
                .help("name its listener: `gateway.parentRefs: [{name: edge, namespace: gateways, sectionName: postgresql}]`"),
        );
    }
}

/// A way from outside that the network policy closes.
fn closed(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let policy = &values.network_policy;
    if !policy.enabled || !policy.allow.is_empty() || !policy.extra_ingress.is_empty() {
        return;
    }
    let services = rendered(values);
    let outside = services.iter().find(|(_, kind)| *kind != ServiceType::ClusterIP);
    let way: Option<(Span, &str)> = if values.gateway.enabled {
        Some((subject.span(&["gateway", "enabled"]), "the Gateway's pods"))
    } else {
        outside.map(|(path, _)| (subject.span(path), "clients outside the cluster"))
    };
    if let Some((span, who)) = way {
        found.push(
            Diagnostic::warning(format!("the network policy is closed for {who}"))
                .at(subject.span(&["networkPolicy", "enabled"]), "")
                .label(span, "the way in")
                .help("open it: `networkPolicy.allow: [{ipBlock: {cidr: 10.0.0.0/8}}]`, or a namespaceSelector"),
        );
    }
}
