//! What templates of a PostgreSQL chart need beyond the values: files, image and declared objects, as `Postgres`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::backup::Backup;
use super::conf::{self, Section};
use super::declaration::{self, OtherSecret};
use super::metrics::Metrics;
use super::patroni::Patroni;
use super::pgbackrest::{self, Pgbackrest};
use super::pgpool::Pgpool;
use super::pooler::Pooler;
use super::release_tests::ReleaseTests;
use super::setting::{self, Setting};
use super::tls::{self, Tls};
use super::wal_archive::{self, WalArchive};
use super::{Major, catalogue::Catalogue, compliance, hba, image, industrial, logging};
use crate::schema::types::{Scalar, Values};

/// Parameters that the chart sets itself, with why.
const MANAGED: &[(&str, &str)] = &[
    ("config_file", "the chart mounts it"),
    ("cluster_name", "standbys are known by the name of their pod"),
    ("data_directory", "the chart mounts it"),
    ("external_pid_file", "the pod has no place for it"),
    ("hba_file", "the chart mounts it"),
    ("ident_file", "the chart mounts it"),
    ("listen_addresses", "the Service must reach the server"),
    ("log_destination", "`logging.format` sets it: logs go to the container's output"),
    ("log_directory", "`logging.format` sets it: logs go to the container's output"),
    ("log_filename", "`logging.format` sets it: logs go to the container's output"),
    ("log_rotation_age", "`logging.format` sets it: logs go to the container's output"),
    ("log_rotation_size", "`logging.format` sets it: logs go to the container's output"),
    ("log_truncate_on_rotation", "`logging.format` sets it: logs go to the container's output"),
    ("logging_collector", "`logging.format` sets it: logs go to the container's output"),
    ("password_encryption", "the Secret holds SCRAM verifiers"),
    ("port", "probes and Service use 5432"),
    ("primary_conninfo", "`replication` says whom standbys follow"),
    ("primary_slot_name", "each standby has its own"),
    ("ssl", "`tls` sets it"),
    ("ssl_ca_file", "`tls.caFile` sets it"),
    ("ssl_cert_file", "`tls` sets it"),
    ("ssl_ciphers", "`tls.ciphers` sets it"),
    ("ssl_key_file", "`tls` sets it"),
    ("ssl_min_protocol_version", "`tls.minVersion` sets it"),
    ("synchronous_standby_names", "`replication.synchronous` makes it"),
    ("unix_socket_directories", "the chart mounts it"),
    ("unix_socket_permissions", "the socket is the pod's own"),
];

/// Parameters of an archive, where there is one, and what `why` says of them.
const fn archived(why: &'static str) -> [(&'static str, &'static str); 4] {
    [("archive_command", why), ("archive_library", why), ("archive_mode", why), ("restore_command", why)]
}

/// Those that pgBackRest sets.
const BY_PGBACKREST: &[(&str, &str)] = &archived("`pgbackrest` archives the log");

/// Those that an archive on a volume sets.
const BY_SCRIPT: &[(&str, &str)] = &archived("`walArchive` archives the log");

/// Parameters that the chart sets itself with these values, with why.
pub fn managed(values: &Values) -> impl Iterator<Item = &'static (&'static str, &'static str)> + Clone {
    let archived = match (values.pgbackrest.enabled, values.wal_archive.enabled) {
        (true, _) => BY_PGBACKREST,
        (_, true) => BY_SCRIPT,
        _ => &[],
    };
    MANAGED.iter().chain(archived)
}

/// Facts for templates.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// 16
    pub major: u32,
    /// Whether there are standbys.
    pub ha: bool,
    /// How many servers there are, the primary included.
    pub servers: u32,
    /// Patroni, when it elects the server that writes.
    pub patroni: Option<Patroni>,
    /// Whether the workload is a StatefulSet.
    pub stateful: bool,
    /// Whether a disruption budget holds up drains.
    pub pdb: bool,
    /// The server's image.
    pub image: Image,
    /// The upgrade that a boot makes; none without `upgrade.from`.
    pub upgrade: Option<Upgrade>,
    /// Encryption, when it is on.
    pub tls: Option<Tls>,
    /// The exporter, when there is one.
    pub metrics: Option<Metrics>,
    /// How the server archives its log; none when it does not.
    pub archive: Option<Archive>,
    /// pgBackRest, when it makes backups.
    pub pgbackrest: Option<Pgbackrest>,
    /// The archive on a volume, when there is one.
    pub wal_archive: Option<WalArchive>,
    /// The pooler, when there is one.
    pub pooler: Option<Pooler>,
    /// Pgpool-II, when there is one.
    pub pgpool: Option<Pgpool>,
    /// Modules of SQL that the boot applies, by the names of their files.
    pub modules: Vec<&'static str>,
    /// The databases of a factory.
    pub factory: Vec<&'static str>,
    /// The controls of regulations; none without any.
    pub compliance: Option<compliance::Statement>,
    /// The databases that the upkeep looks after.
    pub kept: Vec<&'static str>,
    /// The tests of the release, when there are any.
    pub tests: Option<ReleaseTests>,
    /// Logical backups, when there are any.
    pub backup: Option<Backup>,
    /// postgresql.conf
    pub conf: String,
    /// `pg_hba.conf`
    pub hba: String,
    /// What is declared, as JSON without any password.
    pub cluster: String,
    /// Secrets beside the release's that hold passwords of roles.
    pub other_secrets: Vec<OtherSecret>,
}

