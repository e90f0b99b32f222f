//! No byte of a secret in any output, whatever the format and whatever goes wrong.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use pgchart::diagnostic::Sources;
use pgchart::diff::report::{Format, View, write};
use pgchart::diff::{Known, Options, against, assemble, read_objects};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

use crate::fake::{Asked, Fake, Reply};
use crate::pgchart::{World, shown};
use crate::recordings::replay;

/// Different secrets: as it is, as it was applied, as rendered, of a variable, and what Helm keeps.
#[derive(Clone, Debug)]
struct Secrets {
    live: String,
    applied: String,
    rendered: String,
    variable: String,
    helm: String,
}

impl Secrets {
    fn all(&self) -> [&String; 5] {
        [&self.live, &self.applied, &self.rendered, &self.variable, &self.helm]
    }

    /// What was before in the place of what will be.
    fn before(&self) -> Self {
        Self { rendered: self.live.clone(), variable: self.applied.clone(), ..self.clone() }
    }

    /// The part of a secret that a text shows: its beginning is in no other text, so any part of it would show.
    fn leak<'a>(&'a self, text: &str) -> Option<&'a String> {
        self.all()
            .into_iter()
            .find(|secret| text.contains(&secret[..4]) || text.contains(&STANDARD.encode(secret)[..5]))
    }
}

fn secrets() -> impl Strategy<Value = Secrets> {
    // Every printable character but blanks.
    let one = |mark: &'static str| "[!-~]{8,40}".prop_map(move |text| format!("{mark}{text}"));
    (one("Q7zL"), one("Q7zA"), one("Q7zR"), one("Q7zV"), one("Q7zH"))
        .prop_map(|(live, applied, rendered, variable, helm)| Secrets { live, applied, rendered, variable, helm })
}

/// As a single-quoted text of `postgresql.conf`.
fn conf_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "''")
}

fn objects(secrets: &Secrets) -> Vec<Json> {
    let Secrets { rendered, variable, .. } = secrets;
    vec![
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"password": rendered, "a": variable}}),
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "wrong"}, "data": {"a": rendered}}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "annotations": {"note": format!("it is {rendered}")}},
            "data": {
                "a": format!("is {rendered} here"),
                "postgresql.conf": format!("primary_conninfo = 'host=a password={}'\nwork_mem = 4MB\n", conf_text(rendered)),
                "init.sql": format!("ALTER ROLE app PASSWORD '{}';\n", rendered.replace('\'', "''")),
                "binary": STANDARD.encode(rendered)}}),
        json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "p"}, "spec": {"template": {"spec": {"containers": [
            {"name": "postgresql", "image": "postgres:16", "args": [format!("--password={rendered}")], "env": [
                {"name": "PGPASSWORD", "value": variable}, {"name": "S3_KEY", "value": variable}, {"name": "X", "value": rendered}]}]}}}}),
        json!({"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "e"},
            "spec": {"target": {"template": {"data": {"password": variable, "a": rendered}}}}}),
    ]
}

fn manifests(secrets: &Secrets) -> String {
    objects(secrets).iter().fold(String::new(), |all, object| format!("{all}---\n{object}\n"))
}

/// What Helm keeps of a release, with a Secret and a variable in it.
fn helm_record(secrets: &Secrets) -> Json {
    let manifest = format!(
        "---\n{}\n---\n{}\n",
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "h"}, "stringData": {"password": secrets.helm}}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gone"}, "data": {"password": secrets.helm}})
    );
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(json!({"manifest": manifest, "config": {"password": secrets.helm}}).to_string().as_bytes())
        .expect("memory");
    let release = STANDARD.encode(STANDARD.encode(packed.finish().expect("memory")));
    json!({"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "sh.helm.release.v1.r.v1", "namespace": "default",
        "labels": {"owner": "helm", "version": "1"}}, "data": {"release": release}, "type": "helm.sh/release.v1"}]})
}

