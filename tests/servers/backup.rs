//! Backups of real servers by the rendered Jobs: they are complete or not there, they come back row by row, and nothing that goes
//! wrong harms those before.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::authority::Authority;
use crate::cluster::{Cluster, eventually};
use crate::database::Database;
use crate::major::Major;
use crate::node::{Boot, Node};
use crate::release::Release;
use crate::s3::{self, S3};

const BACKUP: &str = "my-db-postgresql-backup";
const SECOND: &str = "it's a second/one";
const DATABASES: &str = r#"postgresql.databases=[{"name": "it's a second/one"}, {"name": "restored"}]"#;
const SETS: &str =
    "backup.enabled=true,backup.retention.minimum=1,backup.retention.maximum=2,postgresql.extensions={pg_trgm}";

fn render(major: Major, sets: &str) -> Release {
    let sets = format!("{SETS},{sets}");
    Release::render(major, &["--preset", "edge", "--set", &sets, "--set-json", DATABASES])
}

/// What a backup has to bring back, and what it must not stumble over.
fn fill(database: &Database) {
    database.superuser(
        "app",
        r#"CREATE SCHEMA s AUTHORIZATION app; SET ROLE app;
           CREATE TABLE s.t (id bigserial PRIMARY KEY, "odd (name)" text, at timestamptz, n numeric, b bytea);
           INSERT INTO s.t ("odd (name)", at, n, b)
             SELECT E'row\t' || i || E'\n', '2026-01-01Z'::timestamptz + i * interval '1 second', i / 7.0, sha256(i::text::bytea)
             FROM generate_series(1, 2000) i;
           ALTER TABLE s.t ENABLE ROW LEVEL SECURITY; ALTER TABLE s.t FORCE ROW LEVEL SECURITY;
           CREATE POLICY nobody ON s.t USING (false);
           CREATE TABLE s.parts (n int) PARTITION BY RANGE (n);
           CREATE TABLE s.low PARTITION OF s.parts FOR VALUES FROM (0) TO (50);
           CREATE TABLE s.high PARTITION OF s.parts FOR VALUES FROM (50) TO (100);
           INSERT INTO s.parts SELECT generate_series(0, 99);
           CREATE TABLE s."a ""quoted"" (one)" (n int); INSERT INTO s."a ""quoted"" (one)" VALUES (1), (2);
           CREATE INDEX ON s.t USING gin ("odd (name)" public.gin_trgm_ops);
           CREATE MATERIALIZED VIEW s.m AS SELECT count(*) AS rows FROM s.parts;
           SELECT lo_from_bytea(4711, 'large')"#,
    );
    database.superuser(SECOND, "CREATE TABLE here (n int); INSERT INTO here VALUES (42)");
}

/// Every row of it.
fn rows(database: &Database, name: &str) -> String {
    [
        "SELECT * FROM s.t ORDER BY id",
        "SELECT tableoid::regclass, n FROM s.parts ORDER BY n",
        r#"SELECT * FROM s."a ""quoted"" (one)" ORDER BY n"#,
        "SELECT rows FROM s.m",
        "SELECT convert_from(lo_get(4711), 'UTF8')",
        "SELECT tablename, tableowner, hasindexes, rowsecurity FROM pg_tables WHERE schemaname = 's' ORDER BY 1",
        "SELECT last_value FROM s.t_id_seq",
    ]
    .iter()
    .map(|sql| database.superuser(name, sql))
    .collect()
}

/// Where the release keeps its backups on a volume.
fn directory(node: &Node, claim: &str) -> PathBuf {
    node.claim(claim).join("default-my-db-postgresql")
}

/// What has the name of a backup, and what is left of others.
fn names(directory: &Path) -> (Vec<String>, Vec<String>) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut all: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    all.retain(|name| name != ".lock");
    all.sort();
    all.into_iter().partition(|name| name.ends_with('Z'))
}

/// Every file below a directory with its content.
fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = names(directory)
        .0
        .iter()
        .flat_map(|name| fs::read_dir(directory.join(name)).unwrap().flatten())
        .map(|file| (file.path(), fs::read(file.path()).unwrap()))
        .collect();
    all.sort();
    all
}

fn manifest(directory: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(directory.join(name).join("manifest.json")).unwrap()).unwrap()
}

fn succeeded(boot: Boot) -> String {
    assert!(boot.success, "{}", boot.log);
    boot.log
}

