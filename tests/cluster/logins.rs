//! TLS, bearer tokens, client certificates and login commands.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::fake::{Asked, Fake, Reply};
use crate::pgchart::{World, shown};
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
    let command = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never, provideClusterInfo: true}";
    let fake = Fake::start(only_with_token("from-the-command"));
    let run = |body: &str| {
        let world = World::new(&fake.url(), "", command).impatient();
        world.write("login", &format!("#!/bin/sh\n{body}\n"));
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(world.path().join("login"), mode).expect("a mode");
        world.write("new.yaml", &manifests("ssa-dry-run-unchanged"));
        world.diff(&[])
    };
    let credential = "echo '{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", \"status\": {\"token\": \"from-the-command\"}}'";
    let told_the_cluster = format!("echo \"$KUBERNETES_EXEC_INFO\" | grep -q {} || exit 9\n{credential}", fake.url());
    let text = run(&told_the_cluster);
    assert!(text.contains("4 unchanged"), "{text}");
    for (body, expected) in [
        ("echo t0p-s3cret; exit 3", "login command ended with 3"),
        ("echo t0p-s3cret", "printed no credential"),
        ("echo '{\"status\": {\"token\": [\"t0p-s3cret\"]}}'", "printed no credential"),
        ("sleep 20", "the login takes longer than 1s"),
    ] {
        let text = run(body);
        assert!(text.contains(expected) && text.contains("exit code 2"), "{text}");
        assert!(!text.contains("t0p-s3cret"), "{text}");
    }
    let absent = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./absent, interactiveMode: Never}";
    let text = diff(&fake, None, absent, |_| {});
    assert!(text.contains("cannot be run: no such file"), "{text}");
}

/// A proxy that passes on what `CONNECT` asks for, and counts.
fn proxy() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let count = Arc::new(AtomicUsize::new(0));
    let passed = Arc::clone(&count);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let mut head = BufReader::new(client.try_clone().expect("a copy")).lines();
            let target = head.next().and_then(Result::ok).unwrap_or_default();
            let rest = head.map_while(Result::ok).take_while(|line| !line.is_empty());
            let _ = rest.count();
            let Some(server) = target.split(' ').nth(1).and_then(|address| TcpStream::connect(address).ok()) else {
                continue;
            };
            passed.fetch_add(1, Ordering::SeqCst);
            let _ = (&client).write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            for (from, to) in [(&client, &server), (&server, &client)] {
                let (mut from, mut to) = (from.try_clone().expect("a copy"), to.try_clone().expect("a copy"));
                std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            }
        }
    });
    (port, count)
}

#[test]
fn a_proxy_is_used_when_the_kubeconfig_or_the_environment_names_one() {
    let pki = Pki::new();
    let fake = Fake::start_tls(pki.server(false), live());
    let (port, passed) = proxy();
    let at = format!("http://127.0.0.1:{port}");
    let prepare = |cluster: &str| {
        let world = World::new(&fake.url(), &format!("certificate-authority: ca.crt\n{cluster}"), "");
        world.write("ca.crt", &pki.authority.pem());
        world.write("new.yaml", &manifests("ssa-dry-run-unchanged"));
        world
    };
    let text = prepare(&format!("proxy-url: {at}")).diff(&[]);
    assert!(text.contains("4 unchanged"), "{text}");
    let before = passed.swap(0, Ordering::SeqCst);
    let words = ["diff", "--files", "new.yaml", "--kubeconfig", "kubeconfig"];
    let text = shown(&prepare("").command(&words).env("HTTPS_PROXY", &at).output().expect("it runs"));
    assert!(text.contains("4 unchanged"), "{text}");
    assert!(before > 0 && passed.load(Ordering::SeqCst) > 0);
    let text = prepare("proxy-url: http://127.0.0.1:1").diff(&[]);
    assert!(text.contains("the connection is refused") && text.contains("exit code 2"), "{text}");
    let text = prepare("proxy-url: ftp://127.0.0.1:1").diff(&[]);
    assert!(text.contains("proxy") && text.contains("exit code 2"), "{text}");
}

#[test]
fn several_kubeconfigs_are_one_and_absent_ones_are_passed_over() {
    let fake = Fake::start(only_with_token("right"));
    let world = World::new(&fake.url(), "", "tokenFile: token");
    let text = std::fs::read_to_string(world.path().join("kubeconfig")).expect("a kubeconfig");
    let (head, users) = text.split_once("users:").expect("users");
    std::fs::create_dir(world.path().join("users")).expect("a directory");
    world.write("users/config", &format!("apiVersion: v1\nkind: Config\nusers:{users}"));
    world.write("users/token", "right\n");
    world.write("contexts", head);
    world.write("new.yaml", &manifests("ssa-dry-run-unchanged"));
    let run = |list: &str| {
        let mut command = world.command(&["diff", "--files", "new.yaml"]);
        shown(&command.env("KUBECONFIG", list).output().expect("it runs"))
    };
    let text = run("absent:contexts:users/config");
    assert!(text.contains("4 unchanged"), "{text}");
    let text = run("absent");
    assert!(text.contains("no cluster is configured") && text.contains("exit code 2"), "{text}");
}

#[test]
fn each_wrong_kubeconfig_has_a_message_of_its_own() {
    let whole = |cluster: &str| {
        format!(
            "{{current-context: a, contexts: [{{name: a, context: {{cluster: c, user: u}}}}], clusters: [{{name: c, cluster: {{{cluster}}}}}], \
             users: [{{name: u, user: {{token: t}}}}]}}"
        )
    };
    let world = World::new("http://127.0.0.1:1", "", "");
    world.write("new.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    for (text, expected) in [
        (String::new(), "no current context"),
        (whole("").replace("cluster: c,", "cluster: other,"), "no cluster `other`, which its context names"),
        (whole(""), "cluster has no `server`"),
        (whole("server: 'not a url'"), "`server` is no URL"),
        (whole("server: 'https://x', certificate-authority-data: '!!!'"), "certificate authority cannot be read"),
        (whole("server: 'https://x', certificate-authority: absent.crt"), "certificate authority cannot be read"),
        ("[1, 2]".to_owned(), "no YAML of a kubeconfig's form"),
    ] {
        world.write("kubeconfig", &text);
        let output = world.diff(&[]);
        assert!(output.contains(expected) && output.ends_with("exit code 2\n"), "{text}\n{output}");
        assert_eq!(output.matches("error:").count(), 1, "{output}");
    }
}
