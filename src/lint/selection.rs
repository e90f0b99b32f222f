//! `--select` and `--ignore`: which rules a run is about.

use std::collections::BTreeSet;

use super::rule::{self, Rule};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// The rules of a run.
#[derive(Clone, Debug)]
pub struct Selection {
    ids: BTreeSet<&'static str>,
}

impl Selection {
    /// All rules, or those of `select`, without those of `ignore`; each word is an id, a name or a family.
    ///
    /// # Errors
    /// A word that means no rule.
    pub fn new(select: &[String], ignore: &[String]) -> Result<Self, Diagnostic> {
        let mut ids: BTreeSet<&'static str> = BTreeSet::new();
        for word in select {
            ids.extend(meant(word)?);
        }
        if select.is_empty() {
            ids.extend(rule::all().iter().map(|rule| rule.id));
        }
        for word in ignore {
            for id in meant(word)? {
                ids.remove(id);
            }
        }
        Ok(Self { ids })
    }

    /// Whether the run is about a rule.
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// The rules of the run.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        rule::all().iter().copied().filter(|rule| self.has(rule.id))
    }
}

fn meant(word: &str) -> Result<Vec<&'static str>, Diagnostic> {
    let rules = rule::named(word.trim());
    if rules.is_empty() {
        return Err(unknown(word));
    }
    Ok(rules.iter().map(|rule| rule.id).collect())
}

/// The error about a word that means no rule.
pub fn unknown(word: &str) -> Diagnostic {
    let words = rule::all().iter().flat_map(|rule| [rule.id, rule.name]);
    let error = Diagnostic::error(format!("there is no rule `{word}`"));
    match did_you_mean(word, words) {
        Some(hint) => error.help(hint),
        None => error.help("`pgchart lint --list-rules` lists them"),
    }
}
