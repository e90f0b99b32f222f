//! Pgpool-II: the servers that it knows, its settings, who may come through it, and its share of the connections.
//!
//! Who is the primary it does not find out itself. It goes to the Service that always leads there, and to the pods by their
//! names for reading. A standby that does not answer is left out until it streams again; nothing is ever promoted.
//! Source: documentation and source of Pgpool-II 4.6.1 (`pool_worker_child.c`, `health_check.c`, `pool_connection_pool.c`).

use std::collections::BTreeMap;

use serde::Serialize;

use super::{facts, tls};
use crate::schema::types::{Role, Scalar, TlsVersion, Values};

/// How much of the server's connections all of its pods get, in percent; the rest is for who comes directly.
const SHARE: i64 = 80;

/// The same where PgBouncer has a share, too.
const SHARE_BESIDE_POOLER: i64 = 40;

/// How many clients a pod takes when nobody says: more of its processes would not fit into its default memory.
const CLIENTS: i64 = 50;

/// How many connections to each address of a server a pod has for its own checks: one for its health and one for its delay.
pub const CHECKS: i64 = 2;

/// Where its files are mounted.
const RUN: &str = "/var/run/pgpool";
const CERTIFICATE: &str = "/etc/pgpool-tls";
const SERVER_CA: &str = "/etc/pgpool-ca";

/// Settings that are the chart's alone, with why.
pub const MANAGED: &[(&str, &str)] = &[
    ("allow_clear_text_frontend_auth", "it would ask clients for their passwords in plain text"),
    ("auto_failback", "a standby that streams again is read from again"),
    ("backend_clustering_mode", "servers replicate themselves"),
    ("check_temp_table", "a temporary table is on the primary only"),
    ("child_life_time", "`pgpool.childLifeTime` sets it"),
    ("client_idle_limit", "`pgpool.clientIdleLimit` sets it"),
    ("connection_life_time", "`pgpool.connectionLifeTime` sets it"),
    ("delay_threshold", "`pgpool.loadBalance.maxLagBytes` sets it"),
    ("delay_threshold_by_time", "a standby that lost its primary would look as if it had no delay"),
    ("detach_false_primary", "who elects is not Pgpool-II"),
    ("disable_load_balance_on_write", "`pgpool.loadBalance.afterWrite` sets it"),
    ("enable_pool_hba", "it keeps the superuser out"),
    ("failback_command", "who elects is not Pgpool-II"),
    ("failover_command", "who elects is not Pgpool-II"),
    ("failover_on_backend_error", "who elects is not Pgpool-II"),
    ("failover_on_backend_shutdown", "who elects is not Pgpool-II"),
    ("follow_primary_command", "who elects is not Pgpool-II"),
    ("health_check_database", "its role gets into `postgres` only"),
    ("health_check_password", "the pod reads it from the Secret"),
    ("health_check_period", "`pgpool.checkPeriod` sets it"),
    ("health_check_user", "`pgpool.username` sets it"),
    ("listen_addresses", "the Service must reach it"),
    ("load_balance_mode", "it is there for that"),
    ("log_destination", "logs go to the container's stderr"),
    ("logdir", "the container writes nowhere else"),
    ("logging_collector", "logs go to the container's stderr"),
    ("max_pool", "`pgpool.maxPool` sets it"),
    ("memory_cache_enabled", "it would answer with rows of the past"),
    ("num_init_children", "`pgpool.maxClientConn` sets it"),
    ("pcp_listen_addresses", "its administration is closed"),
    ("pcp_socket_dir", "the container writes nowhere else"),
    ("pid_file_name", "the container writes nowhere else"),
    ("pool_passwd", "the pod writes it"),
    ("port", "probes and Service use 9999"),
    ("prefer_lower_delay_standby", "with Patroni the primary's pod would be read from as a standby"),
    ("search_primary_node_timeout", "who elects is not Pgpool-II"),
    ("sr_check_database", "its role gets into `postgres` only"),
    ("sr_check_password", "the pod reads it from the Secret"),
    ("sr_check_period", "`pgpool.checkPeriod` sets it"),
    ("sr_check_user", "`pgpool.username` sets it"),
    ("ssl", "`tls.enabled` sets it"),
    ("ssl_ca_cert", "`tls` sets it"),
    ("ssl_cert", "`pgpool.tls` sets it"),
    ("ssl_ciphers", "`tls.ciphers` sets it"),
    ("ssl_key", "`pgpool.tls` sets it"),
    ("statement_level_load_balance", "`pgpool.loadBalance.perStatement` sets it"),
    ("unix_socket_directories", "the container writes nowhere else"),
    ("use_watchdog", "who elects is not Pgpool-II"),
];

