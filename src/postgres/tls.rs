//! Encryption: where certificates lie in the pod, the server's parameters for them, and how standbys connect.

use serde::Serialize;

use crate::schema::types::{TlsSource, TlsVersion, Values};

/// Where the server's certificate is mounted.
pub const DIRECTORY: &str = "/etc/postgresql-tls";

/// Where the certificate is mounted that standbys show.
pub const CLIENT_DIRECTORY: &str = "/etc/postgresql-replication-tls";

/// What templates need of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tls {
    /// Where the server's certificate is mounted.
    pub directory: String,
    /// The Secret's key of the CA, when there is one.
    pub ca_file: Option<String>,
    /// Where the certificate is mounted that standbys show, when they show one.
    pub client_directory: Option<String>,
    /// How standbys connect, in libpq's words.
    pub conninfo: String,
}

impl Tls {
    /// The facts of checked values; none without encryption.
    pub fn new(values: &Values) -> Option<Self> {
        values.tls.enabled.then(|| {
            let certificate = shows_certificate(values);
            Self {
                directory: DIRECTORY.to_owned(),
                ca_file: ca_file(values).map(str::to_owned),
                client_directory: certificate.then(|| CLIENT_DIRECTORY.to_owned()),
                conninfo: conninfo(values, certificate),
            }
        })
    }

    /// The server's parameters.
    pub fn settings(&self, values: &Values) -> Vec<(&'static str, String)> {
        let version = match values.tls.min_version {
            TlsVersion::V1_2 => "TLSv1.2",
            TlsVersion::V1_3 => "TLSv1.3",
        };
        let mut settings = vec![
            ("ssl", "on".to_owned()),
            ("ssl_cert_file", format!("{DIRECTORY}/tls.crt")),
            ("ssl_key_file", format!("{DIRECTORY}/tls.key")),
        ];
        // A server does not start when this names a file that is not there.
        if self.ca_file.is_some() {
            settings.push(("ssl_ca_file", format!("{DIRECTORY}/ca.crt")));
        }
        settings.push(("ssl_min_protocol_version", version.to_owned()));
        if let Some(ciphers) = values.tls.ciphers.as_deref().filter(|ciphers| !ciphers.is_empty()) {
            settings.push(("ssl_ciphers", ciphers.to_owned()));
        }
        settings
    }
}

/// The Secret's key of the CA. cert-manager's is there with every issuer that can sign the names of Services.
pub fn ca_file(values: &Values) -> Option<&str> {
    match values.tls.ca_file.as_deref().unwrap_or_default() {
        "-" => None,
        "" => (values.tls.source == TlsSource::CertManager).then_some("ca.crt"),
        key => Some(key),
    }
}

/// Whether standbys show a certificate.
pub fn shows_certificate(values: &Values) -> bool {
    values.tls.enabled && values.is_ha() && values.tls.replication_client_certificate.enabled
}

/// How a client inside the cluster connects. With a CA the other side is verified; by its name too where the chart itself put the
/// names into the certificate.
pub fn mode(values: &Values) -> &'static str {
    match (values.tls.required, ca_file(values), values.tls.source) {
        (false, ..) => "prefer",
        (true, None, _) => "require",
        (true, Some(_), TlsSource::Secret) => "verify-ca",
        (true, Some(_), TlsSource::CertManager) => "verify-full",
    }
}

fn conninfo(values: &Values, certificate: bool) -> String {
    let mut conninfo = format!("sslmode={}", mode(values));
    if ca_file(values).is_some() {
        conninfo += &format!(" sslrootcert={DIRECTORY}/ca.crt");
    }
    if certificate {
        conninfo += &format!(" sslcert={CLIENT_DIRECTORY}/tls.crt sslkey={CLIENT_DIRECTORY}/tls.key");
    }
    conninfo
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn tls(tls: &Json) -> Tls {
        let values = json!({"mode": "ha", "replication": {"username": "replicator", "readReplicas": 1}, "tls": tls});
        Tls::new(&serde_json::from_value(values).expect("values")).expect("encryption is on")
    }

    #[test]
    fn standbys_verify_as_much_as_the_certificate_allows() {
        for (values, mode) in [
            (json!({"enabled": true, "required": true}), "require"),
            (json!({"enabled": true, "required": true, "caFile": "root.pem"}), "verify-ca"),
            (json!({"enabled": true, "required": true, "source": "cert-manager"}), "verify-full"),
            (json!({"enabled": true, "required": true, "source": "cert-manager", "caFile": "-"}), "require"),
            (json!({"enabled": true, "required": false, "source": "cert-manager"}), "prefer"),
        ] {
            let conninfo = tls(&values).conninfo;
            assert_eq!(conninfo.split(' ').next(), Some(format!("sslmode={mode}").as_str()), "{values}");
            assert_eq!(conninfo.contains("sslrootcert="), mode.starts_with("verify") || mode == "prefer", "{values}");
        }
    }

    #[test]
    fn a_file_is_named_only_when_it_is_there() {
        let names = |values: Json| {
            let all: Values = serde_json::from_value(json!({"tls": values})).expect("values");
            let settings = Tls::new(&all).map(|tls| tls.settings(&all)).unwrap_or_default();
            settings.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(json!({"enabled": false, "caFile": "ca.crt"})), Vec::<&str>::new());
        assert!(!names(json!({"enabled": true})).contains(&"ssl_ca_file"));
        assert!(names(json!({"enabled": true, "caFile": "ca.crt"})).contains(&"ssl_ca_file"));
    }
}
