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

/// Live objects of one kind of apply, and a server that takes everything and shows what it was sent.
fn taking(names: &'static [&'static str]) -> impl Fn(&Asked) -> Reply + Send + Sync {
    let live = replay(names);
    move |asked| match asked.method.as_str() {
        "GET" => live(asked),
        "POST" => Reply::json(201, &asked.body),
        _ => Reply::json(200, &asked.body),
    }
}

#[test]
fn each_object_is_modelled_on_the_apply_that_it_had_before() {
    for (live, namespace, model, content, manager) in [
        (
            "live-kubectl-client-side",
            "data",
            "kubectl apply (client-side)",
            "strategic-merge-patch+json",
            "kubectl-client-side-apply",
        ),
        ("live-server-side-apply", "data-ssa", "kubectl apply --server-side", "apply-patch+yaml", "kubectl"),
        (
            "live-helm3",
            "data-helm",
            "helm upgrade of release `db`",
            "strategic-merge-patch+json",
            "kubectl-client-side-apply",
        ),
    ] {
        let recorded = replay(&[live]);
        let server =
            move |asked: &Asked| if asked.method == "GET" { recorded(asked) } else { Reply::json(200, &asked.body) };
        let fake = Fake::start(server);
        let world = World::of(&fake);
        let changed = manifests("ssa-dry-run-changed")
            .replace("\"namespace\":\"data\"", &format!("\"namespace\":\"{namespace}\""));
        world.write("new.yaml", changed.split("---\n").nth(1).expect("a ConfigMap"));
        let text = world.diff(&["-n", namespace]);
        assert!(text.starts_with(&format!("---- stdout\nmodelled on: {model}, 1 object")), "{text}");
        let asked = fake.asked();
        let tried: Vec<&Asked> = asked.iter().filter(|asked| asked.method != "GET").collect();
        assert_eq!(tried.len(), 1);
        assert_eq!(tried[0].headers["content-type"], format!("application/{content}"), "{live}");
        assert_eq!(tried[0].query["fieldManager"], manager);
        assert_eq!(tried[0].query["fieldValidation"], "Strict");
        // Taking fields over is something that only a flag asks for.
        assert_ne!(tried[0].query.get("force").map(String::as_str), Some("true"));
    }
}

#[test]
fn a_recorded_refusal_to_read_or_to_patch_is_an_objects_own() {
    let map = manifests("ssa-dry-run-changed").split("---\n").nth(1).expect("a ConfigMap").to_owned();
    let text = diff(replay(&["forbidden"]), &map, SERVER);
    assert!(text.contains("? ConfigMap data/db-config, not compared\n    reason: it may not be read: configmaps \"db-config\" is forbidden"), "{text}");
    assert!(text.contains("exit code 2"), "{text}");
    let sent =
        crate::recordings::exchanges("forbidden").into_iter().find(|one| one.method == "PATCH").expect("a patch").sent;
    let text = diff(replay(&["live-kubectl-client-side", "forbidden"]), &sent.to_string(), SERVER);
    assert!(text.contains("1 unchanged") || text.contains("approximate: this login may not patch it"), "{text}");
    assert!(!text.contains("exit code 2"), "{text}");
}

#[test]
fn what_helm_keeps_may_be_hidden_and_that_is_told() {
    let live = replay(&["live-helm3"]);
    let server = move |asked: &Asked| match asked.method.as_str() {
        "GET" if asked.path.ends_with("/secrets") => Reply::status(403, "Forbidden", "no"),
        "GET" => live(asked),
        _ => Reply::json(200, &asked.body),
    };
    let map = manifests("ssa-dry-run-unchanged").replace("\"namespace\":\"data\"", "\"namespace\":\"data-helm\"");
    let text = diff(server, map.split("---\n").nth(1).expect("a ConfigMap"), &[]);
    assert!(text.contains("note: what Helm applied last as `db` may not be read (Secrets in `data-helm`)"), "{text}");
}

#[test]
fn a_version_that_the_cluster_has_no_more_is_told_with_those_it_has() {
    let text = diff(replay(&[]), "{apiVersion: apps/v1beta1, kind: StatefulSet, metadata: {name: db}}", &[]);
    assert!(text.contains("the cluster has no kind `StatefulSet` in `apps/v1beta1`, only in `apps/v1`"), "{text}");
    assert!(text.contains("exit code 3"), "{text}");
}

