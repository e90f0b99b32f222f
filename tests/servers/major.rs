//! The installed PostgreSQL servers.

use std::env;
use std::path::{Path, PathBuf};

/// A major version of PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Major(pub(crate) u8);

impl Major {
    /// Where the server is on this machine: 15 comes from Debian, the others from `tests/tools/install-servers`.
    pub(crate) fn home(self) -> PathBuf {
        let home = match self.0 {
            15 => PathBuf::from("/usr/lib/postgresql/15"),
            major => servers().join(major.to_string()),
        };
        assert!(home.join("bin/postgres").exists(), "no PostgreSQL {} here: run tests/tools/install-servers", self.0);
        home
    }

    /// Where a container sees it.
    pub(crate) fn mount_path(self) -> PathBuf {
        match self.0 {
            15 => self.home(),
            _ => PathBuf::from("/opt/server"),
        }
    }

    /// `PATH` of a container; the servers from npm come without clients, so 15's follow.
    pub(crate) fn path(self) -> String {
        let own = self.mount_path();
        let system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        format!("{}/bin:/usr/lib/postgresql/15/bin:{system}", own.display())
    }
}

fn servers() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache/servers");
    env::var_os("PGCHART_SERVERS").map_or(default, PathBuf::from)
}
