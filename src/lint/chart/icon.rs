//! A chart without an icon, or with one that is no URL.
//!
//! Pages that list charts show it. A missing one is only a note; a wrong one is an error.
//!
//! Set `icon` to the address of an image.

use super::file::{is_url, place, text};
use crate::chart::Origin;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT011", "icon", Note, "icon.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    let icon = text(file, "icon");
    let of_the_program = subject.tree.is_some_and(|tree| *tree.origin() == Origin::Builtin);
    if icon.is_empty() && !of_the_program {
        let finding = RULE.finding("icon is recommended").at(place(file, "icon"), "");
        found.push(finding.help("add `icon: https://…`"));
    } else if !icon.is_empty() && !is_url(&icon) {
        let finding = RULE.finding(format!("invalid icon URL `{icon}`"));
        found.push(Diagnostic { severity: Severity::Error, ..finding }.at(place(file, "icon"), "expected `https://…`"));
    }
}
