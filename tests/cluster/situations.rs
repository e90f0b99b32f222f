//! Every situation that was recorded, and what `diff` says of it.

use serde_json::{Value as Json, json};

use crate::fake::{Asked, Fake, Reply};
use crate::pgchart::World;
use crate::recordings::{manifests, replay};

/// Runs `diff` of manifests against a server; nothing may be written.
fn diff(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static, manifests: &str, words: &[&str]) -> String {
    let fake = Fake::start(handler);
    let world = World::of(&fake);
    world.write("new.yaml", manifests);
    let text = world.diff(words);
    fake.assert_nothing_was_written();
    text
}

/// The way in which the recordings were made.
const SERVER: &[&str] = &["--mode", "server", "--field-manager", "pgchart", "--force-conflicts"];

#[test]
fn what_was_just_applied_has_no_change() {
    let manifests = manifests("ssa-dry-run-unchanged");
    let client = replay(&["live-kubectl-client-side"]);
    let nothing = "---- stdout\nmodelled on: kubectl apply (client-side), 4 objects\n\n4 unchanged\n---- exit code 0\n";
    assert_eq!(diff(client, &manifests, &[]), nothing);
    let server = replay(&["live-kubectl-client-side", "ssa-dry-run-unchanged"]);
    let text = diff(server, &manifests, SERVER);
    assert!(text.contains("4 unchanged") && text.contains("exit code 0"), "{text}");
    for live in ["live-kubectl-client-side", "live-server-side-apply", "live-helm3"] {
        let namespace = live.strip_prefix("live-").map(|name| match name {
            "server-side-apply" => "data-ssa",
            "helm3" => "data-helm",
            _ => "data",
        });
        let manifests =
            manifests.replace("\"namespace\":\"data\"", &format!("\"namespace\":\"{}\"", namespace.expect("a name")));
        let text = diff(replay(&[live]), &manifests, &["--mode", "local"]);
        assert!(text.contains("4 unchanged") && text.contains("exit code 0"), "{live}: {text}");
    }
}

#[test]
fn changes_as_the_server_predicts_them() {
    let server = replay(&["live-kubectl-client-side", "ssa-dry-run-changed"]);
    insta::assert_snapshot!(diff(server, &manifests("ssa-dry-run-changed"), SERVER));
}

#[test]
fn a_client_side_apply_sends_the_patch_that_kubectl_sends() {
    let sts = manifests("ssa-dry-run-changed");
    let sts = sts.split("---\n").find(|text| text.contains("StatefulSet")).expect("a StatefulSet").to_owned();
    let map = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: db-config, namespace: data, labels: {app.kubernetes.io/instance: db}}, \
        data: {postgresql.conf: \"shared_buffers = 256MB\\n\"}}\n";
    let server = replay(&["live-kubectl-client-side", "strategic-merge-dry-run"]);
    insta::assert_snapshot!(diff(server, &format!("{sts}{map}"), &[]));
}

#[test]
fn a_conflict_names_manager_and_field() {
    let server = replay(&["live-kubectl-client-side", "ssa-dry-run-conflict"]);
    let words = ["--mode", "server", "--field-manager", "pgchart"];
    insta::assert_snapshot!(diff(server, &manifests("ssa-dry-run-conflict"), &words));
}

#[test]
fn a_rejected_object_hides_no_other() {
    let immutable = manifests("ssa-dry-run-immutable");
    let larger = immutable.split("---\n").nth(1).expect("a StatefulSet");
    let service = immutable.split("---\n").nth(2).expect("a Service");
    let changed = manifests("ssa-dry-run-changed");
    let map = changed.split("---\n").nth(1).expect("a ConfigMap");
    let server = replay(&["live-kubectl-client-side", "ssa-dry-run-immutable", "ssa-dry-run-changed"]);
    insta::assert_snapshot!(diff(server, &format!("{larger}---\n{service}---\n{map}"), SERVER));
}

#[test]
fn another_service_name_is_refused_with_a_recipe() {
    let immutable = manifests("ssa-dry-run-immutable");
    let server = replay(&["live-kubectl-client-side", "ssa-dry-run-immutable"]);
    insta::assert_snapshot!(diff(server, immutable.split("---\n").nth(3).expect("a StatefulSet"), SERVER));
}

#[test]
fn what_does_not_fit_the_schema_is_refused() {
    let server = replay(&["live-kubectl-client-side", "ssa-dry-run-invalid"]);
    insta::assert_snapshot!(diff(server, &manifests("ssa-dry-run-invalid"), SERVER));
}

#[test]
fn new_objects_absent_namespaces_and_unknown_kinds() {
    let all = manifests("create-dry-run");
    let new = all.split("---\n").nth(1).expect("a ConfigMap");
    let nowhere = all.split("---\n").nth(3).expect("a ConfigMap");
    let monitor =
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: db, namespace: data}}\n";
    let manifests = format!("{new}---\n{nowhere}---\n{monitor}");
    insta::assert_snapshot!("server", diff(replay(&["create-dry-run"]), &manifests, SERVER));
    let brings = "---\n{apiVersion: v1, kind: Namespace, metadata: {name: nowhere}}\n---\n{apiVersion: apiextensions.k8s.io/v1, \
        kind: CustomResourceDefinition, metadata: {name: servicemonitors.monitoring.coreos.com}, spec: {group: monitoring.coreos.com, \
        names: {kind: ServiceMonitor}}}\n";
    let recorded = replay(&["create-dry-run"]);
    let server = move |asked: &Asked| match asked.path.as_str() {
        "/api/v1/namespaces/nowhere/configmaps" => Reply::json(
            404,
            &json!({"kind": "Status", "message": "namespaces \"nowhere\" not found", "reason": "NotFound", "details": {"kind": "namespaces"}}),
        ),
        "/api/v1/namespaces" | "/apis/apiextensions.k8s.io/v1/customresourcedefinitions" => {
            Reply::json(201, &asked.body)
        }
        _ => recorded(asked),
    };
    let words = ["--field-manager", "pgchart"];
    insta::assert_snapshot!("brought_along", diff(server, &format!("{manifests}{brings}"), &words));
}

