//! The tests of a release, run as its Job runs them: all pass on a good release, and each fails when its thing is broken.

use std::time::Duration;

use crate::authority::Authority;
use crate::cluster::{Cluster, eventually};
use crate::container::Running;
use crate::database::Database;
use crate::major::Major;
use crate::monitoring::Exporter;
use crate::release::Release;

/// What the Job wrote, and whether it succeeded.
struct Outcome {
    success: bool,
    log: String,
}

/// Runs the Job's pod on the last node but the poolers'.
fn run(cluster: &Cluster, node: usize, release: &Release) -> Outcome {
    let mut job: Running = cluster.nodes[node].start_single(&release.component("test"));
    let success = job.wait(Duration::from_secs(300)).success();
    Outcome { success, log: job.log() }
}

impl Outcome {
    /// Every test passed, these are their names, and no password is told.
    fn passes(&self, names: &str, release: &Release) {
        let line = |line: &str| line.split([' ', ':']).nth(1).unwrap_or_default().to_owned();
        let passed: Vec<String> = self.log.lines().filter(|line| line.starts_with("ok ")).map(line).collect();
        assert!(self.success && passed.join(" ") == names, "{}", self.log);
        assert!(!self.log.contains("not ok") && !self.log.contains(&release.password()), "{}", self.log);
    }

    /// This test failed and said why.
    fn fails(&self, name: &str, why: &str) {
        let start = format!("not ok {name}: ");
        let line = self.log.lines().find(|line| line.starts_with(&start)).unwrap_or_default();
        assert!(!self.success && line.contains(why), "{name} should fail for {why:?}:\n{}", self.log);
    }
}

