//! The exporter beside real servers, with the role, the rights and the flags that the chart gives it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};

use regex::Regex;
use serde_json::Value;

use crate::cluster::{Cluster, eventually};
use crate::database::{Database, Login};
use crate::major::{Major, servers};
use crate::release::Release;

/// Everything that asks for metrics, a password that no address may hold as it is, and a question of the user's own.
const VALUES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/monitoring.yaml");
const DATABASE: &str = "all orders";
const PASSWORD: &str = "p@ss/w:rd 50%?'\"";

/// The metrics of the exporter that the chart names, and those that are the server's or the Go runtime's own.
const METRICS: &str = include_str!("../monitoring/exporter-metrics-0.20.1.txt");

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_exporter_reads_all_that_alerts_and_dashboard_need_on_15() {
    exporters_read_all_that_is_needed(Major(15), &[]);
}

/// With encryption that is required, and the counters that 17 moved.
#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_exporter_reads_all_that_alerts_and_dashboard_need_on_17() {
    exporters_read_all_that_is_needed(Major(17), &["--set", "tls.enabled=true,tls.existingSecret=certificate"]);
}

fn exporters_read_all_that_is_needed(major: Major, more: &[&str]) {
    let mut release = Release::render(major, &[&["--preset", "edge", "-f", VALUES], more].concat());
    if !more.is_empty() {
        let (certificate, key) = certificate();
        release = release.with_secret("certificate", &[("tls.crt", &certificate), ("tls.key", &key)]);
    }
    let cluster = Cluster::new(2);
    let pods = cluster.start(&release);
    eventually("the standby streams", || {
        pods[0].superuser("postgres", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1\n"
    });
    pods[0].superuser(DATABASE, "CREATE TABLE orders AS SELECT generate_series(1, 10) AS n; ANALYZE orders");
    pods[0].superuser(DATABASE, "GRANT SELECT ON orders TO exporter; CREATE TABLE secrets (n int)");
    eventually("the standby has the grants", || {
        pods[1].superuser(DATABASE, "SELECT count(*) FROM pg_class WHERE relname = 'secrets'") == "1\n"
    });
    let exporters: Vec<Exporter> = pods.iter().map(|pod| Exporter::start(&release, pod)).collect();
    let answers: Vec<String> = exporters.iter().map(|exporter| exporter.ask("/metrics")).collect();
    for (answer, exporter) in answers.iter().zip(&exporters) {
        complete(answer, exporter);
        assert!(exporter.ask("/").contains("200 OK"), "the liveness probe fails");
        assert!(!exporter.log().contains("p@ss"), "a password in the log:\n{}", exporter.log());
    }
    assert!(
        answers[0].contains("\npg_replication_is_replica 0") && answers[1].contains("\npg_replication_is_replica 1")
    );
    names_exist(&release, &answers.concat());
    may_no_more(&pods[0]);
}

/// Every collector succeeds, and the user's own question is answered.
fn complete(answer: &str, exporter: &Exporter) {
    assert!(
        answer.contains("\npg_up 1\n") && answer.contains("\npg_exporter_last_scrape_error 0\n"),
        "{}",
        exporter.log()
    );
    let failed: Vec<_> =
        answer.lines().filter(|line| line.starts_with("pg_scrape_collector_success") && line.ends_with(" 0")).collect();
    assert!(failed.is_empty(), "{failed:?}\n{}", exporter.log());
    let own = answer.lines().find(|line| line.starts_with("app_orders_count")).unwrap_or_default();
    assert!(own.ends_with(" 10"), "the user's own metric: {own}");
    let statements = answer.contains("\npg_stat_statements_calls_total{");
    assert!(statements, "no statements are counted");
}

/// What the rules and the dashboard name is in the list of the pinned version, and the older exporter that runs here gives it;
/// what it gives is in the list, so that the list is no invention.
fn names_exist(release: &Release, answer: &str) {
    let listed: BTreeSet<&str> = METRICS.lines().filter(|line| !line.starts_with('#')).collect();
    let given: BTreeSet<String> = answer
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .filter(|name| name.starts_with("pg_"))
        .map(as_in_0_20)
        .collect();
    let name = Regex::new(r"\bpg_[a-z0-9_]+").unwrap();
    let asked = release.alert_expressions().join("\n") + &release.dashboard_expressions().join("\n");
    // `pg_dump` is the name of an application.
    let asked: BTreeSet<&str> = name
        .find_iter(&asked)
        .map(|found| found.as_str())
        .filter(|name| !name.starts_with("pg_dump") && !name.starts_with("pg_basebackup"))
        .collect();
    assert!(asked.len() > 40, "the expressions are read: {asked:?}");
    let is_setting = |name: &str| name.starts_with("pg_settings_");
    for name in &asked {
        assert!(is_setting(name) || listed.contains(name), "{name} is not in the list");
        let other_major =
            ["pg_stat_checkpointer_", "pg_stat_bgwriter_checkpoint"].iter().any(|start| name.starts_with(start));
        assert!(other_major || *name == SINCE || given.contains(*name), "the exporter does not give {name}");
    }
    let unknown: Vec<_> = given
        .iter()
        .filter(|name| !is_setting(name) && !GONE.contains(&name.as_str()) && !listed.contains(name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "not in the list: {unknown:?}");
}

/// A name of the older exporter, Debian's 0.17.1, as 0.20 has it.
fn as_in_0_20(name: &str) -> String {
    name.replace("pg_replication_slot_", "pg_replication_slots_")
        .replace("pg_stat_user_tables_size_bytes", "pg_stat_user_tables_table_size_bytes")
}

/// What the older exporter does not have, since 0.18, and what it alone has.
const SINCE: &str = "pg_stat_user_tables_index_size_bytes";
const GONE: [&str; 2] = ["pg_stat_replication_reply_time", "pg_static"];

/// The role reads statistics; it reads no rows, is no superuser, and comes from nowhere else.
fn may_no_more(primary: &Database) {
    let login = Login { role: "exporter", password: PASSWORD, database: DATABASE };
    assert_eq!(primary.over_network(login, "SELECT count(*) FROM orders").unwrap(), "10\n");
    assert!(primary.over_network(login, "SELECT * FROM secrets").unwrap_err().contains("permission denied"));
    let rights = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolconnlimit FROM pg_roles WHERE rolname = 'exporter'";
    assert_eq!(primary.superuser(DATABASE, rights), "f|f|f|f|5\n");
    let other_database = Login { database: "postgres", ..login };
    assert!(primary.over_network(other_database, "SELECT 1").unwrap_err().contains("pg_hba.conf rejects"));
    let elsewhere =
        [("PGHOST", "10.77.0.10"), ("PGUSER", "exporter"), ("PGPASSWORD", PASSWORD), ("PGDATABASE", DATABASE)];
    assert!(primary.psql("SELECT 1", &elsewhere).unwrap_err().contains("pg_hba.conf rejects"));
}

/// A certificate that signs itself, and its key.
fn certificate() -> (String, String) {
    let directory = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .args("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=db -keyout key.pem -out cert.pem".split(' '))
        .current_dir(&directory)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let read = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    (read("cert.pem"), read("key.pem"))
}

/// The exporter of one pod.
#[derive(Debug)]
pub(crate) struct Exporter {
    process: Child,
    network: String,
    directory: tempfile::TempDir,
}

impl Exporter {
    /// Runs the container's arguments and environment as its user, in the pod's network.
    pub(crate) fn start(release: &Release, pod: &Database) -> Self {
        let containers = release.pod()["containers"].as_array().unwrap();
        let spec = containers.iter().find(|container| container["name"] == "exporter").unwrap();
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        if release.has("ConfigMap", "my-db-postgresql-metrics") {
            for (name, text) in release.config_map("my-db-postgresql-metrics") {
                fs::write(directory.path().join(name), text).unwrap();
            }
        }
        let mounted = directory.path().display().to_string();
        let argument = |argument: &Value| argument.as_str().unwrap().replace("/etc/exporter", &mounted);
        let user = spec["securityContext"]["runAsUser"].to_string();
        let log = File::create(directory.path().join("log")).unwrap();
        let process = Command::new("/usr/bin/nsenter")
            .arg(format!("--net={}", pod.network()))
            .args(["setpriv", "--reuid", &user, "--regid", &user, "--clear-groups"])
            .args(["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"])
            .arg(servers().join("trixie/usr/bin/prometheus-postgres-exporter"))
            .args(spec["args"].as_array().unwrap().iter().map(argument))
            .env_clear()
            .envs(spec["env"].as_array().unwrap().iter().map(|variable| variable_of(release, variable)))
            .current_dir(&directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let exporter = Self { process, network: pod.network(), directory };
        eventually("the exporter answers", || exporter.ask("/").contains("200 OK"));
        exporter
    }

    /// What it answers, with the head of the answer.
    fn ask(&self, path: &str) -> String {
        let request = format!(r"exec 3<>/dev/tcp/127.0.0.1/9187; printf 'GET {path} HTTP/1.0\r\n\r\n' >&3; cat <&3");
        let mut bash = Command::new("/usr/bin/nsenter");
        bash.arg(format!("--net={}", self.network)).args(["bash", "-c", &request]).stderr(Stdio::null());
        String::from_utf8(bash.output().unwrap().stdout).unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// A variable of the container, from the Secret where it says so.
fn variable_of(release: &Release, variable: &Value) -> (String, String) {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let value = match variable["valueFrom"].get("secretKeyRef") {
        Some(reference) => release.secret(&word(&reference["name"]), &word(&reference["key"])).unwrap(),
        None => word(&variable["value"]),
    };
    (word(&variable["name"]), value)
}
