//! Manifests from files, directories and stdin, as objects.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::diagnostic::Diagnostic;
use crate::diff::{Object, read_objects};
use crate::release::{Error, Session};

/// Reads the objects of a file, of a directory, or of stdin (`-`).
pub(super) fn objects(place: &str, namespace: &str, session: &mut Session<'_>) -> Result<Vec<Object>, Error> {
    let directory = Path::new(place).is_dir();
    let files = if directory { files(Path::new(place))? } else { vec![place.to_owned()] };
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for file in files {
        let shown = if file == "-" { "<stdin>" } else { &file };
        let text = session
            .input
            .read(&file)
            .map_err(|reason| Diagnostic::error(format!("cannot read `{shown}`: {reason}")))?;
        let id = session.sources.add(shown, text);
        match read_objects(&session.sources, id, namespace) {
            Ok(objects) => all.extend(objects),
            Err(error) => errors.push(*error),
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    match all.iter().find(|object| object.id.kind.is_empty() || object.id.name.is_empty()) {
        Some(_) => Err(Diagnostic::error(format!("`{place}` holds a document without `kind` or `metadata.name`"))
            .help("give manifests, as `pgchart template` and `kubectl get -o yaml` print them")
            .into()),
        None => Ok(all),
    }
}

/// The manifests below a directory in a fixed order: those named as YAML or JSON, or all files where none is.
fn files(directory: &Path) -> Result<Vec<String>, Error> {
    let mut all: Vec<PathBuf> = Vec::new();
    for entry in WalkDir::new(directory).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            Diagnostic::error(format!("cannot read the directory `{}`: {error}", directory.display()))
        })?;
        if entry.file_type().is_file() {
            all.push(entry.into_path());
        }
    }
    let named = |path: &PathBuf| {
        path.extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| matches!(ending, "yaml" | "yml" | "json"))
    };
    if all.iter().any(named) {
        all.retain(named);
    }
    Ok(all.into_iter().map(|path| path.to_string_lossy().into_owned()).collect())
}
