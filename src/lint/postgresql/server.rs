//! PostgreSQL servers among rendered objects: the container, the files that it is given, and the settings in them.

use super::texts::lines;
use crate::diagnostic::Span;
use crate::lint::Subject;
use crate::lint::object::{Container, Object, Pod, text};
use crate::postgres::image::major_of_tag;
use crate::postgres::{Major, conf, quantity, setting};
use crate::yaml::Node;

/// One server: a workload with a container that runs PostgreSQL.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Server<'a> {
    /// The workload.
    pub(in crate::lint) object: Object<'a>,
    /// What its pods are made from.
    pub(super) pod: Pod<'a>,
    /// The container.
    pub(in crate::lint) container: Container<'a>,
    /// The major version, as the image's tag says.
    pub(super) major: Option<Major>,
    /// The settings that it is given, in order; of two with one name the last wins.
    pub(super) settings: Vec<Set>,
    /// The lines of its `pg_hba.conf`.
    pub(super) hba: Vec<(String, Span)>,
    /// The files that it is given.
    pub(super) files: Vec<File<'a>>,
    /// The claims of the workload and of the run, by name.
    claims: Vec<(&'a str, &'a Node)>,
}

/// One file of a ConfigMap that the pod mounts.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    /// Where the ConfigMap names it.
    pub(super) key: Span,
    /// What it holds.
    pub(super) node: &'a Node,
}

/// One setting.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) span: Span,
}

/// Finds the servers of a run.
pub(in crate::lint) fn servers<'a>(subject: &Subject<'a>) -> Vec<Server<'a>> {
    let mut all = Vec::new();
    for (object, pod) in subject.pods().filter(|(object, _)| object.is_service() || object.kind() == "Pod") {
        let Some(container) = pod.containers().find(|container| !container.is_init && runs_postgresql(container))
        else {
            continue;
        };
        let major = major_of_tag(container.tag()).and_then(|major| Major::parse(&major.to_string()));
        let files = files(subject, object, &pod);
        let mut server = Server {
            object: object.clone(),
            pod,
            container,
            major,
            settings: Vec::new(),
            hba: Vec::new(),
            claims: claims(subject, object),
            files,
        };
        server.read(subject);
        all.push(server);
    }
    all
}

/// Images of PostgreSQL end in one of these; those of its poolers and exporters only begin so.
fn runs_postgresql(container: &Container<'_>) -> bool {
    let repository = container.repository();
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let known = [
        "postgres",
        "postgresql",
        "postgis",
        "timescaledb",
        "timescaledb-ha",
        "spilo",
        "pgvector",
        "postgresql-repmgr",
    ];
    known.contains(&name) || name.starts_with("spilo-")
}

/// The files of the ConfigMaps that a pod mounts; all of the run when none of them is there.
fn files<'a>(subject: &Subject<'a>, object: &Object<'a>, pod: &Pod<'a>) -> Vec<File<'a>> {
    let plain = pod.volumes().iter().map(|volume| text(volume, &["configMap", "name"]));
    let projected = pod.volumes().iter().flat_map(|volume| {
        let sources = volume.at(&["projected", "sources"]).and_then(Node::as_list).unwrap_or_default();
        sources.iter().map(|source| text(source, &["configMap", "name"]))
    });
    let mounted: Vec<&str> = plain.chain(projected).filter(|name| !name.is_empty()).collect();
    let mut files = Vec::new();
    for map in subject.objects.iter().filter(|map| map.kind() == "ConfigMap" && map.is_beside(object)) {
        if mounted.contains(&map.name()) {
            let data = map.at(&["data"]).and_then(Node::as_map).into_iter().flatten();
            files.extend(data.map(|(name, entry)| File { name, key: entry.key, node: &entry.node }));
        }
    }
    files
}

fn claims<'a>(subject: &Subject<'a>, object: &Object<'a>) -> Vec<(&'a str, &'a Node)> {
    let templates = object.at(&["spec", "volumeClaimTemplates"]).and_then(Node::as_list).unwrap_or_default();
    let own = templates.iter().map(|claim| (text(claim, &["metadata", "name"]), claim));
    let mut all: Vec<(&str, &Node)> = own.collect();
    let used = object.pod.into_iter().flat_map(|pod| pod.volumes().iter()).filter_map(|volume| {
        let claim = text(volume, &["persistentVolumeClaim", "claimName"]);
        let found = subject.objects.iter().find(|o| o.kind() == "PersistentVolumeClaim" && o.name() == claim)?;
        Some((text(volume, &["name"]), found.root()))
    });
    all.extend(used);
    all
}

impl<'a> Server<'a> {
    fn read(&mut self, subject: &Subject<'a>) {
        for File { name, node, .. } in &self.files {
            let Some(text) = node.as_str() else { continue };
            if name.ends_with("hba.conf") {
                self.hba
                    .extend(lines(node, text, subject.sources).into_iter().map(|(line, span)| (line.to_owned(), span)));
            } else if is_configuration(name, text) {
                for (line, span) in lines(node, text, subject.sources) {
                    if let Ok(mut read) = conf::read(line)
                        && let Some((name, value)) = read.pop()
                    {
                        self.settings.push(Set { name, value, span });
                    }
                }
            }
        }
        let mut words = self.container.words().peekable();
        while let Some(word) = words.next() {
            let Some(text) = word.as_str() else { continue };
            let (assignment, span) = match text.strip_prefix("-c") {
                Some("") => match words.next().and_then(|next| Some((next.as_str()?, next.span))) {
                    Some(pair) => pair,
                    None => continue,
                },
                Some(joined) => (joined, word.span),
                None => match text.strip_prefix("--") {
                    Some(long) => (long, word.span),
                    None => continue,
                },
            };
            if let Some((name, value)) = assignment.split_once('=') {
                let name = name.trim().replace('-', "_").to_lowercase();
                self.settings.push(Set { name, value: value.trim().to_owned(), span });
            }
        }
    }

