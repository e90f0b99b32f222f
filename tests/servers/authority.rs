//! Somebody who signs certificates, as cert-manager and a CA of one's own do; by `openssl`.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::container::text;
use crate::release::Release;

/// A CA.
#[derive(Debug)]
pub(crate) struct Authority {
    directory: TempDir,
    /// Its certificate.
    pub(crate) certificate: String,
}

/// A certificate and its key.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The certificate.
    pub(crate) certificate: String,
    /// The private key.
    pub(crate) key: String,
}

impl Authority {
    /// A new one.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let pair = request(directory.path(), "ca", &["-subj", "/CN=ca", "-addext", "keyUsage=critical,keyCertSign"]);
        Self { directory, certificate: pair.certificate }
    }

    /// Signs a certificate for a common name, names of hosts and an extended usage.
    pub(crate) fn sign(&self, common_name: &str, hosts: &[&str], usage: &str) -> Pair {
        let subject = if common_name.is_empty() { "/O=test".to_owned() } else { format!("/CN={common_name}") };
        let names: Vec<String> = hosts.iter().map(|host| format!("DNS:{host}")).collect();
        let (names, usage) = (format!("subjectAltName={}", names.join(",")), format!("extendedKeyUsage={usage}"));
        let ca = |suffix: &str| self.directory.path().join(format!("ca.{suffix}")).display().to_string();
        let (certificate, key) = (ca("crt"), ca("key"));
        let mut arguments = vec!["-CA", &certificate, "-CAkey", &key, "-subj", &subject, "-addext", &usage];
        arguments.extend(["-addext", "basicConstraints=critical,CA:FALSE"]);
        if !hosts.is_empty() {
            arguments.extend(["-addext", &names]);
        }
        request(self.directory.path(), "leaf", &arguments)
    }

    /// The Secrets of every Certificate in the release, as cert-manager makes them.
    pub(crate) fn issue(&self, mut release: Release) -> Release {
        for certificate in release.certificates() {
            let list = |key: &str| certificate[key].as_array().into_iter().flatten().map(text).collect::<Vec<_>>();
            let usage = if list("usages").contains(&"client auth".to_owned()) { "clientAuth" } else { "serverAuth" };
            let hosts = list("dnsNames");
            let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
            let common_name = certificate["commonName"].as_str().unwrap_or_default();
            let pair = self.sign(common_name, &hosts, usage);
            let data = [("tls.crt", &pair.certificate), ("tls.key", &pair.key), ("ca.crt", &self.certificate)];
            let data = data.map(|(key, value)| (key, value.as_str()));
            release = release.with_secret(&text(&certificate["secretName"]), &data);
        }
        release
    }
}

impl Pair {
    /// The serial number, as `openssl x509 -serial` writes it.
    pub(crate) fn serial(&self) -> String {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("certificate");
        fs::write(&file, &self.certificate).unwrap();
        openssl(&["x509", "-noout", "-serial", "-in", &file.display().to_string()])
    }
}

fn request(directory: &Path, name: &str, arguments: &[&str]) -> Pair {
    let file = |suffix: &str| directory.join(format!("{name}.{suffix}")).display().to_string();
    let (certificate, key) = (file("crt"), file("key"));
    let new = ["req", "-x509", "-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    openssl(&[&new[..], &["-out", &certificate, "-keyout", &key], arguments].concat());
    Pair { certificate: fs::read_to_string(certificate).unwrap(), key: fs::read_to_string(key).unwrap() }
}

fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
