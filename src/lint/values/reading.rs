//! Which values the templates of a chart read.

use crate::engine::references;
use crate::lint::Subject;
use crate::lint::template::reads_all_values;

/// The paths that templates read.
pub(super) struct Readers {
    paths: Vec<Vec<String>>,
}

impl Readers {
    /// Nothing when a template takes all values at once, so that nobody can tell which it reads.
    pub(super) fn new(subject: &Subject<'_>) -> Option<Self> {
        let chart = subject.chart()?;
        if chart.templates.iter().any(|template| !template.is_jinja()) || reads_all_values(subject) {
            return None;
        }
        let paths = references(&chart.templates, subject.sources).into_iter().map(|reference| reference.path);
        Some(Self { paths: paths.collect() })
    }

    /// Whether a template reads this value, or something that it is a part of.
    pub(super) fn reads(&self, path: &[String]) -> bool {
        self.paths.iter().any(|read| path.starts_with(read) || is_method(read, path))
    }

    /// Whether a template reads this value, a part of it, or something that it is a part of.
    pub(super) fn touches(&self, path: &[String]) -> bool {
        self.paths.iter().any(|read| read.starts_with(path)) || self.reads(path)
    }
}

/// `Values.a.items` where `items` is a method of the map `a`.
fn is_method(read: &[String], path: &[String]) -> bool {
    let Some((last, rest)) = read.split_last() else { return false };
    matches!(last.as_str(), "items" | "keys" | "values" | "get") && path.starts_with(rest)
}
