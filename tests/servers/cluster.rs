//! Several pods of a StatefulSet, each on a node of its own, in one network.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::container::{Network, Running};
use crate::database::Database;
use crate::node::Node;
use crate::release::{NAME, Release};

/// Waits for something; panics when it takes too long.
pub(crate) fn eventually(what: &str, happens: impl FnMut() -> bool) {
    eventually_within(Duration::from_secs(90), what, happens);
}

/// The same with a patience of one's own.
pub(crate) fn eventually_within(patience: Duration, what: &str, mut happens: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !happens() {
        assert!(Instant::now() < deadline, "waited too long: {what}");
        sleep(Duration::from_millis(100));
    }
}

/// Nodes whose pods reach each other; the network goes when this does.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// The nodes, by the number of their pod.
    pub(crate) nodes: Vec<Node>,
    switch: String,
    api: Api,
    directory: TempDir,
}

/// What stands in for the Kubernetes API; it ends when this does.
#[derive(Debug)]
struct Api {
    server: Child,
    directory: PathBuf,
}

impl Api {
    /// Starts it in a network namespace and waits until it can be reached.
    fn start(namespace: &str, address: &str, directory: PathBuf) -> Self {
        fs::create_dir_all(directory.join("account")).unwrap();
        let made = Command::new("openssl")
            .args(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=api -keyout key.pem -out cert.pem -addext"
                    .split(' '),
            )
            .arg(format!("subjectAltName=DNS:kubernetes.default.svc,IP:{address}"))
            .current_dir(&directory)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::copy(directory.join("cert.pem"), directory.join("account/ca.crt")).unwrap();
        fs::write(directory.join("account/token"), "a-token").unwrap();
        let enter = |command: &str| {
            let mut nsenter = Command::new("/usr/bin/nsenter");
            nsenter.arg(format!("--net=/run/netns/{namespace}")).arg(command);
            nsenter
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/api.py");
        let server = enter("python3").arg(script).arg(address).arg(&directory).spawn().unwrap();
        eventually("the API answers", || {
            let connect = format!("exec 3<>/dev/tcp/{address}/443");
            enter("bash").args(["-c", &connect]).stderr(Stdio::null()).status().unwrap().success()
        });
        Self { server, directory }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

impl Cluster {
    /// Empty nodes for this many pods.
    pub(crate) fn new(pods: usize) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let switch = format!("pgc{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let directory = tempfile::tempdir_in("/dev/shm").unwrap();
        let hosts = directory.path().join("hosts");
        let mut names = "127.0.0.1 localhost\n".to_owned();
        for pod in 0..pods {
            let name = pod_name(pod);
            names += &format!("{} {name}.{NAME}-postgresql-headless.default.svc {name}\n", address(pod));
        }
        // Where the Services lead: the first pod writes, the second follows, and the last one is the pooler, if there is one.
        let last = pods - 1;
        let services =
            [("", 0), ("-metrics", 0), ("-ro", 1), ("-pooler", last), ("-pooler-ro", last), ("-pgpool", last)];
        for (service, pod) in services {
            names += &format!("{} {NAME}-postgresql{service}.default.svc\n", address(pod));
        }
        names += &format!("{} {}\n", address(pods), crate::s3::HOST);
        fs::write(&hosts, names).unwrap();
        fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        // The switch is a namespace of its own: this machine's network does not change.
        ip(&format!("netns add {switch}"));
        ip(&format!("-n {switch} link add switch type bridge"));
        ip(&format!("-n {switch} link set switch up"));
        // The last one is a client's.
        for pod in 0..=pods {
            let namespace = format!("{switch}-{pod}");
            ip(&format!("netns add {namespace}"));
            ip(&format!("-n {switch} link add pod{pod} type veth peer name eth0 netns {namespace}"));
            ip(&format!("-n {switch} link set pod{pod} master switch up"));
            ip(&format!("-n {namespace} addr add {}/24 dev eth0", address(pod)));
            ip(&format!("-n {namespace} link set eth0 up"));
            ip(&format!("-n {namespace} link set lo up"));
        }
        let api = Api::start(&format!("{switch}-{pods}"), &address(pods), directory.path().join("api"));
        let nodes = (0..pods).map(|pod| {
            let namespace = format!("{switch}-{pod}");
            let account = api.directory.join("account");
            let (address, api, hosts) = (address(pod), address(pods), hosts.clone());
            Node::of_pod(pod_name(pod), Network { namespace, address, hosts, api, account })
        });
        let nodes = nodes.collect();
        Self { nodes, switch, api, directory }
    }

    /// Makes the pods of a release known to the API, and what its Role allows them.
    pub(crate) fn announce(&self, release: &Release) {
        let labels = release.workload()["spec"]["template"]["metadata"]["labels"].clone();
        let pod = |number| {
            let name = pod_name(number);
            let metadata = json!({"name": name, "uid": name, "namespace": "default", "labels": labels});
            json!({"metadata": metadata, "spec": {"hostname": name, "nodeName": format!("node-{number}")}})
        };
        let pods: Vec<_> = (0..self.nodes.len()).map(pod).collect();
        let announced = json!({"pods": pods, "rules": release.role()["rules"]}).to_string();
        fs::write(self.api.directory.join("release.json"), announced).unwrap();
    }

    /// What was asked of the API and is not allowed.
    pub(crate) fn denied(&self) -> String {
        fs::read_to_string(self.api.directory.join("denied")).unwrap_or_default()
    }

    /// Something that the API keeps, as a pod of this cluster sees it.
    pub(crate) fn kept_by_api(&self, path: &str) -> Value {
        let token = fs::read_to_string(self.api.directory.join("account/token")).unwrap();
        let url = format!("https://{}/api/v1/namespaces/default/{path}", self.outside());
        let header = format!("Authorization: Bearer {token}");
        let output = self.outsider("curl").args(["-sk", "-H", &header, &url]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Whether the API takes labels from now on.
    pub(crate) fn api_accepts(&self, accepts: bool) {
        let refuse = self.api.directory.join("refuse");
        if accepts { fs::remove_file(refuse).unwrap() } else { fs::write(refuse, "").unwrap() }
    }

    /// What each pod last called itself, in the order of their numbers.
    pub(crate) fn roles(&self) -> Vec<String> {
        let labels = fs::read_to_string(self.api.directory.join("labels")).unwrap_or_default();
        let last = |pod| {
            let pod = format!("{} ", pod_name(pod));
            labels.lines().rev().find_map(|line| line.strip_prefix(&pod)).unwrap_or("unknown").to_owned()
        };
        (0..self.nodes.len()).map(last).collect()
    }

    /// Boots and serves all pods at once, as `podManagementPolicy: Parallel` does.
    pub(crate) fn start(&self, release: &Release) -> Vec<Database> {
        let boots: Vec<Running> = self.nodes.iter().map(|node| node.start_boot(release)).collect();
        // A standby's boot ends only when the primary serves, so each is followed by its own server.
        std::thread::scope(|scope| {
            let servers: Vec<_> = boots
                .into_iter()
                .zip(&self.nodes)
                .map(|(boot, node)| scope.spawn(move || node.serve_after(boot, release)))
                .collect();
            servers.into_iter().map(|server| server.join().unwrap()).collect()
        })
    }

    /// A command of somebody who is in the pods' network but no pod.
    pub(crate) fn outsider(&self, command: &str) -> Command {
        let mut nsenter = Command::new("/usr/bin/nsenter");
        nsenter.arg(format!("--net=/run/netns/{}-{}", self.switch, self.nodes.len())).arg(command);
        nsenter
    }

    /// The address of that somebody.
    pub(crate) fn outside(&self) -> String {
        address(self.nodes.len())
    }

    /// Leads the Service of the primary to a pod.
    pub(crate) fn primary_is(&self, pod: usize) {
        let hosts = self.directory.path().join("hosts");
        let service = format!(" {NAME}-postgresql.default.svc");
        let lead = |line: &str| match line.strip_suffix(&service) {
            Some(_) => format!("{}{service}\n", address(pod)),
            None => format!("{line}\n"),
        };
        // In place, for the pods have this very file.
        let names: String = fs::read_to_string(&hosts).unwrap().lines().map(lead).collect();
        fs::write(&hosts, names).unwrap();
    }

    /// Cuts a pod off from all others, or joins it again.
    pub(crate) fn link(&self, pod: usize, up: bool) {
        ip(&format!("-n {} link set pod{pod} {}", self.switch, if up { "up" } else { "down" }));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for pod in 0..=self.nodes.len() {
            ip(&format!("netns delete {}-{pod}", self.switch));
        }
        ip(&format!("netns delete {}", self.switch));
    }
}

/// A client that inserts one row after the other, counts those that were acknowledged, and tries on when one is not.
#[derive(Debug)]
pub(crate) struct Writer {
    acked: Arc<Mutex<Vec<u64>>>,
    target: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Makes the table `acked` and starts to write to pod 0.
    pub(crate) fn start(cluster: &Cluster, release: &Release, primary: &Database) -> Self {
        primary.superuser("app", "CREATE TABLE acked (n bigint PRIMARY KEY); ALTER TABLE acked OWNER TO app");
        let namespace = format!("--net=/run/netns/{}-{}", cluster.switch, cluster.nodes.len());
        let (acked, target, ends) = (Arc::default(), Arc::default(), Arc::default());
        let (rows, pod, end) = (Arc::clone(&acked), Arc::clone(&target), Arc::clone(&ends));
        let password = release.password();
        let write = move |row: u64| {
            let mut psql = Command::new("/usr/bin/nsenter");
            psql.args([&namespace, "psql", "-X", "-q", "-c", &format!("INSERT INTO acked VALUES ({row})")]);
            psql.env("PGHOST", address(AtomicUsize::load(&pod, Ordering::Relaxed))).env("PGPASSWORD", &password);
            psql.env("PGUSER", "app").env("PGDATABASE", "app").env("PGCONNECT_TIMEOUT", "2");
            // A commit that waits for a standby is given up; whether it is there, nobody knows.
            psql.env("PGOPTIONS", "-c statement_timeout=5s -c tcp_user_timeout=2000");
            psql.output().unwrap().status.success()
        };
        let thread = std::thread::spawn(move || {
            let mut row = 0;
            while !AtomicBool::load(&end, Ordering::Relaxed) {
                row += 1;
                if write(row) {
                    let rows: &Mutex<Vec<u64>> = &rows;
                    rows.lock().unwrap().push(row);
                } else {
                    sleep(Duration::from_millis(50));
                }
            }
        });
        Self { acked, target, ends, thread }
    }

    /// Waits until so many more rows are acknowledged.
    pub(crate) fn more(&self, rows: usize) {
        let wanted = self.acked.lock().unwrap().len() + rows;
        eventually("rows are written", || self.acked.lock().unwrap().len() >= wanted);
    }

    /// Goes on at another pod.
    pub(crate) fn to(&self, pod: usize) {
        self.target.store(pod, Ordering::Relaxed);
    }

    /// Stops, and gives the rows that were acknowledged.
    pub(crate) fn stop(self) -> Vec<u64> {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        Arc::into_inner(self.acked).unwrap().into_inner().unwrap()
    }
}

fn pod_name(pod: usize) -> String {
    format!("{NAME}-postgresql-{pod}")
}

fn address(pod: usize) -> String {
    format!("10.77.0.{}", pod + 10)
}

fn ip(arguments: &str) {
    let output = Command::new("ip").args(arguments.split(' ')).output().unwrap();
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}
