//! A primary and its standbys: they stream, survive kills, change roles, and lose nothing that was acknowledged.

use std::time::Duration;

use crate::cluster::{Cluster, Writer, eventually};
use crate::container::Running;
use crate::database::Database;
use crate::major::Major;
use crate::release::Release;

/// Small logs, so that a standby is soon far behind; a short look for others, since nobody else is there.
const SMALL: &str = "mode=ha,persistence.size=10Gi,postgresql.config.max_wal_size=64MB,postgresql.config.min_wal_size=32MB,\
    postgresql.config.wal_keep_size=0,postgresql.config.max_slot_wal_keep_size=64MB";
const QUICK: &str = r#"extraEnv=[{"name": "PGCHART_PEER_WAIT", "value": "1"}]"#;
const QUORUM: &str = "replication.synchronous.mode=quorum";

macro_rules! on_15_and_17 {
    ($($test:ident)*) => {$(
        mod $test {
            #[test]
            #[ignore = "needs PostgreSQL servers, run by tests/run"]
            fn on_15() {
                super::$test($crate::major::Major(15));
            }

            #[test]
            #[ignore = "needs PostgreSQL servers, run by tests/run"]
            fn on_17() {
                super::$test($crate::major::Major(17));
            }
        }
    )*};
}

on_15_and_17! {
    no_acknowledged_row_is_lost_when_pods_are_killed
    standbys_come_back_from_far_behind
    a_lost_volume_is_copied_and_never_replaced_by_an_empty_database
    a_planned_change_of_the_primary_loses_nothing
    a_failover_loses_nothing_acknowledged_and_the_old_primary_rejoins
    parameters_change_in_both_directions
    pods_say_what_they_are_and_serve_without_the_api
}

fn render(major: Major, sets: &[&str]) -> Release {
    let mut arguments = vec!["--preset", "edge", "--set", SMALL, "--set-json", QUICK];
    for set in sets {
        arguments.extend(["--set", set]);
    }
    Release::render(major, &arguments)
}

/// The rows of a table that only standbys in step with the primary have.
fn count(database: &Database) -> String {
    database.superuser("app", "SELECT count(*) FROM acked")
}

fn is_primary(database: &Database) -> bool {
    database.superuser("postgres", "SELECT NOT pg_is_in_recovery()") == "t\n"
}

