//! A node of a cluster: it keeps the volumes and runs one pod at a time, as far as a kubelet does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{panicking, sleep};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::container::{Container, Network, Place, Running, Volume, text};
use crate::database::Database;
use crate::major::Major;
use crate::release::{NAME, Release};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A node with its volumes; they live as long as it does.
#[derive(Debug)]
pub(crate) struct Node {
    directory: TempDir,
    pods: AtomicU32,
    pod: String,
    network: Option<Network>,
}

/// A boot that ended.
#[derive(Debug)]
pub(crate) struct Boot {
    /// Whether it succeeded.
    pub(crate) success: bool,
    /// What it wrote.
    pub(crate) log: String,
}

impl From<Running> for Boot {
    fn from(mut running: Running) -> Self {
        let success = running.wait(PATIENCE).success();
        Self { success, log: running.log() }
    }
}

impl Node {
    /// An empty node. It is in memory: a boot syncs its whole file system, which on a disk would wait for everything else that
    /// this machine writes.
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("pgchart-node").tempdir_in("/dev/shm").unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { directory, pods: AtomicU32::new(0), pod: format!("{NAME}-postgresql-0"), network: None }
    }

    /// A node with the same volumes, none of which is in use.
    pub(crate) fn copy(&self) -> Self {
        let node = Self::new();
        let from = self.directory.path().join(".");
        assert!(Command::new("cp").arg("-a").arg(from).arg(node.directory.path()).status().unwrap().success());
        node.pods.store(self.pods.load(Ordering::Relaxed), Ordering::Relaxed);
        node
    }

    /// An empty node for the pod of this name, in a network.
    pub(crate) fn of_pod(pod: String, network: Network) -> Self {
        let mut node = Self::new();
        (node.pod, node.network) = (pod, Some(network));
        node
    }

    /// Runs the init container of a new pod to its end.
    pub(crate) fn boot(&self, release: &Release) -> Boot {
        self.start_boot(release).into()
    }

    /// Runs the init containers of a new pod and starts the last one, or ends with the first that fails.
    pub(crate) fn start_boot(&self, release: &Release) -> Running {
        self.pods.fetch_add(1, Ordering::Relaxed);
        self.init(release)
    }

    fn init(&self, release: &Release) -> Running {
        let containers = release.pod()["initContainers"].as_array().unwrap();
        one_after_the_other(containers.iter().map(|spec| self.container(release, spec)))
    }

    /// Runs a new pod of a Job to its end.
    pub(crate) fn run_job(&self, release: &Release) -> Boot {
        self.start_job(release, None).into()
    }

    /// The same as far as its last container, which is started; commands of some directory come before those of the images.
    pub(crate) fn start_job(&self, release: &Release, commands: Option<&Path>) -> Running {
        self.pods.fetch_add(1, Ordering::Relaxed);
        let pod = release.pod();
        assert_eq!(pod["restartPolicy"], "Never");
        let lists = ["initContainers", "containers"].map(|list| pod[list].as_array().into_iter().flatten());
        one_after_the_other(lists.into_iter().flatten().map(|spec| {
            let container = self.container(release, spec);
            commands.map_or(container.clone(), |directory| container.with_commands(directory))
        }))
    }

    /// Starts the init container of a new pod and kills it just before its n-th command that touches files; false when it
    /// has ended before.
    pub(crate) fn boot_killed_at_step(&self, release: &Release, step: u32) -> bool {
        self.pods.fetch_add(1, Ordering::Relaxed);
        let pod = self.pod_directory();
        let containers = release.pod()["initContainers"].as_array().unwrap();
        let (last, others) = containers.split_last().unwrap();
        for spec in others {
            assert!(self.container(release, spec).start().wait(Duration::from_secs(120)).success());
        }
        let boot = self.container(release, last).with_commands(&commands(&pod));
        let tmp = pod.join("volumes/tmp");
        fs::write(tmp.join("stop-at"), step.to_string()).unwrap();
        let mut boot = boot.start();
        while !tmp.join("stopped").exists() {
            if let Some(status) = boot.ended() {
                assert!(status.success(), "{}", boot.log());
                return false;
            }
            sleep(Duration::from_millis(5));
        }
        boot.kill();
        true
    }

    /// Starts the server in the pod of the last boot; the database must be complete.
    pub(crate) fn serve(&self, release: &Release) -> Running {
        self.container(release, &release.pod()["containers"][0]).start()
    }

    /// Starts a new pod of one container.
    pub(crate) fn start_single(&self, release: &Release) -> Running {
        self.pods.fetch_add(1, Ordering::Relaxed);
        self.serve(release)
    }

    /// Starts a container beside the server, in the pod of the last boot.
    pub(crate) fn serve_beside(&self, release: &Release, name: &str) -> Running {
        let containers = release.pod()["containers"].as_array().unwrap();
        self.container(release, containers.iter().find(|container| container["name"] == name).unwrap()).start()
    }

    /// Boots a new pod, starts the server and waits until its startup probe succeeds.
    pub(crate) fn start(&self, release: &Release) -> Database {
        self.serve_after(self.start_boot(release), release)
    }

    /// Waits for the end of a boot, then starts the server and waits until its startup probe succeeds.
    pub(crate) fn serve_after(&self, boot: Running, release: &Release) -> Database {
        let boot = Boot::from(boot);
        assert!(boot.success, "boot failed:\n{}", boot.log);
        let beside = self.serve_beside(release, "declare");
        Database::new(self.serve(release), release).with(beside)
    }

    /// The same in the pod of the last boot, as a kubelet restarts an init container that died.
    pub(crate) fn restart(&self, release: &Release) -> Database {
        self.serve_after(self.init(release), release)
    }

    /// Brings changed Secrets to the pod that runs.
    pub(crate) fn update_secrets(&self, release: &Release) {
        let group = group(release);
        for volume in release.pod()["volumes"].as_array().unwrap() {
            let path = self.pod_directory().join("volumes").join(text(&volume["name"]));
            if let Some(secret) = volume.get("secret") {
                publish_secret(release, secret, &path, group);
            } else if let Some(sources) = secret_sources(volume) {
                publish_projected(release, sources, &path, group);
            }
        }
    }

    /// Brings a changed ConfigMap to the pod that runs.
    pub(crate) fn update_config(&self, release: &Release, volume: &str) {
        let volumes = release.pod()["volumes"].as_array().unwrap();
        let map = &volumes.iter().find(|other| other["name"] == volume).unwrap()["configMap"];
        publish(&self.pod_directory().join("volumes").join(volume), &release.config_files(map), 0o644, None);
    }

    /// The directory of a claim.
    pub(crate) fn claim(&self, name: &str) -> PathBuf {
        self.directory.path().join("claims").join(name)
    }

    /// Deletes all claims with their data.
    pub(crate) fn lose_claims(&self) {
        fs::remove_dir_all(self.directory.path().join("claims")).unwrap();
    }

    /// What killed boots left on the volumes: anything but the database, its log and the lock.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let mut left = Vec::new();
        for claim in fs::read_dir(self.directory.path().join("claims")).unwrap().flatten() {
            let names = fs::read_dir(claim.path()).unwrap().flatten();
            let mut names: Vec<_> = names.map(|entry| entry.file_name().into_string().unwrap()).collect();
            names.retain(|name| name != "pgdata" && name != "pgchart.lock");
            let log = fs::read_link(self.claim("my-db-postgresql-data").join("pgdata/pg_wal"));
            let used =
                |name: &String| log.as_ref().is_ok_and(|log| log.parent().is_some_and(|home| home.ends_with(name)));
            let incomplete = |name: &String| claim.path().join(name).join("incomplete").exists();
            left.extend(names.into_iter().filter(|name| !used(name) || incomplete(name)));
        }
        left
    }

    /// The directory of a volume of the pod that runs.
    pub(crate) fn pod_volume(&self, name: &str) -> PathBuf {
        self.pod_directory().join("volumes").join(name)
    }

    fn pod_directory(&self) -> PathBuf {
        self.directory.path().join(format!("pods/{}", self.pods.load(Ordering::Relaxed)))
    }

    fn container(&self, release: &Release, spec: &Value) -> Container {
        let (name, network) = (self.pod.clone(), self.network.clone());
        let major = Major::of_image(spec["image"].as_str().unwrap());
        let place = Place { directory: self.pod_directory(), major, name, network };
        Container::new(release, spec, &self.volumes(release, &place.directory), &place)
    }

    /// Every volume of the pod, with the ownership that `fsGroup` gives it.
    fn volumes(&self, release: &Release, pod: &Path) -> BTreeMap<String, Volume> {
        let group = group(release);
        let mut volumes = BTreeMap::new();
        for volume in release.pod()["volumes"].as_array().unwrap() {
            let name = text(&volume["name"]);
            volumes.insert(name.clone(), self.volume(release, volume, &pod.join("volumes").join(name), group));
        }
        for template in release.workload()["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten() {
            let name = text(&template["metadata"]["name"]);
            let path = self.claim(&format!("{name}-{}", self.pod));
            writable(&path, group, 0o2775);
            volumes.insert(name, Volume::Directory(path));
        }
        volumes
    }

    fn volume(&self, release: &Release, volume: &Value, path: &Path, group: u32) -> Volume {
        if let Some(map) = volume.get("configMap") {
            if !path.exists() {
                let mode = map["defaultMode"].as_u64().map_or(0o644, |mode| u32::try_from(mode).unwrap());
                publish(path, &release.config_files(map), mode, None);
            }
        } else if let Some(secret) = volume.get("secret") {
            if !path.exists() {
                publish_secret(release, secret, path, group);
            }
        } else if let Some(claim) = volume.get("persistentVolumeClaim") {
            let name = text(&claim["claimName"]);
            assert!(release.has("PersistentVolumeClaim", &name), "nobody makes the claim {name}");
            let path = self.claim(&name);
            writable(&path, group, 0o2775);
            return Volume::Directory(path);
        } else if let Some(sources) = secret_sources(volume) {
            if !path.exists() {
                publish_projected(release, sources, path, group);
            }
        } else if volume.get("nfs").is_some() {
            // No server of NFS runs here: a directory stands in for its export.
            let path = self.claim("nfs");
            writable(&path, group, 0o2775);
            return Volume::Directory(path);
        } else if volume.get("projected").is_some() {
            let network = self.network.as_ref().expect("only pods of a cluster have an account");
            return Volume::Directory(network.account.clone());
        } else if volume["emptyDir"]["medium"] == "Memory" {
            return Volume::Memory(text(&volume["emptyDir"]["sizeLimit"]).trim_end_matches('i').to_owned());
        } else {
            assert!(volume.get("emptyDir").is_some(), "unknown volume {volume}");
            writable(path, group, 0o2777);
        }
        Volume::Directory(path.to_owned())
    }
}

