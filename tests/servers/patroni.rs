//! Patroni as rendered, with etcd in the place of Kubernetes' API: it elects, fails over, follows changed values, and loses nothing.

use std::process::{Child, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::authority::Authority;
use crate::cluster::{Cluster, Writer, eventually};
use crate::database::{Database, Login};
use crate::major::Major;
use crate::node::Boot;
use crate::release::Release;

/// The next Debian is the one with a Patroni that is new enough.
const MAJOR: Major = Major(17);
const CONFIG: &str = "my-db-postgresql-config";
const PATRONI: &str = "mode=ha,replication.manager=patroni,image.patroni=true,persistence.size=10Gi,\
    replication.patroni.ttl=20,replication.patroni.loopWait=2,replication.patroni.retryTimeout=3";
const QUORUM: &str = "replication.synchronous.mode=quorum";

/// Patroni's store, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Etcd {
    server: Child,
    _directory: TempDir,
}

impl Etcd {
    pub(crate) fn start(cluster: &Cluster) -> Self {
        let directory = tempfile::tempdir_in("/dev/shm").unwrap();
        let url = format!("http://{}:2379", cluster.outside());
        let program = MAJOR.image().join("usr/bin/etcd");
        let server = cluster
            .outsider(program.to_str().unwrap())
            .args(["--data-dir", directory.path().to_str().unwrap(), "--log-level", "error"])
            .args(["--listen-client-urls", &url, "--advertise-client-urls", &url])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually("etcd answers", || {
            let connect = format!("exec 3<>/dev/tcp/{}/2379", cluster.outside());
            cluster.outsider("bash").args(["-c", &connect]).stderr(Stdio::null()).status().unwrap().success()
        });
        Self { server, _directory: directory }
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

/// The release with only the store of Patroni's file exchanged; the file as rendered lies beside it.
pub(crate) fn render(cluster: &Cluster, sets: &[&str]) -> Release {
    let mut arguments = vec!["--preset", "edge", "--set", PATRONI];
    for set in sets {
        arguments.extend(["--set", set]);
    }
    let mut release = Release::render(MAJOR, &arguments);
    let rendered = release.config_map(CONFIG)["patroni.yml"].clone();
    release.edit_file(CONFIG, "rendered.yml", |_| rendered);
    let store = format!("etcd3:\n  hosts: [\"{}:2379\"]\n", cluster.outside());
    release.edit_file(CONFIG, "patroni.yml", |text| {
        let (before, kubernetes) = text.split_once("kubernetes:\n").unwrap();
        let after = kubernetes.split_inclusive('\n').skip_while(|line| line.starts_with(' '));
        [before, &store].into_iter().chain(after).collect()
    });
    release
}

pub(crate) fn is_primary(database: &Database) -> bool {
    database.psql("SELECT NOT pg_is_in_recovery()", &[("PGDATABASE", "postgres")]).is_ok_and(|answer| answer == "t\n")
}

/// The number of the pod that writes.
fn leader<'a>(pods: &(impl Iterator<Item = (usize, &'a Database)> + Clone)) -> usize {
    let mut found = None;
    eventually("one writes", || {
        found = pods.clone().find(|(_, pod)| is_primary(pod)).map(|(number, _)| number);
        found.is_some()
    });
    found.unwrap()
}

