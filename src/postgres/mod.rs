//! What the program knows of PostgreSQL: parameters and the grammar of their values, configuration files, host-based
//! authentication, memory, images, and the sizes that presets are made of. Pure knowledge; nothing is read or run.

pub mod backup;
pub mod catalogue;
pub mod check;
pub mod compliance;
pub mod conf;
pub mod cron;
pub mod declaration;
pub mod duty;
pub mod facts;
pub mod hba;
pub mod image;
pub mod industrial;
pub mod logging;
mod major;
pub mod memory;
pub mod metrics;
pub mod moment;
pub mod patroni;
pub mod pgbackrest;
pub mod pgpool;
pub mod pooler;
pub mod quantity;
pub mod release_tests;
pub mod setting;
pub mod tls;
pub mod tune;
pub mod wal_archive;

pub use major::Major;
