//! An entry of `sources` that is no URL.
//!
//! Pages that show the chart link to it.
//!
//! Write the whole address: `https://…`.

use super::file::is_url;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("CHT010", "source-urls", Error, "source_urls.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let list = subject.chart_file.and_then(|file| file.get("sources")).and_then(Node::as_list).unwrap_or_default();
    for node in list {
        let text = node.as_str().unwrap_or_default();
        if !is_url(text) {
            found.push(RULE.finding(format!("invalid source URL `{text}`")).at(node.span, "expected `https://…`"));
        }
    }
}