/// Schemas that tests made and did not drop.
fn schemas(database: &Database) -> String {
    database.superuser("app", "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pgchart_test%'")
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn one_server_passes_and_each_test_fails_when_its_thing_is_broken() {
    let sets = "tests.enabled=true,tests.waitSeconds=5,tests.pgbench.enabled=true,tests.pgbench.seconds=2,\
                tests.pgbench.clients=4,metrics.enabled=true,postgresql.extensions={pg_trgm},\
                backup.enabled=true,walArchive.enabled=true";
    let release = Release::render(Major(15), &["--preset", "edge", "--set", sets]);
    let cluster = Cluster::new(2);
    let database = cluster.nodes[0].start(&release);
    let exporter = Exporter::start(&release, &database);
    let all = run(&cluster, 1, &release);
    all.passes("connection password crud settings extensions metrics backup archive pgbench", &release);
    assert!(all.log.contains("ok pgbench: latency average = "), "{}", all.log);
    assert_eq!(schemas(&database), "0\n");

    // The tests' role sees what it needs, and no row.
    database.superuser("app", "CREATE TABLE secrets (n integer)");
    let password = release.secret("my-db-postgresql", "tests-password").unwrap();
    let login = crate::database::Login { role: "tester", password: &password, database: "app" };
    assert!(database.over_network(login, "SELECT * FROM secrets").unwrap_err().contains("permission denied"));
    let elsewhere = crate::database::Login { database: "postgres", ..login };
    assert!(database.over_network(elsewhere, "SELECT 1").unwrap_err().contains("pg_hba.conf rejects"));

    // What the server, its roles and its tables could be wrong in, all at once; what each costs is told at its line.
    drop(exporter);
    database.superuser("app", "REVOKE pg_read_all_data FROM backup");
    let volume = cluster.nodes[0].claim("my-db-postgresql-wal-archive");
    let archive = std::fs::read_dir(&volume).unwrap().next().unwrap().unwrap().path();
    std::fs::rename(&archive, volume.join("away")).unwrap();
    std::fs::write(&archive, "").unwrap();
    database.superuser("postgres", "SELECT pg_logical_emit_message(false, 'test', ''), pg_switch_wal()");
    eventually("the archive fails", || {
        database.superuser("postgres", "SELECT failed_count > 0 FROM pg_stat_archiver") == "t\n"
    });
    let break_it = "ALTER SYSTEM SET work_mem = '5MB'";
    database.superuser("app", break_it);
    database.superuser("app", "DROP EXTENSION pg_trgm");
    database.superuser("app", "ALTER ROLE app CONNECTION LIMIT 2");
    database.superuser("app", "SELECT pg_reload_conf()");
    let broken = run(&cluster, 1, &release);
    broken.fails("settings", "work_mem is 5120, not ");
    broken.fails("extensions", "database app has no extension pg_trgm");
    broken.fails("metrics", "does not say pg_up 1");
    broken.fails("backup", "role backup cannot dump");
    broken.fails("archive", "cannot archive its log");
    broken.fails("pgbench", "too many connections for role \"app\"");
    assert!(broken.log.contains("\nok crud") || broken.log.starts_with("ok connection"), "{}", broken.log);
    assert_eq!(schemas(&database), "0\n");

    // A database that takes no rows, and a schema of a test that was killed two days ago.
    database.superuser("app", "CREATE SCHEMA pgchart_test_1000000000_7 AUTHORIZATION app");
    database.superuser("app", "ALTER ROLE app SET default_transaction_read_only = on");
    run(&cluster, 1, &release).fails("crud", "cannot execute");
    database.superuser("app", "ALTER ROLE app RESET default_transaction_read_only; ALTER ROLE app CONNECTION LIMIT -1");
    let again = run(&cluster, 1, &release);
    assert!(again.log.contains("ok crud\n"), "{}", again.log);
    assert_eq!(schemas(&database), "0\n");

    // Another password than the Secret's, and then a server that is not there.
    database.superuser("app", "ALTER ROLE app PASSWORD 'another'");
    run(&cluster, 1, &release).fails("connection", "password authentication failed");
    database.stop();
    run(&cluster, 1, &release).fails("connection", "Connection refused");

    // A server that trusts everybody.
    let open =
        r#"postgresql.hbaOverride=["local all all peer", "local replication postgres peer", "host all all all trust"]"#;
    let trusting = Release::render(Major(15), &["--preset", "edge", "--set", sets, "--set-json", open]);
    let database = cluster.nodes[0].start(&trusting);
    let outcome = run(&cluster, 1, &trusting);
    outcome.fails("password", "lets clients in with a wrong password");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn standbys_poolers_and_encryption_are_tested_too() {
    let sets = "mode=ha,persistence.size=10Gi,persistence.wal.enabled=false,replication.synchronous.mode=quorum,\
                tests.enabled=true,tests.mode=job,tests.waitSeconds=5,pgbouncer.enabled=true,\
                pgbouncer.readOnly.enabled=false,metrics.enabled=true,tls.enabled=true,tls.source=cert-manager,\
                tls.certManager.issuerRef.name=ca";
    let wait = r#"extraEnv=[{"name": "PGCHART_PEER_WAIT", "value": "1"}]"#;
    let render = |more: &str| {
        Release::render(Major(17), &["--preset", "edge", "--set", &format!("{sets},{more}"), "--set-json", wait])
    };
    let authority = Authority::new();
    let release = authority.issue(render("replication.readReplicas=2"));
    // Three servers, the tests, the pooler.
    let cluster = Cluster::new(5);
    cluster.announce(&release);
    let mut servers: Vec<Database> = cluster.nodes[..3].iter().map(|node| node.start(&release)).collect();
    let exporters: Vec<Exporter> = servers.iter().map(|server| Exporter::start(&release, server)).collect();
    let pooler = cluster.nodes[4].start_single(&release.component("pooler"));
    eventually("the pooler answers", || {
        pooler.exec(&["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/6432"], &[]).status.success()
    });
    run(&cluster, 3, &release).passes("connection password crud replication settings tls metrics", &release);
    assert_eq!(schemas(&servers[0]), "0\n");

    // A standby that is stopped, and a pooler that is gone.
    drop(pooler);
    drop(exporters);
    servers.pop().unwrap().stop();
    let broken = run(&cluster, 3, &release);
    broken.fails("connection", "no way through the pooler at my-db-postgresql-pooler.default.svc:6432");
    broken.fails("replication", "does not answer");

    // Somebody else's certificate: clients that verify it stay away.
    let stranger = Authority::new();
    let ca = stranger.issue(release.clone()).secret("my-db-postgresql-tls", "ca.crt").unwrap();
    let pair = ["tls.crt", "tls.key"].map(|key| release.secret("my-db-postgresql-tls", key).unwrap());
    let data = [("tls.crt", pair[0].as_str()), ("tls.key", pair[1].as_str()), ("ca.crt", ca.as_str())];
    let foreign = release.clone().with_secret("my-db-postgresql-tls", &data);
    run(&cluster, 3, &foreign).fails("tls", "certificate verify failed");

    // Plain text is let in.
    servers.into_iter().rev().for_each(|server| drop(server.stop()));
    let mut open = release.clone();
    open.edit_file("my-db-postgresql-config", "pg_hba.conf", |text| {
        let plain = text.lines().filter(|line| !line.starts_with("hostnossl"));
        plain.map(|line| line.replace("hostssl", "host") + "\n").collect()
    });
    // Nobody is left that a commit could wait for.
    open.edit_file("my-db-postgresql-config", "postgresql.conf", |text| {
        text.lines()
            .filter(|line| !line.starts_with("synchronous_standby_names"))
            .flat_map(|line| [line, "\n"])
            .collect()
    });
    let primary = cluster.nodes[0].start(&open);
    run(&cluster, 3, &open).fails("tls", "takes plain text");
    primary.stop();
}