/// Settings that users may add, as of 4.6.
///
/// Source: Pgpool-II 4.6 documentation, "Server Configuration".
pub const FREE: &[&str] = &[
    "allow_sql_comments",
    "app_name_redirect_preference_list",
    "authentication_timeout",
    "auto_failback_interval",
    "check_unlogged_table",
    "child_max_connections",
    "client_min_messages",
    "connect_timeout",
    "connection_cache",
    "database_redirect_preference_list",
    "enable_shared_relcache",
    "health_check_max_retries",
    "health_check_retry_delay",
    "health_check_timeout",
    "ignore_leading_white_space",
    "listen_backlog_multiplier",
    "log_backend_messages",
    "log_client_messages",
    "log_connections",
    "log_disconnections",
    "log_error_verbosity",
    "log_hostname",
    "log_line_prefix",
    "log_min_messages",
    "log_per_node_statement",
    "log_standby_delay",
    "log_statement",
    "max_spare_children",
    "memqcache_max_num_cache",
    "memqcache_total_size",
    "min_spare_children",
    "notice_per_node_statement",
    "primary_routing_query_pattern_list",
    "process_management_mode",
    "process_management_strategy",
    "read_only_function_list",
    "relcache_expire",
    "relcache_query_target",
    "relcache_size",
    "reserved_connections",
    "reset_query_list",
    "serialize_accept",
    "ssl_crl_file",
    "ssl_ecdh_curve",
    "ssl_prefer_server_ciphers",
    "user_redirect_preference_list",
    "write_function_list",
];

/// Images whose user is known: the end of the repository, user and group.
///
/// Sources: `bitnami/containers`, `pgpool/pgpool2_on_k8s`.
const IMAGES: &[(&str, u32, u32)] =
    &[("bitnami/pgpool", 1001, 1001), ("bitnamilegacy/pgpool", 1001, 1001), ("pgpool/pgpool", 70, 70)];

/// User and group of a known image.
pub fn known_image(repository: &str) -> Option<(u32, u32)> {
    let is_meant = |name: &str| repository == name || repository.ends_with(&format!("/{name}"));
    IMAGES.iter().find(|(name, ..)| is_meant(name)).map(|(_, uid, gid)| (*uid, *gid))
}

/// Whether a role can come through: its file of passwords separates with `:` and knows no quotes, and a file here has its name.
pub fn is_plain(role: &str) -> bool {
    !role.starts_with('.') && role.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// A declared role by its name.
pub fn declared<'a>(values: &'a Values, name: &str) -> Option<&'a Role> {
    values.postgresql.roles.iter().find(|role| role.name == name)
}

/// How the connections of one server are shared out among the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many pods may be connected at a time: while they are replaced, one more than there are.
    pub pods: i64,
    /// By how many addresses a pod knows the primary: with Patroni each pod may be it, and has a name besides the Service's.
    pub addresses: i64,
    /// Clients of each pod.
    pub clients: i64,
    /// `max_connections`.
    pub connections: i64,
    /// Those of them that only superusers and monitors get.
    pub reserved: i64,
}

