//! A server that is gone, slow, busy, broken, or says no: one clear message, and never a hang.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::fake::{Asked, Fake, Reply};
use crate::pgchart::World;
use crate::recordings::{manifests, replay};

fn world(url: &str) -> World {
    let world = World::new(url, "", "");
    world.write("new.yaml", &manifests("ssa-dry-run-changed"));
    world
}

/// The live objects, and this for each write.
fn on_write(reply: Reply) -> impl Fn(&Asked) -> Reply + Send + Sync {
    let live = replay(&["live-kubectl-client-side"]);
    move |asked| if asked.method == "GET" { live(asked) } else { reply.clone() }
}

/// `diff` against a server that answers so to everything but discovery.
fn answered(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> String {
    let fake = Fake::start(handler);
    let text = world(&fake.url()).diff(&["-o", "summary"]);
    text.replace(&fake.url(), "SERVER")
}

#[test]
fn nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let text = world(&format!("http://127.0.0.1:{port}")).diff(&[]);
    assert_eq!(
        text.replace(&port.to_string(), "PORT"),
        "---- stderr\nerror: the API server `http://127.0.0.1:PORT` cannot be asked: the connection is refused\n---- exit code 2\n"
    );
}

#[test]
fn the_login_is_not_accepted() {
    let text = answered(|_| Reply::status(401, "Unauthorized", "Unauthorized"));
    assert!(text.contains("does not accept the login (401)") && text.contains("exit code 2"), "{text}");
    let recorded = replay(&[]);
    let text = answered(
        move |asked| if asked.path.len() > 5 { Reply::status(401, "Unauthorized", "no") } else { recorded(asked) },
    );
    assert!(text.contains("does not accept the login (401)") && text.contains("exit code 2"), "{text}");
}

#[test]
fn nothing_may_be_read() {
    let recorded = replay(&[]);
    insta::assert_snapshot!(answered(move |asked| {
        if asked.path.len() > 5 {
            Reply::status(403, "Forbidden", "User \"x\" cannot get resource")
        } else {
            recorded(asked)
        }
    }));
}

#[test]
fn discovery_is_refused() {
    let text = answered(|_| Reply::status(403, "Forbidden", "forbidden: User \"x\" cannot get path \"/api\""));
    assert!(text.contains("does not tell its kinds") && text.contains("exit code 2"), "{text}");
}

#[test]
fn every_status_of_a_dry_run_is_an_objects_own() {
    let status = |code, reason: &str| answered(on_write(Reply::status(code, reason, "these words")));
    for (code, reason, expected, exit) in [
        (400, "BadRequest", "rejected", 3),
        (403, "Forbidden", "rejected", 3),
        (404, "NotFound", "failed", 2),
        (409, "Conflict", "rejected", 3),
        (422, "Invalid", "rejected", 3),
        (500, "InternalError", "failed", 2),
        (500, "", "rejected", 3),
    ] {
        let text = status(code, reason);
        assert!(
            text.contains(&format!(" {expected} ")) && text.contains(&format!("exit code {exit}")),
            "{code} {reason}: {text}"
        );
        assert!(text.contains("unchanged"), "one object is as it was applied: {text}");
    }
}

#[test]
fn a_busy_server_is_asked_again_when_it_says_so() {
    let asked_before = AtomicUsize::new(0);
    let live = replay(&["live-kubectl-client-side"]);
    let text = answered(move |asked| {
        if asked.method == "GET" {
            return live(asked);
        }
        if asked_before.fetch_add(1, Ordering::SeqCst) < 1 {
            return Reply { retry_after: Some(1), ..Reply::status(429, "TooManyRequests", "slow down") };
        }
        Reply::json(200, &json!({"kind": "ConfigMap", "apiVersion": "v1"}))
    });
    assert!(!text.contains("failed"), "{text}");
    for retry_after in [None, Some(3600)] {
        let text = answered(on_write(Reply { retry_after, ..Reply::status(429, "TooManyRequests", "slow down") }));
        assert!(text.contains("? failed") && text.contains("slow down (429)"), "{text}");
        assert!(text.contains("exit code 2"), "{text}");
    }
}