#[test]
fn a_login_that_may_only_read_gets_an_approximate_answer() {
    let live = replay(&["live-kubectl-client-side"]);
    let server = move |asked: &Asked| {
        let kind = asked.path.rsplit('/').nth(1).unwrap_or_default().to_owned();
        let forbidden = |verb: &str| {
            Reply::status(
                403,
                "Forbidden",
                &format!(
                    "{kind} \"x\" is forbidden: User \"viewer\" cannot {verb} resource \"{kind}\" in the namespace \"data\""
                ),
            )
        };
        match asked.method.as_str() {
            "GET" if kind == "secrets" => forbidden("get"),
            "GET" => live(asked),
            _ => forbidden("patch"),
        }
    };
    insta::assert_snapshot!(diff(server, &manifests("ssa-dry-run-changed"), &[]));
}

#[test]
fn a_helm_release_is_compared_with_what_helm_applied() {
    let manifests = manifests("ssa-dry-run-unchanged").replace("\"namespace\":\"data\"", "\"namespace\":\"data-helm\"");
    let kept: Vec<&str> = manifests.split("---\n").filter(|text| !text.contains("\"Service\"")).collect();
    let without_service = kept.join("---\n");
    let live = replay(&["live-helm3"]);
    let server = move |asked: &Asked| if asked.method == "GET" { live(asked) } else { Reply::json(200, &Json::Null) };
    insta::assert_snapshot!(diff(server, &without_service, &["--release", "db", "-n", "data-helm"]));
}

#[test]
fn what_is_rendered_no_more_is_pruned_and_volumes_are_retained() {
    let changed = manifests("ssa-dry-run-unchanged");
    let map = changed.split("---\n").nth(1).expect("a ConfigMap").to_owned();
    let recorded = replay(&["live-kubectl-client-side", "list-by-label"]);
    let server = move |asked: &Asked| {
        let claims = json!({"kind": "PersistentVolumeClaimList", "apiVersion": "v1", "items": [
            {"metadata": {"name": "data-db-0", "namespace": "data", "labels": {"app.kubernetes.io/instance": "db"}}, "spec": {}}]});
        let owned =
            json!({"items": [{"metadata": {"name": "db-1", "namespace": "data", "ownerReferences": [{"uid": "1"}]}}]});
        match asked.path.as_str() {
            "/api/v1/namespaces/data/persistentvolumeclaims" => Reply::json(200, &claims),
            "/apis/batch/v1/namespaces/data/jobs" => Reply::json(200, &owned),
            _ => recorded(asked),
        }
    };
    insta::assert_snapshot!(diff(server, &map, &["--prune", "--release", "db", "-n", "data"]));
}

#[test]
fn an_older_server_without_aggregated_discovery_is_asked_group_by_group() {
    let recorded = replay(&["live-kubectl-client-side"]);
    let server = move |asked: &Asked| {
        let mut asked = asked.clone();
        asked.headers.insert("accept".to_owned(), "application/json".to_owned());
        recorded(&asked)
    };
    let text = diff(server, &manifests("ssa-dry-run-unchanged"), &[]);
    assert!(text.contains("4 unchanged"), "{text}");
}

#[test]
fn a_custom_resource_is_patched_as_json() {
    let recorded = replay(&[]);
    let live = json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "TCPRoute", "metadata": {"name": "db", "namespace": "data"},
        "spec": {"rules": [{"weight": 1}]}});
    let server = move |asked: &Asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/apis") => Reply::json(
            200,
            &json!({"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "gateway.networking.k8s.io"},
            "versions": [{"version": "v1", "resources": [{"resource": "tcproutes", "responseKind": {"kind": "TCPRoute"}, "scope": "Namespaced", "verbs": ["list"]}]}]}]}),
        ),
        ("GET", path) if path.ends_with("/tcproutes/db") => Reply::json(200, &live),
        ("PATCH", _) if asked.headers["content-type"].contains("strategic") => {
            Reply::status(415, "UnsupportedMediaType", "no")
        }
        ("PATCH", _) => {
            let mut result = live.clone();
            result["spec"] = asked.body["spec"].clone();
            Reply::json(200, &result)
        }
        _ => recorded(asked),
    };
    let new = "{apiVersion: gateway.networking.k8s.io/v1, kind: TCPRoute, metadata: {name: db, namespace: data}, spec: {rules: [{weight: 2}]}}";
    let text = diff(server, new, &[]);
    assert!(text.contains("spec.rules[0].weight: 1 → 2") && text.contains("exit code 1"), "{text}");
}

#[test]
fn the_built_in_chart_is_compared_too() {
    let recorded = replay(&[]);
    let server =
        move |asked: &Asked| if asked.method == "POST" { Reply::json(201, &asked.body) } else { recorded(asked) };
    let fake = Fake::start(server);
    let output = World::of(&fake).run(&["diff", "my-db", "-n", "data", "--preset", "edge", "-o", "summary"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("+ create        StatefulSet data/my-db")
            || text.contains("+ create        Deployment data/my-db"),
        "{text}"
    );
    fake.assert_nothing_was_written();
}
