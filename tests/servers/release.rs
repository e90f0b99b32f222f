//! A release as the binary renders it, and the parts of it that a kubelet reads.

use std::collections::BTreeMap;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::major::Major;

/// The name that every release here has.
pub(crate) const NAME: &str = "my-db";

/// The secret key; it serves these tests only.
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// The objects of one release.
#[derive(Clone, Debug)]
pub(crate) struct Release {
    objects: Vec<Value>,
    component: &'static str,
    job: Option<String>,
}

impl Release {
    /// Runs `pgchart template` with these arguments: the binary of `PGCHART_RENDERER`, which is a release build and several times
    /// faster, or the one that was built with the tests.
    pub(crate) fn render(major: Major, arguments: &[&str]) -> Self {
        let binary = std::env::var("PGCHART_RENDERER").unwrap_or_else(|_| env!("CARGO_BIN_EXE_pgchart").to_owned());
        let output = Command::new(binary)
            .args(["template", NAME, "-o", "json", "--set", &format!("postgresql.version={}", major.0)])
            .args(arguments)
            .env("PGCHART_SECRET_KEY", KEY)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        Self { objects: list["items"].as_array().unwrap().clone(), component: "database", job: None }
    }

    /// The same release, of which another component's pods are meant.
    pub(crate) fn component(&self, component: &'static str) -> Self {
        Self { component, ..self.clone() }
    }

    /// The same release, of which the Job or the `CronJob` of this name is meant; one that ends in `-` is the beginning of a name.
    pub(crate) fn job(&self, name: &str) -> Self {
        Self { job: Some(name.to_owned()), ..self.clone() }
    }

    /// Adds a Secret that somebody else made, or puts it in the place of the one before.
    pub(crate) fn with_secret(mut self, name: &str, data: &[(&str, &str)]) -> Self {
        self.objects.retain(|object| object["kind"] != "Secret" || object["metadata"]["name"] != name);
        let data: BTreeMap<_, _> = data.iter().map(|(key, value)| (*key, STANDARD.encode(value))).collect();
        self.objects.push(json!({"kind": "Secret", "metadata": {"name": name}, "data": data}));
        self
    }

    /// Changes one file of a ConfigMap.
    pub(crate) fn edit_file(&mut self, name: &str, file: &str, change: impl FnOnce(&str) -> String) {
        let is_map = |object: &&mut Value| object["kind"] == "ConfigMap" && object["metadata"]["name"] == name;
        let map = self.objects.iter_mut().find(is_map).unwrap();
        let text = change(map["data"][file].as_str().unwrap_or_default());
        map["data"][file] = text.into();
    }

    /// Changes one entry of a Secret, as `kubectl edit` does.
    pub(crate) fn edit_secret(&mut self, key: &str, value: &str) {
        let secret = self.objects.iter_mut().find(|object| object["kind"] == "Secret").unwrap();
        secret["data"][key] = STANDARD.encode(value).into();
    }

    /// The Deployment, StatefulSet or Job.
    pub(crate) fn workload(&self) -> &Value {
        self.objects.iter().find(|object| self.is_workload(object)).unwrap()
    }

    fn is_workload(&self, object: &Value) -> bool {
        if let Some(job) = &self.job {
            let name = object["metadata"]["name"].as_str().unwrap();
            let is_meant = name == job || job.ends_with('-') && name.starts_with(job);
            return is_meant && (object["kind"] == "CronJob" || object["kind"] == "Job");
        }
        let component = &object["metadata"]["labels"]["app.kubernetes.io/component"];
        let kinds = ["Deployment", "StatefulSet", "Job"];
        kinds.iter().any(|kind| object["kind"] == *kind) && component == self.component
    }

    /// The `spec` of its pod.
    pub(crate) fn pod(&self) -> &Value {
        let spec = &self.workload()["spec"];
        &spec.get("jobTemplate").map_or(spec, |template| &template["spec"])["template"]["spec"]
    }

    /// What its pods may do in the API.
    pub(crate) fn role(&self) -> &Value {
        self.objects.iter().find(|object| object["kind"] == "Role").unwrap()
    }

    /// A Service.
    pub(crate) fn service(&self, name: &str) -> &Value {
        self.object("Service", name)
    }

    /// The entries of a ConfigMap.
    pub(crate) fn config_map(&self, name: &str) -> BTreeMap<String, String> {
        serde_json::from_value(self.object("ConfigMap", name)["data"].clone()).unwrap()
    }

