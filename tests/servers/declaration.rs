//! What is declared arrives while the server runs, is taken back when it is declared no more, and is told when it cannot be applied.

use std::thread::sleep;
use std::time::Duration;

use crate::cluster::{Cluster, eventually};
use crate::database::{Database, Login};
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

crate::on_every_major!(changes_arrive_without_a_restart_and_are_taken_back);

const SALES: &str = r#"{
    "schemas": [{"name": "sales"}],
    "databases": [{"name": "reports", "owner": "boss", "connectionLimit": 7, "config": {"work_mem": "8MB"}}],
    "roles": [
        {"name": "boss", "login": false},
        {"name": "reader", "memberOf": ["boss"], "createdb": true, "validUntil": "2099-01-01",
         "config": {"statement_timeout": "5min", "search_path": "sales, public"}}
    ],
    "databaseConfig": {"lock_timeout": "3s"},
    "privileges": [
        {"role": "reader", "objects": "schemas", "names": ["sales"], "grant": ["USAGE"]},
        {"role": "reader", "objects": "tables", "schema": "sales", "grant": ["SELECT"]},
        {"role": "reader", "objects": "functions", "schema": "sales", "grant": ["ALL"], "grantable": true},
        {"role": "reader", "objects": "database", "database": "reports", "grant": ["CONNECT"]}
    ]
}"#;

/// The beginning of the Job's name.
const JOB: &str = "my-db-postgresql-declare-";

/// The same with less for the reader.
const LESS: &str = r#"{
    "schemas": [{"name": "sales"}],
    "databases": [{"name": "reports", "owner": "boss"}],
    "roles": [{"name": "boss", "login": false}, {"name": "reader"}],
    "privileges": [{"role": "reader", "objects": "schemas", "names": ["sales"], "grant": ["USAGE"]}]
}"#;

fn render(major: Major, postgresql: &str, sets: &[&str]) -> Release {
    let json = format!("postgresql={postgresql}");
    let mut arguments = vec!["--preset", "edge", "--set-json", &json];
    for set in sets {
        arguments.extend(["--set", set]);
    }
    Release::render(major, &arguments)
}

/// Brings a changed release to the pod that runs; nothing of the pod itself may have changed.
fn apply(node: &Node, old: &Release, new: &Release) {
    assert_eq!(old.workload()["spec"]["template"], new.workload()["spec"]["template"], "this would restart the pod");
    node.update_secrets(new);
    node.update_config(new, "declared");
}

fn state(database: &Database) -> String {
    let state = "SELECT state, message FROM pgchart.declaration";
    database.psql(state, &[("PGDATABASE", "postgres")]).unwrap_or_default()
}

/// Waits until exactly this release is in force.
fn is_in_force(database: &Database, release: &Release) {
    let declared = &release.config_map("my-db-postgresql-declared")["cluster.json"];
    let digest = database.output(&["bash", "-c", "sha256sum </opt/pgchart-declared/cluster.json | cut -c 1-64"]);
    assert!(database.output(&["cat", "/opt/pgchart-declared/cluster.json"]) == *declared);
    let asked =
        format!("SELECT count(*) FROM pgchart.declaration WHERE state = 'applied' AND digest = '{}'", digest.trim());
    eventually(&format!("the declaration is in force: {}", state(database)), || {
        database.psql(&asked, &[("PGDATABASE", "postgres")]).is_ok_and(|count| count == "1\n")
    });
}

/// What the reader is and may, as the catalogs say.
fn of_the_reader(database: &Database) -> String {
    let role = "SELECT rolcanlogin, rolcreatedb, rolvaliduntil FROM pg_roles WHERE rolname = 'reader';
        SELECT roleid::regrole FROM pg_auth_members WHERE member = 'reader'::regrole;
        SELECT unnest(setconfig) FROM pg_db_role_setting ORDER BY 1;
        SELECT datname, datconnlimit, has_database_privilege('reader', oid, 'CONNECT') FROM pg_database WHERE datname IN ('app', 'reports') ORDER BY 1;
        SELECT has_table_privilege('reader', 'sales.orders', 'SELECT'), has_table_privilege('reader', 'sales.later', 'SELECT'),
          has_table_privilege('reader', 'sales.by_hand', 'SELECT'), has_function_privilege('reader', 'sales.one()', 'EXECUTE WITH GRANT OPTION');
        SELECT defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 1";
    database.superuser("app", role)
}

