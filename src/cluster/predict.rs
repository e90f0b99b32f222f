//! What an apply would make of each object.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use serde_json::Value as Json;

use super::brings::Brings;
use super::discovery::{Kinds, Resource};
use super::helm::Record;
use super::inventory::{self, Owner};
use super::refusal::{is_missing_right, refusal};
use super::{Answer, CONCURRENCY, Cluster, DryRun, Failure};
use crate::diff::{
    CLIENT_SIDE_MANAGER, Findings, Model, Object, ObjectId, Outcome, PatchKind, Sides, Verdict, applied_by,
    last_applied, model, normal, patch, predict,
};

/// Which apply is modelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// The one by which each object was applied before
    #[default]
    Auto,
    /// A server-side apply
    Server,
    /// `kubectl apply` as it is without `--server-side`
    Client,
    /// None: the cluster is only read, and the result calculated here
    Local,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The release.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Which apply is modelled.
    pub mode: Mode,
    /// The field manager of server-side applies, in place of the one that applied before.
    pub field_manager: Option<String>,
    /// Whether fields are taken over from other managers.
    pub force_conflicts: bool,
    /// Whether to look for what is rendered no more.
    pub prune: bool,
}

/// An object with its kind and what is there.
struct Found {
    object: Object,
    resource: Option<Resource>,
    live: Result<Answer, Failure>,
}

/// What Helm remembers of releases by namespace and name.
type Releases = HashMap<(String, String), Record>;

impl Cluster {
    /// Asks what an apply of these objects would change; `more` are objects that the same release brings along, such as
    /// the definitions of its kinds.
    ///
    /// # Errors
    /// When the server cannot be asked at all. One object that cannot be compared is no error.
    pub async fn findings(&self, rendered: Vec<Object>, more: &[Object], plan: &Plan) -> Result<Findings, Failure> {
        let kinds = self.kinds().await?;
        let brings = Brings::new(rendered.iter().chain(more));
        let read = |object: Object| {
            let resource = kinds.get(object.json["apiVersion"].as_str().unwrap_or_default(), &object.id.kind).cloned();
            async move {
                let (object, live) = self.read(object, resource.as_ref()).await;
                Found { object, resource, live }
            }
        };
        let found: Vec<Found> = stream::iter(rendered).map(read).buffered(CONCURRENCY).collect().await;
        if found.iter().any(|one| matches!(one.live, Err(Failure::Unauthorized))) {
            return Err(Failure::Unauthorized);
        }
        let ids: HashSet<ObjectId> = found.iter().map(|one| one.object.id.clone()).collect();
        let releases = self.releases(&found).await?;
        let (brings, releases, known) = (&brings, &releases, &kinds);
        let judge = |one: Found| async move { self.outcome(one, plan, brings, (releases, known)).await };
        let outcomes: Vec<Outcome> = stream::iter(found).map(judge).buffered(CONCURRENCY).collect().await;
        let mut findings = Findings { outcomes, notes: notes(releases) };
        findings.outcomes.extend(self.removed(releases, &ids, &kinds, plan).await?);
        if plan.prune {
            let orphans = self.orphans(&Owner::of(&findings.outcomes, plan), &kinds).await?;
            findings.outcomes.extend(orphans.outcomes);
            findings.notes.extend(orphans.notes);
        }
        Ok(findings)
    }

    /// Reads the live object; what lives outside namespaces loses the one it was given.
    async fn read(&self, mut object: Object, resource: Option<&Resource>) -> (Object, Result<Answer, Failure>) {
        let Some(resource) = resource else {
            return (object, Ok(Answer { code: 404, body: Json::Null }));
        };
        if !resource.namespaced {
            object.id.namespace.clear();
        } else if object.id.namespace.is_empty() {
            "default".clone_into(&mut object.id.namespace);
        }
        if resource.namespaced
            && let Some(Json::Object(metadata)) = Arc::make_mut(&mut object.json).get_mut("metadata")
        {
            metadata.insert("namespace".to_owned(), object.id.namespace.clone().into());
        }
        let live = self.get(&resource.object(&object.id.namespace, &object.id.name), &[]).await;
        (object, live)
    }

    /// The records of the Helm releases that live objects name.
    async fn releases(&self, found: &[Found]) -> Result<Releases, Failure> {
        let mut releases = Releases::new();
        for live in found.iter().filter_map(|one| one.live.as_ref().ok()).filter(|answer| answer.is_ok()) {
            let Some(key) = release_of(&live.body) else { continue };
            if let Entry::Vacant(place) = releases.entry(key) {
                let (namespace, name) = place.key();
                let record = self.helm_release(namespace, name).await?;
                place.insert(record);
            }
        }
        Ok(releases)
    }