    /// The files that a ConfigMap's volume shows.
    pub(crate) fn config_files(&self, volume: &Value) -> BTreeMap<String, String> {
        let all = self.config_map(volume["name"].as_str().unwrap());
        let Some(items) = volume["items"].as_array() else { return all };
        let file = |item: &Value| {
            let (key, path) = (item["key"].as_str().unwrap(), item["path"].as_str().unwrap());
            (path.to_owned(), all[key].clone())
        };
        items.iter().map(file).collect()
    }

    /// One entry of a Secret.
    pub(crate) fn secret(&self, name: &str, key: &str) -> Option<String> {
        let text = self.object("Secret", name)["data"].get(key)?.as_str()?;
        Some(String::from_utf8(STANDARD.decode(text).unwrap()).unwrap())
    }

    /// The files that a Secret's volume shows; an entry that is missing keeps the pod from starting.
    pub(crate) fn secret_files(&self, volume: &Value) -> BTreeMap<String, String> {
        let name = volume["secretName"].as_str().unwrap();
        let file = |item: &Value| {
            let (key, path) = (item["key"].as_str().unwrap(), item["path"].as_str().unwrap());
            let content = self.secret(name, key).unwrap_or_else(|| panic!("FailedMount: Secret {name} has no {key}"));
            (path.to_owned(), content)
        };
        volume["items"].as_array().unwrap().iter().map(file).collect()
    }

    /// The files that a Secret shows in a projected volume: all of its entries, or those that are named.
    pub(crate) fn projected_files(&self, source: &Value) -> BTreeMap<String, String> {
        let name = source["name"].as_str().unwrap();
        if source.get("items").is_some() {
            let volume = json!({"secretName": name, "items": source["items"]});
            return self.secret_files(&volume);
        }
        let data = self.object("Secret", name)["data"].as_object().unwrap();
        data.keys().map(|key| (key.clone(), self.secret(name, key).unwrap())).collect()
    }

    /// The `spec` of every Certificate.
    pub(crate) fn certificates(&self) -> Vec<Value> {
        let certificates = self.objects.iter().filter(|object| object["kind"] == "Certificate");
        certificates.map(|object| object["spec"].clone()).collect()
    }

    /// Changes the mode of the files in a Secret's volume.
    pub(crate) fn set_mode(&mut self, volume: &str, mode: u32) {
        let number = self.objects.iter().position(|object| self.is_workload(object)).unwrap();
        let workload = &mut self.objects[number];
        let volumes = workload["spec"]["template"]["spec"]["volumes"].as_array_mut().unwrap();
        let volume = volumes.iter_mut().find(|other| other["name"] == volume).unwrap();
        volume["secret"]["defaultMode"] = mode.into();
    }

    /// The password that the release gives the application's role.
    pub(crate) fn password(&self) -> String {
        self.secret("my-db-postgresql", "password").unwrap()
    }

    /// The superuser's password.
    pub(crate) fn superuser_password(&self) -> String {
        self.secret("my-db-postgresql", "postgres-password").unwrap()
    }

    /// The expressions of every alert.
    pub(crate) fn alert_expressions(&self) -> Vec<String> {
        let rules = self.objects.iter().filter(|object| object["kind"] == "PrometheusRule");
        let groups = rules.flat_map(|object| object["spec"]["groups"].as_array().unwrap());
        let rules = groups.flat_map(|group| group["rules"].as_array().unwrap());
        rules.map(|rule| rule["expr"].as_str().unwrap().to_owned()).collect()
    }

    /// The queries of every panel of the dashboard.
    pub(crate) fn dashboard_expressions(&self) -> Vec<String> {
        let files = self.config_map("my-db-postgresql-dashboard");
        let dashboard: Value = serde_json::from_str(files.values().next().unwrap()).unwrap();
        let panels = dashboard["panels"].as_array().unwrap().iter();
        let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
        targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
    }

    /// An object of any kind.
    pub(crate) fn named(&self, kind: &str, name: &str) -> &Value {
        self.object(kind, name)
    }

    /// Whether there is such an object.
    pub(crate) fn has(&self, kind: &str, name: &str) -> bool {
        self.objects.iter().any(|object| object["kind"] == kind && object["metadata"]["name"] == name)
    }

    fn object(&self, kind: &str, name: &str) -> &Value {
        let found = self.objects.iter().find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
        found.unwrap_or_else(|| panic!("the release has no {kind} {name}"))
    }
}