/// Waits until this many standbys stream from the primary.
fn streaming(primary: &Database, standbys: usize) {
    let wanted = format!("{standbys}\n");
    eventually("standbys stream", || {
        primary.superuser("postgres", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == wanted
    });
}

/// Waits until a server has as many rows as another.
fn in_step(primary: &Database, standby: &Database) {
    eventually("the standby is in step", || count(primary) == count(standby));
}

fn no_acknowledged_row_is_lost_when_pods_are_killed(major: Major) {
    let release = render(major, &[QUORUM]);
    let cluster = Cluster::new(3);
    let mut pods: Vec<Option<Database>> = cluster.start(&release).into_iter().map(Some).collect();
    streaming(pods[0].as_ref().unwrap(), 2);
    let standby = pods[1].as_ref().unwrap().superuser("postgres", "SHOW synchronous_standby_names");
    assert_eq!(standby, "ANY 1 (\"my-db-postgresql-0\", \"my-db-postgresql-1\", \"my-db-postgresql-2\")\n");

    let writer = Writer::start(&cluster, &release, pods[0].as_ref().unwrap());
    for number in [0, 1, 2] {
        writer.more(20);
        pods[number].take().unwrap().crash();
        if number > 0 {
            // One standby is left, and a quorum of one goes on.
            writer.more(20);
        }
        pods[number] = Some(cluster.nodes[number].start(&release));
        streaming(pods[0].as_ref().unwrap(), 2);
    }
    everybody_has(writer, pods[0].as_ref().unwrap(), pods.iter().flatten());

    // Without any standby a commit waits; that is the promise.
    pods[1].take().unwrap().stop();
    pods[2].take().unwrap().stop();
    let insert = ["timeout", "-s", "KILL", "3", "psql", "-X", "-d", "app", "-c", "INSERT INTO acked VALUES (-1)"];
    assert!(!pods[0].as_ref().unwrap().exec(&insert), "a commit went on without any standby");
}

fn standbys_come_back_from_far_behind(major: Major) {
    let release = render(major, &[QUORUM, "postgresql.config.max_slot_wal_keep_size=400MB"]);
    let cluster = Cluster::new(3);
    let mut pods: Vec<Option<Database>> = cluster.start(&release).into_iter().map(Some).collect();
    let primary = pods[0].take().unwrap();
    streaming(&primary, 2);
    let writer = Writer::start(&cluster, &release, &primary);
    primary.superuser("app", "CREATE TABLE bulk (n integer)");
    let fill = "INSERT INTO bulk SELECT g FROM generate_series(1, 1500000) AS g";
    let switch = "CHECKPOINT; SELECT pg_switch_wal()";

    // Away for longer than wal_keep_size: the slot has kept the log.
    pods[2].take().unwrap().stop();
    primary.superuser("app", fill);
    primary.superuser("app", switch);
    writer.more(20);
    let standby = cluster.nodes[2].start(&release);
    streaming(&primary, 2);
    standby.stop();

    // Away for longer than the slot may keep: the database is copied anew.
    for _ in 0..6 {
        primary.superuser("app", fill);
        primary.superuser("app", switch);
    }
    writer.more(20);
    let lost = "SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'my_db_postgresql_2'";
    assert_eq!(primary.superuser("postgres", lost), "lost\n");
    let boot = cluster.nodes[2].boot(&release);
    assert!(boot.success && boot.log.contains("copying the database anew"), "{}", boot.log);
    let standby = Database::new(cluster.nodes[2].serve(&release), &release);
    streaming(&primary, 2);
    everybody_has(writer, &primary, [&standby, pods[1].as_ref().unwrap()]);
}

/// Stops the writer; every row that was acknowledged is on the primary and on its standbys.
fn everybody_has<'a>(writer: Writer, primary: &Database, standbys: impl IntoIterator<Item = &'a Database>) {
    let acked = writer.stop();
    primary.has_rows(&acked);
    for standby in standbys {
        in_step(primary, standby);
        standby.has_rows(&acked);
    }
}

fn a_lost_volume_is_copied_and_never_replaced_by_an_empty_database(major: Major) {
    let volume = "persistence.wal.enabled=true,persistence.wal.size=4Gi";
    let before = render(major, &[volume, QUORUM]);
    let cluster = Cluster::new(3);
    let mut pods: Vec<Option<Database>> = cluster.start(&before).into_iter().map(Some).collect();
    let primary = pods[0].take().unwrap();
    streaming(&primary, 2);
    let writer = Writer::start(&cluster, &before, &primary);
    writer.more(20);

    // A standby's volumes are lost.
    pods[2].take().unwrap().stop();
    cluster.nodes[2].lose_claims();
    writer.more(20);
    pods[2] = Some(cluster.nodes[2].start(&before));
    streaming(&primary, 2);
    writer.more(20);

    // The primary's are: an empty database must not take its place.
    primary.crash();
    cluster.nodes[0].lose_claims();
    let boot = cluster.nodes[0].boot(&before);
    assert!(!boot.success && boot.log.contains("set replication.primaryOrdinal: 1"), "{}", boot.log);

    // A standby takes over, the empty pod copies it.
    let after = render(major, &[volume, QUORUM, "replication.primaryOrdinal=1"]);
    pods[2].take().unwrap().stop();
    pods[1].take().unwrap().stop();
    let boot = cluster.nodes[1].start_boot(&after);
    pods[2] = Some(cluster.nodes[2].start(&after));
    pods[1] = Some(cluster.nodes[1].serve_after(boot, &after));
    let primary = pods[1].as_ref().unwrap();
    assert!(is_primary(primary));
    writer.to(1);
    writer.more(20);
    let copied = cluster.nodes[0].start(&after);
    streaming(primary, 2);
    writer.more(20);
    everybody_has(writer, primary, [&copied, pods[2].as_ref().unwrap()]);
}

