//! The pooler: how the server's connections are shared out, the settings of PgBouncer, and its images.
//!
//! Passwords are looked up in the server by a function that shows no superuser's. It is asked through an entry of its own
//! among the databases, which no client may use.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{facts, industrial, pgpool, tls};
use crate::schema::types::{PoolerMode, Scalar, TlsSource, TlsVersion, Values};

/// The entry through which passwords are looked up.
pub const LOOKUP: &str = "pgchart_auth";

/// The name of PgBouncer's own console.
pub const CONSOLE: &str = "pgbouncer";

/// How many connections each pod has for looking up passwords.
pub const LOOKUPS: u32 = 2;

/// How much of the server's connections the pooler gets, in percent; the rest is for who comes directly.
const SHARE: i64 = 80;

/// Where its files are mounted.
const CONFIG: &str = "/etc/pgbouncer";
const RUN: &str = "/var/run/pgbouncer";
const CERTIFICATE: &str = "/etc/pgbouncer-tls";
const SERVER_CA: &str = "/etc/pgbouncer-ca";

/// Settings that are the chart's alone, with why.
pub const MANAGED: &[(&str, &str)] = &[
    ("auth_dbname", "passwords are looked up where no client can interfere"),
    ("auth_file", "the pod writes it"),
    ("auth_hba_file", "the chart mounts it"),
    ("auth_query", "the function that it calls shows no superuser's password"),
    ("auth_type", "SCRAM, and nobody but the superuser is left out"),
    ("auth_user", "`pgbouncer.username` sets it"),
    ("client_tls_cert_file", "`pgbouncer.tls` sets it"),
    ("client_tls_key_file", "`pgbouncer.tls` sets it"),
    ("conffile", "the chart mounts it"),
    ("default_pool_size", "`pgbouncer.defaultPoolSize` sets it"),
    ("idle_transaction_timeout", "`pgbouncer.idleTransactionTimeout` sets it"),
    ("ignore_startup_parameters", "`pgbouncer.ignoreStartupParameters` sets it"),
    ("listen_addr", "the Service must reach it"),
    ("listen_port", "probes and Service use 6432"),
    ("logfile", "logs go to the container's stderr"),
    ("max_client_conn", "`pgbouncer.maxClientConn` sets it"),
    ("max_db_connections", "`pgbouncer.maxDbConnections` sets it"),
    ("max_prepared_statements", "`pgbouncer.maxPreparedStatements` sets it"),
    ("min_pool_size", "`pgbouncer.minPoolSize` sets it"),
    ("pidfile", "it runs in the foreground"),
    ("pool_mode", "`pgbouncer.poolMode` sets it"),
    ("query_wait_timeout", "`pgbouncer.queryWaitTimeout` sets it"),
    ("reserve_pool_size", "`pgbouncer.reservePoolSize` sets it"),
    ("reserve_pool_timeout", "`pgbouncer.reservePoolTimeout` sets it"),
    ("server_idle_timeout", "`pgbouncer.serverIdleTimeout` sets it"),
    ("server_lifetime", "`pgbouncer.serverLifetime` sets it"),
    ("server_tls_ca_file", "`tls` sets it"),
    ("syslog", "logs go to the container's stderr"),
    ("unix_socket_dir", "it has no socket"),
    ("user", "the container runs as it"),
];

