//! What boot makes of volumes that are not empty, not ours, not complete, or used by somebody else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread::sleep;
use std::time::Duration;

use crate::FULL;
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

const MOVE_BACK: &str = "persistence.wal.enabled=true,extraEnv[0].name=PGCHART_MOVE_WAL,extraEnv[0].value=data";
const MAJOR: Major = Major(16);

fn edge(arguments: &[&str]) -> Release {
    Release::render(MAJOR, &[&["--preset", "edge", "-f", FULL], arguments].concat())
}

fn assert_refused(node: &Node, release: &Release, parts: &[&str]) {
    let boot = node.boot(release);
    assert!(!boot.success, "{}", boot.log);
    for part in parts {
        assert!(boot.log.contains(part), "`{part}` is not in:\n{}", boot.log);
    }
}

fn rows(node: &Node, release: &Release) -> String {
    let database = node.start(release);
    let rows = database.superuser("app", "SELECT count(*) FROM items");
    database.stop();
    rows.trim().to_owned()
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_log_moves_to_its_own_volume_and_back() {
    let node = Node::new();
    let (without, with) = (edge(&[]), edge(&["--set", "persistence.wal.enabled=true"]));
    assert_eq!(rows(&node, &without), "1000");
    assert_eq!(rows(&node, &with), "1000");
    let link = fs::read_link(node.claim("my-db-postgresql-data").join("pgdata/pg_wal")).unwrap();
    assert!(link.starts_with("/var/lib/postgresql-wal"), "{link:?}");

    assert_refused(&node, &without, &["persistence.wal.enabled: true", "PGCHART_MOVE_WAL=data"]);
    let back =
        edge(&["--set", "persistence.wal.enabled=true,extraEnv[0].name=PGCHART_MOVE_WAL,extraEnv[0].value=data"]);
    assert_eq!(rows(&node, &back), "1000");
    assert_eq!(rows(&node, &without), "1000");
    assert_eq!(node.leftovers(), Vec::<String>::new());
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_move_of_the_log_killed_between_any_two_steps_loses_nothing() {
    let (without, with) = (edge(&[]), edge(&["--set", "persistence.wal.enabled=true"]));
    let back = edge(&["--set", MOVE_BACK]);
    for (before, after) in [(&without, &with), (&with, &back)] {
        let crashed = Node::new();
        let database = crashed.start(before);
        database.superuser("app", "INSERT INTO items VALUES (5000)");
        database.crash();
        let mut step = 1;
        loop {
            let node = crashed.copy();
            if !node.boot_killed_at_step(after, step) {
                break;
            }
            assert_eq!(rows(&node, after), "1001", "killed before step {step}");
            assert_eq!(node.leftovers(), Vec::<String>::new(), "killed before step {step}");
            step += 1;
        }
        assert!(step > 10, "only {step} steps");
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_empty_data_volume_beside_a_foreign_log_is_refused() {
    let node = Node::new();
    let release = edge(&["--set", "persistence.wal.enabled=true"]);
    assert!(node.boot(&release).success);
    let data = node.claim("my-db-postgresql-data").join("pgdata");
    fs::rename(&data, data.with_file_name("elsewhere")).unwrap();
    assert_refused(&node, &release, &["the data volume is empty", "delete the claim of the write-ahead log as well"]);
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn another_major_version_is_refused_with_the_way_out() {
    let node = Node::new();
    assert!(node.boot(&edge(&[])).success);
    let other = Release::render(Major(17), &["--preset", "edge", "-f", FULL]);
    assert_refused(
        &node,
        &other,
        &["holds a PostgreSQL 16 database, the release is PostgreSQL 17", "postgresql.version: 16"],
    );
    assert_eq!(rows(&node, &edge(&[])), "1000");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_database_of_somebody_else_is_adopted_only_by_its_identifier() {
    let node = Node::new();
    let release = edge(&[]);
    let database = node.start(&release);
    let identifier = database.superuser("postgres", "SELECT system_identifier FROM pg_control_system()");
    database.stop();
    fs::remove_file(node.claim("my-db-postgresql-data").join("pgdata/pgchart.complete")).unwrap();
    let identifier = identifier.trim();
    assert_refused(&node, &release, &["did not create", &format!("PGCHART_ADOPT=\"{identifier}\"")]);
    let adopt = format!("extraEnv=[{{\"name\":\"PGCHART_ADOPT\",\"value\":\"{identifier}\"}}]");
    assert_eq!(rows(&node, &edge(&["--set-json", &adopt])), "1000");
    assert_eq!(rows(&node, &release), "1000");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_failing_script_leaves_nothing_and_the_corrected_one_runs_from_the_start() {
    let node = Node::new();
    let broken =
        edge(&["--set-json", r#"postgresql.initScripts={"30-broken":"CREATE TABLE half(); SELECT nonsense;"}"#]);
    assert_refused(&node, &broken, &["30-broken.sql", "nonsense"]);
    assert_refused(&node, &broken, &["30-broken.sql", "nonsense"]);
    assert_eq!(rows(&node, &edge(&[])), "1000");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_second_pod_waits_until_the_first_has_ended() {
    let node = Node::new();
    let release = edge(&[]);
    let database = node.start(&release);
    let mut second = node.start_boot(&release);
    sleep(Duration::from_millis(500));
    assert!(second.ended().is_none() && second.log().contains("another pod uses this volume"), "{}", second.log());
    let mut server = node.serve(&release);
    assert!(!server.wait(Duration::from_secs(10)).success(), "two servers on one volume");
    assert!(server.log().contains("another server uses this volume"), "{}", server.log());
    database.stop();
    assert!(second.wait(Duration::from_secs(60)).success(), "{}", second.log());
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_mode_that_a_kubelet_gives_for_fs_group_is_taken_back() {
    let node = Node::new();
    let release = edge(&[]);
    node.start(&release).crash();
    let data = node.claim("my-db-postgresql-data").join("pgdata");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o2770)).unwrap();
    assert_eq!(rows(&node, &release), "1000");
}
