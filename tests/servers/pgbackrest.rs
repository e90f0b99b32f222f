//! Backups by pgBackRest, on a volume or in a store that speaks S3: they follow the schedule, a restore goes to a moment, and an archive
//! that fails neither hides nor fills the volume.

use std::fs;

use crate::authority::Authority;
use crate::clock::{self, CLOCK, MONDAY, PATIENCE, says};
use crate::cluster::{Cluster, eventually, eventually_within};
use crate::container::Running;
use crate::database::Database;
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;
use crate::s3::{self, S3};

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
    backups_follow_the_schedule_and_a_restore_goes_to_a_moment
    an_archive_that_fails_is_seen_and_does_not_fill_the_volume
}

fn render(major: Major, sets: &[&str]) -> Release {
    let mut arguments = vec!["--preset", "edge", "--set-json", CLOCK];
    for set in ["pgbackrest.enabled=true,image.pgbackrest=true"].iter().chain(sets) {
        arguments.extend(["--set", set]);
    }
    Release::render(major, &arguments)
}

/// Starts the container of the backups, at this time.
fn backups(node: &Node, release: &Release, now: u64) -> Running {
    clock::start(node, release, "pgbackrest", now)
}

/// The kinds of backups that the repository holds.
fn kinds(running: &Running) -> Vec<String> {
    let output =
        running.exec(&["pgbackrest", "--stanza=main", "--output=json", "--log-level-console=off", "info"], &[]);
    let info: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(info[0]["status"]["code"], 0, "{info}");
    let all = info[0]["backup"].as_array().unwrap();
    all.iter().map(|backup| backup["type"].as_str().unwrap().to_owned()).collect()
}

