//! An archive of the log on a volume: it holds whole files only, a restore goes to a moment, and what no backup needs goes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::clock::{self, CLOCK, MONDAY, PATIENCE, says};
use crate::cluster::{eventually, eventually_within};
use crate::container::Running;
use crate::database::Database;
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

fn render(major: Major, sets: &str) -> Release {
    let sets = format!("walArchive.enabled=true,walArchive.keep=2,persistence.wal.enabled=true{sets}");
    Release::render(major, &["--preset", "edge", "--set-json", CLOCK, "--set", &sets])
}

fn backups(node: &Node, release: &Release, now: u64) -> Running {
    clock::start(node, release, "wal-archive", now)
}

fn rows(database: &Database) -> String {
    database.superuser("app", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM kept").trim().to_owned()
}

/// Ends the file of the log that is written to; its name.
fn end_file(database: &Database) -> String {
    // One without anything in it would not be ended.
    database.superuser("postgres", "SELECT pg_logical_emit_message(false, 'test', '')");
    database.superuser("postgres", "SELECT pg_walfile_name(pg_switch_wal())").trim().to_owned()
}

/// Waits until all that was written so far is in the archive; the name of the last file.
fn archived(database: &Database) -> String {
    let last = end_file(database);
    let arrived = format!("SELECT last_archived_wal >= '{last}' FROM pg_stat_archiver");
    // After three failures the archiver rests for a minute.
    eventually_within(PATIENCE, "the log is archived", || database.superuser("postgres", &arrived) == "t\n");
    last
}

/// The directory of the only database in the archive.
fn place(node: &Node) -> PathBuf {
    let all: Vec<_> = fs::read_dir(node.claim("my-db-postgresql-wal-archive")).unwrap().flatten().collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].path()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The first file of the log that the archive has.
fn first_of_log(place: &Path) -> String {
    let log = names(&place.join("wal"));
    log.iter().find(|name| name.len() == "000000010000000000000001.gz".len()).unwrap().clone()
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_archive_on_a_volume_brings_back_a_moment_on_15() {
    an_archive_on_a_volume_brings_back_a_moment(Major(15));
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_archive_on_a_volume_brings_back_a_moment_on_17() {
    an_archive_on_a_volume_brings_back_a_moment(Major(17));
}

fn an_archive_on_a_volume_brings_back_a_moment(major: Major) {
    let release = render(major, "");
    let node = Node::new();
    let database = node.start(&release);
    database.superuser("app", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    let running = backups(&node, &release, MONDAY);
    says(&running, "the archive has 1");
    database.superuser("app", "INSERT INTO kept VALUES (2)");
    let target = database.moment();
    database.superuser("app", "DELETE FROM kept");
    archived(&database);
    let place = place(&node);
    let before = first_of_log(&place);

    // Every night another one; of three two stay, and the log since the older of them.
    clock::set(&node, MONDAY + 70);
    says(&running, "the archive has 2");
    let first = names(&place.join("base"))[0].clone();
    drop(running);
    database.stop();

    let restoring =
        |more: &str| render(major, &format!(",walArchive.restore.type=time,walArchive.restore.target={target}{more}"));
    let too_early = render(major, ",walArchive.restore.type=time,walArchive.restore.target=2001-01-01 00:00:00+00");
    let refused = node.boot(&too_early);
    assert!(!refused.success && refused.log.contains("none that is old enough"), "{}", refused.log);
    let other = node.boot(&restoring(",walArchive.restore.from=4711"));
    assert!(!other.success && other.log.contains("the archive has no database 4711"), "{}", other.log);
    damaged_backups_are_refused(&node, &restoring(""), &place.join("base").join(&first));
    // What cannot be done changed nothing.
    let database = node.start(&release);
    assert_eq!(rows(&database), "");
    database.stop();
    assert_eq!(names(&node.claim("my-db-postgresql-data")), ["pgchart.lock", "pgdata"]);

    let restored = restoring("");
    for step in (1..).step_by(9) {
        if !node.boot_killed_at_step(&restored, step) {
            break;
        }
    }
    let database = node.start(&restored);
    assert_eq!(rows(&database), "1 2");
    database.superuser("app", "INSERT INTO kept VALUES (4)");
    assert_eq!(database.superuser("postgres", "SHOW recovery_target_time"), "\n");
    // The new timeline is archived beside the old one, and backups go on.
    assert!(archived(&database).starts_with("00000002"));
    let running = backups(&node, &restored, MONDAY + 86_400 + 70);
    says(&running, "the archive has 3");
    says(&running, "files of the log, which no backup needs");
    assert_eq!(names(&place.join("base")).len(), 2);
    assert!(!names(&place.join("base")).contains(&first));
    assert!(first_of_log(&place) > before, "{} {before}", first_of_log(&place));
    drop(running);
    database.stop();

    // Everything is lost but the archive.
    fs::remove_dir_all(node.claim("my-db-postgresql-data")).unwrap();
    fs::remove_dir_all(node.claim("my-db-postgresql-wal")).unwrap();
    let database = node.start(&render(major, ",walArchive.restore.type=default"));
    assert_eq!(rows(&database), "1 2 4");
    database.stop();
}

fn damaged_backups_are_refused(node: &Node, restoring: &Release, backup: &Path) {
    let file = backup.join("base.tar.gz");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let boot = node.boot(restoring);
    assert!(!boot.success && boot.log.contains("is damaged"), "{}", boot.log);
    fs::write(&file, whole).unwrap();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn an_archive_holds_whole_files_and_nobody_writes_over_them() {
    let release = render(Major(17), "");
    let node = Node::new();
    let database = node.start(&release);
    archived(&database);
    let place = place(&node);
    let wal = place.join("wal");

    // A volume that is away: the server says so and keeps its log.
    let away = node.claim("away");
    fs::rename(&place, &away).unwrap();
    fs::write(&place, "").unwrap();
    let before = end_file(&database);
    let failed = "SELECT failed_count > 0 FROM pg_stat_archiver";
    eventually("the failure is counted", || database.superuser("postgres", failed) == "t\n");
    fs::remove_file(&place).unwrap();
    fs::rename(&away, &place).unwrap();
    archived(&database);
    assert!(wal.join(format!("{before}.gz")).exists(), "{:?}", names(&wal));

    // Somebody else's file of the next name.
    let next = database.superuser("postgres", "SELECT pg_walfile_name(pg_current_wal_insert_lsn())").trim().to_owned();
    let taken = wal.join(format!("{next}.gz"));
    fs::copy(wal.join(format!("{before}.gz")), &taken).unwrap();
    let bytes = fs::read(&taken).unwrap();
    database.superuser("app", "CREATE TABLE more (n int)");
    database.superuser("postgres", "SELECT pg_switch_wal()");
    eventually("the other file is noticed", || database.log().contains("already, with other contents"));
    assert_eq!(fs::read(&taken).unwrap(), bytes);
    fs::remove_file(&taken).unwrap();
    archived(&database);
    assert!(names(&wal).iter().all(|name| !name.starts_with('.')), "{:?}", names(&wal));

    // A backup that finds no room leaves none behind.
    let base = place.join("base");
    let running = backups(&node, &release, MONDAY);
    says(&running, "the archive has 1");
    fs::rename(&base, place.join("base.away")).unwrap();
    fs::write(&base, "").unwrap();
    clock::set(&node, MONDAY + 70);
    eventually_within(PATIENCE, "the backup fails", || running.log().contains("error: the backup failed"));
    fs::remove_file(&base).unwrap();
    fs::rename(place.join("base.away"), &base).unwrap();
    clock::set(&node, MONDAY + 700);
    eventually_within(PATIENCE, "the next one is made", || running.log().contains("the archive has 2"));
    assert!(names(&base).iter().all(|name| !name.starts_with('.')), "{:?}", names(&base));
    database.stop();
}
