//! Pgpool-II as the chart runs it, in front of a real primary and a real standby: reads go to both, writes to the one that is the
//! primary, and who must not get in does not.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use crate::authority::Authority;
use crate::cluster::{Cluster, eventually};
use crate::container::Running;
use crate::database::Database;
use crate::major::Major;
use crate::patroni;
use crate::release::Release;

const BALANCER: &str = "my-db-postgresql-pgpool.default.svc";
const PRIMARY: &str = "10.77.0.10\n";
const STANDBY: &str = "10.77.0.11\n";
/// Whoever answers says where it is; functions that may write would go to the primary.
const WHERE: &str = "SELECT host(inet_server_addr())";

fn render(sets: &str) -> Release {
    let pair = "mode=ha,replication.readReplicas=1,persistence.size=10Gi,persistence.wal.enabled=false";
    let wait = r#"extraEnv=[{"name": "PGCHART_PEER_WAIT", "value": "1"}]"#;
    let roles = r#"postgresql.roles=[{"name": "report"}, {"name": "other"}]"#;
    let balancer = "pgpool.enabled=true,pgpool.roles={report},pgpool.checkPeriod=1";
    let sets = format!("{pair},{balancer},{sets}");
    Release::render(Major(17), &["--preset", "edge", "--set", &sets, "--set-json", wait, "--set-json", roles])
}

/// Pgpool-II in a pod of its own, once it answers.
fn start(cluster: &Cluster, release: &Release) -> Running {
    let mut pgpool = cluster.nodes.last().unwrap().start_single(&release.component("pgpool"));
    eventually("Pgpool-II answers", || {
        assert!(pgpool.ended().is_none(), "{}", pgpool.log());
        pgpool.exec(&["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9999"], &[]).status.success()
    });
    pgpool
}

/// Somebody who logs in through Pgpool-II.
struct Client<'a> {
    cluster: &'a Cluster,
    role: &'a str,
    password: &'a str,
}

