//! Presets, kinds of workload and examples: each starts, is free of errors, and a second boot changes nothing.

use crate::FULL;
use crate::database::{Database, Login};
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

crate::on_every_major!(presets_start statefulset_starts);

fn presets_start(major: Major) {
    for preset in ["edge", "small", "medium", "large", "xlarge"] {
        starts(&Release::render(major, &["--preset", preset, "-f", FULL]));
    }
}

fn statefulset_starts(major: Major) {
    for wal in ["true", "false"] {
        let set = format!("statefulset.enabled=true,persistence.wal.enabled={wal}");
        starts(&Release::render(major, &["--preset", "edge", "-f", FULL, "--set", &set]));
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn examples_start() {
    for example in ["minimal", "dev", "production", "edge-gateway", "data-warehouse"] {
        let path = format!("{}/examples/{example}.yaml", env!("CARGO_MANIFEST_DIR"));
        let all = [
            ("password", "theirs"),
            ("postgres-password", "superuser's"),
            ("metrics-password", "c"),
            ("pooler-password", "d"),
            ("backup-password", "e"),
        ];
        let release = Release::render(Major(16), &["-f", &path])
            .with_secret("orders-db", &all)
            .with_secret("reports-db", &all)
            .with_secret("analyst-db", &all);
        Node::new().start(&release).stop();
    }
}

/// Starts a release twice and asks what must hold for each.
fn starts(release: &Release) {
    let node = Node::new();
    let database = node.start(release);
    no_setting_is_wrong(&database);
    logins_are_as_documented(&database, release);
    let catalogs = database.catalogs();
    database.stop();

    let database = node.start(release);
    let again = database.catalogs();
    let changed: Vec<_> = catalogs.lines().zip(again.lines()).filter(|(before, after)| before != after).collect();
    assert!(changed.is_empty(), "the second boot wrote: {changed:#?}");
    assert!(catalogs.lines().count() > 200);
    let log = database.stop();
    let refused = log.lines().find(|line| line.contains("rejects connection"));
    assert_eq!(refused, None, "no probe leaves a line in the log");
}

fn no_setting_is_wrong(database: &Database) {
    let settings = "SELECT name, setting, error FROM pg_file_settings WHERE error IS NOT NULL OR NOT applied";
    assert_eq!(database.superuser("postgres", settings), "");
    let hba = "SELECT line_number, type, auth_method, error FROM pg_hba_file_rules WHERE error IS NOT NULL";
    assert_eq!(database.superuser("postgres", hba), "");
    let foreign = "SELECT DISTINCT sourcefile FROM pg_settings WHERE sourcefile <> '/etc/postgresql/postgresql.conf'";
    assert_eq!(database.superuser("postgres", foreign), "");
}

fn logins_are_as_documented(database: &Database, release: &Release) {
    let password = release.password();
    let app = Login { role: "app", password: &password, database: "app" };
    let own = "CREATE TABLE mine (); DROP TABLE mine; SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user";
    assert_eq!(database.over_network(app, own).unwrap(), "app|f\n");
    assert_eq!(database.over_network(app, "SELECT count(*) FROM items").unwrap(), "1000\n");

    let wrong = database.over_network(Login { password: "wrong", ..app }, "SELECT 1").unwrap_err();
    assert!(wrong.contains("password authentication failed"), "{wrong}");
    let superuser = Login { role: "postgres", password: &release.superuser_password(), database: "postgres" };
    let refused = database.over_network(superuser, "SELECT 1").unwrap_err();
    assert!(refused.contains("pg_hba.conf rejects connection"), "{refused}");

    let weak = "SELECT rolname FROM pg_authid WHERE rolpassword IS NOT NULL AND rolpassword NOT LIKE 'SCRAM-SHA-256$%'";
    assert_eq!(database.superuser("postgres", weak), "");
    let methods = "SELECT DISTINCT auth_method FROM pg_hba_file_rules WHERE type <> 'local' ORDER BY 1";
    assert_eq!(database.superuser("postgres", methods), "reject\nscram-sha-256\n");
}
