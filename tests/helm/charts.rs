//! Charts on disk: accepted, refused, read and merged as real Helm does it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use pgchart::diagnostic::{Diagnostic, Sources};
use pgchart::engine::{Capabilities, ReleaseInfo};
use pgchart::release::{ChartSource, Error, KeyPolicy, Request, Session, configure, render};
use pgchart::values::{Input, ValueFlags};
use serde_json::Value as Json;

use super::{assert_none, differences, folder, records};

/// The template that shows a chart, added to every chart as the recorder adds Helm's.
const SHOW: &str = include_str!("charts/show.yaml.j2");

/// The files of a chart with the templates in minijinja's language.
fn files(listed: &Json) -> Vec<(String, Json)> {
    let listed = listed.as_object().expect("files by name");
    let mut all = Vec::new();
    for (name, content) in listed {
        match content.get("jinja") {
            Some(jinja) => all.push((format!("{name}.j2"), jinja.clone())),
            None => all.push((name.clone(), content.clone())),
        }
    }
    for directory in listed.keys().filter_map(|name| name.strip_suffix("Chart.yaml")) {
        if !listed.contains_key(&format!("{directory}templates/show.yaml")) {
            all.push((format!("{directory}templates/show.yaml.j2"), Json::from(SHOW)));
        }
    }
    all
}

fn bytes(content: &Json) -> Vec<u8> {
    if let Some(text) = content.as_str() {
        return text.as_bytes().to_vec();
    }
    if let Some(text) = content["base64"].as_str() {
        return base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
    }
    if let Some(text) = content["repeat"][0].as_str() {
        return text
            .repeat(usize::try_from(content["repeat"][1].as_u64().expect("a count")).expect("small"))
            .into_bytes();
    }
    package(&content["tgz"])
}

/// A packaged chart; names are written as they are, however bad.
fn package(listed: &Json) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files(listed) {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_mode(0o644);
        let data = if let Some(target) = content.get("link").and_then(Json::as_str) {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_link_name_literal(target).expect("short");
            Vec::new()
        } else if name.ends_with('/') {
            header.set_entry_type(tar::EntryType::Directory);
            Vec::new()
        } else {
            bytes(&content)
        };
        header.set_size(data.len() as u64);
        header.set_cksum();
        archive.append(&header, data.as_slice()).expect("memory");
    }
    archive.into_inner().expect("complete").finish().expect("complete")
}

/// Writes a case below a directory and returns the chart's path.
fn write(root: &Path, case: &Json) -> PathBuf {
    let archive = root.join("chart.tgz");
    if let Some(listed) = case.get("tgz") {
        std::fs::write(&archive, package(listed)).expect("writable");
        return archive;
    }
    if let Some(content) = case.get("file") {
        std::fs::write(&archive, bytes(content)).expect("writable");
        return archive;
    }
    for (name, content) in files(&case["files"]) {
        let path = root.join("t").join(name);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("writable");
        std::fs::File::create(path).and_then(|mut file| file.write_all(&bytes(&content))).expect("writable");
    }
    root.join("t")
}

/// The values of the case stand in for a values file.
struct Values(String);

impl Input for Values {
    fn read(&mut self, _: &str) -> Result<String, String> {
        Ok(self.0.clone())
    }
}

fn messages(errors: &[Diagnostic]) -> String {
    errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("\n")
}

/// The rendered files by path, or what is wrong.
fn rendered(case: &Json) -> Result<Vec<(String, String)>, String> {
    let root = tempfile::tempdir().expect("a directory");
    let path = write(root.path(), case);
    let values = case.get("values").map_or_else(|| "{}".to_owned(), Json::to_string);
    let mut input = Values(values);
    let mut session = Session::new(&mut input);
    session.sources = Sources::default();
    let request = Request {
        chart: ChartSource::Path(path),
        release: ReleaseInfo { name: "r".to_owned(), namespace: "ns".to_owned(), is_upgrade: false },
        capabilities: Capabilities::default(),
        values: ValueFlags { files: vec!["values.json".to_owned()], ..ValueFlags::default() },
        skip_schema_validation: false,
        secret_key: KeyPolicy::Throwaway,
        seed: None,
        now: 0,
    };
    let here = root.path().display().to_string();
    let text = |error: Error| match error {
        Error::Input(list) => messages(&list).replace(&here, "ROOT"),
        Error::Environment(error) => format!("{error:#}"),
    };
    let configured = configure(&request, &mut session).map_err(text)?;
    let release = render(&configured, &request, &mut session).map_err(text)?;
    let mut files: Vec<(String, String)> =
        release.manifests.iter().map(|manifest| (manifest.path.clone(), manifest.text.clone())).collect();
    files.sort();
    Ok(files)
}

/// What must be in our message: Helm's words without those of Go's parsers and printers.
fn words(error: &str) -> &str {
    let first = error.lines().next().unwrap_or_default();
    if first.starts_with("cannot load") || first.starts_with("values don't meet") {
        return "";
    }
    let first = first.split("; got").next().unwrap_or(first);
    let first = first.split(": unexpected EOF").next().unwrap_or(first);
    if first.starts_with("type mismatch on ") { first.split(':').next().unwrap_or(first) } else { first }
}

fn difference(case: &Json) -> Option<String> {
    let name = case["name"].as_str().expect("a name");
    if let Some(difference) = case.get("differs").and_then(Json::as_str) {
        assert!(differences().contains_key(difference), "{name}: no difference `{difference}`");
    }
    let found = rendered(case);
    if let Some(ours) = case.get("ours").and_then(Json::as_str) {
        let output = match &found {
            Ok(files) => files.iter().map(|(_, text)| text.replace('\\', "")).collect(),
            Err(message) => message.clone(),
        };
        let same = output.contains(ours);
        return (!same).then(|| format!("{name}\n  wanted: {ours}\n  pgchart: {found:?}"));
    }
    let Some(error) = case.get("error").and_then(Json::as_str) else {
        let wanted = case["rendered"].as_object().expect("files by path");
        // A file that renders nothing is no document.
        let wanted: Vec<(String, String)> = wanted
            .iter()
            .filter(|(path, text)| !text.as_str().unwrap_or_default().trim().is_empty() && !path.ends_with("NOTES.txt"))
            .map(|(path, text)| (path.clone(), text.as_str().unwrap_or_default().trim().to_owned()))
            .collect();
        let same = found.as_ref().is_ok_and(|files| {
            files
                .iter()
                .map(|(path, text)| (path, text.trim()))
                .eq(wanted.iter().map(|(path, text)| (path, text.trim())))
        });
        return (!same).then(|| format!("{name}\n  helm: {wanted:?}\n  pgchart: {found:?}"));
    };
    let wanted = words(error);
    let same = found.as_ref().is_err_and(|message| message.contains(wanted));
    (!same).then(|| format!("{name}\n  helm refuses: {wanted}\n  pgchart: {found:?}"))
}

#[test]
fn charts_are_taken_refused_and_merged_as_helm_does_it() {
    let records = records(&folder("charts").join("recordings.jsonl"));
    let problems: Vec<String> = records.iter().filter_map(difference).collect();
    assert_none(&problems, records.len());
}
