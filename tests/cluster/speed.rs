//! Many objects: eight requests at a time, and no more.

use std::io::Write as _;
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
    // Debug builds are slow; a release build that `PGCHART_BINARY` names is held to the figure.
    let held = std::env::var_os("PGCHART_BINARY").is_some();
    let count = if held { 1000 } else { 200 };
    world.write("new.yaml", &(0..count).map(map).collect::<String>());
    let started = Instant::now();
    let text = world.diff(&["-o", "summary"]);
    let elapsed = started.elapsed();
    assert!(text.contains(&format!("{count} to update")), "{}", text.lines().last().unwrap_or_default());
    assert_eq!(fake.asked().len(), 2 + 2 * count);
    assert!(fake.most_at_once() <= 8, "{}", fake.most_at_once());
    // Shown with `--nocapture`.
    let _ = writeln!(std::io::stderr(), "{count} objects in {elapsed:?}");
    assert!(elapsed < Duration::from_secs(if held { 2 } else { 20 }), "{elapsed:?}");
}
