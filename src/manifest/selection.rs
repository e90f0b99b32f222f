//! `--show-only`: the documents whose template path matches.

use super::Manifest;
use crate::chart::Glob;
use crate::diagnostic::{Diagnostic, closest};

/// The documents of the templates that match, in the order of the patterns, then of the documents.
///
/// # Errors
/// A pattern that does not parse or that no template matches.
pub fn show_only(manifests: Vec<Manifest>, patterns: &[String], chart: &str) -> Result<Vec<Manifest>, Diagnostic> {
    if patterns.is_empty() {
        return Ok(manifests);
    }
    let prefix = format!("{chart}/");
    let mut selected = Vec::new();
    for pattern in patterns {
        // A template is as well known by the name of its file in the chart.
        let wanted = pattern.strip_suffix(".j2").unwrap_or(pattern);
        let glob = Glob::path(wanted).map_err(|reason| Diagnostic::error(format!("`{pattern}`: {reason}")))?;
        let inside = |manifest: &Manifest| manifest.path.strip_prefix(&prefix).unwrap_or(&manifest.path).to_owned();
        let matching: Vec<Manifest> = manifests.iter().filter(|m| glob.matches(&inside(m))).cloned().collect();
        if matching.is_empty() {
            let paths: Vec<String> = manifests.iter().map(inside).collect();
            let error = Diagnostic::error(format!("no rendered template matches `{pattern}`"));
            return Err(match closest(wanted, paths.iter().map(String::as_str)) {
                Some(path) => error.help(format!("did you mean `{path}`?")),
                None => {
                    error.help("patterns look like `templates/*.yaml`; a template that renders nothing matches none")
                }
            });
        }
        selected.extend(matching);
    }
    Ok(selected)
}