#[test]
fn pruning_looks_through_apply_sets_and_leaves_alone_what_others_own() {
    let map = manifests("ssa-dry-run-unchanged").split("---\n").nth(1).expect("a ConfigMap").to_owned();
    let live = replay(&["live-kubectl-client-side"]);
    let server = move |asked: &Asked| {
        let labels = |more: &str| json!({"app.kubernetes.io/instance": "db", "app.kubernetes.io/managed-by": more});
        let one = |name: &str, labels: Json, annotations: Json| json!({"metadata": {"name": name, "namespace": "data", "labels": labels, "annotations": annotations}});
        let selector = asked.query.get("labelSelector").map(String::as_str).unwrap_or_default();
        match (asked.path.as_str(), selector) {
            ("/api/v1/namespaces/data/configmaps/db-config", _) => {
                let mut found: Json = serde_json::from_str(&live(asked).body).expect("an object");
                found["metadata"]["labels"]["applyset.kubernetes.io/part-of"] = "applyset-1".into();
                found["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "pgchart".into();
                Reply::json(200, &found)
            }
            ("/api/v1/namespaces/data/configmaps", "applyset.kubernetes.io/part-of=applyset-1") => {
                Reply::json(200, &json!({"items": [one("of-the-set", json!({}), Json::Null)]}))
            }
            ("/api/v1/namespaces/data/configmaps", _) => Reply::json(
                200,
                &json!({"items": [
                    one("kept", labels("pgchart"), json!({"helm.sh/resource-policy": "keep"})),
                    one("an-operators", labels("operator"), Json::Null),
                    one("another-releases", labels("pgchart"), json!({"meta.helm.sh/release-name": "other"})),
                    one("gone", labels("pgchart"), Json::Null)]}),
            ),
            ("/api/v1/namespaces/data/secrets", _) => Reply::status(403, "Forbidden", "no"),
            (path, _) if asked.method == "GET" => {
                let controlled =
                    ["pods", "events", "endpoints", "endpointslices", "controllerrevisions", "leases", "replicasets"];
                assert!(!controlled.iter().any(|kind| path.ends_with(&format!("/{kind}"))), "{path}");
                live(asked)
            }
            _ => Reply::json(200, &asked.body),
        }
    };
    let map = map.replace(
        "\"app.kubernetes.io/instance\":\"db\"",
        "\"app.kubernetes.io/instance\":\"db\",\"app.kubernetes.io/managed-by\":\"pgchart\"",
    );
    insta::assert_snapshot!(diff(server, &map, &["--prune", "--release", "db", "-n", "data", "-o", "summary"]));
}

#[test]
fn what_a_manager_wrote_can_be_left_out_of_the_count() {
    let live = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "default", "uid": "1", "managedFields": [
        {"manager": "hpa", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]}, "spec": {"replicas": 5, "paused": true}});
    let recorded = replay(&[]);
    let server = move |asked: &Asked| match asked.method.as_str() {
        "GET" if asked.path.ends_with("/deployments/d") => Reply::json(200, &live),
        "GET" => recorded(asked),
        _ => {
            let mut result = live.clone();
            for (key, value) in asked.body["spec"].as_object().into_iter().flatten() {
                result["spec"][key] = value.clone();
            }
            Reply::json(200, &result)
        }
    };
    let new = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 1, paused: true}}";
    let fake = Fake::start(server);
    let world = World::of(&fake);
    world.write("new.yaml", new);
    assert!(world.diff(&[]).contains("spec.replicas: 5 → 1"));
    for rule in ["manager=hpa", "Deployment.apps/d:manager=h*"] {
        let text = world.diff(&["--ignore", rule]);
        assert!(text.contains("1 unchanged") && text.contains("exit code 0"), "{rule}: {text}");
    }
}

#[test]
fn a_port_that_is_written_as_text_is_sent_as_it_is() {
    let live = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "default"}, "spec": {"ports": [{"port": 1, "targetPort": 1, "protocol": "TCP"}]}});
    let recorded = replay(&[]);
    let fake = Fake::start(move |asked| match asked.method.as_str() {
        "GET" if asked.path.ends_with("/services/s") => Reply::json(200, &live),
        "GET" => recorded(asked),
        _ => Reply::status(
            422,
            "Invalid",
            "spec.ports[0].targetPort: Invalid value: \"1\": must contain at least one letter",
        ),
    });
    let world = World::of(&fake);
    world.write(
        "new.yaml",
        "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 1, targetPort: '1'}]}}",
    );
    let text = world.diff(&[]);
    assert!(
        text.contains("! Service default/s, rejected") && text.contains("must contain at least one letter"),
        "{text}"
    );
    assert!(fake.asked().iter().any(|asked| asked.body["spec"]["ports"][0]["targetPort"] == "1"));
}

#[test]
fn objects_without_a_namespace_go_to_that_of_the_context() {
    let fake = Fake::start(taking(&[]));
    let world = World::of(&fake);
    let text = std::fs::read_to_string(world.path().join("kubeconfig")).expect("a kubeconfig");
    world.write("kubeconfig", &text.replace("user: test}", "user: test, namespace: factory}"));
    world.write("new.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    assert!(world.diff(&[]).contains("+ ConfigMap factory/a"));
    assert!(world.diff(&["-n", "other"]).contains("+ ConfigMap other/a"));
    // A release is rendered as `template` renders it.
    let text = crate::pgchart::shown(&world.run(&["diff", "my-db", "--preset", "edge", "-o", "summary"]));
    assert!(text.contains("+ create        Deployment default/my-db-postgresql"), "{text}");
    assert!(
        text.contains("note: the release is rendered for the namespace `default`") && text.contains("`factory`"),
        "{text}"
    );
}

#[test]
fn live_passwords_are_gone_on_with_when_a_flag_says_so() {
    use base64::Engine as _;
    let password = base64::engine::general_purpose::STANDARD.encode("the live one");
    let live = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "my-db-postgresql", "namespace": "default", "uid": "1"},
        "data": {"password": password}});
    let recorded = replay(&[]);
    let fake = Fake::start(move |asked| match asked.method.as_str() {
        "GET" if asked.path.ends_with("/secrets/my-db-postgresql") => Reply::json(200, &live),
        "GET" => recorded(asked),
        "POST" => Reply::json(201, &asked.body),
        _ => {
            let mut result = live.clone();
            for (key, value) in asked.body["data"].as_object().into_iter().flatten() {
                result["data"][key] = value.clone();
            }
            Reply::json(200, &result)
        }
    });
    let world = World::of(&fake);
    let words = ["diff", "my-db", "--preset", "edge"];
    let text = crate::pgchart::shown(&world.run(&words));
    assert!(text.contains("    data.password: ‹secret"), "{text}");
    let text = crate::pgchart::shown(&world.run(&[&words[..], &["--lookup"]].concat()));
    assert!(!text.contains("    data.password: ‹secret"), "{text}");
    fake.assert_nothing_was_written();
}
