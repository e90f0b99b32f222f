//! The first boot is all or nothing, whatever happens to it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::FULL;
use crate::database::Database;
use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

crate::on_every_major!(a_boot_killed_at_any_moment_is_completed_by_the_next);

const MOMENTS: u32 = 6;

fn a_boot_killed_at_any_moment_is_completed_by_the_next(major: Major) {
    let set = format!("persistence.wal.enabled={}", [15, 18].contains(&major.0));
    let release = Release::render(major, &["--preset", "edge", "-f", FULL, "--set", &set]);
    let begin = Instant::now();
    assert!(Node::new().boot(&release).success);
    let whole = begin.elapsed();
    let node = Node::new();
    let reference = contents(node.start(&release));
    assert!(reference.contains("1000"), "{reference}");
    let mut random = Random(u64::from(major.0));
    for moment in 0..MOMENTS {
        let node = Node::new();
        let after = whole * moment / MOMENTS + whole.mul_f64(random.next() / f64::from(MOMENTS));
        let mut boot = node.start_boot(&release);
        sleep(after);
        boot.kill();
        let in_same_pod = moment % 2 == 0;
        let database = if in_same_pod { node.restart(&release) } else { node.start(&release) };
        assert_eq!(contents(database), reference, "killed after {after:?} of {whole:?}");
        assert_eq!(node.leftovers(), Vec::<String>::new(), "killed after {after:?} of {whole:?}");
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_boot_killed_between_some_two_steps_is_completed_by_the_next() {
    killed_between_steps("false", 3);
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn with_a_volume_for_the_log_a_boot_killed_between_any_two_steps_is_completed_by_the_next() {
    killed_between_steps("true", 1);
}

/// The moments that count are short: this one stops the boot before each command that touches files, or every n-th.
fn killed_between_steps(wal: &str, stride: u32) {
    let set = format!("persistence.wal.enabled={wal}");
    let release = Release::render(Major(16), &["--preset", "edge", "-f", FULL, "--set", &set]);
    let node = Node::new();
    let reference = contents(node.start(&release));
    let mut step = 1;
    loop {
        let node = Node::new();
        if !node.boot_killed_at_step(&release, step) {
            break;
        }
        assert_eq!(contents(node.start(&release)), reference, "killed before step {step}");
        assert_eq!(node.leftovers(), Vec::<String>::new(), "killed before step {step}");
        step += stride;
    }
    assert!(step > 10, "only {step} steps");
}

/// A killed boot that already serves data must not lose them either.
#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_later_boot_killed_at_any_moment_keeps_what_was_committed() {
    let major = Major(16);
    let release = Release::render(major, &["--preset", "edge", "-f", FULL]);
    let node = Node::new();
    node.start(&release).stop();
    let mut random = Random(1);
    for round in 0..10 {
        let database = node.start(&release);
        database.superuser("app", &format!("INSERT INTO items VALUES ({})", 2000 + round));
        database.crash();
        let mut boot = node.start_boot(&release);
        sleep(Duration::from_secs_f64(random.next()));
        boot.kill();
        let database = node.start(&release);
        assert_eq!(database.superuser("app", "SELECT count(*) FROM items"), format!("{}\n", 1001 + round));
        database.crash();
    }
}

/// What is in the database after a boot, as far as the values say.
fn contents(database: Database) -> String {
    let mut text = database.superuser("app", "SELECT count(*), sum(id) FROM items");
    text += &database.superuser("postgres", "SELECT datname, datdba::regrole, datacl FROM pg_database ORDER BY 1");
    let roles = "SELECT rolname, rolcanlogin, rolconnlimit, rolpassword FROM pg_authid ORDER BY 1";
    text += &database.superuser("postgres", roles);
    text +=
        &database.superuser("postgres", "SELECT roleid::regrole, member::regrole FROM pg_auth_members ORDER BY 1, 2");
    for name in ["app", "it's a second", "third"] {
        text += &database.superuser(name, "SELECT extname FROM pg_extension ORDER BY 1");
    }
    text += &database.superuser("postgres", "SHOW data_checksums");
    database.stop();
    text
}

/// A small generator (Knuth's constants): the same moments in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap()) / f64::from(u32::MAX)
    }
}
