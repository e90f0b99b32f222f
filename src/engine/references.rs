//! Which template lines read which value.

use super::failure::paths;
use crate::chart::Template;
use crate::diagnostic::{Sources, Span};

/// One place that reads a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The path below `Values`: `["service", "port"]`.
    pub path: Vec<String>,
    /// Where it is read.
    pub span: Span,
}

/// The paths below `Values` that a piece of template text names, in order.
pub fn value_paths(text: &str) -> Vec<Vec<String>> {
    let named = paths(text).into_iter().filter(|path| path[0].0 == "Values" && path.len() > 1);
    named.map(|path| path[1..].iter().map(|(segment, _)| (*segment).to_owned()).collect()).collect()
}

/// Every `Values.…` in a chart's minijinja templates, in file order.
pub fn references(templates: &[Template], sources: &Sources) -> Vec<Reference> {
    let mut all = Vec::new();
    for template in templates.iter().filter(|template| template.is_jinja()) {
        let text = &sources.get(template.source).text;
        for path in paths(text).into_iter().filter(|path| path[0].0 == "Values" && path.len() > 1) {
            let (last, offset) = &path[path.len() - 1];
            let span = Span::new(template.source, path[0].1..offset + last.len());
            all.push(Reference { path: path[1..].iter().map(|(segment, _)| (*segment).to_owned()).collect(), span });
        }
    }
    all
}
