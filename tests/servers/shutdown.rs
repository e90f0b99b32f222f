//! How a server ends, and what does not end it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::major::Major;
use crate::node::Node;
use crate::release::Release;

crate::on_every_major!(clients_do_not_delay_the_shutdown an_orphaned_process_does_not_crash_the_server
    a_killed_server_ends_its_container);

fn clients_do_not_delay_the_shutdown(major: Major) {
    let node = Node::new();
    let release = Release::render(major, &["--preset", "edge"]);
    for signal in ["INT", "TERM"] {
        let database = node.start(&release);
        database.orphan("app", "SELECT pg_sleep(600)");
        let begin = Instant::now();
        let log = database.stop_with(signal);
        assert!(begin.elapsed() < Duration::from_secs(20), "{signal}: {log}");
        assert!(log.contains("received fast shutdown request") && !log.contains("abnormal"), "{signal}: {log}");
    }
}

/// As the kernel does when memory runs out; the kubelet then starts the container anew.
fn a_killed_server_ends_its_container(major: Major) {
    let node = Node::new();
    let release = Release::render(major, &["--preset", "edge"]);
    let database = node.start(&release);
    // The container takes the shell with it, which may be before that has ended.
    database.exec(&["sh", "-c", "read -r server <\"$PGDATA\"/postmaster.pid; kill -KILL $server"]);
    let status = database.end(Duration::from_secs(20));
    assert_eq!(status.code(), Some(128 + 9), "{status}");
    assert_eq!(node.start(&release).superuser("app", "SELECT 1"), "1\n");
}

/// A child that a postmaster does not know, and that ends badly, looks to it like a crashed backend.
fn an_orphaned_process_does_not_crash_the_server(major: Major) {
    let node = Node::new();
    let database = node.start(&Release::render(major, &["--preset", "edge"]));
    let began = database.superuser("app", "SELECT pg_postmaster_start_time(), pg_backend_pid() > 0");
    let orphan = database.orphan("app", "SELECT pg_sleep(600)");
    assert!(database.exec(&["sh", "-c", &format!("kill -KILL {orphan}")]));
    sleep(Duration::from_secs(1));
    assert_eq!(database.superuser("app", "SELECT pg_postmaster_start_time(), pg_backend_pid() > 0"), began);
    let log = database.stop();
    assert!(!log.contains("terminating any other active server processes"), "{log}");
}