/// Live objects that are full of secrets, and answers that quote them.
fn server(secrets: &Secrets, answer: usize) -> impl Fn(&Asked) -> Reply + Send + Sync + use<> {
    let secrets = secrets.clone();
    let recorded = replay(&[]);
    move |asked| {
        let name = asked.path.rsplit('/').next().unwrap_or_default();
        let selector = asked.query.get("labelSelector").map(String::as_str).unwrap_or_default();
        match asked.method.as_str() {
            "GET" if selector.contains("owner=helm") => Reply::json(200, &helm_record(&secrets)),
            "GET" if asked.path.ends_with("/secrets") => Reply::json(200, &helm_record(&secrets)),
            "GET" if ["h", "gone"].contains(&name) && asked.path.contains("namespaces") => {
                let kind = if name == "h" { "Secret" } else { "ConfigMap" };
                let release = json!({"meta.helm.sh/release-name": "r", "meta.helm.sh/release-namespace": "default"});
                Reply::json(
                    200,
                    &json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "default", "annotations": release},
                        "data": {"password": if name == "h" { STANDARD.encode(&secrets.live) } else { secrets.live.clone() }}}),
                )
            }
            "GET" => match objects(&secrets.before()).into_iter().find(|object| {
                object["metadata"]["name"] == name
                    && asked.path.contains(&object["kind"].as_str().unwrap_or("-").to_lowercase())
            }) {
                Some(mut live) => {
                    let applied = objects(&Secrets { rendered: secrets.applied.clone(), ..secrets.clone() });
                    let applied = applied.iter().find(|one| one["metadata"]["name"] == name).map(Json::to_string);
                    live["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
                        applied.into();
                    live["metadata"]["namespace"] = "default".into();
                    live["metadata"]["managedFields"] = json!([{"manager": "hand", "operation": "Update",
                        "fieldsV1": {"f:stringData": {".": {}, "f:a": {}}, "f:data": {".": {}, "f:a": {}}}}]);
                    Reply::json(200, &live)
                }
                None => recorded(asked),
            },
            _ => refuse(&secrets, asked, answer),
        }
    }
}

fn refuse(secrets: &Secrets, asked: &Asked, answer: usize) -> Reply {
    let Secrets { rendered, variable, .. } = secrets;
    let encoded = STANDARD.encode(rendered);
    match answer {
        0 => Reply::json(if asked.method == "POST" { 201 } else { 200 }, &asked.body),
        1 => Reply::json(
            422,
            &json!({"kind": "Status", "reason": "Invalid", "code": 422, "message": "m", "details": {"causes": [
                {"field": "data", "message": format!("Invalid value: {rendered:?}: no")},
                {"field": "data", "message": format!("Invalid value: map[string]string{{\"password\":{rendered:?}}}: no")}]}}),
        ),
        2 => Reply::status(500, "", &format!("cannot take {rendered} and {encoded}")),
        3 => Reply::status(400, "BadRequest", &format!("illegal base64 data at input byte 3: {}", asked.body)),
        4 => Reply::status(403, "Forbidden", &format!("denied: {}", json!({"text": asked.body.to_string()}))),
        5 => Reply::json(
            409,
            &json!({"kind": "Status", "reason": "Conflict", "code": 409, "details": {"causes": [
                {"reason": "FieldManagerConflict", "field": format!(".data[{rendered:?}]"), "message": "conflict with \"x\" using v1"}]}}),
        ),
        _ => Reply::status(500, "InternalError", &format!("webhook got {} and {variable}", asked.body)),
    }
}

/// Kubeconfigs that are wrong with secrets in them, and a login command that prints one.
fn kubeconfigs(secrets: &Secrets) -> Vec<String> {
    let quoted = |text: &str| Json::from(text).to_string();
    let user = |lines: &str| {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: t\ncontexts: [{{name: t, context: {{cluster: t, user: t}}}}]\n\
             clusters: [{{name: t, cluster: {{server: 'https://127.0.0.1:1'}}}}]\nusers:\n- name: t\n  user:\n    {lines}\n"
        )
    };
    let live = &secrets.live;
    vec![
        user(&format!("token: {}", quoted(&format!("{live}\n{live}")))),
        user(&format!("token: {} [", quoted(live))),
        user(&format!("token: [{}]", quoted(live))),
        user(&format!("client-key-data: {}", quoted(live))),
        user(&format!("client-certificate-data: {0}\n    client-key-data: {0}", quoted(&STANDARD.encode(live)))),
        user(&format!("{{username: u, password: {}}}", quoted(live))),
        user("exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}"),
    ]
}

