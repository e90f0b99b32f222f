//! PgBouncer as the chart runs it, in front of real servers: many clients on a few connections, and nobody gets in who must not.

use std::fmt::Write as _;
use std::time::Duration;

use crate::authority::Authority;
use crate::cluster::{Cluster, eventually};
use crate::container::Running;
use crate::database::Database;
use crate::major::Major;
use crate::release::Release;

const POOLER: &str = "my-db-postgresql-pooler.default.svc";
const CERT_MANAGER: &str =
    "tls.enabled=true,tls.source=cert-manager,tls.certManager.issuerRef.name=ca,pgbouncer.queryWaitTimeout=3";

fn render(major: Major, sets: &str) -> Release {
    let sets = format!("pgbouncer.enabled=true,{sets}");
    Release::render(major, &["--preset", "small", "--set", &sets])
}

/// The pooler in a pod of its own, once it answers.
fn start(cluster: &Cluster, release: &Release, component: &'static str) -> Running {
    let mut pooler = cluster.nodes.last().unwrap().start_single(&release.component(component));
    answers(&mut pooler);
    pooler
}

fn answers(pooler: &mut Running) {
    eventually("the pooler answers", || {
        assert!(pooler.ended().is_none(), "{}", pooler.log());
        pooler.exec(&["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/6432"], &[]).status.success()
    });
}