/// Settings that users may add, as of 1.25.
///
/// Source: PgBouncer documentation, "pgbouncer.ini".
pub const FREE: &[&str] = &[
    "admin_users",
    "application_name_add_host",
    "autodb_idle_timeout",
    "cancel_wait_timeout",
    "client_idle_timeout",
    "client_login_timeout",
    "client_tls13_ciphers",
    "client_tls_ca_file",
    "client_tls_ciphers",
    "client_tls_dheparams",
    "client_tls_ecdhcurve",
    "client_tls_protocols",
    "client_tls_sslmode",
    "disable_pqexec",
    "dns_max_ttl",
    "dns_nxdomain_ttl",
    "dns_zone_check_period",
    "listen_backlog",
    "log_connections",
    "log_disconnections",
    "log_pooler_errors",
    "log_stats",
    "max_db_client_connections",
    "max_packet_size",
    "max_user_client_connections",
    "max_user_connections",
    "pkt_buf",
    "query_timeout",
    "query_wait_notify",
    "sbuf_loopcnt",
    "scram_iterations",
    "server_check_delay",
    "server_check_query",
    "server_connect_timeout",
    "server_fast_close",
    "server_login_retry",
    "server_reset_query",
    "server_reset_query_always",
    "server_round_robin",
    "server_tls13_ciphers",
    "server_tls_ciphers",
    "server_tls_protocols",
    "server_tls_sslmode",
    "stats_period",
    "stats_users",
    "tcp_defer_accept",
    "tcp_keepalive",
    "tcp_keepcnt",
    "tcp_keepidle",
    "tcp_keepintvl",
    "tcp_socket_buffer",
    "tcp_user_timeout",
    "track_extra_parameters",
    "transaction_timeout",
    "verbose",
];

/// Images whose user is known: the end of the repository, user and group.
///
/// Sources: edoburu/docker-pgbouncer, cloudnative-pg/pgbouncer-containers.
const IMAGES: &[(&str, u32, u32)] = &[("edoburu/pgbouncer", 70, 70), ("cloudnative-pg/pgbouncer", 998, 996)];

/// User and group of a known image.
pub fn known_image(repository: &str) -> Option<(u32, u32)> {
    let is_meant = |name: &str| repository == name || repository.ends_with(&format!("/{name}"));
    IMAGES.iter().find(|(name, ..)| is_meant(name)).map(|(_, uid, gid)| (*uid, *gid))
}

/// Whether a database can have an entry: PgBouncer's file takes no quotes around a name, whatever its documentation says
/// (pgbouncer#971).
pub fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The databases that clients reach through the pooler, in the order of the values, each once.
pub fn databases(values: &Values) -> Vec<&str> {
    let declared = values.postgresql.databases.iter().map(|database| database.name.as_str());
    let made = industrial::names(values);
    let further = values.pgbouncer.databases.iter().map(String::as_str);
    let mut all: Vec<&str> = Vec::new();
    for name in [values.postgresql.database.as_str()].into_iter().chain(declared).chain(made).chain(further) {
        if is_plain(name) && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Roles with a limit of connections, and how many of them each pod may open: what is beyond it the server would refuse.
fn limits(values: &Values) -> Vec<(String, i64)> {
    let pods = pods(values);
    let limit = |limit: i32| (i64::from(limit) / pods).max(1);
    let roles = values.postgresql.roles.iter().filter(|role| is_plain(&role.name));
    roles
        .filter_map(|role| Some((role.name.clone(), limit(role.connection_limit.filter(|limit| *limit > 0)?))))
        .collect()
}

/// Whether there are poolers for standbys.
pub fn is_read_only_too(values: &Values) -> bool {
    values.is_ha() && values.service.read_only.enabled && values.pgbouncer.read_only.enabled
}

/// How the connections of one server are shared out among the pods of one pooler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many pods may be connected at a time: while they are replaced, one more than there are.
    pub pods: i64,
    /// Databases that clients reach.
    pub databases: i64,
    /// `max_connections`.
    pub connections: i64,
    /// Those of them that only superusers and monitors get.
    pub reserved: i64,
    /// Those of them that Pgpool-II may have.
    pub balanced: i64,
    /// The most that each pod has in one database.
    pub each: i64,
}

impl Share {
    /// The share of checked values.
    pub fn new(values: &Values) -> Self {
        let number = |name, default| facts::number(values, name).unwrap_or(default);
        let pods = pods(values);
        let databases = i64::try_from(databases(values).len()).unwrap_or(i64::MAX);
        let connections = number("max_connections", 100);
        let reserved = number("superuser_reserved_connections", 3) + number("reserved_connections", 0);
        let balanced = pgpool::connections(values);
        let fair = ((connections - reserved - balanced) * SHARE / 100 / pods - i64::from(LOOKUPS)) / databases.max(1);
        let each = values.pgbouncer.max_db_connections.map_or(fair.max(1), i64::from);
        Self { pods, databases, connections, reserved, balanced, each }
    }

    /// The most connections that all pods have together.
    pub fn total(&self) -> i64 {
        self.pods * (self.databases * self.each + i64::from(LOOKUPS))
    }

    /// What roles without privileges may have, and Pgpool-II leaves.
    pub fn usable(&self) -> i64 {
        self.connections - self.reserved - self.balanced
    }

    /// The most that a pod has for one role in one database.
    pub fn pool(&self, values: &Values) -> i64 {
        values.pgbouncer.default_pool_size.map_or(20.min(self.each), i64::from)
    }
}

/// How many pods of one pooler may be connected to a server at a time.
fn pods(values: &Values) -> i64 {
    let hpa = &values.autoscaling.hpa;
    match (values.pgbouncer.mode, hpa.enabled) {
        (PoolerMode::Sidecar, _) => 1,
        (PoolerMode::Deployment, true) => i64::from(hpa.max_replicas) + 1,
        (PoolerMode::Deployment, false) => i64::from(values.pgbouncer.replicas) + 1,
    }
}

/// What templates need of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pooler {
    /// Whether it runs beside each server.
    pub sidecar: bool,
    /// Whether there are poolers for standbys.
    pub read_only: bool,
    /// User ID to run it as.
    pub uid: u32,
    /// Group ID to run it as.
    pub gid: u32,
    /// The databases that clients reach.
    pub databases: Vec<String>,
    /// Roles with a limit, and how many connections each pod may have for them.
    pub limits: Vec<(String, i64)>,
    /// The entry through which passwords are looked up.
    pub lookup: String,
    /// How many connections each pod has for that.
    pub lookups: u32,
    /// The section `pgbouncer` of its file.
    pub settings: String,
    /// Who may log in to it, in the grammar of `pg_hba.conf`.
    pub hba: String,
    /// Where its certificate is mounted, when it has one.
    pub certificate: Option<String>,
    /// Where the CA of the server's certificate is mounted, when it is known.
    pub server_ca: Option<String>,
}