/// Boots a pod that has to wait, until it says so.
fn boots_until(cluster: &Cluster, number: usize, release: &Release, words: &str) -> Running {
    let boot = cluster.nodes[number].start_boot(release);
    eventually(words, || boot.log().contains(words));
    boot
}

fn a_planned_change_of_the_primary_loses_nothing(major: Major) {
    let before = render(major, &[]);
    let after = render(major, &["replication.primaryOrdinal=1"]);
    let cluster = Cluster::new(3);
    let mut pods: Vec<Option<Database>> = cluster.start(&before).into_iter().map(Some).collect();
    streaming(pods[0].as_ref().unwrap(), 2);
    let writer = Writer::start(&cluster, &before, pods[0].as_ref().unwrap());
    writer.more(20);

    // The StatefulSet rolls from the highest number down.
    pods[2].take().unwrap().stop();
    pods[2] = Some(cluster.nodes[2].start(&after));
    pods[1].take().unwrap().stop();
    let boot = boots_until(&cluster, 1, &after, "my-db-postgresql-0 still is the primary");
    writer.more(20);

    // kubectl delete pod my-db-postgresql-0
    pods[0].take().unwrap().stop();
    let former = cluster.nodes[0].start_boot(&after);
    pods[1] = Some(cluster.nodes[1].serve_after(boot, &after));
    assert!(is_primary(pods[1].as_ref().unwrap()));
    pods[0] = Some(cluster.nodes[0].serve_after(former, &after));
    writer.to(1);
    writer.more(20);
    streaming(pods[1].as_ref().unwrap(), 2);
    let slots = "SELECT string_agg(slot_name, ' ' ORDER BY slot_name) FROM pg_replication_slots";
    let wanted = "my_db_postgresql_0 my_db_postgresql_2\n";
    assert_eq!(pods[1].as_ref().unwrap().superuser("postgres", slots), wanted);
    assert_eq!(pods[0].as_ref().unwrap().superuser("postgres", slots), "\n");

    // And back: now the former primary is restarted before the new one.
    pods[2].take().unwrap().stop();
    pods[2] = Some(cluster.nodes[2].start(&before));
    pods[1].take().unwrap().stop();
    let former = boots_until(&cluster, 1, &before, "kubectl delete pod my-db-postgresql-0");
    pods[0].take().unwrap().stop();
    pods[0] = Some(cluster.nodes[0].start(&before));
    assert!(is_primary(pods[0].as_ref().unwrap()));
    pods[1] = Some(cluster.nodes[1].serve_after(former, &before));
    writer.to(0);
    writer.more(20);
    streaming(pods[0].as_ref().unwrap(), 2);
    everybody_has(writer, pods[0].as_ref().unwrap(), pods.iter().flatten());
}

fn a_failover_loses_nothing_acknowledged_and_the_old_primary_rejoins(major: Major) {
    let before = render(major, &[QUORUM]);
    let after = render(major, &[QUORUM, "replication.primaryOrdinal=1"]);
    let cluster = Cluster::new(3);
    let mut pods: Vec<Option<Database>> = cluster.start(&before).into_iter().map(Some).collect();
    streaming(pods[0].as_ref().unwrap(), 2);
    let writer = Writer::start(&cluster, &before, pods[0].as_ref().unwrap());
    writer.more(20);

    // Pod 1 does not see the last commits; pod 2 confirms them. Then the primary's node is gone.
    cluster.link(1, false);
    writer.more(20);
    pods[0].take().unwrap().crash();
    cluster.link(1, true);

    // Pod 1 is to take over, and pod 2 is away: pod 1 cannot know whether it has everything.
    pods[2].take().unwrap().stop();
    pods[1].take().unwrap().stop();
    let boot = boots_until(&cluster, 1, &after, "only 1 of 2 standbys can be asked");
    pods[2] = Some(cluster.nodes[2].start(&after));
    pods[1] = Some(cluster.nodes[1].serve_after(boot, &after));
    assert!(is_primary(pods[1].as_ref().unwrap()));
    writer.to(1);
    writer.more(20);

    // The old primary comes back with what only it has, and with the old values: it must not write. It asks whoever is there.
    in_step(pods[1].as_ref().unwrap(), pods[2].as_ref().unwrap());
    pods[1].take().unwrap().stop();
    let boot = cluster.nodes[0].boot(&before);
    assert!(!boot.success && boot.log.contains("was promoted after this database had stopped"), "{}", boot.log);
    pods[1] = Some(cluster.nodes[1].start(&after));
    boots_until(&cluster, 0, &before, "my-db-postgresql-1 still is the primary").kill();
    writer.more(20);
    pods[0] = Some(cluster.nodes[0].start(&after));
    writer.more(20);
    streaming(pods[1].as_ref().unwrap(), 2);
    everybody_has(writer, pods[1].as_ref().unwrap(), pods.iter().flatten());
}