/// A test that fails shows what its pods wrote.
impl Drop for Node {
    #[expect(clippy::print_stderr, reason = "the test's own words go there, too")]
    fn drop(&mut self) {
        if !panicking() {
            return;
        }
        for pod in 1..=*self.pods.get_mut() {
            let containers = fs::read_dir(self.directory.path().join(format!("pods/{pod}"))).into_iter().flatten();
            for log in containers.flatten().map(|entry| entry.path().join("log")) {
                let text = fs::read(&log).unwrap_or_default();
                let container = log.parent().unwrap().file_name().unwrap().display();
                eprintln!("---- {}, its pod {pod}, {container}:\n{}", self.pod, String::from_utf8_lossy(&text));
            }
        }
    }
}

/// Runs containers to their end and starts the last one, or ends with the first that fails.
fn one_after_the_other(containers: impl Iterator<Item = Container>) -> Running {
    let mut containers: Vec<Container> = containers.collect();
    let last = containers.pop().unwrap();
    for container in containers {
        let mut running = container.start();
        if !running.wait(PATIENCE).success() {
            return running;
        }
    }
    last.start()
}

/// Commands that count themselves and stop for ever when their turn has come.
fn commands(pod: &Path) -> PathBuf {
    let directory = pod.join("commands");
    fs::create_dir_all(&directory).unwrap();
    for name in ["initdb", "postgres", "mv", "cp", "ln", "rm", "rmdir", "mkdir", "mktemp", "touch", "chmod", "sync"] {
        let file = directory.join(name);
        fs::write(&file, include_str!("step.sh")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    directory
}

fn group(release: &Release) -> u32 {
    u32::try_from(release.pod()["securityContext"]["fsGroup"].as_u64().unwrap()).unwrap()
}

fn writable(path: &Path, group: u32, mode: u32) {
    if !path.exists() {
        fs::create_dir_all(path).unwrap();
        chown(path, None, Some(group)).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

/// The sources of a projected volume that is made of Secrets.
fn secret_sources(volume: &Value) -> Option<&Vec<Value>> {
    let sources = volume["projected"]["sources"].as_array()?;
    sources.iter().all(|source| source.get("secret").is_some()).then_some(sources)
}

fn publish_projected(release: &Release, sources: &[Value], path: &Path, group: u32) {
    let all = sources.iter().flat_map(|source| release.projected_files(&source["secret"])).collect();
    publish(path, &all, 0o440, Some(group));
}

/// A Secret's entries as files; the group of the pod may read them, whatever the mode says.
fn publish_secret(release: &Release, secret: &Value, path: &Path, group: u32) {
    let mode = u32::try_from(secret["defaultMode"].as_u64().unwrap()).unwrap();
    publish(path, &release.secret_files(secret), mode | 0o440, Some(group));
}

/// The kubelet's layout: the files in a directory of their own, `..data` pointing to it, a link for each file. New files come
/// beside the old ones, and renaming the link exchanges them all at once.
fn publish(path: &Path, entries: &BTreeMap<String, String>, mode: u32, group: Option<u32>) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let version = format!("..version_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    fs::create_dir_all(path.join(&version)).unwrap();
    for (name, content) in entries {
        let file = path.join(&version).join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        chown(&file, None, group).unwrap();
    }
    let (link, new) = (path.join("..data"), path.join("..data_tmp"));
    let old = fs::read_link(&link);
    symlink(&version, &new).unwrap();
    fs::rename(new, link).unwrap();
    if let Ok(old) = old {
        fs::remove_dir_all(path.join(old)).unwrap();
    }
    let names = entries.keys().map(|name| path.join(name.split('/').next().unwrap()));
    for link in names.filter(|link| link.symlink_metadata().is_err()).collect::<BTreeSet<_>>() {
        symlink(Path::new("..data").join(link.file_name().unwrap()), link).unwrap();
    }
}
