//! Every value does something: for each leaf of the schema some value of its form changes what is rendered.

use std::path::Path;
use std::process::Command;

use pgchart::schema;
use serde_json::{Value as Json, json};

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Values that only say whether others are right.
const CHECKED_ONLY: [&str; 5] = [
    "backup.restore.confirm",
    "backup.s3.useServiceAccount",
    "image.patroni",
    "image.pgbackrest",
    "postgresql.configOverride",
];

/// Values that cannot change without another one: `tls_of_cert_manager` and `a_backup_comes_back_row_by_row` show what they do.
const IN_COMPANY: [&str; 3] = ["backup.restore.target", "tls.certManager.privateKey.algorithm", "tls.source"];

/// Releases in which a value may matter, as overlays of the chart's own values.
fn releases() -> Vec<Json> {
    let text = std::fs::read_to_string(root("tests/kubernetes/everything.yaml")).expect("the overlay");
    let mut sources = pgchart::diagnostic::Sources::default();
    let id = sources.add("everything", text);
    let read = pgchart::yaml::read(&sources, id, pgchart::yaml::Limits::default()).expect("YAML");
    let everything = read.documents[0].to_json();
    let mut own_secret = everything.clone();
    own_secret["externalSecrets"]["enabled"] = json!(false);
    // Defaults that the overlay replaces matter where nothing is said.
    own_secret["affinity"] = json!({});
    own_secret["security"] = json!({});
    vec![
        own_secret,
        everything,
        json!({}),
        json!({"mode": "ha", "replication": {"readReplicas": 1, "synchronous": {"mode": "quorum"}}}),
        json!({"mode": "ha", "replication": {"synchronous": {"mode": "quorum"}}, "upgrade": {"from": 15}}),
        json!({"mode": "ha", "replication": {"readReplicas": 2}, "gateway": {"parentRefs": [{"name": "edge"}]}}),
        json!({"mode": "ha", "tls": {"enabled": true, "existingSecret": "certificate", "caFile": "ca.crt",
            "replicationClientCertificate": {"enabled": true, "existingSecret": "standby"}}}),
        json!({"tls": {"enabled": true, "source": "cert-manager", "certManager": {"issuerRef": {"name": "ca"},
            "privateKey": {"algorithm": "RSA", "size": 2048}}}}),
        json!({"mode": "ha", "image": {"patroni": true}, "replication": {"manager": "patroni"}}),
        json!({"service": {"type": "LoadBalancer", "sessionAffinity": "ClientIP"}}),
        json!({"service": {"type": "NodePort"}, "persistence": {"existingClaim": "mine"}}),
        json!({"mode": "ha", "service": {"any": {"type": "LoadBalancer"}}}),
        json!({"mode": "ha", "replication": {"readReplicas": 1}, "service": {"readOnly": {"type": "LoadBalancer"}}}),
        json!({"mode": "ha", "replication": {"readReplicas": 1}, "service": {"readOnly": {"type": "NodePort"}}}),
        json!({"persistence": {"storageClass": "fast", "wal": {"enabled": true}}, "service": {"ipFamilyPolicy": "PreferDualStack"}}),
        json!({"mode": "ha", "tls": {"enabled": true, "existingSecret": "certificate"},
            "pgbouncer": {"enabled": true, "readOnly": {"type": "LoadBalancer"}}}),
        json!({"mode": "ha", "tls": {"enabled": true, "existingSecret": "certificate"},
            "pgpool": {"enabled": true}, "postgresql": {"roles": [{"name": "sample"}]}}),
        json!({"backup": {"enabled": true, "restore": {"backup": "20261128T020000Z", "target": "app", "confirm": "app"}}}),
        json!({"backup": {"enabled": true, "persistence": {"storageClass": "fast"}}, "metrics": {"enabled": true},
            "postgresql": {"databases": [{"name": "sample"}]}}),
        json!({"backup": {"enabled": true, "destination": "nfs", "nfs": {"server": "nfs", "path": "/exports"}}}),
        json!({"mode": "ha", "backup": {"enabled": true}}),
        json!({"backup": {"enabled": true, "destination": "s3", "s3": {"bucket": "abc", "useServiceAccount": true}}}),
        json!({"postgresql": {"databases": [{"name": "more"}]}, "statefulset": {"enabled": true}}),
        json!({"industrial": {"enabled": true}, "development": {"enabled": true}}),
        json!({"compliance": {"cfrPart11": {"enabled": true}}}),
        json!({"compliance": {"iso9001": {"enabled": true}, "anchor": {"existingSecret": "anchors"}},
            "postgresql": {"databases": [{"name": "sample"}]}}),
        json!({"image": {"extensions": ["timescaledb", "postgis"]}, "industrial": {"enabled": true}}),
        json!({"image": {"pgbackrest": true}, "pgbackrest": {"enabled": true, "restore": {"type": "time",
            "target": "2026-05-01 09:30:00+00", "path": "/other"}}}),
        json!({"image": {"pgbackrest": true}, "pgbackrest": {"enabled": true, "repository": {"type": "gcs",
            "existingSecret": "store", "gcs": {"bucket": "backups"}}}, "networkPolicy": {"enabled": true}}),
        json!({"image": {"pgbackrest": true}, "pgbackrest": {"enabled": true, "repository": {"type": "azure",
            "encryption": {"enabled": true}, "azure": {"account": "a", "container": "backups", "key": "c2FtcGxl"}}}}),
        json!({"image": {"pgbackrest": true}, "pgbackrest": {"enabled": true, "repository": {"type": "s3",
            "existingSecret": "store", "s3": {"bucket": "backups", "endpoint": "s3.example.com"},
            "tls": {"caSecret": "ca"}, "encryption": {"enabled": true}}}}),
        json!({"walArchive": {"enabled": true, "restore": {"type": "time", "target": "2026-05-01 09:30:00+00"}}}),
        json!({"image": {"extensions": ["pgaudit"]}, "logging": {"audit": {"enabled": true}}}),
        json!({"mode": "ha", "tls": {"enabled": true, "source": "cert-manager", "certManager": {"issuerRef": {"name": "ca"}}},
            "postgresql": {"extensions": ["pg_stat_statements"], "config": {"archive_mode": "on", "archive_timeout": "5min"}},
            "metrics": {"enabled": true}, "monitoring": {"serviceMonitor": {"enabled": true}, "prometheusRule": {"enabled": true}}}),
    ]
}

