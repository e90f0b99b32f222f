//! Many objects: eight requests at a time, and no more.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::fake::{Fake, Reply};
use crate::pgchart::World;
use crate::recordings::replay;

#[test]
fn a_thousand_objects_are_asked_for_eight_at_a_time() {
    let recorded = replay(&[]);
    let fake = Fake::start(move |asked| match asked.method.as_str() {
        "GET" if asked.path.contains("/configmaps/") => {
            let name = asked.path.rsplit('/').next().unwrap_or_default();
            let live = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default", "uid": "1",
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}}, "data": {"a": "old"}});
            Reply { delay: Duration::from_millis(1), ..Reply::json(200, &live) }
        }
        "GET" => recorded(asked),
        _ => {
            let result =
                json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": asked.body["data"]});
            Reply { delay: Duration::from_millis(1), ..Reply::json(200, &result) }
        }
    });
    let world = World::of(&fake);
    let map =
        |at: usize| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map-{at}\ndata:\n  a: new\n");
    world.write("new.yaml", &(0..1000).map(map).collect::<String>());
    let started = Instant::now();
    let text = world.diff(&["-o", "summary"]);
    let elapsed = started.elapsed();
    assert!(text.contains("1000 to update"), "{}", text.lines().last().unwrap_or_default());
    assert_eq!(fake.asked().len(), 2 + 2000);
    assert!(fake.most_at_once() <= 8, "{}", fake.most_at_once());
    // Debug builds are slow; a release build that `PGCHART_BINARY` names is held to the figure.
    let limit = if std::env::var_os("PGCHART_BINARY").is_some() { 2 } else { 20 };
    assert!(elapsed < Duration::from_secs(limit), "{elapsed:?}");
}
