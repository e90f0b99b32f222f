//! `toYaml` on an indented line, without `nindent` or `indent`.
//!
//! Only its first line gets the indentation; the others end up at the beginning of the line, where they belong to something else or
//! are no YAML.
//!
//! Write `{{ toYaml(x) | nindent(4) }}`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("TPL009", "yaml-without-indentation", Warning, "yaml_without_indentation.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for one in subject.templates() {
        for tag in one.tags.iter().filter(|tag| tag.keyword.is_empty()) {
            let Some(word) = tag.words.iter().find(|word| word.text == "toYaml" && !word.is_attribute) else {
                continue;
            };
            let shifted = tag.words.iter().any(|word| {
                matches!(word.text, "nindent" | "indent" | "toJson" | "trim" | "sha256sum" | "b64enc" | "quote")
            });
            let start = tag.span.range().start;
            let line = &one.text[one.text[..start].rfind('\n').map_or(0, |at| at + 1)..start];
            if !shifted && line.starts_with(' ') {
                let message = "only the first line of what `toYaml` prints is indented";
                // Below a key the text stands two columns further in.
                let below = if line.trim().is_empty() { 0 } else { 2 };
                let columns = line.len() - line.trim_start().len() + below;
                found.push(
                    RULE.finding(message).at(word.span, "").help(format!("pipe it through `nindent({columns})`")),
                );
            }
        }
    }
}