impl Client<'_> {
    /// Runs each statement by itself in one session; gives what they answer.
    fn ask(&self, statements: &[&str], environment: &[(&str, &str)]) -> Result<String, String> {
        let mut psql = self.cluster.outsider("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]);
        psql.args(statements.iter().flat_map(|statement| ["-c", statement]));
        psql.env("PGHOST", "10.77.0.12")
            .env("PGPORT", "9999")
            .env("PGUSER", self.role)
            .env("PGPASSWORD", self.password);
        psql.env("PGDATABASE", "app").env("PGCONNECT_TIMEOUT", "10").envs(environment.iter().copied());
        let output = psql.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    fn says(&self, statements: &[&str]) -> String {
        self.ask(statements, &[]).unwrap_or_else(|error| panic!("{statements:?}: {error}"))
    }

    /// Whether all of so many sessions in a row read from there.
    fn reads_only_from(&self, server: &str, sessions: u32) -> bool {
        (0..sessions).all(|_| self.ask(&[WHERE], &[]).is_ok_and(|address| address == server))
    }

    /// Whether of some sessions one reads from the one server and one from the other.
    fn reads_from_both(&self) -> bool {
        let mut seen = BTreeSet::new();
        (0..24).any(|_| seen.insert(self.says(&[WHERE])) && seen.len() == 2)
    }
}

fn streams(primary: &Database) {
    let query =
        "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn = pg_current_wal_lsn()";
    eventually("the standby follows", || primary.superuser("postgres", query) == "1\n");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn reads_go_to_every_server_and_writes_to_the_one_that_is_the_primary() {
    let release = render("pgpool.loadBalance.maxLagBytes=100000");
    let cluster = Cluster::new(3);
    let mut pods: Vec<Database> = cluster.nodes[..2].iter().map(|node| node.start(&release)).collect();
    let pgpool = start(&cluster, &release);
    let password = release.password();
    let client = Client { cluster: &cluster, role: "app", password: &password };

    client.says(&["CREATE TABLE noted (n serial, text text)", "INSERT INTO noted (text) VALUES ('first')"]);
    streams(&pods[0]);
    assert!(client.reads_from_both());
    // What writes goes to the primary from whichever session, also by a function that only the server knows of.
    client.says(&[
        "CREATE FUNCTION note() RETURNS integer LANGUAGE sql AS 'INSERT INTO noted DEFAULT VALUES RETURNING n'",
    ]);
    for _ in 0..4 {
        client.says(&["SELECT note()"]);
    }
    // Whoever has written reads from the primary, in the same transaction and for the rest of his session.
    for _ in 0..4 {
        let count = "SELECT count(*) FROM noted WHERE text = 'mine'";
        let transaction = ["BEGIN", count, "INSERT INTO noted (text) VALUES ('mine')", count, "ROLLBACK"];
        assert_eq!(client.says(&transaction), "0\n1\n");
        assert_eq!(client.says(&["UPDATE noted SET text = text", WHERE]), PRIMARY);
    }
    assert_eq!(pods[0].superuser("app", "SELECT count(*) FROM noted"), "5\n");

    // A standby that is too far behind is not read from until it has caught up.
    pods[1].superuser("postgres", "SELECT pg_wal_replay_pause()");
    client.says(&["INSERT INTO noted (text) SELECT repeat('x', 100) FROM generate_series(1, 5000)"]);
    eventually("the lag is seen", || client.reads_only_from(PRIMARY, 8));
    pods[1].superuser("postgres", "SELECT pg_wal_replay_resume()");
    eventually("the standby is read from again", || client.reads_from_both());

    // A standby is lost: sessions that begin now do not notice. When it is back, it is read from.
    pods.pop().unwrap().crash();
    assert!(client.reads_only_from(PRIMARY, 10), "{}", pgpool.log());
    pods.push(cluster.nodes[1].start(&release));
    eventually("the standby is back", || client.reads_from_both());

    // The primary is restarted.
    pods.remove(0).crash();
    pods.insert(0, cluster.nodes[0].start(&release));
    eventually("writes go on", || client.ask(&["INSERT INTO noted (text) VALUES ('later')"], &[]).is_ok());
    eventually("both are there again", || client.reads_from_both());

    // Another pod becomes the primary. The Service leads there, and so do writes, before Pgpool-II has heard of it.
    let after = render("pgpool.loadBalance.maxLagBytes=100000,replication.primaryOrdinal=1");
    streams(&pods[0]);
    pods.pop().unwrap().stop();
    let boot = cluster.nodes[1].start_boot(&after);
    eventually("it waits", || boot.log().contains("still is the primary"));
    pods.pop().unwrap().stop();
    let former = cluster.nodes[0].start_boot(&after);
    let primary = cluster.nodes[1].serve_after(boot, &after);
    cluster.primary_is(1);
    eventually("writes go to the new primary", || {
        client.ask(&["INSERT INTO noted (text) VALUES ('new')"], &[]).is_ok()
    });
    assert_eq!(primary.superuser("app", "SELECT count(*) FROM noted WHERE text = 'new'"), "1\n");
    let former = cluster.nodes[0].serve_after(former, &after);
    drop(pgpool);
    let pgpool = start(&cluster, &after);
    eventually("the former primary is read from", || client.reads_from_both());
    assert!(!pgpool.log().contains(&password));
    drop(pgpool);
    former.stop();
    primary.stop();
}

/// Patroni changes the primary; the Service's endpoints, which follow it, are this machine's names here.
#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn with_patroni_writes_follow_the_leader_and_its_own_name_is_not_read_from_as_a_standby() {
    let cluster = Cluster::new(3);
    let _etcd = patroni::Etcd::start(&cluster);
    let balancer =
        "replication.readReplicas=1,pgpool.enabled=true,pgpool.checkPeriod=1,pgpool.loadBalance.primaryWeight=0";
    let release = patroni::render(&cluster, &[balancer]);
    let leader = cluster.nodes[0].start(&release);
    let other = cluster.nodes[1].start(&release);
    let pgpool = start(&cluster, &release);
    let password = release.password();
    let client = Client { cluster: &cluster, role: "app", password: &password };
    client.says(&["CREATE TABLE noted (text text)"]);
    streams(&leader);
    eventually("only the standby is read from", || client.reads_only_from(STANDBY, 8));

    patroni::patronictl(&leader, &["switchover", "--force", "--candidate", "my-db-postgresql-1"]);
    eventually("the other one writes", || patroni::is_primary(&other));
    cluster.primary_is(1);
    eventually("writes follow", || client.ask(&["INSERT INTO noted VALUES ('new')"], &[]).is_ok());
    assert_eq!(other.superuser("app", "SELECT count(*) FROM noted"), "1\n");
    eventually("the former leader is read from", || client.reads_from_both());
    let log = pgpool.log();
    assert!(!log.contains("is behind") && !log.contains("set new primary node: 1"), "{log}");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn who_is_not_named_does_not_come_through_and_sessions_end_before_a_pod_does() {
    let release = render("pgpool.username=looker");
    let cluster = Cluster::new(3);
    let database = cluster.nodes[0].start(&release);
    let mut pgpool = start(&cluster, &release);
    let secret = |key: &str| release.secret("my-db-postgresql", key).unwrap();
    let (app, own) = (release.password(), secret("pgpool-password"));
    let through = |role: &str, password: &str| {
        let client = Client { cluster: &cluster, role, password };
        client.ask(&["SELECT current_user"], &[])
    };
    assert_eq!(through("app", &app).unwrap(), "app\n");
    assert_eq!(through("report", &secret("role-report")).unwrap(), "report\n");
    database.superuser("postgres", "CREATE ROLE root LOGIN SUPERUSER PASSWORD 'root'");
    let mut let_in = String::new();
    for (role, password) in [
        ("app", "wrong"),
        ("app", ""),
        ("report", app.as_str()),
        ("other", &secret("role-other")),
        ("postgres", &release.superuser_password()),
        ("root", "root"),
        ("looker", &own),
        ("nobody", "nobody"),
    ] {
        match through(role, password) {
            Ok(_) => writeln!(let_in, "{role}").unwrap(),
            Err(error) => {
                assert!(!error.contains("could not connect") && !error.contains("timeout"), "{role}: {error}");
            }
        }
    }
    assert_eq!(let_in, "");
    // Whoever has its own password sees how far standbys are behind, and nothing else.
    let direct = |name: &str, sql: &str| {
        let login = [("PGHOST", "127.0.0.1"), ("PGUSER", "looker"), ("PGPASSWORD", own.as_str()), ("PGDATABASE", name)];
        database.psql(sql, &login)
    };
    assert_eq!(direct("postgres", "SELECT count(*) FROM pg_stat_replication").unwrap(), "0\n");
    assert!(direct("postgres", "SELECT * FROM pg_authid").unwrap_err().contains("permission denied"));
    assert!(direct("app", "SELECT 1").unwrap_err().contains("pg_hba.conf rejects"));

    // A new password is known without a restart.
    database.superuser(
        "postgres",
        "SET password_encryption = 'scram-sha-256'; ALTER ROLE report PASSWORD 'it''s \"new\":\\'",
    );
    let mut changed = release.clone();
    changed.edit_secret("role-report", "it's \"new\":\\");
    cluster.nodes[2].update_secrets(&changed.component("pgpool"));
    eventually("the new password is known", || through("report", "it's \"new\":\\").is_ok());

    // Open sessions end by themselves, and then the pod does.
    let password = app.clone();
    let namespace = cluster.outsider("sh");
    let slow = std::thread::spawn(move || {
        let mut psql = namespace;
        let command = "psql -X -q -A -t -h 10.77.0.12 -p 9999 -U app app -c 'SELECT pg_sleep(7)' -c 'SELECT 1'";
        psql.args(["-c", command]).env("PGPASSWORD", password).output().unwrap()
    });
    let open = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(7)'";
    eventually("the session is open", || database.superuser("postgres", open) == "1\n");
    pgpool.signal("TERM");
    let status = pgpool.wait(Duration::from_secs(60));
    let output = slow.join().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "\n1\n", "{}", pgpool.log());
    let log = pgpool.log();
    assert!(status.success(), "{status}: {log}");
    assert!(![&app, &own, "new\":"].iter().any(|password| log.contains(*password)), "{log}");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn both_sides_of_pgpool_are_encrypted_and_a_new_certificate_is_served() {
    let tls = "tls.enabled=true,tls.source=cert-manager,tls.certManager.issuerRef.name=ca,tls.minVersion=TLSv1.3,\
               tests.enabled=true,tests.waitSeconds=5";
    let authority = Authority::new();
    let release = authority.issue(render(tls));
    // A primary, a standby, the tests, Pgpool-II.
    let cluster = Cluster::new(4);
    let database = cluster.nodes[0].start(&release);
    let standby = cluster.nodes[1].start(&release);
    let pgpool = start(&cluster, &release);
    let mut tests = cluster.nodes[2].start_single(&release.component("test"));
    let passed = tests.wait(Duration::from_secs(120)).success();
    let said = tests.log();
    assert!(
        passed && said.contains("ok connection") && said.contains("ok password") && said.contains("ok tls"),
        "{said}"
    );
    standby.stop();
    let password = release.password();
    let client = |environment: &[(&str, &str)]| {
        let login = [("PGHOST", BALANCER), ("PGPORT", "9999"), ("PGUSER", "app"), ("PGPASSWORD", password.as_str())];
        let ssl = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        database.psql(ssl, &[&login[..], &[("PGDATABASE", "app")], environment].concat())
    };
    let verified = [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", "/etc/postgresql-tls/ca.crt")];
    assert_eq!(client(&verified).unwrap(), "TLSv1.3\n");
    assert!(client(&[("PGSSLMODE", "disable")]).is_err());
    assert!(client(&[("PGSSLMODE", "require"), ("PGSSLMAXPROTOCOLVERSION", "TLSv1.2")]).is_err());

    let shown = || {
        let ask = format!(
            "openssl s_client -starttls postgres -connect {BALANCER}:9999 </dev/null 2>/dev/null | openssl x509 -noout -serial"
        );
        database.output(&["sh", "-c", &ask])
    };
    let before = shown();
    assert!(before.starts_with("serial="), "{before}");
    // A session that does not end holds up nothing.
    let long = format!(
        "PGPASSWORD={password} psql -X -h {BALANCER} -p 9999 -U app app -c 'SELECT pg_sleep(600)' >/dev/null 2>&1 &"
    );
    assert!(database.exec(&["sh", "-c", &long]));
    let open = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'";
    eventually("the session is open", || database.superuser("postgres", open) == "1\n");
    let renewed = authority.issue(render(tls));
    cluster.nodes[3].update_secrets(&renewed.component("pgpool"));
    eventually("the new certificate is served", || {
        let now = shown();
        now.starts_with("serial=") && now != before
    });
    assert_eq!(client(&verified).unwrap(), "TLSv1.3\n");

    // A server that somebody else answers for is not talked to.
    drop(pgpool);
    let stranger = Authority::new().issue(render(tls));
    let data = ["tls.crt", "tls.key"].map(|key| renewed.secret("my-db-postgresql-pgpool-tls", key).unwrap());
    let ca = stranger.secret("my-db-postgresql-tls", "ca.crt").unwrap();
    let other = renewed
        .with_secret("my-db-postgresql-pgpool-tls", &[("tls.crt", &data[0]), ("tls.key", &data[1])])
        .with_secret("my-db-postgresql-tls", &[("ca.crt", &ca)]);
    let pgpool = start(&cluster, &other);
    assert!(client(&verified).is_err());
    assert!(pgpool.log().contains("certificate verify failed"), "{}", pgpool.log());
    database.stop();
}
