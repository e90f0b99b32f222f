//! Manifests from files, directories and stdin, as objects.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::diagnostic::Diagnostic;
use crate::diff::{Object, ObjectId, read_objects};
use crate::release::{Error, Session};

/// Reads the objects of a file, of a directory, or of stdin (`-`).
pub(super) fn objects(place: &str, namespace: &str, session: &mut Session<'_>) -> Result<Vec<Object>, Error> {
    let directory = Path::new(place).is_dir();
    let files = if directory { files(Path::new(place))? } else { vec![place.to_owned()] };
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    let mut places: HashMap<ObjectId, String> = HashMap::new();
    for file in files {
        let shown = if file == "-" { "<stdin>" } else { &file };
        let text = session
            .input
            .read(&file)
            .map_err(|reason| Diagnostic::error(format!("cannot read `{shown}`: {reason}")))?;
        let id = session.sources.add(shown, text);
        match read_objects(&session.sources, id, namespace) {
            Ok(objects) => {
                for object in objects {
                    errors.extend(check(&object, shown, &mut places));
                    all.push(object);
                }
            }
            Err(error) => errors.push(*error),
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors.into()) }
}

/// What is wrong with an object: it has no name, or another one has the same.
fn check(object: &Object, file: &str, places: &mut HashMap<ObjectId, String>) -> Option<Diagnostic> {
    let id = &object.id;
    if id.kind.is_empty() || id.name.is_empty() {
        return Some(
            Diagnostic::error(format!("`{file}` holds a document without `kind` or `metadata.name`"))
                .help("give manifests, as `pgchart template` and `kubectl get -o yaml` print them"),
        );
    }
    let other = places.insert(id.clone(), file.to_owned())?;
    let both = if other == file { format!("in `{file}`") } else { format!("in `{other}` and `{file}`") };
    Some(Diagnostic::error(format!("{id} is there twice, {both}")).help("an apply takes the last one: leave one out"))
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