impl Pooler {
    /// The facts of checked values; none without a pooler.
    pub fn new(values: &Values) -> Option<Self> {
        let pgbouncer = &values.pgbouncer;
        if !pgbouncer.enabled {
            return None;
        }
        let (uid, gid) = known_image(&pgbouncer.image.repository).unwrap_or_default();
        Some(Self {
            sidecar: pgbouncer.mode == PoolerMode::Sidecar,
            read_only: is_read_only_too(values),
            uid: pgbouncer.image.uid.unwrap_or(uid),
            gid: pgbouncer.image.gid.unwrap_or(gid),
            databases: databases(values).into_iter().map(str::to_owned).collect(),
            limits: limits(values),
            lookup: LOOKUP.to_owned(),
            lookups: LOOKUPS,
            settings: settings(values),
            hba: hba(&pgbouncer.username),
            certificate: values.tls.enabled.then(|| CERTIFICATE.to_owned()),
            server_ca: (values.tls.enabled && tls::ca_file(values).is_some()).then(|| SERVER_CA.to_owned()),
        })
    }
}

/// Who may log in to the pooler: whoever has a password, but for the superuser and the pooler's own role.
fn hba(role: &str) -> String {
    format!(
        "# The first line that matches decides.\n\
         # Passwords are looked up through this entry; clients have no use for it.\n\
         host {LOOKUP} all all reject\n\
         host all postgres,{role} all reject\n\
         host all all all scram-sha-256\n"
    )
}