/// Logs in through the pooler as a client elsewhere does, and runs SQL.
fn through(database: &Database, role: &str, password: &str, name: &str, sql: &str) -> Result<String, String> {
    let login =
        [("PGHOST", POOLER), ("PGPORT", "6432"), ("PGUSER", role), ("PGPASSWORD", password), ("PGDATABASE", name)];
    database.psql(sql, &login)
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn many_clients_share_a_few_connections_and_a_stop_lets_transactions_end() {
    let release = render(Major(17), "pgbouncer.maxDbConnections=20");
    let cluster = Cluster::new(2);
    let database = cluster.nodes[0].start(&release);
    let mut pooler = start(&cluster, &release, "pooler");
    let password = release.password();
    let bench = format!(
        "echo 'SELECT count(*) FROM pg_class WHERE relname = :client_id::text;' >/tmp/bench.sql; \
         PGPASSWORD={password} pgbench -n -M prepared -f /tmp/bench.sql -c 500 -j 2 -t 20 -h {POOLER} -p 6432 -U app app 2>&1"
    );
    let bench = database.output(&["sh", "-c", &bench]);
    assert!(bench.contains("processed: 10000/10000") && bench.contains("failed transactions: 0 "), "{bench}");
    let connections = database.superuser("postgres", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'");
    assert_eq!(connections, "20\n");
    let lookups =
        database.superuser("postgres", "SELECT count(*) <= 2 FROM pg_stat_activity WHERE usename = 'pgbouncer'");
    assert_eq!(lookups, "t\n");
    let log = pooler.log();
    assert!(!log.contains("WARNING") && !log.contains("ERROR"), "{log}");

    // A transaction that is open when the pod is stopped is committed.
    through(&database, "app", &password, "app", "CREATE TABLE kept (n integer)").unwrap();
    let slow = format!(
        "PGPASSWORD={password} psql -X -h {POOLER} -p 6432 -U app app -c 'BEGIN; INSERT INTO kept VALUES (1); SELECT pg_sleep(8); COMMIT' >/dev/null 2>&1 &"
    );
    assert!(database.exec(&["sh", "-c", &slow]));
    let open = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'BEGIN; INSERT%' AND state = 'active'";
    eventually("the transaction is open", || database.superuser("postgres", open) == "1\n");
    pooler.signal("TERM");
    let grace = release.component("pooler").pod()["terminationGracePeriodSeconds"].as_u64().unwrap();
    pooler.wait(Duration::from_secs(grace));
    assert_eq!(database.superuser("app", "SELECT count(*) FROM kept"), "1\n", "{}", pooler.log());
    database.stop();
}

const ROLES: &str = "
    CREATE ROLE late LOGIN PASSWORD 'late' VALID UNTIL '2020-01-01';
    CREATE ROLE group_ NOLOGIN PASSWORD 'group';
    CREATE ROLE root LOGIN SUPERUSER PASSWORD 'root';
    CREATE ROLE copier LOGIN REPLICATION PASSWORD 'copier';
    CREATE ROLE later LOGIN PASSWORD 'later';
    GRANT CONNECT ON DATABASE app TO late, group_, copier, later";

mod nobody_gets_in_who_must_not {
    crate::on_every_major!(@ nobody_gets_in_who_must_not on_15 15, on_16 16, on_17 17, on_18 18);
}

fn nobody_gets_in_who_must_not(major: Major) {
    let more = r#"postgresql.databases=[{"name": "a-second.1"}]"#;
    let limited = r#"postgresql.roles=[{"name": "few", "connectionLimit": 3}]"#;
    let sets = ["--set", "pgbouncer.enabled=true", "--set-json", more, "--set-json", limited];
    let release = Release::render(major, &[&["--preset", "small"], &sets[..]].concat());
    let cluster = Cluster::new(2);
    let database = cluster.nodes[0].start(&release);
    let pooler = start(&cluster, &release, "pooler");
    let own = release.secret("my-db-postgresql", "pooler-password").unwrap();
    let (app, superuser) = (release.password(), release.superuser_password());
    database.superuser("postgres", ROLES);
    assert_eq!(through(&database, "app", &app, "app", "SELECT current_user").unwrap(), "app\n");
    let second = "a-second.1";
    assert_eq!(through(&database, "app", &app, second, "SELECT current_database()").unwrap(), format!("{second}\n"));
    assert_eq!(through(&database, "later", "later", "app", "SELECT 1").unwrap(), "1\n");

    // Of the three connections of this role each pod may have one: the second client waits for the first.
    let few = release.secret("my-db-postgresql", "role-few").unwrap();
    let sleep =
        format!("PGPASSWORD={few} psql -X -h {POOLER} -p 6432 -U few app -c 'SELECT pg_sleep(1)' >/dev/null & ");
    assert!(database.exec(&["sh", "-c", &format!("{}wait", sleep.repeat(2))]));
    assert_eq!(
        through(&database, "few", &few, "app", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'few'").unwrap(),
        "1\n"
    );

    let mut let_in = String::new();
    for (role, password, name) in [
        ("app", "wrong", "app"),
        ("nobody", "", "app"),
        ("postgres", superuser.as_str(), "app"),
        ("root", "root", "app"),
        ("copier", "copier", "app"),
        ("late", "late", "app"),
        ("group_", "group", "app"),
        ("pgbouncer", &own, "app"),
        ("pgbouncer", &own, "pgchart_auth"),
        ("app", &app, "pgchart_auth"),
        ("app", &app, "pgbouncer"),
        ("app", &app, "postgres"),
    ] {
        if through(&database, role, password, name, "SELECT 1").is_ok() {
            writeln!(let_in, "{role} at {name}").unwrap();
        }
    }
    assert_eq!(let_in, "");

    // The database has another password: the next login needs it, and the old one is worth nothing.
    database.superuser("postgres", "SET password_encryption = 'scram-sha-256'; ALTER ROLE later PASSWORD 'new'");
    assert_eq!(through(&database, "later", "new", "app", "SELECT 1").unwrap(), "1\n");
    assert!(through(&database, "later", "later", "app", "SELECT 1").is_err());

    // Whoever has the pooler's own password sees passwords of applications, and nothing else.
    let direct = |name: &str, sql: &str| {
        let login =
            [("PGHOST", "127.0.0.1"), ("PGUSER", "pgbouncer"), ("PGPASSWORD", own.as_str()), ("PGDATABASE", name)];
        database.psql(sql, &login)
    };
    let known = "SELECT string_agg(role, ' ' ORDER BY role) FROM pg_roles, pgchart.login(rolname)";
    assert_eq!(direct("postgres", known).unwrap(), "app few later\n");
    assert!(direct("postgres", "SELECT * FROM pg_authid").unwrap_err().contains("permission denied"));
    assert!(direct("app", "SELECT 1").unwrap_err().contains("pg_hba.conf rejects"));
    let app = [("PGHOST", "127.0.0.1"), ("PGUSER", "app"), ("PGPASSWORD", app.as_str()), ("PGDATABASE", "postgres")];
    assert!(database.psql("SELECT pgchart.login('app')", &app).unwrap_err().contains("permission denied"));
    assert!(!pooler.log().contains("SCRAM-SHA-256$") && !pooler.log().contains(&own), "{}", pooler.log());
    drop(pooler);
    database.stop();

    // Without the pooler nobody can ask any more.
    let without = Release::render(major, &["--preset", "small", "--set-json", more]);
    let database = cluster.nodes[0].start(&without);
    assert_eq!(database.superuser("postgres", "SELECT to_regprocedure('pgchart.login(text)')"), "\n");
    // Where somebody else could answer, nothing is looked up: that is told, and the database serves.
    database.superuser("postgres", "ALTER SCHEMA pgchart OWNER TO app");
    database.stop();
    let database = cluster.nodes[0].start(&release);
    eventually("that is told", || {
        database.said_beside().contains("schema pgchart of database postgres is not the superuser's")
    });
    assert_eq!(database.superuser("postgres", "SELECT to_regprocedure('pgchart.login(text)')"), "\n");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn both_sides_are_encrypted_and_new_certificates_and_passwords_are_taken_over() {
    let (major, authority) = (Major(17), Authority::new());
    let release = authority.issue(render(major, CERT_MANAGER));
    let cluster = Cluster::new(2);
    let database = cluster.nodes[0].start(&release);
    let pooler = start(&cluster, &release, "pooler");
    let password = release.password();
    let login = |more: &[(&str, &str)]| {
        let base = [("PGHOST", POOLER), ("PGPORT", "6432"), ("PGUSER", "app"), ("PGPASSWORD", password.as_str())];
        database.psql(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
            &[&base[..], &[("PGDATABASE", "app")], more].concat(),
        )
    };
    let verified = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", "/etc/postgresql-tls/ca.crt")];
    assert_eq!(login(&verified).unwrap(), "t\n");
    assert!(login(&[("PGSSLMODE", "disable")]).unwrap_err().contains("SSL required"));

    let shown = || {
        let ask = format!(
            "openssl s_client -starttls postgres -connect {POOLER}:6432 </dev/null 2>/dev/null | openssl x509 -noout -serial"
        );
        database.output(&["sh", "-c", &ask])
    };
    let before = shown();
    let renewed = authority.issue(render(major, &format!("{CERT_MANAGER},pgbouncer.password=it's \"new\"")));
    cluster.nodes[1].update_secrets(&renewed.component("pooler"));
    eventually("the new certificate is served", || shown() != before);
    // The server learns the password at its next boot; by then the pooler has it.
    database.stop();
    let database = cluster.nodes[0].start(&renewed);
    eventually("the pooler logs in again", || through(&database, "app", &password, "app", "SELECT 1").is_ok());
    assert!(!pooler.log().contains("new\""), "{}", pooler.log());

    // A server that somebody else answers for is not talked to.
    drop(pooler);
    let stranger = Authority::new().issue(render(major, CERT_MANAGER));
    let data = ["tls.crt", "tls.key"].map(|key| renewed.secret("my-db-postgresql-pooler-tls", key).unwrap());
    let ca = stranger.secret("my-db-postgresql-tls", "ca.crt").unwrap();
    let other = renewed
        .with_secret("my-db-postgresql-pooler-tls", &[("tls.crt", &data[0]), ("tls.key", &data[1])])
        .with_secret("my-db-postgresql-tls", &[("ca.crt", &ca)]);
    let pooler = start(&cluster, &other, "pooler");
    assert!(through(&database, "app", &password, "app", "SELECT 1").is_err());
    assert!(pooler.log().contains("certificate verify failed"), "{}", pooler.log());
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn standbys_have_a_pooler_of_their_own_and_a_sidecar_serves_its_server() {
    let major = Major(17);
    let pair = "mode=ha,replication.readReplicas=1,persistence.size=10Gi,persistence.wal.enabled=false";
    let wait = r#"extraEnv=[{"name": "PGCHART_PEER_WAIT", "value": "1"}]"#;
    let render = |more: &str| {
        let sets = format!("pgbouncer.enabled=true,{pair},{more}");
        Release::render(major, &["--preset", "edge", "--set", &sets, "--set-json", wait])
    };
    let release = render("pgbouncer.mode=deployment");
    let cluster = Cluster::new(3);
    // The last node is the pooler's.
    let primary = cluster.nodes[0].start(&release);
    let standby = cluster.nodes[1].start(&release);
    let password = release.password();
    let reads = |database: &Database| through(database, "app", &password, "app", "SELECT pg_is_in_recovery()").unwrap();
    for (component, answer) in [("pooler", "f\n"), ("pooler-ro", "t\n")] {
        let pooler = start(&cluster, &release, component);
        assert_eq!(reads(&primary), answer);
        drop(pooler);
    }
    standby.stop();
    primary.stop();

    let beside = render("pgbouncer.mode=sidecar");
    assert!(
        beside.has("Service", "my-db-postgresql-pooler-ro") && !beside.has("Deployment", "my-db-postgresql-pooler")
    );
    let primary = cluster.nodes[0].start(&beside);
    let standby = cluster.nodes[1].start(&beside);
    for (number, database, answer) in [(0, &primary, "f\n"), (1, &standby, "t\n")] {
        let mut pooler = cluster.nodes[number].serve_beside(&beside, "pgbouncer");
        answers(&mut pooler);
        let login = [("PGHOST", "127.0.0.1"), ("PGPORT", "6432"), ("PGUSER", "app"), ("PGPASSWORD", password.as_str())];
        let recovery = database.psql("SELECT pg_is_in_recovery()", &[&login[..], &[("PGDATABASE", "app")]].concat());
        assert_eq!(recovery.unwrap(), answer, "{}", pooler.log());
        // The server's socket would let its own user in as superuser.
        assert!(!pooler.exec(&["ls", "/var/run/postgresql"], &[]).status.success());
    }
    standby.stop();
    primary.stop();
}
