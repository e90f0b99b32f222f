//! How a verb reaches a cluster, and what it asks there.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::anyhow;
use clap::Args;

use super::watchdog::parse_duration;
use crate::cluster::{self, Cluster, Failure, Kinds, Mode, Plan, Settings};
use crate::diagnostic::Diagnostic;
use crate::diff::{self, Findings, Object, Options, Status, is_hook, objects};
use crate::engine::{Live, Wanted};
use crate::manifest::Manifest;
use crate::release::{Error, Request};

/// How a cluster is found.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Cluster")]
pub(super) struct ClusterArgs {
    /// Kubeconfig file [default: KUBECONFIG, then ~/.kube/config, then a pod's own login]
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// How long one request may take, and the login
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    request_timeout: Duration,
}

impl ClusterArgs {
    /// Reads the configuration.
    pub(super) fn find(&self) -> Result<Place, Error> {
        let settings = Settings {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            timeout: self.request_timeout,
        };
        Ok(Place(cluster::Place::find(&settings)?))
    }
}

/// A cluster before the login.
#[derive(Debug)]
pub(super) struct Place(cluster::Place);

impl Place {
    /// The namespace of the context.
    pub(super) fn namespace(&self) -> &str {
        self.0.namespace()
    }

    /// Logs in.
    pub(super) fn connect(&self) -> Result<Connection, Error> {
        Ok(Connection { cluster: Arc::new(self.0.connect()?), kinds: Arc::default() })
    }
}

/// Which apply is asked about.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Cluster")]
pub(super) struct ApplyArgs {
    /// The apply to model: the one by which each object was applied before, or one of these
    #[arg(long, value_enum, value_name = "MODE", default_value_t)]
    mode: Mode,
    /// Field manager of server-side applies [default: the one that applied before, else kubectl]
    #[arg(long, value_name = "NAME")]
    field_manager: Option<String>,
    /// Take fields over from other field managers
    #[arg(long)]
    force_conflicts: bool,
    /// Look for objects of the release that are rendered no more
    #[arg(long)]
    prune: bool,
}

impl ApplyArgs {
    /// The plan for a release.
    fn plan(&self, (name, namespace): (&str, &str)) -> Plan {
        Plan {
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            mode: self.mode,
            field_manager: self.field_manager.clone(),
            force_conflicts: self.force_conflicts,
            prune: self.prune,
        }
    }
}

/// A cluster that answers.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    cluster: Arc<Cluster>,
    /// Its kinds, once they have been asked for.
    kinds: Arc<Mutex<Option<Arc<Kinds>>>>,
}

impl Connection {
    /// The cluster as templates see it.
    pub(super) fn live(&self) -> Live {
        let connection = self.clone();
        Live::new(move |wanted| connection.find(wanted))
    }

    fn find(&self, wanted: Wanted<'_>) -> Result<Option<serde_json::Value>, String> {
        let kinds = self.kinds().map_err(|failure| failure.to_string())?;
        let Some(resource) = kinds.get(wanted.api_version, wanted.kind) else {
            return Err(format!("the cluster has no kind `{}` in `{}`", wanted.kind, wanted.api_version));
        };
        let path = match wanted.name {
            "" => resource.collection(wanted.namespace),
            name if resource.namespaced && wanted.namespace.is_empty() => resource.object("default", name),
            name => resource.object(wanted.namespace, name),
        };
        let answer = self.cluster.wait(self.cluster.get(&path, &[])).map_err(|failure| failure.to_string())?;
        match answer.code {
            404 => Ok(None),
            _ if answer.is_ok() => Ok(Some(answer.body)),
            code => Err(format!("{} ({code})", answer.message())),
        }
    }

    fn kinds(&self) -> Result<Arc<Kinds>, Failure> {
        let mut known = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kinds) = &*known {
            return Ok(Arc::clone(kinds));
        }
        let kinds = Arc::new(self.cluster.wait(self.cluster.kinds())?);
        *known = Some(Arc::clone(&kinds));
        Ok(kinds)
    }

    /// What an apply of a release's objects would change; `more` are objects that it brings along.
    pub(super) fn findings(
        &self,
        rendered: Vec<Object>,
        more: &[Object],
        apply: &ApplyArgs,
        release: (&str, &str),
    ) -> Result<Findings, Error> {
        self.ask(rendered, more, &apply.plan(release))
    }

    fn ask(&self, rendered: Vec<Object>, more: &[Object], plan: &Plan) -> Result<Findings, Error> {
        self.cluster.wait(self.cluster.findings(rendered, more, plan)).map_err(|failure| {
            Error::Environment(anyhow!("the API server `{}` cannot be asked: {failure}", self.cluster.server()))
        })
    }

    /// Has the cluster check every object; what it objects to is told at the template that wrote it.
    pub(super) fn validate(&self, manifests: &[Manifest], request: &Request) -> Result<(), Error> {
        let namespace = &request.release.namespace;
        let all: Vec<Object> =
            manifests.iter().flat_map(|one| objects(one.root.to_json(), namespace, Some(&one.path))).collect();
        let places: Vec<_> = manifests
            .iter()
            .flat_map(|one| objects(one.root.to_json(), namespace, None).into_iter().map(move |_| one.origin))
            .collect();
        let plan = Plan {
            name: request.release.name.clone(),
            namespace: namespace.clone(),
            mode: Mode::Server,
            field_manager: None,
            force_conflicts: true,
            prune: false,
        };
        let hooks: Vec<bool> = all.iter().map(|object| is_hook(&object.json)).collect();
        let mut findings = self.ask(all, &[], &plan)?;
        // What Helm would remove is no part of what is checked.
        findings.outcomes.truncate(places.len());
        let report = diff::assemble(findings, &Options::default());
        let mut errors = Vec::new();
        for ((entry, place), hook) in report.entries.iter().zip(places).zip(hooks) {
            let what = match entry.status {
                Status::Rejected => "the server refuses",
                Status::UnknownKind => "the server does not know the kind of",
                Status::Failed => "the server cannot check",
                _ => continue,
            };
            // A hook that ran before cannot be changed, and need not be: it is deleted and made anew.
            if hook && !entry.immutable.is_empty() {
                continue;
            }
            let mut error = Diagnostic::error(format!("{what} {}", entry.id)).at(place, "");
            error = entry.messages.iter().fold(error, |error, message| error.note(message.clone()));
            errors.push(entry.help.iter().fold(error, |error, help| error.help(help.clone())));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
    }
}
