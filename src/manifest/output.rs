//! Manifests as text: one YAML stream, one JSON list, or one file per template.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use indexmap::IndexMap;

use super::Manifest;

/// How manifests are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A stream of YAML documents, as rendered.
    #[default]
    Yaml,
    /// One `List` object.
    Json,
}

/// The manifests as one text that `kubectl apply -f -` takes.
pub fn stream<'a>(manifests: impl IntoIterator<Item = &'a Manifest>, format: Format) -> String {
    match format {
        Format::Yaml => manifests.into_iter().map(document).collect(),
        Format::Json => {
            let items: Vec<_> = manifests.into_iter().filter(|m| !m.root.is_null()).map(|m| m.root.to_json()).collect();
            let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
            format!("{list:#}\n")
        }
    }
}

fn document(manifest: &Manifest) -> String {
    format!("---\n# Source: {}\n{}\n", manifest.path, manifest.text)
}

/// One file of an output directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its path.
    pub path: PathBuf,
    /// How many documents it holds.
    pub documents: usize,
}

/// Writes each template's documents to a file of its own below a directory.
#[derive(Clone, Debug)]
pub struct OutputDirectory {
    /// The directory; made when it is not there.
    pub root: PathBuf,
    /// A directory more between the root and the chart's name, for `--release-name`.
    pub release: Option<String>,
}

impl OutputDirectory {
    /// Writes `ROOT[/RELEASE]/CHART/templates/x.yaml`; every file appears whole or not at all.
    ///
    /// # Errors
    /// What the system says about a directory or file.
    pub fn write<'a>(&self, manifests: impl IntoIterator<Item = &'a Manifest>) -> anyhow::Result<Vec<WrittenFile>> {
        let mut files: IndexMap<&str, Pending> = IndexMap::new();
        for manifest in manifests {
            let pending = files.entry(&manifest.path).or_default();
            pending.text.push_str(&document(manifest));
            pending.documents += 1;
            pending.secret |= manifest.identity.kind == "Secret";
        }
        let root = self.release.as_ref().map_or_else(|| self.root.clone(), |release| self.root.join(release));
        let mut written = Vec::new();
        for (path, pending) in files {
            // Helm leaves the release out of the paths of crds/.
            let target = if is_of_crds(path) { self.root.join(path) } else { root.join(path) };
            let access = if pending.secret { Access::Owner } else { Access::Everybody };
            write_whole(&target, pending.text.as_bytes(), access)?;
            written.push(WrittenFile { path: target, documents: pending.documents });
        }
        Ok(written)
    }
}

/// Whether a path is one of a chart's crds/: `app/crds/x.yaml`, `app/charts/redis/crds/x.yaml`.
fn is_of_crds(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    while let Some(part) = parts.next() {
        match part {
            "crds" => return true,
            "charts" => drop(parts.next()),
            _ => return false,
        }
    }
    false
}

/// The text of one file while its documents are gathered.
#[derive(Default)]
struct Pending {
    text: String,
    documents: usize,
    secret: bool,
}

/// Who may read a written file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only its owner: it holds secrets.
    Owner,
    /// Everybody.
    Everybody,
}

/// Writes a file so that it appears under its name only when it is complete.
///
/// # Errors
/// What the system says about the directory or the file.
pub fn write_whole(path: &Path, content: &[u8], access: Access) -> anyhow::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = path.display();
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make the directory of `{shown}`"))?;
    let mut file = tempfile::Builder::new()
        .prefix(".pgchart-")
        .tempfile_in(directory)
        .with_context(|| format!("cannot write in `{}`", directory.display()))?;
    file.write_all(content).with_context(|| format!("cannot write `{shown}`"))?;
    set_mode(file.as_file(), access).with_context(|| format!("cannot write `{shown}`"))?;
    file.persist(path).map_err(|error| error.error).with_context(|| format!("cannot write `{shown}`"))?;
    Ok(())
}

/// Temporary files are private; most output is for everybody, as Helm's.
#[cfg(unix)]
fn set_mode(file: &std::fs::File, access: Access) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if access == Access::Owner { 0o600 } else { 0o644 };
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &std::fs::File, _: Access) -> std::io::Result<()> {
    Ok(())
}
