//! The log on the container's output: as JSON nothing is lost and nothing piles up, and an audit tells who did what.

use crate::cluster::eventually;
use crate::database::{Database, Login};
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn json_arrives_and_leaves_no_files_on_15() {
    json_arrives_and_leaves_no_files(Major(15));
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn json_arrives_and_leaves_no_files_on_17() {
    json_arrives_and_leaves_no_files(Major(17));
}

fn json_arrives_and_leaves_no_files(major: Major) {
    let release = Release::render(major, &["--preset", "edge", "--set", "logging.format=json"]);
    let node = Node::new();
    let boot = node.boot(&release);
    assert!(boot.success && boot.log.contains("LOG:"), "boot writes text:\n{}", boot.log);
    let database = node.start(&release);
    assert!(database.psql("SELECT nonsense\nFROM \"it's\"", &[("PGDATABASE", "app")]).is_err());
    eventually("the error arrives", || objects(&database.log()).iter().any(|object| object["state_code"] == "42P01"));
    let object = objects(&database.log()).into_iter().find(|object| object["state_code"] == "42P01").unwrap();
    assert_eq!((&object["user"], &object["dbname"]), (&"postgres".into(), &"app".into()));
    assert_eq!(object["statement"], "SELECT nonsense\nFROM \"it's\"");

    // More than two files of 8 MB.
    database
        .superuser("app", "DO $$BEGIN FOR n IN 1..3000 LOOP RAISE LOG 'flood %', repeat('x', 8000); END LOOP; END$$");
    let files = || database.output(&["sh", "-c", "ls /var/log/postgresql/*.json"]);
    eventually("full files are deleted", || files().lines().count() == 1);
    eventually("every line has arrived", || flood(&database.log()) == 3000);
    // What no message of the server's is.
    database.superuser("app", r#"COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; echo "no \ message" >&2'"#);
    eventually("foreign words arrive", || {
        objects(&database.log()).iter().any(|object| object["message"] == r"no \ message")
    });
    a_full_volume_stops_nobody(&database);
    let log = database.stop();
    assert_eq!(flood(&log), 3000, "lines came twice");
    let last = objects(&log).pop().unwrap();
    assert_eq!(last["message"], "database system is shut down");
}

/// Lines are lost as long as there is no room, and the server goes on.
fn a_full_volume_stops_nobody(database: &Database) {
    let say = |words: &str| database.superuser("app", &format!("DO $$BEGIN RAISE LOG '{words}'; END$$"));
    database.exec(&["sh", "-c", "head -c 70M /dev/zero >/var/log/postgresql/full"]);
    for _ in 0..20 {
        say(&"lost ".repeat(1000));
    }
    database.superuser("app", "CREATE TABLE written AS SELECT 1");
    assert!(database.exec(&["rm", "/var/log/postgresql/full"]));
    // The first may follow half a line.
    say("first");
    say("back again");
    eventually("lines arrive again", || {
        objects(&database.log()).iter().any(|object| object["message"] == "back again")
    });
}

/// The objects of a log; what the server writes before its collector runs is text.
fn objects(log: &str) -> Vec<serde_json::Value> {
    let json = log.lines().skip_while(|line| !line.starts_with('{'));
    json.filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn flood(log: &str) -> usize {
    objects(log)
        .iter()
        .filter(|object| object["message"].as_str().is_some_and(|text| text.starts_with("flood x")))
        .count()
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_audit_tells_who_did_what_and_no_password_on_15() {
    an_audit_tells_who_did_what_and_no_password(Major(15));
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_audit_tells_who_did_what_and_no_password_on_17() {
    an_audit_tells_who_did_what_and_no_password(Major(17));
}

fn an_audit_tells_who_did_what_and_no_password(major: Major) {
    let settings = "logging.audit.enabled=true,image.extensions={pgaudit},postgresql.databases[0].name=second";
    let release = Release::render(major, &["--preset", "edge", "--set", settings]);
    let node = Node::new();
    let boot = node.boot(&release);
    assert!(boot.success, "{}", boot.log);
    assert!(!boot.log.contains("AUDIT"), "the boot's own work is no news:\n{}", boot.log);
    let database = node.start(&release);
    for name in ["app", "second"] {
        assert_eq!(database.superuser(name, "SELECT count(*) FROM pg_extension WHERE extname = 'pgaudit'"), "1\n");
    }
    let login = Login { role: "app", password: &release.password(), database: "app" };
    database.over_network(login, "CREATE TABLE parts (n int)").unwrap();
    database.over_network(login, "INSERT INTO parts VALUES (7)").unwrap();
    database.over_network(login, "SELECT n FROM parts").unwrap();
    database.superuser("app", "CREATE ROLE worker PASSWORD 'not to be seen'");
    let log = audited(database);
    for told in ["DDL,CREATE TABLE,TABLE,public.parts", "WRITE,INSERT,TABLE,public.parts", "ROLE,CREATE ROLE"] {
        assert!(log.contains(told), "no {told}:\n{log}");
    }
    assert!(log.contains("app@app"), "nobody did it:\n{log}");
    assert!(!log.contains("READ,") && !log.contains("not to be seen"), "{log}");
}

fn audited(database: Database) -> String {
    let log = database.stop();
    log.lines().filter(|line| line.contains("AUDIT:")).collect::<Vec<_>>().join("\n")
}
