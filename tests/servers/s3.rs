//! A store that speaks S3 over TLS: moto's server in the pods' network, with a certificate of a private CA. It keeps objects in memory
//! and takes any credentials; signatures it does not check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use tempfile::TempDir;

use crate::authority::Authority;
use crate::cluster::{Cluster, eventually};

/// Its name in the pods' network.
pub(crate) const HOST: &str = "s3.example.com";

/// Its port.
pub(crate) const PORT: u16 = 9000;

/// The bucket that is there.
pub(crate) const BUCKET: &str = "backups";

/// A store; it ends with its objects when this does.
#[derive(Debug)]
pub(crate) struct S3 {
    server: Child,
    authority: Authority,
    directory: TempDir,
}

impl S3 {
    /// Starts it beside the pods of a cluster, with the bucket.
    pub(crate) fn start(cluster: &Cluster) -> Self {
        let authority = Authority::new();
        let pair = authority.sign(HOST, &[HOST], "serverAuth");
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = directory.path().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        let (certificate, key) = (file("tls.crt", &pair.certificate), file("tls.key", &pair.key));
        file("ca.crt", &authority.certificate);
        let log = fs::File::create(directory.path().join("log")).unwrap();
        let server = cluster
            .outsider(&environment().join("bin/python").display().to_string())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/store.py"))
            .args([&cluster.outside(), &PORT.to_string()])
            .args([&certificate, &key])
            // The first word of the host's name is no bucket.
            .env("S3_IGNORE_SUBDOMAIN_BUCKETNAME", "true")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut store = Self { server, authority, directory };
        eventually("the store answers", || {
            let ended = store.server.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", store.log());
            store.request(cluster, "PUT", BUCKET).is_some()
        });
        store
    }

    /// The certificate of its CA.
    pub(crate) fn ca(&self) -> &str {
        &self.authority.certificate
    }

    /// Names of the objects below a prefix, as the store lists them.
    pub(crate) fn keys(&self, cluster: &Cluster, prefix: &str) -> Vec<String> {
        let list = self.request(cluster, "GET", &format!("{BUCKET}?list-type=2&prefix={prefix}")).unwrap();
        list.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
    }

    /// What the store wrote.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// Asks it for something; none when it refuses.
    pub(crate) fn request(&self, cluster: &Cluster, method: &str, path: &str) -> Option<String> {
        let output = cluster
            .outsider("curl")
            // Whoever does not sign is a stranger, who may not read.
            .args(["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", "id:secret"])
            .args(["--silent", "--fail", "--request", method, "--resolve"])
            .arg(format!("{HOST}:{PORT}:{}", cluster.outside()))
            .args([Path::new("--cacert"), &self.directory.path().join("ca.crt")])
            .arg(format!("https://{HOST}:{PORT}/{path}"))
            .output()
            .unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

/// The Python environment that `tests/run` makes.
fn environment() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache/venv");
    std::env::var_os("PGCHART_VENV").map_or(default, PathBuf::from)
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_store_keeps_objects_for_whoever_trusts_its_ca() {
    let cluster = Cluster::new(1);
    let store = S3::start(&cluster);
    assert_eq!(store.keys(&cluster, "").len(), 0);
    assert!(store.request(&cluster, "PUT", &format!("{BUCKET}/a/b")).is_some());
    assert_eq!(store.keys(&cluster, "a/"), ["a/b"]);
    let address = format!("https://{HOST}:{PORT}/{BUCKET}");
    let resolve = format!("{HOST}:{PORT}:{}", cluster.outside());
    let stranger = cluster.outsider("curl").args(["--resolve", &resolve, &address]).output().unwrap();
    assert!(String::from_utf8_lossy(&stranger.stderr).contains("certificate"), "{}", store.log());
    assert!(store.ca().contains("BEGIN CERTIFICATE"));
}
