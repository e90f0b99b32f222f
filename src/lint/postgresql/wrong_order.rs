//! A script names a role before it is created.
//!
//! The statement fails, and with it the first boot. Scripts run in the order of their names.
//!
//! Create roles first.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG096", "wrong-order", Error, "wrong_order.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut files: Vec<_> = subject.texts().iter().filter(|text| text.is_sql()).collect();
    files.sort_by_key(|text| text.file);
    let lines: Vec<_> = files
        .iter()
        .flat_map(|text| text.lines(subject.sources))
        .map(|(line, span)| (line.to_lowercase(), *span))
        .collect();
    let name_after = |line: &str, words: &str| {
        let rest = line.split_once(words)?.1.trim_start().trim_start_matches('"');
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (!name.is_empty()).then_some(name)
    };
    let created: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, (line, _))| {
            let name = name_after(line, "create role ").or_else(|| name_after(line, "create user "))?;
            Some((index, name))
        })
        .collect();
    for (index, (line, span)) in lines.iter().enumerate() {
        let Some(owner) = name_after(line, " owner ") else { continue };
        if let Some((at, _)) = created.iter().find(|(at, name)| *name == owner && *at > index) {
            let message = format!("role `{owner}` is created later");
            let finding = RULE.finding(message).at(*span, "").label(lines[*at].1, "here");
            found.push(finding.help("create the role first"));
        }
    }
}
