//! The database follows the Secret, and no password shows anywhere.

use std::fs;
use std::time::Duration;

use crate::FULL;
use crate::database::{Database, Login};
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

crate::on_every_major!(a_changed_secret_heals_at_the_next_boot);

fn a_changed_secret_heals_at_the_next_boot(major: Major) {
    let node = Node::new();
    let old = Release::render(major, &["--preset", "edge"]);
    node.start(&old).stop();

    let changed = Release::render(major, &["--preset", "edge", "--set-string", "postgresql.password=it's \"new\" $1"]);
    let database = node.start(&changed);
    logs_in(&database, "it's \"new\" $1");
    refuses(&database, &old.password());
    database.stop();

    // `kubectl edit` changes the password alone; the verifier beside it is then the old one.
    let mut edited = changed.clone();
    edited.edit_secret("password", "edited by hand");
    let database = node.start(&edited);
    logs_in(&database, "edited by hand");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn passwords_of_existing_secrets_are_used() {
    let major = Major(16);
    let roles = r#"postgresql.roles=[{"name":"reader","existingSecret":"theirs","secretKey":"pw"}]"#;
    let release =
        Release::render(major, &["--preset", "edge", "--set", "postgresql.existingSecret=ours", "--set-json", roles])
            .with_secret("ours", &[("password", "pässword"), ("postgres-password", "super")])
            .with_secret("theirs", &[("pw", &"long ".repeat(30))]);
    assert!(!release.has("Secret", "my-db-postgresql"));
    let node = Node::new();
    node.start(&release).stop();
    let database = node.start(&release);
    logs_in(&database, "pässword");
    let reader = Login { role: "reader", password: &"long ".repeat(30), database: "app" };
    assert_eq!(database.over_network(reader, "SELECT current_user").unwrap(), "reader\n");
    database.stop();
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn no_password_shows_in_logs_or_arguments() {
    let major = Major(16);
    let password = "a-password-that-shows";
    let loud = "postgresql.config.log_statement=all,postgresql.config.log_min_duration_statement=0";
    let secret = format!("postgresql.password={password}");
    let release = Release::render(major, &["--preset", "edge", "-f", FULL, "--set", loud, "--set", &secret]);
    let node = Node::new();
    for _ in 0..2 {
        let mut boot = node.start_boot(&release);
        while boot.ended().is_none() {
            assert!(!arguments_of_all_processes().contains(password), "a password in the arguments of a process");
        }
        assert!(boot.wait(Duration::ZERO).success(), "{}", boot.log());
        assert!(!boot.log().contains(password) && !boot.log().contains("SCRAM-SHA-256$"), "{}", boot.log());
    }
}

fn arguments_of_all_processes() -> String {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

fn logs_in(database: &Database, password: &str) {
    let login = Login { role: "app", password, database: "app" };
    assert_eq!(database.over_network(login, "SELECT current_user").unwrap(), "app\n");
}

fn refuses(database: &Database, password: &str) {
    let login = Login { role: "app", password, database: "app" };
    assert!(database.over_network(login, "SELECT 1").unwrap_err().contains("password authentication failed"));
}