    /// What Helm applied and would delete, since it is rendered no more.
    async fn removed(
        &self,
        releases: &Releases,
        ids: &HashSet<ObjectId>,
        kinds: &Kinds,
        plan: &Plan,
    ) -> Result<Vec<Outcome>, Failure> {
        let mut outcomes = Vec::new();
        let own = releases.get(&(plan.namespace.clone(), plan.name.clone())).map(Record::objects).unwrap_or_default();
        for object in own.iter().filter(|object| !crate::diff::is_hook(&object.json)) {
            let api_version = object.json["apiVersion"].as_str().unwrap_or_default();
            let Some(resource) = kinds.get(api_version, &object.id.kind) else { continue };
            let mut id = object.id.clone();
            if !resource.namespaced {
                id.namespace.clear();
            }
            if ids.contains(&id) {
                continue;
            }
            let live = self.get(&resource.object(&id.namespace, &id.name), &[]).await?;
            if live.is_ok() {
                let verdict = inventory::verdict(&id, &live.body);
                let model = Some(Model::Helm { release: plan.name.clone() });
                outcomes.push(Outcome { live: Some(Arc::new(live.body)), model, ..Outcome::new(id, verdict) });
            }
        }
        Ok(outcomes)
    }

    async fn outcome(
        &self,
        found: Found,
        plan: &Plan,
        brings: &Brings,
        (releases, kinds): (&Releases, &Kinds),
    ) -> Outcome {
        let Found { object, resource, live } = found;
        let known = if resource.is_none() { kinds.versions(&object.id.kind) } else { Vec::new() };
        let mut outcome = Outcome::new(object.id.clone(), Verdict::UnknownKind { known });
        outcome.source.clone_from(&object.source);
        outcome.rendered = Some(object.json.clone());
        let Some(resource) = resource else {
            if brings.kind(&object.id) {
                let unvalidated = Some("the same release brings its kind".to_owned());
                outcome.verdict = Verdict::New { result: object.json, unvalidated };
            }
            return outcome;
        };
        match live {
            Ok(answer) if answer.is_ok() => self.existing(outcome, &resource, answer.body, plan, releases).await,
            Ok(answer) if answer.code == 404 => self.absent(outcome, &resource, plan, brings).await,
            Ok(answer) if answer.code == 403 => failed(outcome, format!("it may not be read: {}", answer.message())),
            Ok(answer) => failed(outcome, format!("{} ({})", answer.message(), answer.code)),
            Err(failure) => failed(outcome, failure.to_string()),
        }
    }

    /// An object that is not there yet.
    async fn absent(&self, mut outcome: Outcome, resource: &Resource, plan: &Plan, brings: &Brings) -> Outcome {
        let body = outcome.rendered.clone().unwrap_or_default();
        let new = |why: &str| Verdict::New { result: body.clone(), unvalidated: Some(why.to_owned()) };
        if plan.mode == Mode::Local {
            outcome.verdict = new("no server was asked");
            return outcome;
        }
        let id = &outcome.id;
        let answer = if plan.mode == Mode::Server {
            let manager = plan.field_manager.as_deref().unwrap_or("kubectl");
            self.dry_run(
                &resource.object(&id.namespace, &id.name),
                DryRun::Apply { force: plan.force_conflicts },
                manager,
                &body,
            )
            .await
        } else {
            let manager = plan.field_manager.as_deref().unwrap_or(CLIENT_SIDE_MANAGER);
            self.dry_run(&resource.collection(&id.namespace), DryRun::Create, manager, &body).await
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => return failed(outcome, failure.to_string()),
        };
        let of_namespace = answer.body.pointer("/details/kind").is_some_and(|kind| kind == "namespaces");
        outcome.verdict = match answer.code {
            _ if answer.is_ok() => Verdict::New { result: Arc::new(answer.body), unvalidated: None },
            404 if of_namespace && brings.namespaces.contains(&id.namespace) => {
                new("the same release brings its namespace")
            }
            404 if of_namespace => Verdict::Rejected(vec![format!(
                "the namespace `{0}` does not exist: `kubectl create namespace {0}`",
                id.namespace
            )]),
            403 if is_missing_right(&answer) => new("this login may not create it"),
            _ => refusal(&answer),
        };
        outcome
    }

