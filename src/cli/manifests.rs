//! Manifests from files, directories and stdin, as objects.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, Sources, Span};
use crate::diff::{Known, Object, ObjectId, read_objects};
use crate::release::{Error, Session};

/// Reads the objects of a file, of a directory, or of stdin (`-`).
pub(super) fn objects(
    place: &str,
    namespace: &str,
    known: &mut Known,
    session: &mut Session<'_>,
) -> Result<Vec<Object>, Error> {
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
        match read_objects(&session.sources, id, namespace, known) {
            Ok(objects) => {
                for object in objects {
                    errors.extend(check(&object, shown, &mut places));
                    all.push(object);
                }
            }
            Err(error) => {
                hide_secrets(&error, &mut session.sources);
                errors.push(*error);
            }
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors.into()) }
}

/// Hides what a Secret holds where the excerpt of an error would show it: whatever stands behind a colon.
fn hide_secrets(error: &Diagnostic, sources: &mut Sources) {
    let places = error.primary.iter().chain(&error.labels).map(|label| label.span).collect::<Vec<_>>();
    for span in places {
        let text = Arc::clone(&sources.get(span.source).text);
        let start = text[..span.range().start].rfind("\n---").map_or(0, |at| at + 1);
        let end = text[span.range().end..].find("\n---").map_or(text.len(), |at| span.range().end + at);
        let document = &text[start..end];
        let says_so = |line: &str| line.contains("kind") && line.contains("Secret");
        if !document.lines().any(says_so) {
            continue;
        }
        let mut at = start;
        for line in document.split_inclusive('\n') {
            let from = line.find(':').map_or(0, |colon| colon + 1);
            sources.hide(Span::new(span.source, at + from..at + line.len()));
            at += line.len();
        }
    }
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