impl Share {
    /// The share of checked values.
    pub fn new(values: &Values) -> Self {
        let number = |name, default| facts::number(values, name).unwrap_or(default);
        let pods = i64::from(values.pgpool.replicas) + 1;
        let addresses = if values.has_patroni() { 2 } else { 1 };
        let connections = number("max_connections", 100);
        let reserved = number("superuser_reserved_connections", 3) + number("reserved_connections", 0);
        let share = if values.pgbouncer.enabled { SHARE_BESIDE_POOLER } else { SHARE };
        let each = (connections - reserved) * share / 100 / pods / addresses - CHECKS;
        let fair = (each / i64::from(values.pgpool.max_pool.max(1))).clamp(1, CLIENTS);
        let clients = values.pgpool.max_client_conn.map_or(fair, i64::from);
        Self { pods, addresses, clients, connections, reserved }
    }

    /// The most connections that all pods have together to one server.
    pub fn total(&self, values: &Values) -> i64 {
        self.pods * self.addresses * (self.clients * i64::from(values.pgpool.max_pool) + CHECKS)
    }

    /// What roles without privileges may have.
    pub fn usable(&self) -> i64 {
        self.connections - self.reserved
    }
}

/// The most connections that it has to one server; none without it.
pub fn connections(values: &Values) -> i64 {
    if values.pgpool.enabled { Share::new(values).total(values) } else { 0 }
}

/// The password of a role that comes through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Password {
    /// The role.
    pub role: String,
    /// The Secret that has it; the release's when there is none.
    pub secret: Option<String>,
    /// The key in it.
    pub key: String,
}

/// What templates need of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pgpool {
    /// User ID to run it as.
    pub uid: u32,
    /// Group ID to run it as.
    pub gid: u32,
    /// The numbers of the pods that are read from by their own names.
    pub standbys: Vec<u32>,
    /// Its file but for the servers.
    pub settings: String,
    /// Who may log in to it, as `pool_hba.conf` has it.
    pub hba: String,
    /// The passwords that it knows, its own first.
    pub passwords: Vec<Password>,
    /// Where its certificate is mounted, when it has one.
    pub certificate: Option<String>,
    /// Where the CA of the server's certificate is mounted, when it is known.
    pub server_ca: Option<String>,
    /// OpenSSL's file with the oldest version of TLS that it takes, when it encrypts.
    pub openssl: Option<String>,
}

impl Pgpool {
    /// The facts of checked values; none without it.
    pub fn new(values: &Values) -> Option<Self> {
        let pgpool = &values.pgpool;
        if !pgpool.enabled || !values.is_ha() {
            return None;
        }
        let (uid, gid) = known_image(&pgpool.image.repository).unwrap_or_default();
        // A server that may become the primary is known by its name, too; then its delay keeps it from being read from twice.
        let is_standby = |pod: &u32| values.has_patroni() || *pod != values.replication.primary_ordinal;
        Some(Self {
            uid: pgpool.image.uid.unwrap_or(uid),
            gid: pgpool.image.gid.unwrap_or(gid),
            standbys: (0..values.servers()).filter(is_standby).collect(),
            settings: settings(values),
            hba: hba(values),
            passwords: passwords(values),
            certificate: values.tls.enabled.then(|| CERTIFICATE.to_owned()),
            server_ca: has_ca(values).then(|| SERVER_CA.to_owned()),
            openssl: values.tls.enabled.then(|| openssl(values.tls.min_version)),
        })
    }
}

fn has_ca(values: &Values) -> bool {
    values.tls.enabled && tls::ca_file(values).is_some()
}

/// The roles that come through: the application's and those that the values name.
fn roles(values: &Values) -> Vec<&str> {
    let mut all = vec![values.postgresql.username.as_str()];
    all.extend(values.pgpool.roles.iter().map(String::as_str).filter(|role| *role != values.postgresql.username));
    all
}

fn passwords(values: &Values) -> Vec<Password> {
    let keys = &values.postgresql.secret_keys;
    let own = Password { role: values.pgpool.username.clone(), secret: None, key: keys.pgpool_password.clone() };
    let others = roles(values).into_iter().map(|name| {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (secret, key) = match declared(values, name) {
            _ if name == values.postgresql.username => (None, keys.password.clone()),
            Some(role) => match filled(&role.existing_secret) {
                Some(secret) => (Some(secret), filled(&role.secret_key).unwrap_or_else(|| "password".to_owned())),
                None => (None, role.secret_entry()),
            },
            None => (None, String::new()),
        };
        Password { role: name.to_owned(), secret, key }
    });
    std::iter::once(own).chain(others).collect()
}