    fn set(&self, name: &str) -> Option<&Set> {
        self.settings.iter().rev().find(|set| set.name == name)
    }

    /// Where a parameter is set.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.set(name).map(|set| set.span)
    }

    /// The text that a parameter is set to.
    pub(super) fn text(&self, name: &str) -> Option<(&str, Span)> {
        self.set(name).map(|set| (set.value.as_str(), set.span))
    }

    /// The number that a parameter is set to.
    pub(super) fn number(&self, name: &str) -> Option<(i64, Span)> {
        let set = self.set(name)?;
        Some((set.value.parse().ok()?, set.span))
    }

    /// Whether a boolean parameter is set to on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.set(name).is_some_and(|set| matches!(self.parsed(name, &set.value), Some(setting::Setting::Bool(true))))
    }

    fn parsed(&self, name: &str, value: &str) -> Option<setting::Setting> {
        setting::check(self.version(), name, value).ok()
    }

    pub(super) fn version(&self) -> Major {
        self.major.unwrap_or(Major::V16)
    }

    /// What a parameter is in bytes: as set, else the server's default.
    pub(super) fn bytes(&self, name: &str) -> Option<u64> {
        if self.settings.is_empty() {
            return None;
        }
        let value = self.value(name)?;
        setting::bytes(self.version(), name, &self.parsed(name, &value)?)
    }

    /// A number: as set, else the server's default.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        self.value(name)?.parse().ok()
    }

    fn value(&self, name: &str) -> Option<String> {
        match self.set(name) {
            Some(set) => Some(set.value.clone()),
            None => crate::postgres::catalogue::Catalogue::of(self.version()).get(name)?.default.clone(),
        }
    }

    /// The container's memory limit in bytes, and where it stands.
    pub(super) fn memory_limit(&self) -> Option<(u64, Span)> {
        let node = self.container.node.at(&["resources", "limits", "memory"])?;
        Some((quantity::memory(&node.scalar_text()?)?, node.span))
    }

    /// The mounts and claims that hold the data or the log; every one of the container where nobody knows which that is.
    pub(in crate::lint) fn data_volumes(&self) -> impl Iterator<Item = (&'a Node, &'a Node)> {
        let mounts = self.container.list("volumeMounts").iter();
        let mut paths = mounts.map(|mount| text(mount, &["mountPath"]));
        let data = self.data_directory().filter(|data| paths.any(|path| is_within(data, path)));
        self.volumes().filter(move |(mount, _)| {
            let path = text(mount, &["mountPath"]);
            is_for_the_log(mount) || data.as_deref().is_none_or(|data| is_within(data, path) || is_within(path, data))
        })
    }

    /// The claims that the container mounts, and where.
    pub(super) fn volumes(&self) -> impl Iterator<Item = (&'a Node, &'a Node)> {
        let claims = self.claims.clone();
        self.container.list("volumeMounts").iter().filter_map(move |mount| {
            let name = text(mount, &["name"]);
            claims.iter().find(|(volume, _)| *volume == name).map(|(_, claim)| (mount, *claim))
        })
    }

    /// Where the server keeps its data; nothing when its image does not tell.
    pub(super) fn data_directory(&self) -> Option<String> {
        if let Some(variable) = self.variable("PGDATA") {
            let path = variable.get("value").and_then(Node::as_str)?;
            return Some(path.trim_end_matches('/').to_owned());
        }
        // These are made from the official image, which moved with PostgreSQL 18.
        let repository = self.container.repository();
        let official = ["postgres", "postgis", "pgvector", "timescaledb"];
        let major = self.major.filter(|_| official.contains(&repository.rsplit('/').next().unwrap_or_default()))?;
        Some(if major >= Major::V18 {
            format!("/var/lib/postgresql/{major}/docker")
        } else {
            "/var/lib/postgresql/data".to_owned()
        })
    }

    /// The size of the volume that the write-ahead log is on, where it stands, and whether it is the log's alone.
    pub(super) fn log_volume_size(&self) -> Option<(u64, Span, bool)> {
        let own = self.volumes().find(|(mount, _)| is_for_the_log(mount));
        let (_, claim) = own.or_else(|| self.data_volumes().next())?;
        let node = claim.at(&["spec", "resources", "requests", "storage"])?;
        Some((quantity::memory(&node.scalar_text()?)?, node.span, own.is_some()))
    }

    /// The value of a variable of the container.
    pub(super) fn variable(&self, name: &str) -> Option<&'a Node> {
        self.container.list("env").iter().find(|variable| text(variable, &["name"]) == name)
    }
}

/// Whether a path is a directory or below it.
pub(super) fn is_within(path: &str, directory: &str) -> bool {
    let rest = path.trim_end_matches('/').strip_prefix(directory.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a volume is mounted for the write-ahead log, as its path says.
pub(super) fn is_for_the_log(mount: &Node) -> bool {
    let is_log = |part: &str| matches!(part, "wal" | "pg_wal" | "pgwal" | "xlog") || part.ends_with("-wal");
    text(mount, &["mountPath"]).split('/').any(is_log)
}

/// `postgresql.conf` by its name, or another `.conf` that sets what only the server knows.
fn is_configuration(name: &str, text: &str) -> bool {
    let names = ["shared_buffers", "max_connections", "wal_level", "listen_addresses"];
    let is_conf = name.ends_with(".conf");
    name.ends_with("postgresql.conf")
        || is_conf
            && !name.contains("pgbouncer")
            && !name.contains("pgpool")
            && names.iter().any(|n| text.lines().any(|line| line.trim_start().starts_with(n)))
}