fn parameters_change_in_both_directions(major: Major) {
    let cluster = Cluster::new(3);
    let release =
        |connections: u32| render(major, &[QUORUM, &format!("postgresql.config.max_connections={connections}")]);
    let mut pods: Vec<Option<Database>> = cluster.start(&release(60)).into_iter().map(Some).collect();
    streaming(pods[0].as_ref().unwrap(), 2);
    let writer = Writer::start(&cluster, &release(60), pods[0].as_ref().unwrap());
    for connections in [80, 40] {
        for number in [2, 1, 0] {
            writer.more(10);
            pods[number].take().unwrap().stop();
            pods[number] = Some(cluster.nodes[number].start(&release(connections)));
        }
        streaming(pods[0].as_ref().unwrap(), 2);
        let shown = pods[0].as_ref().unwrap().superuser("postgres", "SHOW max_connections");
        assert_eq!(shown, format!("{connections}\n"));
        writer.more(10);
    }
    everybody_has(writer, pods[0].as_ref().unwrap(), pods.iter().flatten());
}

fn pods_say_what_they_are_and_serve_without_the_api(major: Major) {
    let cluster = Cluster::new(3);
    // A name that every file and every shell on its way could take for something else.
    let release = render(major, &[r#"replication.username=it's \\ a: "standby""#]);
    let mut pods: Vec<Option<Database>> = cluster.start(&release).into_iter().map(Some).collect();
    assert_eq!(cluster.roles(), ["primary", "replica", "replica"]);

    cluster.api_accepts(false);
    pods[2].take().unwrap().stop();
    let mut boot = cluster.nodes[2].start_boot(&release);
    assert!(boot.wait(Duration::from_secs(60)).success());
    let warning = "could not label this pod as replica (HTTP/1.1 403 Forbidden)";
    assert!(boot.log().contains(warning), "{}", boot.log());
    assert!(!boot.log().contains("a-token"), "a secret in the log");
    pods[2] = Some(cluster.nodes[2].serve_after(boot, &release));
    streaming(pods[0].as_ref().unwrap(), 2);
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_examples_start_and_follow() {
    for (example, states) in [("ha", "quorum quorum\n"), ("factory-database", "async\n")] {
        let path = format!("{}/examples/{example}.yaml", env!("CARGO_MANIFEST_DIR"));
        let release = Release::render(Major(17), &["-f", &path]);
        let standbys = states.split_whitespace().count();
        let cluster = Cluster::new(standbys + 1);
        let pods = cluster.start(&release);
        streaming(&pods[0], standbys);
        let found = "SELECT string_agg(sync_state, ' ') FROM pg_stat_replication";
        assert_eq!(pods[0].superuser("postgres", found), states);
        pods[0].superuser("postgres", "CREATE TABLE acked (n int)");
        for pod in &pods {
            let tables = "SELECT count(*) FROM pg_class WHERE relname = 'acked'";
            eventually("the table is everywhere", || pod.superuser("postgres", tables) == "1\n");
        }
    }
}