/// How the server archives its log.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Archive {
    /// Whether a file of the log is archived after some time even when it is not full.
    pub in_time: bool,
}

impl Archive {
    /// What checked values say of it; none when nothing is archived.
    fn new(values: &Values) -> Option<Self> {
        let itself = values.has_archive();
        let archives = itself || matches!(parameter(values, "archive_mode").as_deref(), Some("on" | "always"));
        let in_time = parameter(values, "archive_timeout").map_or(itself, |time| !time.starts_with('0'));
        archives.then_some(Self { in_time })
    }
}

/// An upgrade from another major version.
#[derive(Clone, Debug, Serialize)]
pub struct Upgrade {
    /// 15
    pub from: u32,
    /// `docker.io/postgres:15-bookworm`
    pub image: String,
}

impl Upgrade {
    /// The upgrade that checked values ask for.
    fn new(values: &Values) -> Option<Self> {
        let from = upgrade_from(values)?;
        let image = filled(values.upgrade.image.as_deref()).map(str::to_owned).or_else(|| old_image(values))?;
        Some(Self { from: from.number(), image })
    }
}

/// The major version that the volume holds before an upgrade.
pub fn upgrade_from(values: &Values) -> Option<Major> {
    Major::parse(&values.upgrade.from.as_ref()?.to_string())
}

/// The default image of the version before an upgrade; none with a tag of the user's own, which nobody can guess.
pub fn old_image(values: &Values) -> Option<String> {
    let named = values.image.tag.as_ref().is_some_and(|tag| !tag.to_string().is_empty())
        || filled(values.image.digest.as_deref()).is_some();
    let from = upgrade_from(values).filter(|_| !named)?;
    Some(format!("{}:{}", repository(values), image::default_tag(from)))
}

/// The server's image.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// `docker.io/postgres:16-bookworm`
    pub reference: String,
    /// User ID of the server.
    pub uid: u32,
    /// Group ID of the server.
    pub gid: u32,
    /// Where the data volume is mounted.
    pub mount_path: String,
    /// PGDATA: a directory below it, since a volume's root belongs to the volume.
    pub data_directory: String,
    /// Where the volume of the write-ahead log is mounted.
    pub wal_mount_path: String,
}