fn changes_arrive_without_a_restart_and_are_taken_back(major: Major) {
    let node = Node::new();
    let nothing = render(major, "{}", &[]);
    let database = node.start(&nothing);
    let began = database.superuser("postgres", "SELECT pg_postmaster_start_time()");
    is_in_force(&database, &nothing);
    let full = render(major, SALES, &["postgresql.password=changed"]);
    apply(&node, &nothing, &full);
    is_in_force(&database, &full);
    let reader = full.secret("my-db-postgresql", "role-reader").unwrap();
    let reader = Login { role: "reader", password: &reader, database: "app" };
    let app = Login { role: "app", password: "changed", database: "app" };
    let objects = "CREATE TABLE sales.orders AS SELECT 1 AS n; CREATE TABLE sales.by_hand AS SELECT 1 AS n;
        CREATE FUNCTION sales.one() RETURNS integer LANGUAGE sql AS 'SELECT 1'; GRANT INSERT ON sales.by_hand TO reader";
    database.over_network(app, objects).unwrap();
    assert_eq!(
        database.over_network(reader, "SELECT n, sales.one() FROM orders; SHOW statement_timeout").unwrap(),
        "1|1\n5min\n"
    );
    assert!(database.over_network(reader, "DELETE FROM orders").unwrap_err().contains("permission denied"));
    database.over_network(app, "CREATE TABLE sales.later AS SELECT 2 AS n").unwrap();
    assert_eq!(
        of_the_reader(&database),
        "t|t|2099-01-01 00:00:00+00\nboss\nlock_timeout=3s\nsearch_path=sales, public\nstatement_timeout=5min\nwork_mem=8MB\n\
         app|-1|t\nreports|7|t\nt|t|t|t\nf|{reader=X*/app}\nr|{reader=r/app}\n"
    );

    // The same once more, as a pod that is replaced does it, writes nothing.
    let catalogs = database.catalogs();
    let record = "SELECT xmin, ctid FROM pgchart.declaration";
    let written = database.superuser("postgres", record);
    let applied = || database.said_beside().matches("the server is as declared").count();
    eventually("nothing is under way", || database.said_beside().matches("apply: applying").count() == applied());
    let times = applied();
    node.update_config(&full, "declared");
    eventually("it was applied again", || applied() == times + 1);
    assert_eq!(database.superuser("postgres", record), written);
    let again = database.catalogs();
    let changed: Vec<_> = catalogs.lines().zip(again.lines()).filter(|(before, after)| before != after).collect();
    assert!(changed.is_empty(), "the second time wrote: {changed:#?}");

    let less = render(major, LESS, &["postgresql.password=changed"]);
    apply(&node, &full, &less);
    is_in_force(&database, &less);
    let expected = "t|f|infinity\napp|-1|t\nreports|-1|f\nf|f|f|f\n";
    assert_eq!(of_the_reader(&database), expected);
    // What somebody else granted stays.
    assert_eq!(database.over_network(reader, "INSERT INTO sales.by_hand VALUES (2)"), Ok(String::new()));

    apply(&node, &less, &nothing);
    is_in_force(&database, &nothing);
    assert!(database.over_network(reader, "SELECT 1").unwrap_err().contains("not permitted to log in"));
    assert!(database.over_network(app, "SELECT 1").unwrap_err().contains("password authentication failed"));
    assert_eq!(database.superuser("app", "SELECT count(*) FROM sales.orders"), "1\n");
    assert_eq!(database.superuser("postgres", "SELECT pg_postmaster_start_time()"), began);
    assert!(!database.said_beside().contains("changed\n") && !database.said_beside().contains("SCRAM-SHA-256$"));
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn what_cannot_be_applied_is_told_and_leaves_the_rest_as_it_was() {
    let node = Node::new();
    let good = render(Major(17), LESS, &[]);
    let database = node.start(&good);
    is_in_force(&database, &good);
    let bad = LESS.replace(
        r#""privileges": ["#,
        r#""extensions": ["pg_trgm"], "privileges": [{"role": "reader", "objects": "tables", "names": ["to_come"], "grant": ["SELECT"]},
            {"role": "reader", "objects": "database", "database": "reports", "grant": ["CONNECT"]}, "#,
    );
    let bad = render(Major(17), &bad, &[]);
    apply(&node, &good, &bad);
    eventually("it is told", || state(&database).starts_with("failed|"));
    let told = state(&database);
    assert!(told.contains("table public.to_come of database app does not exist"), "{told}");
    assert!(database.said_beside().contains("table public.to_come of database app does not exist"));
    let kept = "SELECT has_schema_privilege('reader', 'sales', 'USAGE'), has_database_privilege('reader', 'reports', 'CONNECT')";
    assert_eq!(database.superuser("app", kept), "t|t\n");
    database.stop();

    // A pod that is replaced meanwhile serves all the same; and once the table is there, all is as declared.
    let database = node.start(&bad);
    assert!(state(&database).starts_with("failed|"), "{}", state(&database));
    database.superuser("app", "CREATE TABLE to_come ()");
    is_in_force(&database, &bad);
    assert_eq!(database.superuser("app", "SELECT has_table_privilege('reader', 'to_come', 'SELECT')"), "t\n");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_killed_application_is_completed_by_the_next() {
    let full = SALES.replace(
        r#""privileges": ["#,
        r#""extensions": ["pg_trgm", "citext"], "privileges": [{"role": "reader", "objects": "sequences", "schema": "sales", "grant": ["ALL"]}, "#,
    );
    let node = Node::new();
    let releases = [render(Major(15), LESS, &[]), render(Major(15), &full, &[])];
    let mut database = node.start(&releases[0]);
    let tables = "CREATE TABLE sales.orders (n serial); CREATE TABLE sales.later (); CREATE TABLE sales.by_hand ();
        CREATE FUNCTION sales.one() RETURNS integer LANGUAGE sql AS 'SELECT 1'";
    is_in_force(&database, &releases[0]);
    database.superuser("app", tables);
    let mut references = Vec::new();
    for release in releases.iter().rev() {
        node.update_config(release, "declared");
        is_in_force(&database, release);
        references.push(of_the_reader(&database));
    }
    assert_ne!(references[0], references[1]);
    for round in 0..12_u64 {
        let which = usize::from(round % 2 == 1);
        database.kill_beside();
        node.update_config(&releases[1 - which], "declared");
        let mut beside = node.serve_beside(&releases[0], "declare");
        sleep(Duration::from_millis(100 + 120 * round));
        beside.kill();
        // What was begun is now to be taken back, or the other way around.
        node.update_config(&releases[which], "declared");
        database = database.with(node.serve_beside(&releases[0], "declare"));
        is_in_force(&database, &releases[which]);
        assert_eq!(of_the_reader(&database), references[1 - which], "round {round}");
    }
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_job_ends_as_the_declaration_does_and_may_read_nothing_else() {
    let cluster = Cluster::new(2);
    let job = ["declaration.job.enabled=true", "declaration.job.timeoutSeconds=60"];
    let good = render(Major(17), LESS, &job);
    let mut waits = cluster.nodes[1].start_single(&good.job(JOB));
    let database = cluster.nodes[0].start(&good);
    assert!(waits.wait(Duration::from_secs(90)).success(), "{}", waits.log());

    let bad = LESS.replace(r#""names": ["sales"]"#, r#""names": ["nowhere"]"#);
    let bad = render(Major(17), &bad, &job);
    let name = |release: &Release| release.job(JOB).workload()["metadata"]["name"].clone();
    assert_ne!(name(&good), name(&bad));
    apply(&cluster.nodes[0], &good, &bad);
    let mut waits = cluster.nodes[1].start_single(&bad.job(JOB));
    assert!(!waits.wait(Duration::from_secs(90)).success(), "{}", waits.log());
    let said = waits.log();
    assert!(
        said.contains("cannot be applied") && said.contains("schema nowhere of database app does not exist"),
        "{said}"
    );

    let password = good.secret("my-db-postgresql", "declaration-password").unwrap();
    let ask = |name: &str, sql: &str| {
        database.over_network(Login { role: "declaration", password: &password, database: name }, sql)
    };
    assert_eq!(ask("postgres", "SELECT state FROM pgchart.declaration").unwrap(), "failed\n");
    assert!(ask("postgres", "SELECT owned FROM pgchart.declaration").unwrap_err().contains("permission denied"));
    assert!(ask("postgres", "DELETE FROM pgchart.declaration").unwrap_err().contains("permission denied"));
    assert!(ask("app", "SELECT 1").unwrap_err().contains("pg_hba.conf rejects connection"));
    database.stop();
}