#[test]
fn a_connection_that_breaks_once_is_made_again() {
    let broken = AtomicUsize::new(0);
    let live = replay(&["live-kubectl-client-side"]);
    let fake = Fake::start(move |asked| {
        let cut = asked.path.ends_with("/services/db") && broken.fetch_add(1, Ordering::SeqCst) == 0;
        Reply { cut, ..live(asked) }
    });
    let world = World::of(&fake);
    world.write("new.yaml", &manifests("ssa-dry-run-unchanged"));
    let text = world.diff(&[]);
    assert!(text.contains("4 unchanged"), "{text}");
}

#[test]
fn a_connection_that_always_breaks_is_told() {
    let live = replay(&["live-kubectl-client-side"]);
    let text = answered(move |asked| Reply { cut: asked.path.len() > 5, ..live(asked) });
    assert!(text.contains("? failed") && text.contains("exit code 2"), "{text}");
    let text = answered(move |_| Reply { cut: true, ..Reply::json(200, &json!({"a": "b"})) });
    assert!(
        text.contains("closed the connection in the middle of an answer") && text.contains("exit code 2"),
        "{text}"
    );
}

#[test]
fn a_slow_server_is_waited_for_only_so_long() {
    let started = Instant::now();
    let fake = Fake::start(|_| Reply { delay: Duration::from_secs(20), ..Reply::json(200, &Json::Null) });
    let text = world(&fake.url()).impatient().diff(&[]);
    assert!(text.contains("did not answer in time") && text.contains("exit code 2"), "{text}");
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
}

#[test]
fn a_server_that_falls_silent_is_not_waited_for_a_thousand_times() {
    let started = Instant::now();
    let recorded = replay(&[]);
    let fake = Fake::start(move |asked| {
        let delay = if asked.path.len() > 5 { Duration::from_mins(1) } else { Duration::ZERO };
        Reply { delay, ..recorded(asked) }
    });
    let world = World::of(&fake).impatient();
    let map = |at: usize| format!("---\n{{apiVersion: v1, kind: ConfigMap, metadata: {{name: map-{at}}}}}\n");
    world.write("new.yaml", &(0..100).map(map).collect::<String>());
    let text = world.diff(&["-o", "summary"]);
    assert!(text.contains("100 not compared") && text.contains("exit code 2"), "{text}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn what_accepts_and_never_speaks_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let held: Vec<_> = listener
            .incoming()
            .flatten()
            .map(|mut stream| {
                std::thread::spawn(move || {
                    let _ = stream.read(&mut [0; 1]);
                    std::thread::sleep(Duration::from_mins(1));
                })
            })
            .collect();
        drop(held);
    });
    let text = world(&format!("http://127.0.0.1:{port}")).impatient().diff(&[]);
    assert!(text.contains("did not answer in time") && text.contains("exit code 2"), "{text}");
}

#[test]
fn what_is_no_api_server_is_told() {
    let text = answered(|_| Reply {
        content_type: "text/html".into(),
        body: "<html>".into(),
        ..Reply::json(200, &Json::Null)
    });
    assert!(text.contains("is it an API server") && text.contains("exit code 2"), "{text}");
}

#[test]
fn a_wrong_kubeconfig_is_told_without_its_text() {
    let world = World::new("http://127.0.0.1:1", "", "token: [s3cr3t-in-the-wrong-form");
    world.write("new.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    let text = world.diff(&[]);
    assert!(text.contains("no YAML of a kubeconfig's form") && !text.contains("s3cr3t"), "{text}");
    let text = world.diff(&["--context", "other"]);
    assert!(text.contains("exit code 2"), "{text}");
    let world = World::new("http://127.0.0.1:1", "", "");
    world.write("new.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    let text = world.diff(&["--context", "other"]);
    assert!(text.contains("has no context `other`") && text.contains("exit code 2"), "{text}");
}
