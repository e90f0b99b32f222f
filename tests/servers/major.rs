//! The installed PostgreSQL servers.

use std::env;
use std::path::{Path, PathBuf};

/// A major version of PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Major(pub(crate) u8);

impl Major {
    /// The version that an image's tag begins with. PgBouncer, Pgpool-II and rclone are in the image of 17.
    pub(crate) fn of_image(reference: &str) -> Self {
        if ["pgbouncer", "pgpool", "rclone"].iter().any(|name| reference.contains(name)) {
            return Self(17);
        }
        let tag = reference.rsplit_once(':').unwrap().1;
        Self(tag.split('-').next().unwrap().parse().unwrap())
    }

    /// The root of the image: 15 is this machine's Debian, 17 the next Debian; the others are servers from npm in the former.
    pub(crate) fn image(self) -> PathBuf {
        let image = if self.0 == 17 { servers().join("trixie") } else { PathBuf::from("/") };
        assert!(image.join("usr").exists(), "no PostgreSQL {} here: run tests/tools/install-servers", self.0);
        image
    }

    /// What has to be mounted into the image, and where.
    pub(crate) fn mount(self) -> Option<(PathBuf, PathBuf)> {
        let npm = servers().join(self.0.to_string());
        let mount = (!matches!(self.0, 15 | 17)).then(|| (npm, PathBuf::from("/opt/server")));
        let home = mount.as_ref().map_or_else(|| self.image().join(self.debian()), |(home, _)| home.clone());
        assert!(home.join("bin/postgres").exists(), "no PostgreSQL {} here: run tests/tools/install-servers", self.0);
        mount
    }

    /// `PATH` of a container; the servers from npm come without clients, so 15's follow.
    pub(crate) fn path(self) -> String {
        let own = match self.mount() {
            Some((_, target)) => format!("{}/bin:/usr/lib/postgresql/15/bin", target.display()),
            None => format!("/{}/bin", self.debian()),
        };
        format!("{own}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    }

    fn debian(self) -> String {
        format!("usr/lib/postgresql/{}", self.0)
    }
}

/// Where `tests/tools/install-servers` puts what it installs.
pub(crate) fn servers() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache/servers");
    env::var_os("PGCHART_SERVERS").map_or(default, PathBuf::from)
}