fn streaming(leader: &Database) -> String {
    leader.superuser("postgres", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
}

/// Two standbys stream, commits wait for one of them, and Patroni's store says so; before that, it would elect neither.
fn everybody_follows(leader: &Database) {
    eventually("both others follow", || streaming(leader) == "2\n");
    eventually("both may be elected", || patronictl(leader, &["list"]).matches("Quorum Standby").count() == 2);
    assert!(leader.superuser("postgres", "SHOW synchronous_standby_names").starts_with("ANY 1 (\"my-db"));
}

pub(crate) fn patronictl(pod: &Database, arguments: &[&str]) -> String {
    let words = [&["patronictl", "-c", "/etc/postgresql/patroni.yml"], arguments].concat();
    pod.output(&words)
}

/// All pods but one.
fn others(pods: &[Option<Database>]) -> impl Iterator<Item = (usize, &Database)> + Clone {
    pods.iter().enumerate().filter_map(|(number, pod)| Some((number, pod.as_ref()?)))
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn with_kubernetes_as_the_store_the_service_follows_the_leader_and_nothing_else_is_asked_for() {
    let cluster = Cluster::new(3);
    let release = Release::render(MAJOR, &["--preset", "edge", "--set", PATRONI, "--set", QUORUM]);
    cluster.announce(&release);
    let mut pods: Vec<_> = cluster.start(&release).into_iter().map(Some).collect();
    let behind_the_service = || {
        let endpoints = cluster.kept_by_api("endpoints/my-db-postgresql");
        let subset = &endpoints["subsets"][0];
        (subset["addresses"][0]["ip"].clone(), subset["ports"][0]["name"].clone(), subset["ports"][0]["port"].clone())
    };
    let roles = |leader: usize| -> Vec<String> {
        (0..3).map(|pod| if pod == leader { "primary" } else { "replica" }.to_owned()).collect()
    };
    let port = release.service("my-db-postgresql")["spec"]["ports"][0].clone();
    assert!(release.service("my-db-postgresql")["spec"].get("selector").is_none());
    let first = leader(&others(&pods));
    eventually("the address is the leader's", || {
        behind_the_service() == (json!(format!("10.77.0.{}", first + 10)), port["name"].clone(), json!(5432))
    });
    eventually("pods are labelled", || cluster.roles() == roles(first));

    let old = pods[first].take().unwrap();
    everybody_follows(&old);
    old.stop_with("TERM");
    let second = leader(&others(&pods));
    eventually("the address follows", || behind_the_service().0 == format!("10.77.0.{}", second + 10));
    pods[first] = Some(cluster.nodes[first].start(&release));
    eventually("labels follow", || cluster.roles() == roles(second));
    let shown = patronictl(pods[second].as_ref().unwrap(), &["list"]);
    assert!(shown.contains("Leader") && shown.contains("Quorum Standby"), "{shown}");
    // The Service of that name is rendered, so that nobody needs to make it.
    let denied = cluster.denied();
    assert!(denied.lines().all(|request| request == "create services None"), "{denied}");
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_rendered_file_passes_patronis_own_validator() {
    let cluster = Cluster::new(2);
    let etcd = Etcd::start(&cluster);
    // The validator of Patroni 4.0 does not know `quorum` yet, though Patroni does.
    let release = render(&cluster, &["replication.readReplicas=1", "replication.synchronous.mode=priority"]);
    let pods = cluster.start(&release);
    let check = "patroni --validate-config --ignore-listen-port /etc/postgresql/rendered.yml 2>&1; echo status $?";
    let environment =
        format!("PATRONI_POSTGRESQL_CONNECT_ADDRESS={0}:5432 PATRONI_RESTAPI_CONNECT_ADDRESS={0}:8008", "10.77.0.10");
    let said = pods[0].output(&["bash", "-c", &format!("export {environment}; {check}")]);
    assert_eq!(said.trim(), "status 0");
    drop(etcd);
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn another_pod_is_elected_when_the_leader_is_killed_and_no_acknowledged_row_is_lost() {
    let cluster = Cluster::new(3);
    let _etcd = Etcd::start(&cluster);
    let release = render(&cluster, &[QUORUM]);
    let mut pods: Vec<_> = cluster.start(&release).into_iter().map(Some).collect();
    let first = leader(&others(&pods));
    let old = pods[first].as_ref().unwrap();
    everybody_follows(old);
    let writer = Writer::start(&cluster, &release, old);
    writer.to(first);
    writer.more(50);

    pods[first].take().unwrap().crash();
    let second = leader(&others(&pods));
    writer.to(second);
    writer.more(50);
    pods[first] = Some(cluster.nodes[first].start(&release));
    let new = pods[second].as_ref().unwrap();
    everybody_follows(new);

    patronictl(new, &["switchover", "--force", "--candidate", &format!("my-db-postgresql-{first}")]);
    eventually("the planned change is made", || is_primary(pods[first].as_ref().unwrap()));
    writer.to(first);
    writer.more(50);
    let rows = writer.stop();
    pods[first].as_ref().unwrap().has_rows(&rows);
    for (number, pod) in others(&pods) {
        assert_eq!(is_primary(pod), number == first);
        eventually("all have all rows", || {
            pod.superuser("app", "SELECT count(*) FROM acked")
                == pods[first].as_ref().unwrap().superuser("app", "SELECT count(*) FROM acked")
        });
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn values_reach_all_servers_and_the_secret_reaches_the_roles() {
    let cluster = Cluster::new(2);
    let _etcd = Etcd::start(&cluster);
    let sets = ["replication.readReplicas=1", "persistence.wal.enabled=true", "persistence.wal.size=4Gi"];
    let mut pods = cluster.start(&render(&cluster, &sets));
    for connections in ["70", "30"] {
        let set = format!("postgresql.config.max_connections={connections}");
        let mut release = render(&cluster, &[&sets[..], &[&set]].concat());
        release.edit_secret("password", connections);
        // As a StatefulSet does: the highest number first.
        for number in [1, 0] {
            pods.remove(number).stop_with("TERM");
            pods.insert(number, cluster.nodes[number].start(&release));
        }
        let has_it = |pod: &Database| pod.superuser("postgres", "SHOW max_connections").trim() == connections;
        // A standby keeps what its primary had, even when it becomes the primary; what is lowered needs two restarts more.
        if connections == "30" {
            patronictl(&pods[0], &["restart", "--force", "--role", "primary", "my-db-postgresql"]);
            eventually("the standby follows", || {
                patronictl(&pods[0], &["restart", "--force", "--role", "replica", "my-db-postgresql"]);
                pods.iter().all(has_it)
            });
        }
        eventually("the value is everywhere", || pods.iter().all(has_it));
        let login = Login { role: "app", password: connections, database: "app" };
        let number = leader(&pods.iter().enumerate());
        eventually("the password is there", || pods[number].over_network(login, "SELECT 1").is_ok());
    }
    for pod in &pods {
        let log = pod.output(&["readlink", "/var/lib/postgresql/data/pgdata/pg_wal"]);
        assert!(log.starts_with("/var/lib/postgresql-wal/"), "{log}");
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_killed_first_boot_and_a_lost_volume_heal_by_themselves() {
    let cluster = Cluster::new(2);
    let _etcd = Etcd::start(&cluster);
    let arguments = ["replication.readReplicas=1", "postgresql.initScripts.rows=CREATE TABLE kept AS SELECT 1 AS n"];
    let release = render(&cluster, &arguments);
    // One pod alone begins to create the database, and is killed.
    let boot = Boot::from(cluster.nodes[0].start_boot(&release));
    assert!(boot.success, "{}", boot.log);
    let mut server = cluster.nodes[0].serve(&release);
    let data = cluster.nodes[0].claim("data-my-db-postgresql-0").join("pgdata");
    eventually("it begins to create", || data.join("PG_VERSION").exists());
    server.kill();
    let mut pods = cluster.start(&release);
    assert!(pods[0].log().contains("removing what a killed boot left"), "{}", pods[0].log());
    let first = leader(&pods.iter().enumerate());
    assert_eq!(pods[first].superuser("app", "SELECT n FROM kept"), "1\n");

    let lost = 1 - first;
    pods.remove(lost).crash();
    cluster.nodes[lost].lose_claims();
    pods.insert(lost, cluster.nodes[lost].start(&release));
    eventually("it is copied anew", || pods[lost].psql("SELECT n FROM kept", &[("PGDATABASE", "app")]).is_ok());
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_release_with_a_designated_primary_is_taken_over() {
    let cluster = Cluster::new(2);
    let _etcd = Etcd::start(&cluster);
    let arguments =
        ["--preset", "edge", "--set", "mode=ha,persistence.size=10Gi,replication.readReplicas=1,image.patroni=true"];
    let designated = Release::render(MAJOR, &arguments);
    let mut pods = cluster.start(&designated);
    pods[0].superuser("app", "CREATE TABLE kept AS SELECT 1 AS n");
    for pod in pods.drain(..).rev() {
        pod.stop();
    }
    let pods = cluster.start(&render(&cluster, &["replication.readReplicas=1"]));
    let first = leader(&pods.iter().enumerate());
    eventually("the other follows", || streaming(&pods[first]) == "1\n");
    for pod in &pods {
        assert_eq!(pod.superuser("app", "SELECT n FROM kept"), "1\n");
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn everything_is_encrypted_and_certificates_change_while_it_runs() {
    let cluster = Cluster::new(2);
    let _etcd = Etcd::start(&cluster);
    let authority = Authority::new();
    let tls = "tls.enabled=true,tls.source=cert-manager,tls.certManager.issuerRef.name=ca";
    let certificate = "tls.replicationClientCertificate.enabled=true";
    let mut release = authority.issue(render(&cluster, &["replication.readReplicas=1", tls, certificate]));
    let pods = cluster.start(&release);
    let first = leader(&pods.iter().enumerate());
    let shown = "SELECT ssl, client_dn FROM pg_stat_ssl JOIN pg_stat_replication USING (pid)";
    eventually("the standby shows its certificate", || {
        pods[first].superuser("postgres", shown) == "t|/CN=replicator\n"
    });
    patronictl(&pods[first], &["switchover", "--force"]);
    eventually("the planned change is made", || is_primary(&pods[1 - first]));

    release = authority.issue(release);
    let new = release.secret("my-db-postgresql-tls", "tls.crt").unwrap();
    for (node, pod) in cluster.nodes.iter().zip(&pods) {
        node.update_secrets(&release);
        for how in ["127.0.0.1:8008", "127.0.0.1:5432 -starttls postgres"] {
            let ask = format!("openssl s_client -connect {how} </dev/null 2>/dev/null");
            eventually("the new certificate is served", || pod.output(&["sh", "-c", &ask]).contains(new.trim()));
        }
    }
}
