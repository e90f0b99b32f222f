//! The rendered chart on real PostgreSQL servers: the pods run as rendered, in namespaces on this machine.
//!
//! Needs root, and the servers of `tests/tools/install-servers`; `tests/run` sees to both.

#![allow(clippy::unwrap_used, clippy::doc_markdown, clippy::format_push_string, clippy::duration_suboptimal_units)]

mod authority;
mod backup;
mod balancing;
mod boot;
mod clock;
mod cluster;
mod compliance;
mod container;
mod database;
mod declaration;
mod industrial;
mod logging;
mod logical;
mod logins;
mod major;
mod monitoring;
mod node;
mod patroni;
mod pgbackrest;
mod pooling;
mod release;
mod release_tests;
mod replication;
mod s3;
mod shutdown;
mod starts;
mod tls;
mod upgrade;
mod volumes;
mod wal_archive;

/// Values that make the boot apply everything it can.
const FULL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/values.yaml");

/// One test for each major version: `on_every_major!(starts::presets_start)` makes `presets_start::on_15` and so on.
#[macro_export]
macro_rules! on_every_major {
    ($($test:ident)*) => {$(
        mod $test {
            $crate::on_every_major!(@ $test on_15 15, on_16 16, on_17 17, on_18 18);
        }
    )*};
    (@ $test:ident $($name:ident $major:literal),*) => {$(
        #[test]
        #[ignore = "needs PostgreSQL servers, run by tests/run"]
        fn $name() {
            super::$test($crate::major::Major($major));
        }
    )*};
}