/// The section `pgbouncer`: the chart's settings, those of the user in their place or after them.
fn settings(values: &Values) -> String {
    let text = |value: &Scalar| match value {
        Scalar::Bool(flag) => u8::from(*flag).to_string(),
        other => other.to_string(),
    };
    let mut own: BTreeMap<&str, String> =
        values.pgbouncer.config.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let all = [logins(values), pools(values), network(), encryption(values)].concat();
    let mut lines: Vec<String> =
        all.into_iter().map(|(name, default)| line(name, &own.remove(name).unwrap_or(default))).collect();
    lines.extend(own.into_iter().map(|(name, value)| line(name, &value)));
    lines.concat()
}

type Settings = Vec<(&'static str, String)>;

/// Where clients come in, and how passwords are found.
fn logins(values: &Values) -> Settings {
    vec![
        ("listen_addr", "*".to_owned()),
        ("listen_port", "6432".to_owned()),
        ("unix_socket_dir", String::new()),
        ("auth_type", "hba".to_owned()),
        ("auth_hba_file", format!("{CONFIG}/pgbouncer_hba.conf")),
        ("auth_file", format!("{RUN}/userlist.txt")),
        ("auth_user", values.pgbouncer.username.clone()),
        ("auth_dbname", LOOKUP.to_owned()),
        ("auth_query", "SELECT role, verifier FROM pgchart.login($1)".to_owned()),
    ]
}

/// What the values say of pools.
fn pools(values: &Values) -> Settings {
    let pgbouncer = &values.pgbouncer;
    let share = Share::new(values);
    vec![
        ("pool_mode", pgbouncer.pool_mode.as_str().to_owned()),
        ("max_client_conn", pgbouncer.max_client_conn.to_string()),
        ("default_pool_size", share.pool(values).to_string()),
        ("min_pool_size", pgbouncer.min_pool_size.to_string()),
        ("reserve_pool_size", pgbouncer.reserve_pool_size.to_string()),
        ("reserve_pool_timeout", pgbouncer.reserve_pool_timeout.to_string()),
        ("max_db_connections", share.each.to_string()),
        ("max_prepared_statements", pgbouncer.max_prepared_statements.to_string()),
        ("ignore_startup_parameters", pgbouncer.ignore_startup_parameters.join(",")),
        ("server_lifetime", pgbouncer.server_lifetime.to_string()),
        ("server_idle_timeout", pgbouncer.server_idle_timeout.to_string()),
        ("query_wait_timeout", pgbouncer.query_wait_timeout.to_string()),
        ("idle_transaction_timeout", pgbouncer.idle_transaction_timeout.to_string()),
    ]
}

/// A server that is back, or another one in its place, is found soon; a lost one is not waited for. Probes and clients' pools come
/// and go all the time and are no lines of the log.
fn network() -> Settings {
    let all = [
        ("server_login_retry", 2),
        ("tcp_keepidle", 30),
        ("tcp_keepintvl", 10),
        ("tcp_keepcnt", 3),
        ("log_connections", 0),
        ("log_disconnections", 0),
    ];
    all.map(|(name, value)| (name, value.to_string())).to_vec()
}

fn line(name: &str, value: &str) -> String {
    if value.is_empty() { format!("{name} =\n") } else { format!("{name} = {value}\n") }
}

/// Encryption on both sides; as standbys do, it verifies the server's name where the chart itself put it into the certificate.
fn encryption(values: &Values) -> Settings {
    if !values.tls.enabled {
        return Vec::new();
    }
    let beside = values.pgbouncer.mode == PoolerMode::Sidecar;
    let ca = tls::ca_file(values).is_some();
    let server = match (values.tls.required, ca, values.tls.source) {
        (false, ..) => "prefer",
        (true, false, _) => "require",
        (true, true, TlsSource::CertManager) if !beside => "verify-full",
        (true, true, _) => "verify-ca",
    };
    let versions = match values.tls.min_version {
        TlsVersion::V1_2 => "secure",
        TlsVersion::V1_3 => "tlsv1.3",
    };
    // It opens the system's list of CAs when it is told of none, and does not start in an image without one. Clients' certificates
    // are verified only where the user says so, and without a CA of the release's own by nobody's.
    let clients = if ca { format!("{SERVER_CA}/ca.crt") } else { format!("{CERTIFICATE}/tls.crt") };
    let mut all = vec![
        ("client_tls_ca_file", clients),
        ("client_tls_sslmode", if values.tls.required { "require" } else { "allow" }.to_owned()),
        ("client_tls_cert_file", format!("{CERTIFICATE}/tls.crt")),
        ("client_tls_key_file", format!("{CERTIFICATE}/tls.key")),
        ("client_tls_protocols", versions.to_owned()),
        ("server_tls_sslmode", server.to_owned()),
        ("server_tls_protocols", versions.to_owned()),
    ];
    if let Some(ciphers) = values.tls.ciphers.as_deref().filter(|ciphers| !ciphers.is_empty()) {
        all.push(("client_tls_ciphers", ciphers.to_owned()));
    }
    if ca {
        all.push(("server_tls_ca_file", format!("{SERVER_CA}/ca.crt")));
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn values(pgbouncer: &Json, more: &Json) -> Values {
        let mut values = json!({"pgbouncer": {"enabled": true, "username": "pgbouncer", "replicas": 2}});
        for part in [&json!({"pgbouncer": pgbouncer}), more] {
            for (key, value) in part.as_object().expect("a map") {
                match (values.get_mut(key).and_then(Json::as_object_mut), value.as_object()) {
                    (Some(into), Some(from)) => into.extend(from.clone()),
                    _ => values[key] = value.clone(),
                }
            }
        }
        serde_json::from_value(values).expect("values")
    }

    #[test]
    fn all_pods_together_leave_a_fifth_of_the_connections() {
        for connections in [50, 100, 200, 300, 400] {
            let postgresql = json!({"database": "app", "config": {"max_connections": connections}});
            for databases in 1..=3 {
                let names: Vec<_> = (1..databases).map(|n| format!("d{n}")).collect();
                let values = values(&json!({"databases": names}), &json!({"postgresql": postgresql}));
                let share = Share::new(&values);
                assert_eq!((share.pods, share.databases), (3, databases), "{connections}");
                assert!(share.total() <= share.usable() * 80 / 100, "{share:?}");
                assert!(share.total() + share.pods * databases > share.usable() * 80 / 100 - 3, "{share:?}");
                assert!(share.pool(&values) <= share.each, "{share:?}");
            }
        }
    }

    #[test]
    fn the_server_is_verified_as_far_as_its_certificate_allows() {
        for (tls, mode, expected) in [
            (json!({"enabled": true, "required": false, "source": "cert-manager"}), "deployment", "prefer"),
            (json!({"enabled": true, "required": true}), "deployment", "require"),
            (json!({"enabled": true, "required": true, "caFile": "ca.crt"}), "deployment", "verify-ca"),
            (json!({"enabled": true, "required": true, "source": "cert-manager"}), "deployment", "verify-full"),
            (json!({"enabled": true, "required": true, "source": "cert-manager"}), "sidecar", "verify-ca"),
        ] {
            let all = settings(&values(&json!({"mode": mode}), &json!({"tls": tls})));
            assert!(all.contains(&format!("\nserver_tls_sslmode = {expected}\n")), "{tls}: {all}");
            assert_eq!(all.contains("server_tls_ca_file"), expected.starts_with("verify") || expected == "prefer");
        }
    }

    #[test]
    fn a_users_setting_takes_the_place_of_the_charts() {
        let all = settings(&values(&json!({"config": {"log_connections": true, "verbose": 2}}), &json!({})));
        assert!(all.contains("\nlog_connections = 1\n") && !all.contains("log_connections = 0"), "{all}");
        assert!(all.ends_with("\nverbose = 2\n"), "{all}");
    }

    #[test]
    fn no_setting_is_both_the_charts_and_the_users() {
        assert!(MANAGED.iter().all(|(name, _)| !FREE.contains(name)));
        assert_eq!(known_image("mirror/edoburu/pgbouncer"), Some((70, 70)));
        assert_eq!(known_image("example/pgbouncer"), None);
    }
}
