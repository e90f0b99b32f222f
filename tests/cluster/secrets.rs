//! No byte of a secret in any output, whatever the format and whatever goes wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

use crate::fake::{Asked, Fake, Reply};
use crate::pgchart::World;
use crate::recordings::replay;

/// Four different secrets: as it is, as it was applied, as rendered, and of a variable.
#[derive(Clone, Debug)]
struct Secrets {
    live: String,
    applied: String,
    rendered: String,
    variable: String,
}

fn secrets() -> impl Strategy<Value = Secrets> {
    // Every printable character but blanks, with a beginning that no other text has.
    let one = |mark: &'static str| "[!-~]{8,40}".prop_map(move |text| format!("{mark}{text}"));
    (one("Q7zL"), one("Q7zA"), one("Q7zR"), one("Q7zV")).prop_map(|(live, applied, rendered, variable)| Secrets {
        live,
        applied,
        rendered,
        variable,
    })
}

fn server(secrets: &Secrets, answer: usize) -> impl Fn(&Asked) -> Reply + Send + Sync + use<> {
    let secrets = secrets.clone();
    let recorded = replay(&[]);
    move |asked| {
        let applied = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"password": secrets.applied}});
        let metadata = |name: &str| {
            json!({"name": name, "namespace": "default", "uid": "1", "annotations":
                {"kubectl.kubernetes.io/last-applied-configuration": applied.to_string()}})
        };
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/api/v1/namespaces/default/secrets/s") => Reply::json(
                200,
                &json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata("s"), "data": {"password": STANDARD.encode(&secrets.live)}}),
            ),
            ("GET", "/api/v1/namespaces/default/configmaps/c") => Reply::json(
                200,
                &json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("c"), "data": {"a": format!("x {} y", secrets.live)}}),
            ),
            ("GET", _) => recorded(asked),
            _ => match answer {
                0 => Reply::json(200, &asked.body),
                1 => Reply::json(
                    422,
                    &json!({"kind": "Status", "reason": "Invalid", "code": 422, "message": "m", "details": {"causes": [
                    {"field": "data", "message": format!("Invalid value: {:?}: no", secrets.rendered)}]}}),
                ),
                2 => Reply::status(
                    500,
                    "",
                    &format!("cannot take {} and {}", secrets.rendered, STANDARD.encode(&secrets.rendered)),
                ),
                3 => Reply::status(400, "BadRequest", &format!("illegal base64 data at input byte 3: {}", asked.body)),
                _ => {
                    Reply::status(500, "InternalError", &format!("webhook got {} and {}", asked.body, secrets.variable))
                }
            },
        }
    }
}

fn manifests(secrets: &Secrets) -> String {
    let objects = [
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"password": secrets.rendered}}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {
            "a": format!("is {} here", secrets.rendered),
            "postgresql.conf": format!("primary_conninfo = 'password={}'\n", secrets.rendered.replace('\'', "''").replace('\\', "\\\\"))}}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
            {"name": "c", "env": [{"name": "PGPASSWORD", "value": secrets.variable}]}]}}),
    ];
    objects.iter().fold(String::new(), |all, object: &Json| format!("{all}---\n{object}\n"))
}

#[test]
fn no_secret_is_in_any_output() {
    let mut runner = TestRunner::new(Config { cases: 6, failure_persistence: None, ..Config::default() });
    let formats = ["human", "unified", "summary", "json", "markdown", "github"];
    runner
        .run(&(secrets(), 0..5usize), |(secrets, answer)| {
            let fake = Fake::start(server(&secrets, answer));
            let world = World::of(&fake);
            world.write("new.yaml", &manifests(&secrets));
            world.write(
                "old.yaml",
                &manifests(&Secrets {
                    rendered: secrets.live.clone(),
                    variable: secrets.applied.clone(),
                    ..secrets.clone()
                }),
            );
            let mut texts: Vec<String> = Vec::new();
            for format in formats {
                texts.push(world.diff(&["-o", format]));
                texts.push(world.diff(&["-o", format, "--against", "old.yaml"]));
            }
            texts.push(world.diff(&["--mode", "local", "-C", "-1"]));
            texts.push(world.diff(&["--mode", "server", "--stat"]));
            for text in &texts {
                for secret in [&secrets.live, &secrets.applied, &secrets.rendered, &secrets.variable] {
                    // Its beginning is in no other text, so any part of it would show.
                    prop_assert!(!text.contains(&secret[..4]), "{secret} in\n{text}");
                    prop_assert!(!text.contains(&STANDARD.encode(secret)[..8]), "{secret}, encoded, in\n{text}");
                }
            }
            Ok(())
        })
        .expect("no secret");
}
