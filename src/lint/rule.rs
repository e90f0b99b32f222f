//! What a rule is: an id that stays for ever, a name, how bad it is, its documentation and its check.

use std::sync::OnceLock;

use super::Subject;
use crate::diagnostic::{Diagnostic, Severity};

/// How a rule looks at a subject; it adds what it finds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    /// Whatever the version of Kubernetes is.
    Always(fn(&Subject<'_>, &mut Vec<Diagnostic>)),
    /// For one version: major and minor.
    ForVersion(fn(&Subject<'_>, (u64, u64), &mut Vec<Diagnostic>)),
    /// An earlier stage finds it: reading, rendering, the checks of PostgreSQL's values.
    Before,
}

/// One rule. Its file's `//!` text is its documentation, in the program and in the code.
#[derive(Debug)]
pub struct Rule {
    /// Its id: the family's letters and a number; never given to another rule.
    pub id: &'static str,
    /// Its name, which says what is wrong.
    pub name: &'static str,
    /// How bad a finding is, unless the finding says otherwise.
    pub severity: Severity,
    /// The source of the rule's own file.
    pub(super) source: &'static str,
    /// Who finds it.
    pub(super) check: Check,
}

/// A rule of the file that says so, with the file's own `//!` text as documentation.
macro_rules! rule {
    ($id:literal, $name:literal, $severity:ident, $file:literal) => {
        rule!($id, $name, $severity, $file, Before)
    };
    ($id:literal, $name:literal, $severity:ident, $file:literal, $kind:ident $(($check:ident))?) => {
        crate::lint::rule::Rule {
            id: $id,
            name: $name,
            severity: crate::diagnostic::Severity::$severity,
            source: include_str!($file),
            check: crate::lint::rule::Check::$kind$(($check))?,
        }
    };
}
pub(super) use rule;

impl Rule {
    /// A finding of this rule.
    pub(super) fn finding(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic { rule: Some(self.id), ..Diagnostic::new(self.severity, message) }
    }

    /// The letters of its id.
    pub fn family(&self) -> &'static str {
        self.id.trim_end_matches(|c: char| c.is_ascii_digit())
    }

    /// Its documentation.
    pub fn documentation(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect()
    }

    /// The first sentence of its documentation, on one line and without its full stop.
    pub fn summary(&self) -> String {
        let documentation = self.documentation();
        let paragraph = documentation.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        paragraph.trim().trim_end_matches('.').to_owned()
    }

    /// How bad it is, in one word.
    pub fn level(&self) -> &'static str {
        level(self.severity)
    }
}

/// A severity in one word.
pub fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Every rule, in the order of the ids.
pub fn all() -> &'static [&'static Rule] {
    static ALL: OnceLock<Vec<&'static Rule>> = OnceLock::new();
    ALL.get_or_init(|| {
        let families = [
            super::chart::RULES,
            super::kubernetes::RULES,
            super::postgresql::RULES,
            super::template::RULES,
            super::values::RULES,
            super::suppress::RULES,
        ];
        let mut rules: Vec<&'static Rule> = families.into_iter().flatten().copied().collect();
        rules.sort_by_key(|rule| rule.id);
        rules
    })
}

/// The rule of an id or a name.
pub fn find(word: &str) -> Option<&'static Rule> {
    all().iter().copied().find(|rule| rule.id.eq_ignore_ascii_case(word) || rule.name == word)
}

/// The rules that a word means: one by its id or name, or a family by its letters.
pub(super) fn named(word: &str) -> Vec<&'static Rule> {
    let meant = |rule: &&&'static Rule| {
        rule.id.eq_ignore_ascii_case(word) || rule.name == word || rule.family().eq_ignore_ascii_case(word)
    };
    all().iter().filter(meant).copied().collect()
}