/// Values for leaves whose schema does not say enough.
fn by_hand(path: &str) -> Option<Json> {
    Some(match path {
        "extraVolumeMounts" => json!([{"name": "tmp", "mountPath": "/mnt/sample"}]),
        "extraObjects" => json!([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "sample"}}]),
        "service.extraPorts" => json!([{"name": "sample", "port": 1234}]),
        "service.clusterIPs" => json!(["10.0.0.10"]),
        "postgresql.hba" => json!(["host all all 10.0.0.0/8 scram-sha-256"]),
        "postgresql.hbaOverride" => json!(["local all all peer"]),
        "postgresql.config" | "postgresql.databaseConfig" => json!({"work_mem": "1MB"}),
        "postgresql.publications" => json!([{"name": "sample", "allTables": true}]),
        "postgresql.subscriptions" => {
            json!([{"name": "sample", "publications": ["sample"], "publisher": {"host": "db.example.com",
            "database": "app", "username": "follower", "existingSecret": "theirs"}}])
        }
        "postgresql.privileges" => json!([{"role": "public", "objects": "tables", "grant": ["SELECT"]}]),
        "pgbouncer.image.repository" => json!("mirror/edoburu/pgbouncer"),
        "pgbouncer.config" => json!({"verbose": 1}),
        "pgpool.image.repository" => json!("mirror/pgpool/pgpool"),
        "pgpool.config" => json!({"log_hostname": true}),
        "pgpool.roles" => json!(["sample"]),
        "postgresql.extensions" => json!(["pg_trgm"]),
        "postgresql.initdb.locale" => json!("C"),
        "postgresql.initdb.encoding" => json!("LATIN1"),
        "postgresql.version" | "upgrade.from" => json!(15),
        "preset" => json!("edge"),
        "persistence.wal.size" => json!("60Gi"),
        "replication.patroni.ttl" => json!(45),
        "development.pgadmin.email" => json!("somebody@example.com"),
        "tls.certManager.duration" => json!("9000h"),
        "tls.certManager.privateKey.size" => json!(4096),
        "backup.schedule" | "backup.verify.schedule" | "walArchive.schedule" => json!("30 1 * * *"),
        "backup.options" | "backup.restore.options" => json!(["--no-comments"]),
        "backup.restore.backup" => json!("20270101T000000Z"),
        "backup.nfs.path" => json!("/other"),
        "upgrade.image" => json!("example.com/postgres:15"),
        "metrics.collectors" => json!({"locks": false}),
        "metrics.customQueries" => {
            json!({"sample": {"query": "SELECT 1 AS one", "metrics": [{"one": {"usage": "GAUGE"}}]}})
        }
        "monitoring.prometheusRule.additionalRules" => json!([{"record": "sample", "expr": "vector(1)"}]),
        "pgbackrest.config" => json!({"repo1-s3-kms-key-id": "sample"}),
        "pgbackrest.restore.target" | "walArchive.restore.target" => json!("2026-06-01 09:30:00+00"),
        "pgbackrest.repository.path" => json!("/sample"),
        "pgbackrest.schedules.incremental" => json!("0 3 * * 1-6"),
        "networkPolicy.repository.to" => json!([{"ipBlock": {"cidr": "192.0.2.0/24"}}]),
        path if path.ends_with("image.digest") => json!(format!("sha256:{}", "0a".repeat(32))),
        _ => return None,
    })
}

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a schema says at a dotted path.
fn at<'a>(schema: &'a Json, path: &str) -> &'a Json {
    path.split('.').fold(schema, |schema, key| &schema["properties"][key])
}