/// Who may log in: those whose passwords it knows and nobody else, so that neither the superuser nor its own role comes through.
///
/// What no line matches is refused. Releases before 4.4.12, 4.5.7 and 4.6.1 let roles in whose passwords they did not know, when a
/// line allowed them (CVE-2025-46801).
fn hba(values: &Values) -> String {
    let host = if values.tls.enabled && values.tls.required { "hostssl" } else { "host" };
    let mut lines = vec!["# Who is named here comes in with a password, and nobody else.".to_owned()];
    lines.extend(roles(values).iter().map(|role| format!("{host}  all  \"{role}\"  all  scram-sha-256")));
    lines.join("\n") + "\n"
}

/// OpenSSL reads the oldest version of TLS from a file; Pgpool-II has no setting for it.
fn openssl(version: TlsVersion) -> String {
    let version = match version {
        TlsVersion::V1_2 => "TLSv1.2",
        TlsVersion::V1_3 => "TLSv1.3",
    };
    format!(
        "openssl_conf = openssl\n\n[openssl]\nssl_conf = ssl\n\n[ssl]\nsystem_default = both_sides\n\n\
         [both_sides]\nMinProtocol = {version}\n"
    )
}

/// The chart's settings, those of the user in their place or after them.
fn settings(values: &Values) -> String {
    let user = values.pgpool.config.iter().map(|(name, value)| (name.as_str(), value_of(value)));
    let mut user: BTreeMap<&str, String> = user.collect();
    let all = [network(values), logins(values), balance(values), checks(values), encryption(values)].concat();
    let mut lines: Vec<String> =
        all.into_iter().map(|(name, default)| format!("{name} = {}\n", user.remove(name).unwrap_or(default))).collect();
    lines.extend(user.into_iter().map(|(name, value)| format!("{name} = {value}\n")));
    lines.concat()
}