#[test]
fn no_secret_is_in_any_output() {
    let mut runner =
        TestRunner::new(Config { cases: 3, max_shrink_iters: 20, failure_persistence: None, ..Config::default() });
    let formats = ["human", "unified", "summary", "json", "markdown", "github"];
    runner
        .run(&(secrets(), 0..7usize), |(secrets, first)| {
            let mut texts: Vec<String> = Vec::new();
            // Each format meets another answer.
            for (at, format) in formats.into_iter().enumerate() {
                let fake = Fake::start(server(&secrets, (first + at) % 7));
                let world = World::of(&fake);
                world.write("new.yaml", &manifests(&secrets));
                let mode = ["auto", "server", "client", "local"][at % 4];
                texts.push(world.diff(&["-o", format, "--mode", mode, "-C", "-1", "--prune", "--release", "r"]));
            }
            let fake = Fake::start(server(&secrets, 0));
            let world = World::of(&fake);
            let helmed = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "h"}, "stringData": {"password": secrets.rendered}});
            world.write("new.yaml", &helmed.to_string());
            let text = world.diff(&["--release", "r", "-n", "default"]);
            prop_assert!(text.contains("helm upgrade of release `r`") && text.contains("ConfigMap default/gone"), "{text}");
            texts.push(text);
            world.write("new.yaml", &format!("kind: Secret\nstringData:\n  any: {}\n bad: [{}", secrets.rendered, secrets.live));
            texts.push(world.diff(&[]));
            world.write("new.yaml", &manifests(&secrets));
            world.write("login", &format!("#!/bin/sh\ncat <<'XX'\n{}\nXX\n", secrets.live));
            std::fs::set_permissions(world.path().join("login"), std::fs::Permissions::from_mode(0o755)).expect("a mode");
            for kubeconfig in kubeconfigs(&secrets) {
                world.write("kubeconfig", &kubeconfig);
                let text = world.diff(&[]);
                prop_assert!(text.contains("exit code 2"), "{kubeconfig}\n{text}");
                texts.push(text);
            }
            for text in &texts {
                let leak = secrets.leak(text);
                prop_assert!(leak.is_none(), "{leak:?} in\n{text}");
            }
            Ok(())
        })
        .expect("no secret");
}

#[test]
fn no_secret_is_in_any_report_of_two_sets_of_manifests() {
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let formats = [Format::Human, Format::Unified, Format::Summary, Format::Json, Format::Markdown, Format::Github];
    runner
        .run(&(secrets(), any::<bool>()), |(secrets, other_kinds)| {
            let mut sources = Sources::default();
            let mut read = |text: String| {
                let id = sources.add("manifests", text);
                read_objects(&sources, id, "default", &mut Known::default()).expect("manifests")
            };
            let mut old = manifests(&secrets.before());
            if other_kinds {
                // What was a Secret was a ConfigMap before, and the other way round.
                old = old
                    .replace("\"Secret\"", "\"X\"")
                    .replace("\"ConfigMap\"", "\"Secret\"")
                    .replace("\"X\"", "\"ConfigMap\"");
                old = old.replace("\"a\":", "\"password\":");
            }
            let report = assemble(against(read(manifests(&secrets)), read(old)), &Options::default());
            for format in formats {
                for stat in [false, true] {
                    let text = write(&report, format, View { stat, context: None, ..View::default() });
                    let leak = secrets.leak(&text);
                    prop_assert!(leak.is_none(), "{leak:?} in\n{text}");
                }
            }
            Ok(())
        })
        .expect("no secret");
}

#[test]
fn a_render_that_asks_a_cluster_tells_no_secret_when_it_fails() {
    let secret = |mark: &str| format!("{mark}-{}", "x".repeat(9));
    let [live, applied, rendered, helm] = ["Q7zL", "Q7zA", "Q7zR", "Q7zH"].map(secret);
    // Whatever the chart renders of it is known.
    let secrets = Secrets { variable: rendered.clone(), live, applied, rendered, helm };
    for answer in [1, 2, 3, 4, 6] {
        let fake = Fake::start(server(&secrets, answer));
        let world = World::of(&fake);
        world.write("values.yaml", &format!("postgresql: {{password: {}}}\n", secrets.rendered));
        let text = shown(&world.run(&["template", "my-db", "--validate", "-f", "values.yaml"]));
        assert!(text.contains("exit code 1"), "{text}");
        assert_eq!(secrets.leak(&text), None, "{text}");
    }
}

#[test]
fn fields_that_are_named_are_secret_too() {
    let world = World::new("http://127.0.0.1:1", "", "");
    let map = |text: &str| {
        format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c}}, data: {{licence: {text}, other: {text}}}}}\n"
        )
    };
    world.write("old.yaml", &map("aaaa-bbbb"));
    world.write("new.yaml", &map("cccc-dddd"));
    let text = world.diff(&["--against", "old.yaml", "--sensitive", "ConfigMap/c:/data/licence"]);
    assert!(text.contains("data.licence: ‹secret #1› → ‹secret #2›"), "{text}");
    assert!(text.contains("data.other: aaaa-bbbb → cccc-dddd"), "{text}");
    let text = world.diff(&["--against", "old.yaml", "--sensitive", "manager=x"]);
    assert!(text.contains("expected a pointer") && text.contains("exit code 2"), "{text}");
}
