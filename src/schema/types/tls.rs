//! Encryption of connections, and where its certificates come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::form;

/// Encryption of connections.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Tls {
    /// Whether the server offers it.
    pub enabled: bool,
    /// Where the server's certificate comes from.
    pub source: TlsSource,
    /// The Secret with the server's certificate, for the source `secret`.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// The Secret's key of the certificate.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub cert_file: String,
    /// The Secret's key of the private key.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub key_file: String,
    /// The Secret's key of the CA; `-` for none. When empty it is `ca.crt` from cert-manager, and none otherwise.
    #[schemars(transform = form::text(form::OPTIONAL_DATA_KEY))]
    pub ca_file: Option<String>,
    /// Whether plain text is refused over the network; standbys then insist on encryption too.
    pub required: bool,
    /// The oldest version of the protocol that is accepted.
    pub min_version: TlsVersion,
    /// OpenSSL's list of ciphers for TLS 1.2; the server's own when empty.
    #[schemars(transform = form::text(form::CIPHERS))]
    pub ciphers: Option<String>,
    /// A certificate that standbys must show besides their password.
    pub replication_client_certificate: ReplicationClientCertificate,
    /// What the chart asks cert-manager for, for the source `cert-manager`.
    pub cert_manager: CertManager,
}

/// Where the server's certificate comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TlsSource {
    /// A Secret that is there already.
    #[default]
    Secret,
    /// cert-manager makes it and renews it.
    CertManager,
}

/// A version of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    #[serde(rename = "TLSv1.2")]
    V1_2,
    /// TLS 1.3.
    #[serde(rename = "TLSv1.3")]
    V1_3,
}

/// A certificate that standbys must show.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ReplicationClientCertificate {
    /// Whether they must; it needs a CA.
    pub enabled: bool,
    /// The Secret with it, for the source `secret`; its common name is the replication role, its keys are `certFile` and `keyFile`.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
}

/// What the chart asks cert-manager for.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CertManager {
    /// Who signs.
    pub issuer_ref: IssuerRef,
    /// How long a certificate is valid, such as `2160h`.
    #[schemars(transform = form::text(form::DURATION))]
    pub duration: String,
    /// How long before its end it is renewed.
    #[schemars(transform = form::text(form::DURATION))]
    pub renew_before: String,
    /// Further names that clients connect to; those of the Services are there.
    #[schemars(transform = form::list(form::HOST))]
    pub dns_names: Vec<String>,
    /// Addresses that clients connect to.
    #[schemars(transform = form::list(form::ADDRESS))]
    pub ip_addresses: Vec<String>,
    /// The private key; each renewal makes a new one.
    pub private_key: PrivateKey,
}

/// Who signs.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct IssuerRef {
    /// Its name; a public CA cannot sign the names of Services.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub name: Option<String>,
    /// `Issuer`, `ClusterIssuer`, or the kind of an external issuer.
    pub kind: String,
    /// The API group of that kind.
    pub group: String,
}

/// A private key.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PrivateKey {
    /// Its algorithm. With Ed25519 clients that bind the channel, as psql does, could not log in.
    pub algorithm: KeyAlgorithm,
    /// Its size in bits: 256, 384 or 521 for ECDSA, 2048 to 8192 for RSA.
    #[schemars(range(min = 256, max = 8192))]
    pub size: u32,
}

/// The algorithm of a private key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum KeyAlgorithm {
    /// Elliptic curves.
    #[default]
    #[serde(rename = "ECDSA")]
    Ecdsa,
    /// For clients that know nothing else.
    #[serde(rename = "RSA")]
    Rsa,
}