fn failed(boot: &Boot, why: &str) {
    assert!(!boot.success && boot.log.contains(why), "{}", boot.log);
}

/// A command of this name that stands before the real one.
fn command(name: &str, script: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let file = directory.path().join(name);
    fs::write(&file, format!("#!/bin/bash\nset -e\nreal=$(type -aP {name} | sed -n 2p)\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

/// A volume of its own size in the place of a claim.
struct SmallVolume(PathBuf);

impl SmallVolume {
    fn new(path: PathBuf, size: &str) -> Self {
        fs::create_dir_all(&path).unwrap();
        let options = format!("size={size},mode=2775,gid=999");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "small"]).arg(&path).status().unwrap();
        assert!(mounted.success());
        Self(path)
    }
}

impl Drop for SmallVolume {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

mod what_fails_leaves_the_backups_before_as_they_were {
    #[test]
    #[ignore = "needs PostgreSQL servers, run by tests/run"]
    fn on_15() {
        super::what_fails_leaves_the_backups_before_as_they_were(crate::major::Major(15));
    }

    #[test]
    #[ignore = "needs PostgreSQL servers, run by tests/run"]
    fn on_17() {
        super::what_fails_leaves_the_backups_before_as_they_were(crate::major::Major(17));
    }
}

fn what_fails_leaves_the_backups_before_as_they_were(major: Major) {
    let release = render(major, "backup.schedule=@daily");
    let cluster = Cluster::new(2);
    let node = &cluster.nodes[1];
    let database = cluster.nodes[0].start(&release);
    fill(&database);
    let small = SmallVolume::new(node.claim(BACKUP), "1m");
    let job = release.job(BACKUP);
    let log = succeeded(node.run_job(&job));
    assert!(log.contains("database app: 2102 rows"), "{log}");

    let place = directory(node, BACKUP);
    let before = contents(&place);
    let (complete, others) = names(&place);
    assert_eq!((complete.len(), others.len()), (1, 0));
    let described = manifest(&place, &complete[0]);
    let dumped: Vec<&str> =
        described["databases"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(dumped, ["app", SECOND, "postgres", "restored"]);
    assert!(described["serverVersion"].as_str().unwrap().starts_with(&major.0.to_string()), "{described}");
    assert!(described["lsn"].as_str().unwrap().contains('/') && described["standby"] == false, "{described}");
    assert_eq!(described["databases"][0]["rows"], 2102);
    let roles = fs::read_to_string(place.join(&complete[0]).join("globals.sql")).unwrap();
    assert!(roles.contains("CREATE ROLE app;") && !roles.contains("SCRAM-SHA-256"), "{roles}");
    let unchanged = |what: &str, others: usize| {
        assert_eq!(contents(&place), before, "{what}");
        assert_eq!(names(&place).1.len(), others, "{what}");
    };

    let cut = command(
        "pg_dump",
        r#""$real" "$@"; for file in "$@"; do [ "${file#--file=}" = "$file" ] || truncate -s -100 "${file#--file=}"; done"#,
    );
    failed(&node.start_job(&job, Some(cut.path())).into(), "cannot be read again");
    unchanged("a dump that is cut off", 0);

    let mut stranger = release.clone();
    stranger.edit_secret("backup-password", "wrong");
    failed(&node.run_job(&stranger.job(BACKUP)), "password authentication failed");
    unchanged("a wrong password", 0);

    let slow = command("pg_dump", r#""$real" "$@"; sleep 1000"#);
    let mut running = node.start_job(&job, Some(slow.path()));
    eventually("it dumps", || running.log().contains("dumping database app"));
    failed(&node.run_job(&job), "another backup is being made");
    running.kill();
    unchanged("a dump that is killed", 1);

    // What no compression makes smaller.
    let noise = "CREATE TABLE noise AS SELECT sha256((n || 'x')::bytea) AS b FROM generate_series(1, 60000) n";
    database.superuser("app", noise);
    failed(&node.run_job(&job), "No space left on device");
    unchanged("a full volume", 0);
    database.superuser("app", "DROP TABLE noise");

    // Asked to stop, it leaves nothing.
    let mut running = node.start_job(&job, Some(slow.path()));
    eventually("it dumps", || running.log().contains("dumping database app"));
    running.signal("TERM");
    assert!(!running.wait(std::time::Duration::from_secs(30)).success());
    unchanged("a dump that is stopped", 0);

    for _ in 0..2 {
        succeeded(node.run_job(&job));
    }
    let (complete, others) = names(&place);
    assert_eq!((complete.len(), others.len()), (2, 0), "the oldest one went");
    drop(small);
    database.stop();
}

mod a_backup_comes_back_row_by_row {
    #[test]
    #[ignore = "needs PostgreSQL servers, run by tests/run"]
    fn on_15() {
        super::a_backup_comes_back_row_by_row(crate::major::Major(15));
    }

    #[test]
    #[ignore = "needs PostgreSQL servers, run by tests/run"]
    fn on_17() {
        super::a_backup_comes_back_row_by_row(crate::major::Major(17));
    }
}

fn a_backup_comes_back_row_by_row(major: Major) {
    let release = render(major, "backup.verify.enabled=true");
    let cluster = Cluster::new(2);
    let node = &cluster.nodes[1];
    let database = cluster.nodes[0].start(&release);
    fill(&database);
    let before = rows(&database, "app");
    succeeded(node.run_job(&release.job(BACKUP)));
    let place = directory(node, BACKUP);
    let name = names(&place).0.remove(0);

    let verify = release.job(&format!("{BACKUP}-verify"));
    let log = succeeded(node.run_job(&verify));
    assert!(log.contains("database app: 2102 rows in 4 tables, as dumped"), "{log}");
    assert!(log.contains(&format!("database {SECOND}: 1 rows in 1 tables")), "{log}");
    assert!(log.contains(&format!("backup {name} is good")), "{log}");

    // Into a database of its own, and over what an accident has left of the first.
    let restore = |target: &str| {
        let restore =
            format!("backup.restore.backup={name},backup.restore.target={target},backup.restore.confirm={target}");
        render(major, &format!("backup.verify.enabled=true,{restore}")).job("my-db-postgresql-restore-")
    };
    database.superuser("restored", "CREATE EXTENSION pg_trgm");
    succeeded(node.run_job(&restore("restored")));
    assert_eq!(rows(&database, "restored"), before);
    database.superuser("app", "DELETE FROM s.t WHERE id % 3 = 0; DROP TABLE s.parts CASCADE; UPDATE s.t SET n = 0");
    assert_ne!(restore("app").workload()["metadata"]["name"], restore("restored").workload()["metadata"]["name"]);
    succeeded(node.run_job(&restore("app")));
    assert_eq!(rows(&database, "app"), before);

    // What cannot be restored as a whole changes nothing.
    database.superuser("app", "CREATE VIEW s.needs AS SELECT n FROM s.t; INSERT INTO s.t (n) VALUES (1)");
    let changed = rows(&database, "app");
    failed(&node.run_job(&restore("app")), "other objects depend on it");
    assert_eq!(rows(&database, "app"), changed);

    // One byte of a dump is another one.
    let dump = place.join(&name).join("app.dump");
    let mut bytes = fs::read(&dump).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&dump, bytes).unwrap();
    failed(&node.run_job(&verify), "is damaged");
    failed(&node.run_job(&restore("restored")), "is damaged");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_bucket_keeps_encrypted_backups_for_whoever_has_its_ca_and_the_key() {
    let major = Major(17);
    let authority = Authority::new();
    let cluster = Cluster::new(2);
    let store = S3::start(&cluster);
    let (node, bucket) = (&cluster.nodes[1], s3::BUCKET);
    let address = format!("https://{}:{}", s3::HOST, s3::PORT);
    let render = |more: &str, ca: &str| {
        let s3 = format!(
            "backup.destination=s3,backup.s3.bucket={bucket},backup.s3.endpoint={address},backup.s3.existingSecret=store,\
             backup.s3.caSecret=store-ca,backup.encryption.enabled=true,backup.encryption.existingSecret=key"
        );
        let tls = "tls.enabled=true,tls.source=cert-manager,tls.certManager.issuerRef.name=ca";
        authority
            .issue(render(major, &format!("{s3},{tls}{more}")))
            .with_secret("store", &[("access-key-id", "id"), ("secret-access-key", "secret")])
            .with_secret("store-ca", &[("ca.crt", ca)])
            .with_secret("key", &[("backup-key", &"0123456789abcdef".repeat(2))])
    };
    let release = render("", store.ca());
    let database = cluster.nodes[0].start(&release);
    fill(&database);
    let before = rows(&database, "app");

    let stranger = Authority::new();
    failed(
        &node.run_job(
            &render(",backup.s3.options={--low-level-retries=1,--retries=1}", &stranger.certificate).job(BACKUP),
        ),
        "certificate",
    );
    assert_eq!(store.keys(&cluster, ""), Vec::<String>::new());

    let log = succeeded(node.run_job(&release.job(BACKUP)));
    let keys = store.keys(&cluster, "default/my-db-postgresql/");
    assert!(
        keys.iter().any(|key| key.ends_with("Z/app.dump.enc"))
            && keys.iter().any(|key| key.ends_with("Z/manifest.json")),
        "{keys:?}: {log}"
    );
    let name = keys[0].split('/').nth(2).unwrap().to_owned();
    let plain =
        store.request(&cluster, "GET", &format!("{bucket}/default/my-db-postgresql/{name}/manifest.json")).unwrap();
    assert!(plain.contains("\"encrypted\": true"), "{plain}");
    // An upload that was killed long ago is no backup.
    let incomplete = "default/my-db-postgresql/20200101T000000Z/app.dump.enc";
    store.request(&cluster, "PUT", &format!("{bucket}/{incomplete}")).unwrap();

    let log = succeeded(node.run_job(&release.job(&format!("{BACKUP}-verify"))));
    assert!(log.contains(&format!("backup {name} is good")) && log.contains("database app: 2102 rows"), "{log}");
    let restore = |name: &str| {
        let restore =
            format!(",backup.restore.backup={name},backup.restore.target=restored,backup.restore.confirm=restored");
        render(&restore, store.ca()).job("my-db-postgresql-restore-")
    };
    database.superuser("restored", "CREATE EXTENSION pg_trgm");
    succeeded(node.run_job(&restore(&name)));
    assert_eq!(rows(&database, "restored"), before);
    failed(&node.run_job(&restore("20200101T000000Z")), "there is no backup 20200101T000000Z");
    failed(
        &node.run_job(&restore(&name).with_secret("key", &[("backup-key", &"another key, as long".repeat(2))])),
        "was not made with this key",
    );

    for _ in 0..2 {
        succeeded(node.run_job(&release.job(BACKUP)));
    }
    let keys = store.keys(&cluster, "");
    let complete: Vec<_> = keys.iter().filter(|key| key.ends_with("/manifest.json")).collect();
    assert_eq!(complete.len(), 2, "{keys:?}");
    assert!(!keys.iter().any(|key| key.contains(&name) || key == incomplete), "{keys:?}");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_standby_is_read_and_an_export_keeps_what_it_has() {
    let ha =
        "mode=ha,replication.readReplicas=1,persistence.size=10Gi,persistence.wal.enabled=false,backup.source=standby";
    let nfs = "backup.destination=nfs,backup.nfs.server=nfs.example.com,backup.nfs.path=/exports";
    let sets = format!("{SETS},{ha},{nfs},postgresql.config.hot_standby_feedback=on,backup.databases={{app}}");
    let wait = r#"extraEnv=[{"name": "PGCHART_PEER_WAIT", "value": "1"}]"#;
    let release = Release::render(Major(17), &["--preset", "edge", "--set", &sets, "--set-json", wait]);
    let cluster = Cluster::new(3);
    let primary = cluster.nodes[0].start(&release);
    let standby = cluster.nodes[1].start(&release);
    primary.superuser("app", "CREATE TABLE t AS SELECT generate_series(1, 100) AS n");
    eventually("the standby has it", || standby.superuser("app", "SELECT to_regclass('t') IS NOT NULL") == "t\n");
    let node = &cluster.nodes[2];
    let export = node.claim("nfs");
    fs::create_dir_all(&export).unwrap();
    chown(&export, None, Some(999)).unwrap();
    fs::set_permissions(&export, fs::Permissions::from_mode(0o2775)).unwrap();
    succeeded(node.run_job(&release.job(BACKUP)));
    let place = directory(node, "nfs");
    let described = manifest(&place, &names(&place).0[0]);
    assert_eq!(described["standby"], true);
    assert_eq!(described["databases"].as_array().unwrap().len(), 1);
    assert_eq!(described["databases"][0]["rows"], 100);
    standby.stop();
    primary.stop();
}
