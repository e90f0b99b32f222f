//! Disruption budgets that leave a way to drain a node, profiles that have a name, and somebody who resolves names.

use super::{Subject, run};
use crate::diagnostic::Diagnostic;
use crate::schema::types::{DnsPolicy, OptionalProfileType, ProfileType, Scalar};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    run(subject, found, &[("PG041", disruptions), ("PG053", profiles), ("PG054", names)]);
}

fn disruptions(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let pdb = &subject.values.pdb;
    if !subject.values.has_disruption_budget() {
        return;
    }
    let servers = subject.values.servers();
    if servers == 1 {
        found.push(
            Diagnostic::error("a disruption budget for a single server holds up every drain for ever")
                .at(subject.span(&["pdb", "enabled"]), "")
                .help("leave `pdb.enabled` out, or use `mode: ha`"),
        );
        return;
    }
    let at = |key| subject.span(&["pdb", key]);
    if let (Some(_), Some(_)) = (&pdb.min_available, &pdb.max_unavailable) {
        found.push(
            Diagnostic::error("a disruption budget has either `minAvailable` or `maxUnavailable`")
                .at(at("maxUnavailable"), "")
                .label(at("minAvailable"), "the other one"),
        );
    }
    if let Some(count) = pdb.min_available.as_ref().and_then(|amount| pods(amount, servers))
        && count >= servers
    {
        let message = format!("`pdb.minAvailable` asks for {count} of {servers} servers: no node could be drained");
        let most = servers - 1;
        found.push(Diagnostic::error(message).at(at("minAvailable"), "").help(format!("use at most {most}")));
    }
    if pdb.max_unavailable.as_ref().and_then(|amount| pods(amount, servers)) == Some(0) {
        found.push(
            Diagnostic::error("`pdb.maxUnavailable` is none: no node could be drained")
                .at(at("maxUnavailable"), "")
                .help("use at least 1"),
        );
    }
}

/// How many pods an amount is; Kubernetes rounds shares up.
fn pods(amount: &Scalar, servers: u32) -> Option<u32> {
    let text = amount.to_string();
    match text.strip_suffix('%') {
        Some(share) => Some((share.parse::<u32>().ok()? * servers).div_ceil(100)),
        None => text.parse().ok(),
    }
}

fn profiles(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let security = &subject.values.security;
    let (seccomp, apparmor) = (&security.seccomp_profile, &security.app_armor_profile);
    for (key, local, name) in [
        ("seccompProfile", seccomp.kind == ProfileType::Localhost, &seccomp.localhost_profile),
        ("appArmorProfile", apparmor.kind == Some(OptionalProfileType::Localhost), &apparmor.localhost_profile),
    ] {
        let named = name.as_deref().is_some_and(|name| !name.is_empty());
        if local && !named {
            found.push(
                Diagnostic::error(format!("`security.{key}` is a profile on the node, but not which one"))
                    .at(subject.span(&["security", key, "type"]), "")
                    .help(format!("set `security.{key}.localhostProfile`")),
            );
        } else if named && !local {
            found.push(
                Diagnostic::warning(format!(
                    "`security.{key}.localhostProfile` means nothing without `type: Localhost`"
                ))
                .at(subject.span(&["security", key, "localhostProfile"]), ""),
            );
        }
    }
}

/// Without the cluster's DNS somebody else has to resolve names; standbys look for their primary by name.
fn names(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let nameservers = subject.node.at(&["dnsConfig", "nameservers"]).and_then(Node::as_list).unwrap_or_default();
    if subject.values.dns_policy == Some(DnsPolicy::None) && nameservers.is_empty() {
        found.push(
            Diagnostic::error("with `dnsPolicy: None` nobody resolves names")
                .at(subject.span(&["dnsPolicy"]), "")
                .help("name servers: `dnsConfig: {nameservers: [10.0.0.53]}`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_pods_are_rounded_up() {
        let pods = |text: &str| pods(&Scalar::Text(text.to_owned()), 3);
        assert_eq!(["0%", "1%", "34%", "66%", "67%", "100%"].map(pods), [0, 1, 2, 2, 3, 3].map(Some));
        assert_eq!(super::pods(&Scalar::Int(-1), 3), None);
    }
}