/// A value of the user's: text in quotes, which it does not contain.
fn value_of(value: &Scalar) -> String {
    match value {
        Scalar::Bool(flag) => switch(*flag),
        other if other.to_string().parse::<f64>().is_ok() => other.to_string(),
        other => quoted(&other.to_string()),
    }
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

fn switch(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

type Settings = Vec<(&'static str, String)>;

/// Where clients come in, how many of them, and where it writes: nothing but to its own directory and stderr.
fn network(values: &Values) -> Settings {
    let pgpool = &values.pgpool;
    let all = [
        ("backend_clustering_mode", "streaming_replication"),
        ("listen_addresses", "*"),
        ("unix_socket_directories", RUN),
        ("pcp_listen_addresses", ""),
        ("pcp_socket_dir", RUN),
        ("pid_file_name", "/var/run/pgpool/pgpool.pid"),
        ("logdir", RUN),
        ("log_destination", "stderr"),
        ("log_line_prefix", "%m [%p] "),
    ];
    let mut all: Settings = all.map(|(name, text)| (name, quoted(text))).to_vec();
    all.extend([
        ("port", "9999".to_owned()),
        ("num_init_children", Share::new(values).clients.to_string()),
        ("max_pool", pgpool.max_pool.to_string()),
        ("child_life_time", pgpool.child_life_time.to_string()),
        ("connection_life_time", pgpool.connection_life_time.to_string()),
        ("client_idle_limit", pgpool.client_idle_limit.to_string()),
        ("use_watchdog", switch(false)),
    ]);
    all
}

fn logins(values: &Values) -> Settings {
    vec![
        ("enable_pool_hba", switch(true)),
        ("pool_passwd", quoted(&format!("{RUN}/pool_passwd"))),
        ("allow_clear_text_frontend_auth", switch(false)),
        ("authentication_timeout", "30".to_owned()),
        ("sr_check_user", quoted(&values.pgpool.username)),
        ("sr_check_database", quoted("postgres")),
        ("health_check_user", quoted(&values.pgpool.username)),
        ("health_check_database", quoted("postgres")),
    ]
}

/// Where statements go. The server says which functions write, for lists of them are never complete. Answers are not kept.
fn balance(values: &Values) -> Settings {
    let balance = &values.pgpool.load_balance;
    vec![
        ("load_balance_mode", switch(true)),
        ("disable_load_balance_on_write", quoted(balance.after_write.as_str())),
        ("statement_level_load_balance", switch(balance.per_statement)),
        ("ignore_leading_white_space", switch(true)),
        ("read_only_function_list", quoted("")),
        ("write_function_list", quoted("")),
        ("check_temp_table", "catalog".to_owned()),
        ("check_unlogged_table", switch(true)),
        ("relcache_expire", "300".to_owned()),
        ("memory_cache_enabled", switch(false)),
        // What it knows of tables and functions is kept there.
        ("memqcache_total_size", "8388608".to_owned()),
        ("memqcache_max_num_cache", "2000".to_owned()),
        ("delay_threshold", balance.max_lag_bytes.to_string()),
        ("prefer_lower_delay_standby", switch(true)),
    ]
}

/// How it learns which standbys are there. An error in one session is no reason to leave a server out for all.
fn checks(values: &Values) -> Settings {
    let period = values.pgpool.check_period.to_string();
    // By its name the primary replays nothing, and would be behind in every look.
    let lag = if values.has_patroni() { "none" } else { "if_over_threshold" };
    vec![
        ("sr_check_period", period.clone()),
        ("health_check_period", period),
        ("health_check_timeout", "5".to_owned()),
        ("health_check_max_retries", "1".to_owned()),
        ("health_check_retry_delay", "1".to_owned()),
        ("connect_timeout", "3000".to_owned()),
        ("log_standby_delay", lag.to_owned()),
        ("auto_failback", switch(true)),
        ("auto_failback_interval", "10".to_owned()),
        ("failover_command", quoted("")),
        ("failback_command", quoted("")),
        ("follow_primary_command", quoted("")),
        ("failover_on_backend_error", switch(false)),
        ("failover_on_backend_shutdown", switch(false)),
        ("detach_false_primary", switch(false)),
        ("search_primary_node_timeout", "1".to_owned()),
    ]
}

/// Encryption on both sides. Towards servers it checks who signed the certificate, and not for which name.
fn encryption(values: &Values) -> Settings {
    if !values.tls.enabled {
        return vec![("ssl", switch(false))];
    }
    let mut all = vec![
        ("ssl", switch(true)),
        ("ssl_cert", quoted(&format!("{CERTIFICATE}/tls.crt"))),
        ("ssl_key", quoted(&format!("{CERTIFICATE}/tls.key"))),
        ("ssl_prefer_server_ciphers", switch(true)),
    ];
    if has_ca(values) {
        all.push(("ssl_ca_cert", quoted(&format!("{SERVER_CA}/ca.crt"))));
    }
    if let Some(ciphers) = values.tls.ciphers.as_deref().filter(|ciphers| !ciphers.is_empty()) {
        all.push(("ssl_ciphers", quoted(ciphers)));
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn values(pgpool: &Json, more: &Json) -> Values {
        let mut values = json!({"mode": "ha", "replication": {"readReplicas": 1},
            "postgresql": {"username": "app", "database": "app"}});
        values["pgpool"] = json!({"enabled": true, "username": "pgpool", "replicas": 2, "maxPool": 1});
        values["pgpool"].as_object_mut().expect("a map").extend(pgpool.as_object().expect("a map").clone());
        values.as_object_mut().expect("a map").extend(more.as_object().expect("a map").clone());
        serde_json::from_value(values).expect("values")
    }

    #[test]
    fn all_pods_together_leave_a_fifth_of_the_connections() {
        for connections in [50, 100, 200, 400] {
            for (pool, manager) in [(1, "none"), (2, "none"), (1, "patroni")] {
                let postgresql = json!({"username": "app", "config": {"max_connections": connections}});
                let replication = json!({"readReplicas": 2, "manager": manager});
                let values =
                    values(&json!({"maxPool": pool}), &json!({"postgresql": postgresql, "replication": replication}));
                let share = Share::new(&values);
                assert_eq!((share.pods, share.addresses), (3, if manager == "patroni" { 2 } else { 1 }));
                let most = share.usable() * 80 / 100;
                assert!(share.total(&values) <= most, "{share:?}");
                let next = share.total(&values) + 3 * share.addresses * (pool + 1);
                assert!(next > most - 3 || share.clients == CLIENTS, "{share:?}");
            }
        }
    }

    #[test]
    fn two_kinds_of_poolers_share_out_the_connections_together() {
        let pooler = json!({"enabled": true, "username": "pgbouncer", "replicas": 2});
        let values = values(&json!({}), &json!({"pgbouncer": pooler}));
        let (own, pooler) = (Share::new(&values), crate::postgres::pooler::Share::new(&values));
        assert!(own.total(&values) <= own.usable() * 40 / 100, "{own:?}");
        assert!(own.total(&values) + pooler.total() <= own.usable() * 90 / 100, "{own:?} {pooler:?}");
    }

    #[test]
    fn only_who_is_named_gets_in() {
        let declared =
            json!({"username": "app", "roles": [{"name": "report", "existingSecret": "mine"}, {"name": "other"}]});
        let tls = json!({"enabled": true, "required": true});
        let values = values(&json!({"roles": ["report"]}), &json!({"postgresql": declared, "tls": tls}));
        let pgpool = Pgpool::new(&values).expect("it is on");
        let lines: Vec<&str> = pgpool.hba.lines().skip(1).collect();
        let expected = ["hostssl  all  \"app\"  all  scram-sha-256", "hostssl  all  \"report\"  all  scram-sha-256"];
        assert_eq!(lines, expected);
        let roles: Vec<_> = pgpool.passwords.iter().map(|one| (one.role.as_str(), one.secret.as_deref())).collect();
        assert_eq!(roles, [("pgpool", None), ("app", None), ("report", Some("mine"))]);
    }

    #[test]
    fn the_primary_is_read_from_by_its_service_and_with_patroni_everybody_by_name() {
        let at = |replication: Json| {
            Pgpool::new(&values(&json!({}), &json!({"replication": replication}))).expect("it is on").standbys
        };
        assert_eq!(at(json!({"readReplicas": 2, "primaryOrdinal": 1})), [0, 2]);
        assert_eq!(at(json!({"readReplicas": 2, "manager": "patroni"})), [0, 1, 2]);
        assert!(Pgpool::new(&values(&json!({}), &json!({"mode": "standalone"}))).is_none());
    }

    #[test]
    fn a_users_setting_takes_the_place_of_the_charts() {
        let config =
            json!({"log_connections": true, "connect_timeout": 500, "app_name_redirect_preference_list": "a:primary"});
        let all = settings(&values(&json!({"config": config}), &json!({})));
        assert!(all.contains("\nconnect_timeout = 500\n") && !all.contains("3000"), "{all}");
        assert!(all.ends_with("app_name_redirect_preference_list = 'a:primary'\nlog_connections = on\n"), "{all}");
    }

    #[test]
    fn no_setting_is_both_the_charts_and_the_users() {
        assert!(MANAGED.iter().all(|(name, _)| !FREE.contains(name)));
        let all =
            settings(&values(&json!({}), &json!({"tls": {"enabled": true, "caFile": "ca.crt", "ciphers": "HIGH"}})));
        for name in all.lines().filter_map(|line| line.split(' ').next()) {
            assert!(FREE.contains(&name) || MANAGED.iter().any(|(managed, _)| *managed == name), "{name}");
        }
        assert_eq!(known_image("mirror/pgpool/pgpool"), Some((70, 70)));
        assert!(is_plain("app_1") && !is_plain("a:b") && !is_plain("..") && !is_plain("a b"));
    }
}