/// Values of the form that a schema asks for; the words in backticks of its message are examples.
fn samples(schema: &Json) -> Vec<Json> {
    if let Some(options) = schema["enum"].as_array() {
        return options.iter().filter(|option| !option.is_null()).cloned().collect();
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::String(one) => vec![one],
        Json::Array(list) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let mut all = Vec::new();
    for kind in types {
        match kind {
            "boolean" => all.extend([json!(true), json!(false)]),
            "number" => all.extend([json!(0.25), json!(0.75)]),
            "integer" => {
                let least = schema["minimum"].as_i64().unwrap_or(1).max(1);
                all.extend([json!(least), json!(least + 1), json!(30999)]);
            }
            "string" => {
                let message = schema["x-message"].as_str().unwrap_or_default();
                all.extend(message.split('`').skip(1).step_by(2).map(Json::from));
                all.extend([json!("sample"), json!("10.1.2.3")]);
            }
            "array" => all.extend(samples(&schema["items"]).into_iter().map(|item| json!([item]))),
            "object" if schema.get("properties").is_some() => all.push(json!({"name": "sample"})),
            "object" => {
                let below = samples(&schema["additionalProperties"]);
                all.push(json!({"sample": below.first().cloned().unwrap_or_else(|| json!("x"))}));
                all.push(json!({"name": "sample"}));
                all.push(json!({"sample": {"key": "sample"}}));
            }
            _ => {}
        }
    }
    all
}

/// A copy of the values with one set.
fn with(values: &Json, path: &str, value: Json) -> Json {
    let mut copy = values.clone();
    let mut at = &mut copy;
    for key in path.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[key];
    }
    *at = value;
    copy
}

/// The binary of `PGCHART_RENDERER`, which is a release build and twice as fast, or the one that was built with the tests.
fn binary() -> String {
    std::env::var("PGCHART_RENDERER").unwrap_or_else(|_| env!("CARGO_BIN_EXE_pgchart").to_owned())
}

/// What these values render; nothing when they are refused.
fn render(values: &Json, folder: &Path) -> Option<String> {
    let file = folder.join("values.json");
    std::fs::write(&file, values.to_string()).expect("written");
    let mut command = Command::new(binary());
    let output = command.args(["template", "db", "-f"]).arg(&file).env_clear().env("PGCHART_SECRET_KEY", KEY).output();
    let output = output.expect("the binary runs");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Which of the releases a value changes, beginning with the one that its neighbour changed, as most of them share it, and
/// those that say the most about what it is a part of.
fn changed(path: &str, schema: &Json, bases: &[(Json, String)], neighbour: usize, folder: &Path) -> Option<usize> {
    let samples = by_hand(path).map_or_else(|| samples(at(schema, path)), |value| vec![value]);
    let mut order: Vec<usize> = (0..bases.len()).collect();
    order.sort_by_key(|number| (*number != neighbour, std::cmp::Reverse(depth(&bases[*number].0, path))));
    order.into_iter().find(|number| {
        let (values, rendered) = &bases[*number];
        samples.iter().any(|sample| {
            render(&with(values, path, sample.clone()), folder).is_some_and(|changed| changed != *rendered)
        })
    })
}

/// How many keys of the path the values have.
fn depth(values: &Json, path: &str) -> usize {
    let mut at = values;
    path.split('.').take_while(|key| at.get(key).map(|below| at = below).is_some()).count()
}

#[test]
fn every_value_changes_what_is_rendered() {
    let schema = schema::builtin();
    let is_leaf = |path: &String| at(&schema, path).get("properties").is_none();
    let paths: Vec<String> = schema::paths(&schema).into_iter().filter(is_leaf).collect();
    assert!(paths.len() > 100, "the schema is read");
    let world = tempfile::tempdir().expect("a directory");
    let bases: Vec<(Json, String)> = releases()
        .into_iter()
        .map(|values| {
            let rendered = render(&values, world.path()).unwrap_or_else(|| panic!("refused: {values}"));
            (values, rendered)
        })
        .collect();
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let dead: Vec<&String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let (schema, bases, paths) = (&schema, &bases, &paths);
                scope.spawn(move || {
                    let folder = tempfile::tempdir().expect("a directory");
                    let mut neighbour = 0;
                    let mine = paths.iter().skip(worker).step_by(workers);
                    mine.filter(|path| match changed(path, schema, bases, neighbour, folder.path()) {
                        Some(number) => {
                            neighbour = number;
                            false
                        }
                        None => true,
                    })
                    .collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let mut dead: Vec<&str> = dead.into_iter().map(String::as_str).collect();
    dead.sort_unstable();
    let mut known = [&CHECKED_ONLY[..], &IN_COMPANY].concat();
    known.sort_unstable();
    assert_eq!(dead, known);
}
