//! Another major version: the database is dumped by the old image, restored by the new one, and the old one stays until the new one
//! is complete.

use crate::FULL;
use crate::cluster::{Cluster, eventually};
use crate::database::Database;
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

const WAL: &str = "persistence.wal.enabled=true";
const UPGRADE: &str = "upgrade.from=15";

/// 15 and 17 are whole images here; for the others there are servers without clients.
fn old(arguments: &[&str]) -> Release {
    Release::render(Major(15), &[&["--preset", "edge", "-f", FULL], arguments].concat())
}

fn new(arguments: &[&str]) -> Release {
    Release::render(Major(17), &[&["--preset", "edge", "-f", FULL], arguments].concat())
}

/// What a user has put into the old database: all that could be lost on the way.
fn fill(database: &Database) {
    database.superuser(
        "app",
        "CREATE ROLE \"a reader\" LOGIN CONNECTION LIMIT 3 IN ROLE \"report-er\";
         CREATE SCHEMA s AUTHORIZATION app;
         CREATE TABLE s.t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text COLLATE \"C\", at timestamptz);
         ALTER TABLE s.t OWNER TO app;
         INSERT INTO s.t (text, at) SELECT 'row ' || n, '2026-01-01Z'::timestamptz + n * interval '1 second' FROM generate_series(1, 500) n;
         CREATE INDEX ON s.t USING gin (text public.gin_trgm_ops);
         GRANT SELECT ON s.t TO \"a reader\";
         CREATE MATERIALIZED VIEW s.m AS SELECT count(*) AS rows FROM s.t;
         COMMENT ON TABLE s.t IS 'it''s a table';
         SELECT lo_from_bytea(4711, 'large')",
    );
    database.superuser("it's a second", "CREATE TABLE here (n int); INSERT INTO here VALUES (42)");
}

/// The same, read back.
fn content(database: &Database) -> String {
    let queries = [
        ("app", "SELECT count(*), sum(id), min(text), max(at) FROM s.t"),
        ("app", "SELECT rows, obj_description('s.t'::regclass), convert_from(lo_get(4711), 'UTF8') FROM s.m"),
        (
            "app",
            "SELECT has_table_privilege('a reader', 's.t', 'SELECT'), pg_has_role('a reader', 'report-er', 'MEMBER')",
        ),
        ("app", "SELECT tableowner, hasindexes FROM pg_tables WHERE schemaname = 's'"),
        ("app", "SELECT last_value >= 500, rolconnlimit FROM s.t_id_seq, pg_roles WHERE rolname = 'a reader'"),
        ("app", "SELECT count(*) FROM items"),
        ("it's a second", "SELECT n FROM here"),
        (
            "postgres",
            "SELECT string_agg(datname || ' ' || datcollate || ' ' || pg_get_userbyid(datdba), ', ' ORDER BY datname) FROM pg_database",
        ),
    ];
    queries.iter().map(|(database_name, sql)| database.superuser(database_name, sql)).collect()
}