impl Facts {
    /// The facts of checked values.
    pub fn new(values: &Values) -> Self {
        let major = major(values);
        let mount_path = image::mount_path(major).to_owned();
        let known = image::known(&values.image.repository, &tag(values));
        let (uid, gid) = (values.image.uid, values.image.gid);
        let peer = known.is_some_and(|known| known.is_postgres && uid.is_none_or(|uid| uid == known.uid));
        let image = Image {
            reference: reference(values),
            uid: uid.or(known.map(|known| known.uid)).unwrap_or_default(),
            gid: gid.or(known.map(|known| known.gid)).unwrap_or_default(),
            data_directory: format!("{mount_path}/pgdata"),
            mount_path,
            wal_mount_path: image::WAL_MOUNT_PATH.to_owned(),
        };
        let tls = Tls::new(values);
        let databases = industrial::databases(values);
        let departments = industrial::departments(values);
        let is_kept = |name: &&str| departments.iter().any(|one| one.name == **name && industrial::is_kept(one));
        let kept: Vec<&str> = industrial::names(values).into_iter().filter(is_kept).collect();
        let keepers = keepers(values, &kept);
        let hba = if values.postgresql.hba_override.is_empty() {
            let standby = values.is_ha().then_some(values.replication.username.as_str());
            hba::generate(
                &values.postgresql.hba,
                hba::Doors {
                    peer,
                    standby,
                    standby_certificate: tls::shows_certificate(values),
                    exporter: values
                        .metrics
                        .enabled
                        .then_some((values.metrics.username.as_str(), values.postgresql.database.as_str())),
                    waiter: values.declaration.job.enabled.then_some(values.declaration.username.as_str()),
                    pooler: values.pgbouncer.enabled.then_some(values.pgbouncer.username.as_str()),
                    balancer: values.pgpool.enabled.then_some(values.pgpool.username.as_str()),
                    keepers: &keepers,
                    tester: values
                        .tests
                        .enabled
                        .then_some((values.tests.username.as_str(), values.postgresql.database.as_str())),
                    base_backups: values.wal_archive.enabled,
                    backup: values.backup.enabled.then_some(values.backup.username.as_str()),
                    encrypted: tls.is_some() && values.tls.required,
                },
            )
        } else {
            values.postgresql.hba_override.join("\n") + "\n"
        };
        let conf = configuration(values, tls.as_ref());
        Self {
            major: major.number(),
            ha: values.is_ha(),
            servers: values.servers(),
            stateful: values.is_ha() || values.statefulset.enabled,
            pdb: values.has_disruption_budget(),
            image,
            upgrade: Upgrade::new(values),
            patroni: Patroni::new(values, &conf, tls.as_ref()),
            tests: ReleaseTests::new(values, &conf),
            conf,
            pgbackrest: Pgbackrest::new(values, peer),
            wal_archive: WalArchive::new(values, peer),
            pooler: Pooler::new(values),
            pgpool: Pgpool::new(values),
            backup: Backup::new(values),
            tls,
            hba,
            metrics: Metrics::new(values),
            archive: Archive::new(values),
            modules: industrial::modules(&databases),
            factory: industrial::names(values),
            compliance: compliance::Statement::new(values),
            kept,
            cluster: declaration::cluster(values),
            other_secrets: declaration::other_secrets(values),
        }
    }
}

/// The major version of checked values; 16 when none is given.
pub fn major(values: &Values) -> Major {
    let version = values.postgresql.version.as_ref().map(ToString::to_string);
    version.and_then(|version| Major::parse(&version)).unwrap_or(Major::V16)
}

/// The tag of the image: the given one, or the official image's for the major version.
pub fn tag(values: &Values) -> String {
    let given = values.image.tag.as_ref().map(ToString::to_string).filter(|tag| !tag.is_empty());
    given.unwrap_or_else(|| image::default_tag(major(values)))
}

fn repository(values: &Values) -> String {
    let shared = values.global.image_registry.as_deref().filter(|registry| !registry.is_empty());
    let registry = shared.unwrap_or(&values.image.registry);
    let prefix = if registry.is_empty() { String::new() } else { format!("{registry}/") };
    format!("{prefix}{}", values.image.repository)
}

fn reference(values: &Values) -> String {
    let name = repository(values);
    match values.image.digest.as_deref().filter(|digest| !digest.is_empty()) {
        Some(digest) => format!("{name}@{digest}"),
        None => format!("{name}:{}", tag(values)),
    }
}

/// A value of `postgresql.config` as the server reads it.
pub fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(true) => "on".to_owned(),
        Scalar::Bool(false) => "off".to_owned(),
        other => other.to_string(),
    }
}

/// What `postgresql.config` says of a parameter, in small letters.
fn parameter(values: &Values, name: &str) -> Option<String> {
    let mut config = values.postgresql.config.iter();
    let (_, value) = config.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    value.as_ref().map(|value| text(value).trim().to_ascii_lowercase())
}

/// A parameter's value: the one set, or the server's default.
pub fn setting(values: &Values, name: &str) -> Option<Setting> {
    let set = values.postgresql.config.get(name).and_then(Option::as_ref).map(text);
    let default = || Catalogue::of(major(values)).get(name)?.default.clone();
    setting::check(major(values), name, &set.or_else(default)?).ok()
}

/// The same of a parameter that is a number.
pub fn number(values: &Values, name: &str) -> Option<i64> {
    match setting(values, name)? {
        #[expect(clippy::cast_possible_truncation, reason = "parameters are within 32 bits")]
        Setting::Number(number) => Some(number as i64),
        _ => None,
    }
}

