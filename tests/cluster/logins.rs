//! TLS, bearer tokens, client certificates and login commands.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::fake::{Asked, Fake, Reply};
use crate::pgchart::World;
use crate::recordings::{manifests, replay};

/// An authority, a server's certificate of it, and a client's.
struct Pki {
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Pki {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        Self { authority }
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        (params.signed_by(&key, &self.authority).expect("a certificate"), key)
    }

    fn server(&self, wants_client: bool) -> ServerConfig {
        let (certificate, key) = self.issue("127.0.0.1");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = if wants_client {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from(self.authority.der().to_vec())).expect("a root");
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().expect("a verifier");
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        builder.with_single_cert(vec![certificate.der().clone()], key).expect("a configuration")
    }
}

fn live() -> impl Fn(&Asked) -> Reply + Send + Sync {
    replay(&["live-kubectl-client-side"])
}

/// Runs `diff` of what was applied; the certificate authority is in `ca.crt`.
fn diff(fake: &Fake, pki: Option<&Pki>, user: &str, prepare: impl Fn(&World)) -> String {
    let world = World::new(&fake.url(), if pki.is_some() { "certificate-authority: ca.crt" } else { "" }, user);
    if let Some(pki) = pki {
        world.write("ca.crt", &pki.authority.pem());
    }
    prepare(&world);
    world.write("new.yaml", &manifests("ssa-dry-run-unchanged"));
    world.diff(&[])
}

fn only_with_token(token: &'static str) -> impl Fn(&Asked) -> Reply + Send + Sync {
    let live = live();
    move |asked| {
        if asked.headers.get("authorization").is_some_and(|header| *header == format!("Bearer {token}")) {
            live(asked)
        } else {
            Reply::status(401, "Unauthorized", "Unauthorized")
        }
    }
}

#[test]
fn a_trusted_server_is_talked_to_and_another_is_not() {
    let pki = Pki::new();
    let fake = Fake::start_tls(pki.server(false), live());
    let text = diff(&fake, Some(&pki), "", |_| {});
    assert!(text.contains("4 unchanged"), "{text}");
    let text = diff(&fake, Some(&Pki::new()), "", |_| {});
    assert!(text.contains("certificate is not trusted") && text.contains("exit code 2"), "{text}");
    // A server without TLS where the kubeconfig expects it.
    let plain = Fake::start(live());
    let world = World::new(&plain.url().replace("http:", "https:"), "certificate-authority: ca.crt", "");
    world.write("ca.crt", &pki.authority.pem());
    world.write("new.yaml", &manifests("ssa-dry-run-unchanged"));
    let text = world.diff(&[]);
    assert!(text.contains("speaks no TLS that fits") && text.contains("exit code 2"), "{text}");
}

#[test]
fn a_token_logs_in_and_a_wrong_one_does_not() {
    let fake = Fake::start(only_with_token("right"));
    assert!(diff(&fake, None, "token: right", |_| {}).contains("4 unchanged"));
    let text = diff(&fake, None, "token: wr0ng", |_| {});
    assert!(text.contains("(401)") && !text.contains("wr0ng") && text.contains("exit code 2"), "{text}");
    assert!(diff(&fake, None, "tokenFile: token", |world| world.write("token", "right\n")).contains("4 unchanged"));
    let text = diff(&fake, None, "tokenFile: absent", |_| {});
    assert!(text.contains("cannot read the token file `absent`: no such file"), "{text}");
}

#[test]
fn a_client_certificate_logs_in() {
    let pki = Pki::new();
    let fake = Fake::start_tls(pki.server(true), live());
    let (certificate, key) = pki.issue("admin");
    let prepare = |world: &World| {
        world.write("client.crt", &certificate.pem());
        world.write("client.key", &key.serialize_pem());
    };
    let text = diff(&fake, Some(&pki), "client-certificate: client.crt\nclient-key: client.key", prepare);
    assert!(text.contains("4 unchanged"), "{text}");
    let text = diff(&fake, Some(&pki), "token: x", |_| {});
    assert!(text.contains("exit code 2") && text.contains("cannot be asked"), "{text}");
}

#[test]
fn a_command_logs_in_and_what_it_prints_is_never_told() {
    let command = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}";
    let script = |body: &'static str| {
        move |world: &World| {
            world.write("login", &format!("#!/bin/sh\n{body}\n"));
            let file = world.path().join("login");
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        }
    };
    let fake = Fake::start(only_with_token("from-the-command"));
    let credential = "echo '{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", \"status\": {\"token\": \"from-the-command\"}}'";
    let text = diff(&fake, None, command, script(credential));
    assert!(text.contains("4 unchanged"), "{text}");
    for (body, expected) in [
        ("echo t0p-s3cret; echo t0p-s3cret >&2; exit 3", "login command ended with 3"),
        ("echo t0p-s3cret", "printed no credential"),
        ("sleep 60", "the login takes longer than 5s"),
    ] {
        let text = diff(&fake, None, command, script(body));
        assert!(text.contains(expected) && text.contains("exit code 2"), "{text}");
        assert!(!text.contains("t0p-s3cret") || body.contains(">&2"), "{text}");
        assert!(!text.split("---- stderr\n").nth(1).unwrap_or_default().starts_with("error: t0p"), "{text}");
    }
    let text = diff(
        &fake,
        None,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./absent, interactiveMode: Never}",
        |_| {},
    );
    assert!(text.contains("cannot be run: no such file"), "{text}");
}

#[test]
fn a_proxy_is_used_when_the_kubeconfig_names_one() {
    let fake = Fake::start(live());
    let world = World::new(&fake.url(), "proxy-url: http://127.0.0.1:1", "");
    world.write("new.yaml", &manifests("ssa-dry-run-unchanged"));
    let text = world.diff(&[]);
    assert!(text.contains("the connection is refused") && text.contains("exit code 2"), "{text}");
}