    /// An object that is there.
    async fn existing(
        &self,
        mut outcome: Outcome,
        resource: &Resource,
        live: Json,
        plan: &Plan,
        releases: &Releases,
    ) -> Outcome {
        let live = Arc::new(live);
        let rendered = outcome.rendered.clone().unwrap_or_default();
        let found = model(&live);
        let chosen = match (plan.mode, &found) {
            (Mode::Auto | Mode::Local, _)
            | (Mode::Server, Model::ServerSide { .. })
            | (Mode::Client, Model::Helm { .. }) => found.clone(),
            (Mode::Server, _) => Model::ServerSide { manager: "kubectl".to_owned() },
            (Mode::Client, _) => Model::ClientSide,
        };
        let chosen = match (chosen, &plan.field_manager) {
            (Model::ServerSide { .. }, Some(manager)) => Model::ServerSide { manager: manager.clone() },
            (chosen, _) => chosen,
        };
        outcome.last = match &chosen {
            Model::ServerSide { manager } => applied_by(&live, manager).or_else(|| last_applied(&live)),
            Model::Helm { .. } => release_of(&live).and_then(|key| {
                let objects = releases.get(&key)?.objects();
                let same = |object: &&Object| {
                    object.id.kind == outcome.id.kind
                        && object.id.name == outcome.id.name
                        && object.id.group == outcome.id.group
                };
                objects.iter().find(same).map(|object| Json::clone(&object.json))
            }),
            Model::ClientSide | Model::Unrecorded => last_applied(&live),
        };
        let (is, wanted, was) = (normal(&live), normal(&rendered), outcome.last.as_ref().map(normal));
        let sides = Sides { rendered: &wanted, last: was.as_ref(), live: &is };
        let path = resource.object(&outcome.id.namespace, &outcome.id.name);
        let answer = match &chosen {
            _ if plan.mode == Mode::Local => None,
            Model::ServerSide { manager } => {
                Some(self.dry_run(&path, DryRun::Apply { force: plan.force_conflicts }, manager, &rendered).await)
            }
            _ => self.client_side(&path, resource, sides).await,
        };
        outcome.verdict = match answer {
            None if plan.mode == Mode::Local => {
                outcome.approximate = Some("calculated here".to_owned());
                Verdict::Calculated(Arc::new(predict(sides)))
            }
            // There is nothing to send.
            None => Verdict::Becomes(Arc::clone(&live)),
            Some(Ok(answer)) if answer.is_ok() => Verdict::Becomes(Arc::new(answer.body)),
            Some(Ok(answer)) if answer.code == 403 && is_missing_right(&answer) => {
                outcome.approximate = Some("this login may not patch it, so it was calculated here".to_owned());
                Verdict::Calculated(Arc::new(predict(sides)))
            }
            Some(Ok(answer)) => refusal(&answer),
            Some(Err(failure)) => Verdict::Failed(failure.to_string()),
        };
        outcome.live = Some(live);
        outcome.model = Some(chosen);
        outcome
    }

    /// The patch that `kubectl apply` would send; nothing when there is none to send.
    async fn client_side(&self, path: &str, resource: &Resource, sides: Sides<'_>) -> Option<Result<Answer, Failure>> {
        let group = resource.group();
        let built_in = group.is_empty() || !group.contains('.') || group.ends_with(".k8s.io");
        let manager = CLIENT_SIDE_MANAGER;
        if built_in {
            let body = patch(sides, PatchKind::Strategic)?;
            match self.dry_run(path, DryRun::StrategicMerge, manager, &body).await {
                // A custom resource under a group of Kubernetes' own.
                Ok(answer) if answer.code == 415 => {}
                answer => return Some(answer),
            }
        }
        let body = patch(sides, PatchKind::Merge)?;
        Some(self.dry_run(path, DryRun::Merge, manager, &body).await)
    }
}

fn failed(mut outcome: Outcome, message: String) -> Outcome {
    outcome.verdict = Verdict::Failed(message);
    outcome
}

/// Which records of Helm may not be read.
fn notes(releases: &Releases) -> Vec<String> {
    let hidden = releases.iter().filter(|(_, record)| matches!(record, Record::Hidden));
    let mut notes: Vec<String> = hidden
        .map(|((namespace, name), _)| {
            format!(
                "what Helm applied last as `{name}` may not be read (Secrets in `{namespace}`), so that nothing is known of \
                 what it would remove, nor of who changed what"
            )
        })
        .collect();
    notes.sort();
    notes
}

/// Namespace and name of the Helm release that a live object says it is of.
fn release_of(live: &Json) -> Option<(String, String)> {
    let annotations = live.pointer("/metadata/annotations")?;
    let text = |name: &str| annotations.get(name)?.as_str().map(str::to_owned);
    Some((text("meta.helm.sh/release-namespace")?, text("meta.helm.sh/release-name")?))
}
