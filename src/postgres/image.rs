//! Images that are known: who the server is in them, where data go, and what extensions they bring.

use super::Major;
use crate::diagnostic::closest;

/// What is known of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// User ID of the server.
    pub uid: u32,
    /// Group ID of the server.
    pub gid: u32,
    /// Whether that user is called `postgres`, so that `peer` lets it in.
    pub is_postgres: bool,
    /// Whether it has Patroni 4 or newer.
    pub patroni: bool,
    /// Whether it has pgBackRest.
    pub pgbackrest: bool,
    /// Extensions beyond those of PostgreSQL's own contrib modules.
    pub extensions: &'static [&'static str],
}

/// The images; the first whose repository ends so and whose tag fits is meant.
///
/// Sources: docker-library/postgres (999, Alpine 70), timescale/timescaledb-docker (Alpine 70),
/// timescale/timescaledb-docker-ha (1000), zalando/spilo (101 and 103), postgis/docker-postgis (999, Alpine 70), cloudnative-pg (26).
const TABLE: &[(&str, bool, Known)] = &[
    (
        "timescale/timescaledb-ha",
        false,
        Known { patroni: true, pgbackrest: true, ..postgres(1000, 1000, TIMESCALE_HA) },
    ),
    ("zalando/spilo-15", false, Known { patroni: true, ..postgres(101, 103, SPILO) }),
    ("zalando/spilo-16", false, Known { patroni: true, ..postgres(101, 103, SPILO) }),
    ("zalando/spilo-17", false, Known { patroni: true, ..postgres(101, 103, SPILO) }),
    ("zalando/spilo-18", false, Known { patroni: true, ..postgres(101, 103, SPILO) }),
    ("aryan/postgres-pgbackrest", false, Known { pgbackrest: true, ..postgres(999, 999, &[]) }),
    ("timescale/timescaledb", true, postgres(70, 70, &["timescaledb"])),
    ("postgis/postgis", true, postgres(70, 70, POSTGIS)),
    ("postgis/postgis", false, postgres(999, 999, POSTGIS)),
    ("cloudnative-pg/postgresql", false, postgres(26, 26, &["pgaudit", "vector"])),
    ("postgres", true, postgres(70, 70, &[])),
    ("postgres", false, postgres(999, 999, &[])),
];

/// An image whose server is a user called `postgres`.
const fn postgres(uid: u32, gid: u32, extensions: &'static [&'static str]) -> Known {
    Known { uid, gid, is_postgres: true, patroni: false, pgbackrest: false, extensions }
}

const POSTGIS: &[&str] = &[
    "postgis",
    "postgis_raster",
    "postgis_sfcgal",
    "postgis_tiger_geocoder",
    "postgis_topology",
    "address_standardizer",
];
const TIMESCALE_HA: &[&str] = &[
    "timescaledb",
    "timescaledb_toolkit",
    "postgis",
    "postgis_topology",
    "vector",
    "vectorscale",
    "pgaudit",
    "pg_repack",
];

const SPILO: &[&str] = &[
    "timescaledb",
    "postgis",
    "postgis_topology",
    "pgaudit",
    "pg_cron",
    "pg_partman",
    "pg_repack",
    "hypopg",
    "pg_stat_kcache",
    "plpgsql_check",
    "vector",
];

/// PostgreSQL's own extensions (contrib), which the official images bring.
///
/// Source: PostgreSQL documentation, "Additional Supplied Modules and Extensions".
const CONTRIB: &[&str] = &[
    "amcheck",
    "autoinc",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "insert_username",
    "intagg",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "moddatetime",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_surgery",
    "pg_trgm",
    "pg_visibility",
    "pg_walinspect",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "plpgsql",
    "postgres_fdw",
    "refint",
    "seg",
    "sslinfo",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

/// Extensions that work only when the server loads their library at its start.
///
/// Source: the documentation of each extension.
const PRELOADED: &[&str] = &["pg_stat_statements", "timescaledb", "pgaudit", "pg_cron"];

/// The known image behind a repository and tag.
pub fn known(repository: &str, tag: &str) -> Option<Known> {
    let repository = repository.trim_start_matches("library/");
    let alpine = tag.contains("alpine") || repository == "timescale/timescaledb";
    TABLE
        .iter()
        .find(|(name, is_alpine, _)| {
            let same = repository == *name || repository.ends_with(&format!("/{name}"));
            same && (*is_alpine == alpine)
        })
        .map(|(.., known)| *known)
}

/// Whether the image's `TimescaleDB` is its Apache edition, without compression and continuous aggregates.
///
/// Source: timescale/timescaledb-docker (tags `-oss`), zalando/spilo (built with `-DAPACHE_ONLY=1`).
pub fn is_apache_edition(repository: &str, tag: &str) -> bool {
    tag.ends_with("-oss") || repository.contains("zalando/spilo-")
}

/// The tag of the official image: the Debian release is fixed, because another C library sorts text differently and
/// silently breaks indexes.
pub fn default_tag(major: Major) -> String {
    format!("{major}-bookworm")
}

/// Where the data volume is mounted. The official image moved its own volume up with 18; mounting below it would leave an
/// anonymous volume behind.
pub fn mount_path(major: Major) -> &'static str {
    if major >= Major::V18 { "/var/lib/postgresql" } else { "/var/lib/postgresql/data" }
}

/// Where the volume of the write-ahead log is mounted.
pub const WAL_MOUNT_PATH: &str = "/var/lib/postgresql-wal";

/// The major version that a tag begins with.
pub fn major_of_tag(tag: &str) -> Option<u32> {
    let digits: String = tag.trim_start_matches("pg").chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Whether an extension is in an image; `None` means all is well, else what to say.
pub fn extension_problem(extension: &str, image_extensions: &[&str]) -> Option<String> {
    let all = || CONTRIB.iter().chain(image_extensions).copied();
    if all().any(|known| known == extension) {
        return None;
    }
    Some(closest(extension, all()).map(|found| format!("did you mean `{found}`?")).unwrap_or_default())
}

/// The libraries that these extensions need at the server's start, in order, without repetition.
pub fn preload<'a>(extensions: impl IntoIterator<Item = &'a str>) -> Vec<&'static str> {
    let wanted: Vec<&str> = extensions.into_iter().collect();
    PRELOADED.iter().copied().filter(|library| wanted.contains(library)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_repository_and_tag() {
        assert_eq!(known("postgres", "16-bookworm").map(|image| image.uid), Some(999));
        assert_eq!(known("library/postgres", "16-alpine").map(|image| image.uid), Some(70));
        assert_eq!(known("mirror/postgis/postgis", "16-3.4").map(|image| image.uid), Some(999));
        assert_eq!(known("timescale/timescaledb", "2.17-pg16").map(|image| image.uid), Some(70));
        assert_eq!(known("example/pg", "1"), None);
    }

    #[test]
    fn extensions_come_with_the_image_or_not() {
        assert_eq!(extension_problem("pg_trgm", &[]), None);
        assert_eq!(extension_problem("pg_tgrm", &[]), Some("did you mean `pg_trgm`?".into()));
        assert_eq!(extension_problem("timescaledb", &[]), Some(String::new()));
        assert_eq!(preload(["pg_trgm", "timescaledb", "pg_stat_statements"]), ["pg_stat_statements", "timescaledb"]);
    }
}
