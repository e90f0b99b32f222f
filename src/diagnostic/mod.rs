//! What the user is told about their input: one [`Diagnostic`] type, the sources it points into,
//! and its rendering as an excerpt. This module knows nothing of values, templates or manifests.

use std::collections::HashSet;
mod redact;
mod render;
mod source;
mod suggest;

pub use redact::{is_secret, names_secret};
pub use render::{Style, render};
pub use source::{Location, Source, SourceId, Sources, Span};
pub use suggest::{closest, did_you_mean};

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; never changes the exit code.
    Note,
    /// Probably a mistake; the work goes on.
    Warning,
    /// The work cannot go on.
    Error,
}

/// A second place that explains the first, with what it has to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What it says under the caret; lower case, no full stop.
    pub message: String,
}

/// One message about something a user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The lint rule that it belongs to, such as `PG011`; messages that only `lint` shows always have one.
    pub rule: Option<&'static str>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, the thing in backticks, expected and found.
    pub message: String,
    /// Where it is wrong, when it has a place.
    pub primary: Option<Label>,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// Facts that help to understand it, such as the values of the variables involved.
    pub notes: Vec<String>,
    /// What to do about it, in the imperative.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// A warning.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// A message of any severity.
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule: None,
            severity,
            message: message.into(),
            primary: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Says which lint rule this is about, unless a more exact one is named already.
    #[must_use]
    pub fn of_rule(mut self, rule: &'static str) -> Self {
        self.rule.get_or_insert(rule);
        self
    }

    /// Points at the place that is wrong; `label` may be empty.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.primary = Some(Label { span, message: label.into() });
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// Marks findings as those of a lint rule, but for those that name a more exact one.
pub fn mark(list: &mut [Diagnostic], rule: &'static str) {
    for one in list {
        one.rule.get_or_insert(rule);
    }
}

/// Sorts diagnostics by file and place, those without a place first.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|d| d.primary.as_ref().map(|label| (label.span.source, label.span.start)));
}

/// Keeps the first of several findings that say the same of the same place: one mistake in a shared piece of a
/// template fails everything that uses it.
pub fn dedup(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let mut kept = diagnostics;
    kept.retain(|one| {
        let place = one.primary.as_ref().map(|label| (label.span, label.message.clone()));
        seen.insert((one.message.clone(), place))
    });
    kept
}

/// What the system said, in words without error numbers.
pub fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "no such file or directory".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a directory".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        ErrorKind::StorageFull => "no space left on device".to_owned(),
        kind => kind.to_string(),
    }
}