fn rows(database: &Database) -> String {
    database.superuser("app", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM kept").trim().to_owned()
}

fn backups_follow_the_schedule_and_a_restore_goes_to_a_moment(major: Major) {
    let wal = "persistence.wal.enabled=true";
    let release = render(major, &[wal]);
    let node = Node::new();
    let database = node.start(&release);
    database.superuser("app", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    let running = backups(&node, &release, MONDAY);
    says(&running, "the repository has 1");
    database.superuser("app", "INSERT INTO kept VALUES (2)");
    clock::set(&node, MONDAY + 70);
    says(&running, "the repository has 2");
    database.superuser("app", "INSERT INTO kept VALUES (3)");
    let target = database.moment();
    database.superuser("app", "DELETE FROM kept");
    clock::set(&node, MONDAY + 6 * 86_400 + 70);
    says(&running, "the repository has 3");
    assert_eq!(kinds(&running), ["full", "incr", "full"]);
    drop(running);
    database.stop();

    let restoring = |target: &str| {
        let target = format!("pgbackrest.restore.type=time,pgbackrest.restore.target={target}");
        render(major, &[wal, &target])
    };
    let refused = node.boot(&restoring("2001-01-01 00:00:00+00"));
    assert!(!refused.success && refused.log.contains("there is no backup to begin with"), "{}", refused.log);
    // What cannot be done changed nothing.
    let database = node.start(&release);
    assert_eq!(rows(&database), "");
    assert!(!node.claim("my-db-postgresql-data/pgdata.restored").exists());
    database.stop();

    let restored = restoring(&target);
    for step in (1..).step_by(9) {
        if !node.boot_killed_at_step(&restored, step) {
            break;
        }
    }
    let database = node.start(&restored);
    assert_eq!(rows(&database), "1 2 3");
    database.superuser("app", "INSERT INTO kept VALUES (4)");
    database.stop();
    let data = node.claim("my-db-postgresql-data");
    let aside = fs::read_dir(&data).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    assert_eq!(aside.filter(|name| name.starts_with("pgdata.before-restore-")).count(), 1);
    // Once is enough; the same stanza takes the new timeline, and backups go on.
    let database = node.start(&restored);
    assert_eq!(rows(&database), "1 2 3 4");
    let command = database.superuser("postgres", "SHOW restore_command");
    assert_eq!(command, "pgbackrest --stanza=main archive-get %f \"%p\"\n", "the recovery's settings stayed");
    assert_eq!(database.superuser("postgres", "SHOW recovery_target_time"), "\n");
    let running = backups(&node, &restored, MONDAY + 7 * 86_400 + 70);
    says(&running, "the repository has 4");
    database.stop();

    // Everything is lost but the repository.
    fs::remove_dir_all(&data).unwrap();
    fs::remove_dir_all(node.claim("my-db-postgresql-wal")).unwrap();
    let latest = render(major, &[wal, "pgbackrest.restore.type=default"]);
    let database = node.start(&latest);
    assert_eq!(rows(&database), "1 2 3 4");
    database.stop();
}

fn an_archive_that_fails_is_seen_and_does_not_fill_the_volume(major: Major) {
    let small =
        "postgresql.config.max_wal_size=64MB,postgresql.config.min_wal_size=32MB,pgbackrest.archive.queueMax=64Mi";
    let release = render(major, &[small]);
    let node = Node::new();
    let database = node.start(&release);
    let running = backups(&node, &release, MONDAY);
    says(&running, "the repository has 1");

    let (there, away) = (node.claim("my-db-postgresql-pgbackrest"), node.claim("away"));
    let hide = |from: &std::path::Path, to: &std::path::Path| {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().flatten() {
            fs::rename(entry.path(), to.join(entry.file_name())).unwrap();
        }
    };
    hide(&there, &away);
    database.superuser("app", "CREATE TABLE big (filler text)");
    for _ in 0..20 {
        database.superuser(
            "app",
            "INSERT INTO big SELECT repeat(md5(n::text), 4) FROM generate_series(1, 80000) n; SELECT pg_switch_wal()",
        );
    }
    eventually("failures are counted", || {
        database.superuser("postgres", "SELECT failed_count > 0 FROM pg_stat_archiver") == "t\n"
    });
    eventually_within(PATIENCE, "the server says that it drops", || database.log().contains("dropped WAL file"));
    database.superuser("postgres", "CHECKPOINT");
    eventually("the log is within its bounds", || {
        let size = database.superuser("postgres", "SELECT sum(size) < 200 * 1024 * 1024 FROM pg_ls_waldir()");
        size == "t\n"
    });
    let lines = database.log();
    assert!(lines.contains("archive command failed"), "{lines}");
    // The next backup fails and says so; when the repository is back, one is made.
    clock::set(&node, MONDAY + 70);
    eventually_within(PATIENCE, "the backup fails", || running.log().contains("pgbackrest: error: the backup failed"));
    hide(&away, &there);
    clock::set(&node, MONDAY + 700);
    eventually_within(PATIENCE, "the repository is used again", || running.log().contains("the repository has 2"));
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn standbys_copy_a_restored_primary() {
    let sets = [
        "mode=ha,persistence.size=10Gi,pgbackrest.repository.posix.accessModes={ReadWriteMany}",
        "replication.readReplicas=1",
    ];
    let release = render(Major(15), &sets);
    let cluster = Cluster::new(2);
    let repository = tempfile::tempdir_in("/dev/shm").unwrap();
    fs::set_permissions(repository.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    for node in &cluster.nodes {
        let claim = node.claim("my-db-postgresql-pgbackrest");
        fs::create_dir_all(claim.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(repository.path(), claim).unwrap();
    }
    let mut pods = cluster.start(&release);
    pods[0].superuser("app", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    let running = backups(&cluster.nodes[0], &release, MONDAY);
    says(&running, "the repository has 1");
    let target = pods[0].moment();
    pods[0].superuser("app", "INSERT INTO kept VALUES (2)");
    eventually("the standby follows", || rows(&pods[1]) == "1 2");
    archived(&pods[0]);
    drop(running);

    // The standby's pod is replaced first, and waits.
    let target = format!("pgbackrest.restore.type=time,pgbackrest.restore.target={target}");
    let restored = render(Major(15), &[sets[0], sets[1], &target]);
    pods.pop().unwrap().stop();
    let waiting = cluster.nodes[1].start_boot(&restored);
    eventually("the standby waits", || waiting.log().contains("my-db-postgresql-0 is to be restored"));
    pods.pop().unwrap().stop();
    let primary = cluster.nodes[0].start(&restored);
    assert_eq!(rows(&primary), "1");
    let standby = cluster.nodes[1].serve_after(waiting, &restored);
    assert_eq!(rows(&standby), "1");
    primary.superuser("app", "INSERT INTO kept VALUES (3)");
    eventually("the standby follows the restored primary", || rows(&standby) == "1 3");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_store_keeps_encrypted_backups_and_gives_back_a_moment() {
    let cluster = Cluster::new(1);
    let store = S3::start(&cluster);
    let node = &cluster.nodes[0];
    let render = |ca: &str, more: &str| {
        let repository = format!(
            "pgbackrest.repository.type=s3,pgbackrest.repository.s3.bucket={},pgbackrest.repository.s3.endpoint={}:{},\
             pgbackrest.repository.existingSecret=store,pgbackrest.repository.tls.caSecret=store-ca,\
             pgbackrest.repository.encryption.enabled=true,pgbackrest.config.io-timeout=5{more}",
            s3::BUCKET,
            s3::HOST,
            s3::PORT
        );
        render(Major(17), &[&repository])
            .with_secret(
                "store",
                &[("access-key", "id"), ("secret-key", "secret"), ("encryption-password", "for the test only")],
            )
            .with_secret("store-ca", &[("ca.crt", ca)])
    };
    let release = render(store.ca(), "");
    let database = node.start(&release);
    database.superuser("app", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    let running = backups(node, &release, MONDAY);
    says(&running, "the repository has 1");
    database.superuser("app", "INSERT INTO kept VALUES (2)");
    clock::set(node, MONDAY + 70);
    says(&running, "the repository has 2");
    assert_eq!(kinds(&running), ["full", "incr"]);
    let target = database.moment();
    database.superuser("app", "DELETE FROM kept");
    archived(&database);
    let info = store.keys(&cluster, "my-db-postgresql/backup/main/backup.info").remove(0);
    let content = store.request(&cluster, "GET", &format!("{}/{info}", s3::BUCKET));
    // Readable text would be; `Salted__` begins what is encrypted.
    assert!(content.is_none_or(|text| text.starts_with("Salted__")));
    drop(running);
    database.crash();

    let restore = format!(",pgbackrest.restore.type=time,pgbackrest.restore.target={target}");
    let stranger = Authority::new();
    let refused = node.boot(&render(&stranger.certificate, &restore));
    assert!(!refused.success && refused.log.contains("certificate"), "{}", refused.log);
    let database = node.start(&render(store.ca(), &restore));
    assert_eq!(rows(&database), "1 2");
    for secret in ["for the test only", "secret-key", "PGBACKREST_REPO1_S3_KEY"] {
        assert!(!database.log().contains(secret));
    }
    database.stop();
}

/// Waits until all that was written so far is in the archive.
fn archived(database: &Database) {
    let last = database.superuser("postgres", "SELECT pg_walfile_name(pg_switch_wal())");
    let arrived = format!("SELECT last_archived_wal >= '{}' FROM pg_stat_archiver", last.trim());
    eventually("the log is archived", || database.superuser("postgres", &arrived) == "t\n");
}
