//! Encryption: certificates that somebody provides, and lines of `pg_hba.conf` that fit it.

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span};
use crate::postgres::hba::{self, Rule};
use crate::postgres::tls;
use crate::schema::types::{KeyAlgorithm, TlsSource};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.values.tls.enabled {
        match subject.values.tls.source {
            TlsSource::Secret => check_secret(subject, found),
            TlsSource::CertManager => check_cert_manager(subject, found),
        }
        check_client_certificate(subject, found);
    } else if subject.values.tls.replication_client_certificate.enabled {
        let place = subject.span(&["tls", "replicationClientCertificate", "enabled"]);
        let warning = Diagnostic::warning("without `tls.enabled` standbys show no certificate");
        found.push(warning.at(place, "").help("set `tls.enabled: true`"));
    }
    run(subject, found, &[("PG071", check_hba)]);
}

fn is_set(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}

fn check_secret(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !is_set(subject.values.tls.existing_secret.as_deref()) {
        found.push(
            Diagnostic::error("`tls` is on and nobody provides a certificate")
                .at(subject.span(&["tls", "enabled"]), "")
                .help("set `tls.existingSecret` to a Secret with `tls.crt` and `tls.key`")
                .help("or set `tls.source: cert-manager` and `tls.certManager.issuerRef.name`"),
        );
    }
}

fn check_cert_manager(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = &subject.values.tls;
    let source = subject.span(&["tls", "source"]);
    if !is_set(values.cert_manager.issuer_ref.name.as_deref()) {
        found.push(
            Diagnostic::error("cert-manager needs an issuer")
                .at(source, "")
                .help("set `tls.certManager.issuerRef.name`; `kubectl get issuers,clusterissuers` lists what there is"),
        );
    }
    let unused = [
        (&values.existing_secret, &["tls", "existingSecret"][..]),
        (
            &values.replication_client_certificate.existing_secret,
            &["tls", "replicationClientCertificate", "existingSecret"],
        ),
    ];
    for (secret, path) in unused {
        if is_set(secret.as_deref()) {
            let warning = Diagnostic::warning(format!("nothing uses `{}`", path.join(".")));
            found.push(warning.at(subject.span(path), "").label(source, "the Secret is cert-manager's"));
        }
    }
    check_key(subject, found);
    check_duration(subject, found);
}

/// What cert-manager would refuse.
fn check_key(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let key = &subject.values.tls.cert_manager.private_key;
    let (fits, expected) = match key.algorithm {
        KeyAlgorithm::Ecdsa => (matches!(key.size, 256 | 384 | 521), "ECDSA keys have 256, 384 or 521 bits"),
        KeyAlgorithm::Rsa => (key.size >= 2048, "RSA keys have 2048 to 8192 bits"),
    };
    if !fits {
        let path = ["tls", "certManager", "privateKey"];
        found.push(
            Diagnostic::error(format!("no key of this algorithm has {} bits", key.size))
                .at(subject.span(&[&path[..], &["size"]].concat()), expected)
                .label(subject.span(&[&path[..], &["algorithm"]].concat()), "the algorithm"),
        );
    }
}

fn check_duration(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = &subject.values.tls.cert_manager;
    if seconds(&values.renew_before) >= seconds(&values.duration) {
        found.push(
            Diagnostic::error("a certificate would be renewed before it exists")
                .at(subject.span(&["tls", "certManager", "renewBefore"]), "")
                .label(subject.span(&["tls", "certManager", "duration"]), "must be longer"),
        );
    }
}

/// The seconds of a time span whose form the schema has checked.
fn seconds(span: &str) -> f64 {
    let part = |part: &str| {
        let (number, unit) = part.split_at(part.len().saturating_sub(1));
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            _ => 1.0,
        };
        number.parse::<f64>().unwrap_or(0.0) * seconds
    };
    span.split_inclusive(['h', 'm', 's']).map(part).sum()
}

fn check_client_certificate(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !tls::shows_certificate(subject.values) {
        return;
    }
    let values = &subject.values.tls;
    let place = subject.span(&["tls", "replicationClientCertificate", "enabled"]);
    if tls::ca_file(subject.values).is_none() {
        found.push(
            Diagnostic::error("nothing checks the certificates of standbys: `tls` has no CA")
                .at(place, "")
                .help("set `tls.caFile` to the Secret's key of the CA, such as `ca.crt`"),
        );
    }
    if values.source == TlsSource::Secret && !is_set(values.replication_client_certificate.existing_secret.as_deref()) {
        found.push(Diagnostic::error("standbys have no certificate to show").at(place, "").help(format!(
            "set `tls.replicationClientCertificate.existingSecret` to a Secret with a certificate whose common name is `{}`",
            subject.values.replication.username
        )));
    }
}

fn check_hba(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let required = subject.values.tls.enabled && subject.values.tls.required;
    for key in ["hba", "hbaOverride"] {
        let lines = subject.node.at(&["postgresql", key]).and_then(Node::as_list).unwrap_or_default();
        // Databases that no further line opens for plain text.
        let mut closed: Vec<String> = Vec::new();
        for line in lines {
            let Some(rule) = line.as_str().and_then(hba::rule) else { continue };
            let covers = |name: &String| name != "replication" && closed.iter().any(|other| other == "all");
            let harmless = rule.rejects || rule.databases.iter().all(|name| closed.contains(name) || covers(name));
            if rule.kind == "hostssl" {
                found.extend(check_encrypted(subject, &rule, line.span));
            } else if required && !harmless {
                found.extend(check_plain_text(&rule, key == "hba", line.span));
            }
            if rule.everybody && rule.rejects && matches!(rule.kind.as_str(), "host" | "hostnossl") {
                closed.extend(rule.databases);
            }
        }
    }
}

fn check_encrypted(subject: Subject<'_>, rule: &Rule, span: Span) -> Option<Diagnostic> {
    if !subject.values.tls.enabled {
        return Some(never(span, "without `tls.enabled` nothing is encrypted"));
    }
    (rule.certificate && tls::ca_file(subject.values).is_none()).then(|| {
        Diagnostic::error("nothing checks the certificates of clients: `tls` has no CA")
            .at(span, "the server would not start")
            .help("set `tls.caFile` to the Secret's key of the CA, such as `ca.crt`")
    })
}

/// `generated`: the chart's own line before this one refuses plain text already.
fn check_plain_text(rule: &Rule, generated: bool, span: Span) -> Option<Diagnostic> {
    match (rule.kind.as_str(), generated) {
        ("hostnossl", true) => Some(never(span, "`tls.required` refuses plain text")),
        ("host" | "hostnossl" | "hostnogssenc", false) => Some(
            Diagnostic::warning("this line lets plain text in, which `tls.required` is to refuse")
                .at(span, "")
                .help("write `hostssl`, or put `hostnossl all,replication all all reject` before it"),
        ),
        _ => None,
    }
}

fn never(span: Span, why: &str) -> Diagnostic {
    Diagnostic::warning("this line never matches").at(span, why)
}
