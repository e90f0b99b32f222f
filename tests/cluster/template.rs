//! `template` with a cluster: nothing is asked unless a flag says so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::fake::{Asked, Fake, Reply};
use crate::pgchart::{World, shown};
use crate::recordings::replay;

/// A server that takes everything and holds one Secret.
fn server() -> Fake {
    let recorded = replay(&[]);
    Fake::start(move |asked: &Asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/api/v1/namespaces/data/secrets/my-db-postgresql") => Reply::json(
            200,
            &json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "my-db-postgresql", "namespace": "data"},
                "data": {"password": STANDARD.encode("the live one"), "password-verifier": STANDARD.encode("a live verifier")}}),
        ),
        ("GET", _) => recorded(asked),
        _ if asked.path.contains("networkpolicies") => Reply::status(422, "Invalid", "spec.ingress: Invalid value"),
        _ => Reply::json(201, &asked.body),
    })
}

#[test]
fn nothing_is_asked_unless_a_flag_says_so() {
    let fake = server();
    let world = World::of(&fake);
    assert!(world.run(&["template", "my-db", "-n", "data"]).status.success());
    assert!(fake.asked().is_empty());
}

#[test]
fn live_passwords_are_gone_on_with() {
    let fake = server();
    let world = World::of(&fake);
    for flag in ["--lookup", "--dry-run=server"] {
        let output = world.run(&["template", "my-db", "-n", "data", "-s", "templates/secret.yaml", flag]);
        let text = shown(&output);
        assert!(text.contains(&format!("password: {}", STANDARD.encode("the live one"))), "{text}");
        assert!(text.contains(&format!("password-verifier: {}", STANDARD.encode("a live verifier"))), "{text}");
    }
    fake.assert_nothing_was_written();
}

#[test]
fn templates_look_up_what_is_there() {
    let fake = server();
    let world = World::of(&fake);
    std::fs::create_dir_all(world.path().join("chart/templates")).expect("a directory");
    world.write("chart/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    world.write(
        "chart/templates/a.yaml.j2",
        "a: {{ lookup(\"v1\", \"Secret\", \"data\", \"my-db-postgresql\").metadata.name }}\nb: {{ lookup(\"v1\", \"Secret\", \"data\", \"x\") | length }}\n",
    );
    let text = shown(&world.run(&["template", "./chart", "--lookup"]));
    assert!(text.contains("a: my-db-postgresql\nb: 0"), "{text}");
    world.write("chart/templates/a.yaml.j2", "a: {{ lookup(\"x/v1\", \"Thing\", \"\", \"x\") }}\n");
    let text = shown(&world.run(&["template", "./chart", "--lookup"]));
    assert!(text.contains("the cluster has no kind `Thing` in `x/v1`") && text.contains("exit code 1"), "{text}");
}

#[test]
fn what_the_server_refuses_is_told_at_the_template() {
    let fake = server();
    let world = World::of(&fake);
    let words = ["template", "my-db", "-n", "data", "--validate"];
    let text = shown(&world.run(&words));
    assert!(text.starts_with("---- stdout") && text.ends_with("exit code 0\n"), "{text}");
    let text = shown(&world.run(&[&words[..], &["--set", "networkPolicy.enabled=true"]].concat()));
    assert!(
        text.contains("error: the server refuses NetworkPolicy data/my-db") && text.contains("networkpolicy.yaml.j2:"),
        "{text}"
    );
    assert!(!text.contains("---- stdout") && text.contains("exit code 1"), "{text}");
    fake.assert_nothing_was_written();
}