/// The libraries to load at the start: those the user names, then those the extensions need.
pub fn preload(values: &Values) -> Vec<String> {
    let given = values.postgresql.config.get("shared_preload_libraries").and_then(Option::as_ref).map(text);
    let mut list: Vec<String> = given
        .unwrap_or_default()
        .split(',')
        .map(|library| library.trim().to_owned())
        .filter(|library| !library.is_empty())
        .collect();
    let timescale = industrial::has_timescale(values).then_some("timescaledb");
    for library in image::preload(extensions(values).chain(timescale)) {
        if !list.iter().any(|known| known == library) {
            list.push(library.to_owned());
        }
    }
    if logging::audits(values) && !list.iter().any(|library| library == logging::AUDIT) {
        list.push(logging::AUDIT.to_owned());
    }
    list
}

/// The extensions of one database: those declared, and the one that audits.
pub fn with_audit(values: &Values, declared: &[String]) -> Vec<String> {
    let audit = logging::audits(values) && !declared.iter().any(|name| name == logging::AUDIT);
    declared.iter().cloned().chain(audit.then(|| logging::AUDIT.to_owned())).collect()
}

/// Every extension of every declared database.
pub fn extensions(values: &Values) -> impl Iterator<Item = &str> {
    let further = values.postgresql.databases.iter().flat_map(|database| &database.extensions);
    values.postgresql.extensions.iter().chain(further).map(String::as_str)
}

fn configuration(values: &Values, tls: Option<&Tls>) -> String {
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &values.postgresql.config {
        if let Some(value) = value {
            settings.insert(name.to_ascii_lowercase(), text(value));
        }
    }
    let libraries = preload(values);
    if !libraries.is_empty() {
        settings.insert("shared_preload_libraries".to_owned(), libraries.join(","));
    }
    let mut take = |defaults: &[(&str, &str)]| -> Vec<(String, String)> {
        let own = |(name, default): &(&str, &str)| {
            ((*name).to_owned(), settings.remove(*name).unwrap_or_else(|| (*default).to_owned()))
        };
        defaults.iter().map(own).collect()
    };
    let connections = take(&[
        ("listen_addresses", "*"),
        ("port", "5432"),
        ("unix_socket_directories", "/var/run/postgresql"),
        ("password_encryption", "scram-sha-256"),
    ]);
    let encryption = tls.map(|tls| tls.settings(values)).unwrap_or_default();
    let encryption: Vec<_> = encryption.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let encryption = take(&encryption);
    let logging = logging::settings(values);
    let logging: Vec<_> = logging.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let logging = take(&logging);
    let timescale: &[_] =
        if industrial::has_timescale(values) { &[("timescaledb.telemetry_level", "off")] } else { &[] };
    let timescale = take(timescale);
    let defaults = take(&[("timezone", "UTC"), ("hot_standby", "on")]);
    // Each standby has a connection and a slot, twice while it is cloned; the server's defaults are 10.
    let seats = (10 + 2 * values.servers()).to_string();
    let replication = if values.is_ha() {
        take(&[
            ("max_wal_senders", &seats),
            ("max_replication_slots", &seats),
            ("wal_keep_size", "256MB"),
            ("wal_log_hints", "on"),
        ])
    } else {
        Vec::new()
    };
    let logical =
        if values.postgresql.publications.is_empty() { Vec::new() } else { take(&[("wal_level", "logical")]) };
    let archive = match (values.pgbackrest.enabled, values.wal_archive.enabled) {
        (true, _) => pgbackrest::server_settings(values),
        (_, true) => wal_archive::server_settings(),
        _ => Vec::new(),
    };
    let archive: Vec<_> = archive.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let archive = take(&archive);
    let section = |title: &str, settings| Section { title: title.to_owned(), settings };
    conf::write(&[
        section("Connections", connections),
        section("TLS", encryption),
        section("Logs go to the container's output", logging),
        section("TimescaleDB", timescale),
        section("Defaults", defaults),
        section("Standbys", replication),
        section("Publications", logical),
        section("The archive of the log", archive),
        section("From the preset and the values", settings.into_iter().collect()),
    ])
}

/// The roles of jobs that look after databases, with those databases.
fn keepers(values: &Values, kept: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut keepers = Vec::new();
    if !kept.is_empty() {
        let databases = kept.iter().map(|name| (*name).to_owned()).collect();
        keepers.push((values.industrial.upkeep.username.clone(), databases));
    }
    let mut databases = compliance::names(values);
    if !databases.is_empty() {
        databases.extend(industrial::names(values).contains(&industrial::TRAIL).then(|| industrial::TRAIL.to_owned()));
        keepers.push((values.compliance.anchor.username.clone(), databases));
    }
    keepers
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}
