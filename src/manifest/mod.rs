//! Kubernetes manifests: rendered text split into documents, identified, checked for doubles, ordered and written.
//! It knows templates only by the map that leads back to them.

mod document;
mod hook;
mod order;
mod output;
mod selection;

pub use document::{Identity, Manifest, parse};
pub use hook::{Event, Hook};
pub use order::sort;
pub use output::{Access, Format, OutputDirectory, WrittenFile, stream, write_whole};
pub use selection::show_only;

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;

/// An error for every object that is rendered twice, with both places.
pub fn duplicates(manifests: &[Manifest]) -> Vec<Diagnostic> {
    let mut seen: HashMap<&Identity, &Manifest> = HashMap::new();
    let mut errors = Vec::new();
    for manifest in manifests.iter().filter(|manifest| !manifest.identity.name.is_empty()) {
        if let Some(first) = seen.get(&manifest.identity) {
            errors.push(
                Diagnostic::error(format!("{} is rendered twice", manifest.identity))
                    .at(manifest.origin, "a second time here")
                    .label(first.origin, "first here")
                    .help("give one of them another name, or leave it out"),
            );
        } else {
            seen.insert(&manifest.identity, manifest);
        }
    }
    errors
}
