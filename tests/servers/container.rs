//! One container, run as rendered: its command, environment, user, mounts and security, in namespaces of its own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::major::Major;
use crate::release::Release;

/// A container that can be started.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    command: Vec<String>,
    environment: BTreeMap<String, String>,
    user: String,
    group: String,
    groups: String,
    mounts: String,
    image: PathBuf,
    network: Option<String>,
    directory: PathBuf,
}

impl Container {
    /// Reads what the pod says about a container; `volumes` maps a volume's name to a directory or a memory size.
    pub(crate) fn new(release: &Release, spec: &Value, volumes: &BTreeMap<String, Volume>, place: &Place) -> Self {
        let pod = release.pod();
        assert_restricted(pod, spec);
        let words = |key: &str| spec[key].as_array().into_iter().flatten().map(text);
        let (outer, inner) = (&pod["securityContext"], &spec["securityContext"]);
        let own = |key: &str| inner.get(key).unwrap_or(&outer[key]);
        let directory = place.directory.join(text(&spec["name"]));
        fs::create_dir_all(directory.join("root")).unwrap();
        Self {
            command: words("command").chain(words("args")).collect(),
            environment: environment(release, spec, place),
            user: own("runAsUser").to_string(),
            group: own("runAsGroup").to_string(),
            groups: format!("{},{}", own("runAsGroup"), pod["securityContext"]["fsGroup"]),
            mounts: mounts(spec, volumes, place),
            image: place.major.image(),
            network: place.network.as_ref().map(|network| network.namespace.clone()),
            directory,
        }
    }

    /// Puts a directory of commands before all others; `source` is that directory on this machine.
    pub(crate) fn with_commands(mut self, source: &Path) -> Self {
        self.mounts += &format!("ro\t{}\t/opt/commands\n", source.display());
        let path = self.environment.get_mut("PATH").unwrap();
        path.insert_str(0, "/opt/commands:");
        self
    }

    /// Starts it. Its output goes to a file.
    pub(crate) fn start(&self) -> Running {
        let mounts = self.directory.join("mounts");
        fs::write(&mounts, &self.mounts).unwrap();
        let log = File::create(self.log_path()).unwrap();
        let child = self
            .unshare()
            .args(["--mount", "--ipc", "--pid", "--fork", "/bin/sh"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/enter.sh"))
            .args([&self.image, &self.directory.join("root"), &mounts])
            .args([&self.user, &self.group, &self.groups])
            .args(&self.command)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Running { first: first_process(&child), child, container: self.clone() }
    }

    /// Makes namespaces; the network is the pod's, or one without anybody.
    fn unshare(&self) -> Command {
        let mut command;
        if let Some(network) = &self.network {
            command = Command::new("/usr/bin/nsenter");
            command.arg(format!("--net=/run/netns/{network}")).arg("/usr/bin/unshare");
        } else {
            command = Command::new("/usr/bin/unshare");
            command.arg("--net");
        }
        command
    }

    /// What the last run wrote.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.directory.join("log")
    }
}

/// A container's processes; dropping it kills them.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    first: String,
    container: Container,
}

impl Running {
    /// Runs a command beside the first process, as `kubectl exec` and probes do.
    pub(crate) fn exec<T: AsRef<str>>(&self, command: &[T], environment: &[(&str, &str)]) -> Output {
        let Container { user, group, groups, .. } = &self.container;
        Command::new("/usr/bin/nsenter")
            .args(["--target", &self.first, "--mount", "--net", "--ipc", "--pid", "--root", "--wd"])
            .args(["setpriv", "--reuid", user, "--regid", group, "--groups", groups])
            .args(["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"])
            .args(command.iter().map(AsRef::as_ref))
            .env_clear()
            .envs(&self.container.environment)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The file of its network namespace, which every container of the pod is in.
    pub(crate) fn network(&self) -> String {
        format!("/proc/{}/ns/net", self.first)
    }

    /// Sends a signal to the first process.
    pub(crate) fn signal(&self, name: &str) {
        // A process that has just ended needs no signal.
        let _ = Command::new("/bin/kill").args(["-s", name, &self.first]).stderr(Stdio::null()).status().unwrap();
    }

    /// Whether it has ended.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for its end; panics with its log when that takes too long.
    pub(crate) fn wait(&mut self, patience: Duration) -> ExitStatus {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(Instant::now() < deadline, "still running after {patience:?}:\n{}", self.log());
            sleep(Duration::from_millis(10));
        }
    }