fn app_can_log_in(database: &Database, release: &Release) {
    let login = crate::database::Login { role: "app", password: &release.password(), database: "app" };
    assert_eq!(database.over_network(login, "SELECT 1").unwrap(), "1\n");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn everything_arrives_and_the_old_database_stays() {
    for settings in [&["--set", WAL][..], &[]] {
        let node = Node::new();
        let database = node.start(&old(settings));
        fill(&database);
        let before = content(&database);
        // A crash right before: the old server recovers first.
        database.crash();

        let refused = node.boot(&new(settings));
        assert!(!refused.success && refused.log.contains("set upgrade.from: 15"), "{}", refused.log);

        let release = new(&[settings, &["--set", UPGRADE]].concat());
        let database = node.start(&release);
        assert_eq!(database.superuser("postgres", "SELECT current_setting('server_version_num')::int / 10000"), "17\n");
        assert_eq!(content(&database), before);
        app_can_log_in(&database, &release);
        let analyzed = "SELECT reltuples FROM pg_class WHERE oid = 's.t'::regclass";
        assert_eq!(database.superuser("app", analyzed), "500\n");
        database.stop();
        let data = node.claim("my-db-postgresql-data");
        assert!(data.join("pgdata.15/PG_VERSION").exists());
        assert!(!data.join("pgchart.upgrade").exists(), "the dump is of no use any more");

        // The value may stay, and go; nothing happens again.
        for release in [&release, &new(settings)] {
            let database = node.start(release);
            assert_eq!(content(&database), before);
            database.stop();
        }
        let database = node.start(&new(&[settings, &["--set", UPGRADE, "--set", "upgrade.keepOld=false"]].concat()));
        assert_eq!(content(&database), before);
        database.stop();
        assert!(!data.join("pgdata.15").exists());
        assert_eq!(node.leftovers(), Vec::<String>::new());
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_upgrade_that_fails_leaves_the_old_database_as_it_was() {
    let node = Node::new();
    let database = node.start(&old(&[]));
    fill(&database);
    // 17 has this extension no more.
    database.superuser("app", "CREATE EXTENSION adminpack");
    database.stop();
    let release = new(&["--set", UPGRADE]);
    let boot = node.boot(&release);
    assert!(!boot.success && boot.log.contains("extension \"adminpack\" is not available"), "{}", boot.log);

    // The old version again, as if nothing had happened; what is written now is in no dump yet.
    let database = node.start(&old(&[]));
    database.superuser("app", "DROP EXTENSION adminpack; INSERT INTO items VALUES (5000)");
    let before = content(&database);
    database.stop();
    let database = node.start(&release);
    assert_eq!(content(&database), before);
    assert_eq!(database.superuser("app", "SELECT count(*) FROM items"), "1001\n");
    database.stop();
    assert_eq!(node.leftovers(), ["pgdata.15"]);
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_upgrade_killed_at_any_step_is_completed_by_the_next_boot() {
    let release = new(&["--set", UPGRADE, "--set", WAL]);
    let before = Node::new();
    let database = before.start(&old(&["--set", WAL]));
    database.superuser("app", "INSERT INTO items VALUES (5000)");
    database.stop();
    let mut step = 1;
    loop {
        let node = before.copy();
        if !node.boot_killed_at_step(&release, step) {
            break;
        }
        let database = node.start(&release);
        assert_eq!(database.superuser("app", "SELECT count(*) FROM items"), "1001\n", "killed before step {step}");
        database.stop();
        step += 1;
    }
    assert!(step > 10, "only {step} steps");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn standbys_copy_the_upgraded_primary() {
    let settings = [
        "--set",
        "mode=ha,persistence.size=10Gi",
        "--set-json",
        r#"extraEnv=[{"name": "PGCHART_PEER_WAIT", "value": "1"}]"#,
    ];
    let cluster = Cluster::new(3);
    let before = old(&settings);
    let mut pods: Vec<Option<Database>> = cluster.start(&before).into_iter().map(Some).collect();
    fill(pods[0].as_ref().unwrap());
    let wanted = content(pods[0].as_ref().unwrap());

    // The StatefulSet rolls from the highest number down, and waits at the first pod that does.
    let after = new(&[&settings[..], &["--set", UPGRADE]].concat());
    pods[2].take().unwrap().stop();
    let waiting = cluster.nodes[2].start_boot(&after);
    eventually("the standby waits", || waiting.log().contains("kubectl delete pod my-db-postgresql-0"));
    pods[0].take().unwrap().stop();
    pods[0] = Some(cluster.nodes[0].start(&after));
    pods[2] = Some(cluster.nodes[2].serve_after(waiting, &after));
    pods[1].take().unwrap().stop();
    pods[1] = Some(cluster.nodes[1].start(&after));
    assert_eq!(content(pods[0].as_ref().unwrap()), wanted);
    for pod in pods.iter().flatten() {
        assert_eq!(pod.superuser("app", "SELECT count(*) FROM s.t"), "500\n");
    }
}
