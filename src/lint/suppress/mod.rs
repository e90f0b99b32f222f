//! Comments that take a finding back: `# pgchart: ignore PG011 because …`, beside the line that is meant or above it.

mod unused;
mod without_reason;

use std::collections::BTreeSet;

use super::Selection;
use super::finding::{Finding, Place};
use super::rule::{self, Rule};
use crate::diagnostic::Sources;

/// The rules about comments.
pub(super) const RULES: &[&Rule] = &[&unused::RULE, &without_reason::RULE];

const MARK: &str = "pgchart: ignore";

/// The comments of all texts.
#[derive(Default)]
pub(super) struct Comments {
    list: Vec<Comment>,
    files: BTreeSet<String>,
}

struct Comment {
    place: Place,
    /// The line that it is about; nothing for the whole file.
    line: Option<usize>,
    rules: Vec<&'static str>,
    reason: String,
    problem: Option<String>,
    used: bool,
}

impl Comments {
    /// Adds those of texts that are not known yet; rendered text repeats its template's.
    pub(super) fn read(&mut self, sources: &Sources) {
        for source in sources.iter() {
            let of_the_program = source.name.starts_with("built-in/") || source.name.ends_with(" (rendered)");
            if of_the_program || !source.text.contains(MARK) || !self.files.insert(source.name.to_string()) {
                continue;
            }
            let lines: Vec<&str> = source.text.lines().collect();
            for (index, line) in lines.iter().enumerate() {
                if let Some(at) = line.find(MARK).filter(|at| line[..*at].trim_end().ends_with('#')) {
                    self.list.push(comment(&source.name, &lines, index, at));
                }
            }
        }
    }

    /// The reason of the comment that is about one of these places, when there is one.
    pub(super) fn suppress(&mut self, rule: &str, places: &[Place]) -> Option<String> {
        let mut reason = None;
        for comment in self.list.iter_mut().filter(|comment| comment.rules.contains(&rule)) {
            let meant =
                |place: &Place| place.file == comment.place.file && comment.line.is_none_or(|line| line == place.line);
            if places.iter().any(meant) {
                comment.used = true;
                reason.get_or_insert_with(|| comment.reason.clone());
            }
        }
        reason
    }

    /// Comments that nothing needs, and those without a rule or a reason.
    pub(super) fn complaints(&self, selection: &Selection) -> Vec<Finding> {
        let mut findings = Vec::new();
        for comment in &self.list {
            if let Some(problem) = &comment.problem {
                findings.push(complaint(&without_reason::RULE, problem.clone(), &comment.place));
            } else if !comment.used && comment.rules.iter().all(|rule| selection.has(rule)) {
                let message = format!("nothing here breaks {}", comment.rules.join(", "));
                findings.push(complaint(&unused::RULE, message, &comment.place));
            }
        }
        findings.retain(|finding| selection.has(finding.rule.id));
        findings
    }
}

fn complaint(rule: &'static Rule, message: String, place: &Place) -> Finding {
    Finding {
        rule,
        diagnostic: rule.finding(message),
        run: 0,
        place: Some(place.clone()),
        runs: Vec::new(),
        fingerprint: String::new(),
        suppressed: None,
    }
}

fn comment(file: &str, lines: &[&str], index: usize, at: usize) -> Comment {
    let line = lines[index];
    let place = Place {
        file: file.to_owned(),
        line: index + 1,
        column: line[..at].chars().count() + 1,
        end_column: line.trim_end().chars().count() + 1,
    };
    let rest = &line[at + MARK.len()..];
    let (rest, whole_file) = match rest.strip_prefix("-file") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let rest = rest.trim().trim_end_matches("#}").trim_end_matches("-#}").trim();
    let (words, reason) = rest.split_once("because").map_or((rest, ""), |(words, reason)| (words, reason.trim()));
    let words: Vec<&str> = words.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    let rules: Vec<&'static str> = words.iter().filter_map(|word| rule::find(word)).map(|rule| rule.id).collect();
    let unknown = words.iter().find(|word| rule::find(word).is_none());
    let problem = if let Some(word) = unknown {
        Some(format!("there is no rule `{word}`"))
    } else if rules.is_empty() {
        Some("this comment names no rule".to_owned())
    } else if reason.is_empty() {
        Some("this comment gives no reason".to_owned())
    } else {
        None
    };
    // A comment alone on its line is about the next line that is none.
    let alone = line.trim_start().starts_with(['#']) || line.trim_start().starts_with("{#");
    let is_text = |line: &&&str| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#') && !line.starts_with("{#")
    };
    let about = if alone {
        lines[index + 1..].iter().position(|line| is_text(&line)).map_or(index + 1, |skip| index + 2 + skip)
    } else {
        index + 1
    };
    // Without a reason nothing is taken back.
    let rules = if problem.is_some() { Vec::new() } else { rules };
    Comment { place, line: (!whole_file).then_some(about), rules, reason: reason.to_owned(), problem, used: false }
}