    /// What it wrote so far.
    pub(crate) fn log(&self) -> String {
        self.container.log()
    }

    /// Kills every process of the container at once: the first process is the init of its PID namespace.
    pub(crate) fn kill(&mut self) {
        self.signal("KILL");
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.kill();
        }
    }
}

/// Where the pod runs.
#[derive(Debug)]
pub(crate) struct Place {
    /// A directory of its own.
    pub(crate) directory: PathBuf,
    /// The server that the image would hold.
    pub(crate) major: Major,
    /// The name of the pod.
    pub(crate) name: String,
    /// Its network; without one it is alone.
    pub(crate) network: Option<Network>,
}

/// A pod's place in a network.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// The network namespace.
    pub(crate) namespace: String,
    /// The pod's own address.
    pub(crate) address: String,
    /// The file with the names of all pods.
    pub(crate) hosts: PathBuf,
    /// The address of the Kubernetes API.
    pub(crate) api: String,
    /// The directory with the token and the certificate authority that a pod's account has.
    pub(crate) account: PathBuf,
}

/// What a volume is on this machine.
#[derive(Clone, Debug)]
pub(crate) enum Volume {
    /// A directory.
    Directory(PathBuf),
    /// Memory of this size, as `tmpfs` takes it.
    Memory(String),
}

/// The process that `unshare` forked, by its number outside.
fn first_process(child: &Child) -> String {
    let path = format!("/proc/{0}/task/{0}/children", child.id());
    loop {
        let children = fs::read_to_string(&path).unwrap_or_default();
        if let Some(first) = children.split_whitespace().next() {
            return first.to_owned();
        }
        sleep(Duration::from_millis(1));
    }
}

fn mounts(spec: &Value, volumes: &BTreeMap<String, Volume>, place: &Place) -> String {
    let mut lines = String::new();
    if let Some((source, target)) = place.major.mount() {
        lines += &format!("ro\t{}\t{}\n", source.display(), target.display());
    }
    if let Some(network) = &place.network {
        lines += &format!("file\t{}\t/etc/hosts\n", network.hosts.display());
    }
    for mount in spec["volumeMounts"].as_array().unwrap() {
        let target = text(&mount["mountPath"]);
        let mode = if mount["readOnly"] == true { "ro" } else { "rw" };
        lines += &match &volumes[&text(&mount["name"])] {
            Volume::Directory(path) => format!("{mode}\t{}\t{target}\n", path.display()),
            Volume::Memory(size) => format!("memory\t{size}\t{target}\n"),
        };
    }
    lines
}

fn environment(release: &Release, spec: &Value, place: &Place) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([("PATH".to_owned(), place.major.path())]);
    if let Some(network) = &place.network {
        all.insert("KUBERNETES_SERVICE_HOST".to_owned(), network.api.clone());
        all.insert("KUBERNETES_SERVICE_PORT".to_owned(), "443".to_owned());
    }
    for variable in spec["env"].as_array().unwrap() {
        let source = &variable["valueFrom"];
        let value = if let Some(reference) = source.get("secretKeyRef") {
            match release.secret(&text(&reference["name"]), &text(&reference["key"])) {
                Some(value) => value,
                None if reference["optional"] == true => continue,
                None => panic!("CreateContainerConfigError: {reference}"),
            }
        } else if let Some(field) = source.get("fieldRef") {
            match field["fieldPath"].as_str() {
                Some("metadata.name") => place.name.clone(),
                Some("status.podIP") => place.network.as_ref().unwrap().address.clone(),
                other => panic!("no field {other:?} is known here"),
            }
        } else {
            text(&variable["value"])
        };
        all.insert(text(&variable["name"]), value);
    }
    all
}

/// What the restricted Pod Security Standard asks for, and the read-only root.
fn assert_restricted(pod: &Value, container: &Value) {
    let context = &container["securityContext"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(context["allowPrivilegeEscalation"], false);
    assert_eq!(context["readOnlyRootFilesystem"], true);
    assert_eq!(context["capabilities"]["drop"], serde_json::json!(["ALL"]));
}

/// A string of the manifest.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("expected text, found {value}")).to_owned()
}
