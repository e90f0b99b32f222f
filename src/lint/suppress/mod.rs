//! Comments that take a finding back: `# pgchart: ignore PG011 because …`, beside the line that is meant or above it.

mod unused;
mod without_reason;

use std::collections::BTreeSet;

use super::Selection;
use super::finding::{Finding, Place, Suppressed};
use super::rule::{self, Rule};
use crate::diagnostic::{Diagnostic, Sources, Span, did_you_mean};

/// The rules about comments.
pub(super) const RULES: &[&Rule] = &[&unused::RULE, &without_reason::RULE];

const MARK: &str = "pgchart: ignore";

/// How names of rendered texts end.
const RENDERED: &str = " (rendered)";

/// The rules about templates that render nothing, or not all.
const FAILURES: [&str; 5] = ["TPL001", "TPL002", "TPL003", "TPL004", "TPL005"];

/// The comments of all texts.
#[derive(Default)]
pub(super) struct Comments {
    list: Vec<Comment>,
    files: BTreeSet<String>,
    runs: usize,
    /// Whether something did not render, so that rules have not seen all there is.
    incomplete: bool,
}

struct Comment {
    place: Place,
    /// The same place in the texts of a run, and the number of that run.
    span: Span,
    run: usize,
    /// The line that it is about; nothing for the whole file.
    line: Option<usize>,
    rules: Vec<&'static str>,
    reason: String,
    problem: Option<Problem>,
    used: bool,
}

/// Why a comment takes nothing back.
struct Problem {
    message: String,
    help: String,
}

impl Comments {
    /// Adds those of the next run's texts that are not known yet; rendered text repeats its template's.
    pub(super) fn read(&mut self, sources: &Sources) {
        let run = self.runs;
        self.runs += 1;
        self.incomplete |= !sources.iter().any(|source| source.name.ends_with(RENDERED));
        for source in sources.iter() {
            let of_the_program = source.name.starts_with("built-in/") || source.name.ends_with(RENDERED);
            if of_the_program || !source.text.contains(MARK) || !self.files.insert(source.name.to_string()) {
                continue;
            }
            let Some(id) = sources.named(&source.name) else { continue };
            let lines: Vec<&str> = source.text.lines().collect();
            for (index, line) in lines.iter().enumerate() {
                if let Some(at) = line.find(MARK).filter(|at| line[..*at].trim_end().ends_with('#')) {
                    let indent = line.len() - line.trim_start().len();
                    let start = sources.line(id, index + 1).range().start - indent;
                    let span = Span::new(id, start + at..start + line.trim_end().len());
                    self.list.push(comment(Place::new(sources, span), span, run, &lines, at));
                }
            }
        }
    }

    /// The reason of the comment that is about one of these places, when there is one.
    pub(super) fn suppress(&mut self, rule: &str, places: &[Place]) -> Option<String> {
        self.incomplete |= FAILURES.contains(&rule);
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
    pub(super) fn complaints(&mut self, selection: &Selection) -> Vec<Finding> {
        // Those about comments without a reason first: what takes these back is of use.
        let wrong: Vec<Finding> = self.list.iter().filter_map(Comment::is_wrong).collect();
        let mut findings: Vec<Finding> = wrong.into_iter().map(|finding| self.taken_back(finding)).collect();
        if !self.incomplete {
            let idle: Vec<Finding> = self.list.iter().filter_map(|comment| comment.is_idle(selection)).collect();
            findings.extend(idle.into_iter().map(|finding| self.taken_back(finding)));
        }
        findings.retain(|finding| selection.has(finding.rule.id));
        findings
    }

    /// A finding about a comment, taken back where that comment itself, or one for the whole file, says so.
    fn taken_back(&mut self, mut finding: Finding) -> Finding {
        let Some(place) = &finding.place else { return finding };
        let meant = |comment: &&mut Comment| {
            let itself = comment.place.line == place.line;
            comment.place.file == place.file
                && (itself && comment.rules.len() > 1 || !itself && comment.line.is_none())
                && comment.rules.contains(&finding.rule.id)
        };
        if let Some(comment) = self.list.iter_mut().find(meant) {
            comment.used = true;
            finding.suppressed = Some(Suppressed::Comment(comment.reason.clone()));
        }
        finding
    }
}

impl Comment {
    /// The finding that it has no rule, one that does not exist, or no reason.
    fn is_wrong(&self) -> Option<Finding> {
        let problem = self.problem.as_ref()?;
        let finding = without_reason::RULE.finding(problem.message.clone()).help(problem.help.clone());
        Some(self.complaint(&without_reason::RULE, finding))
    }

    /// The finding that nothing needs it; a comment about rules that were not looked at may be needed.
    fn is_idle(&self, selection: &Selection) -> Option<Finding> {
        let looked_at = self.rules.iter().all(|rule| selection.has(rule));
        if self.used || self.problem.is_some() || !looked_at {
            return None;
        }
        let broken: Vec<&str> = self.rules.iter().copied().filter(|rule| *rule != unused::RULE.id).collect();
        let finding = unused::RULE.finding(format!("nothing here breaks {}", broken.join(", ")));
        Some(self.complaint(&unused::RULE, finding.help("delete the comment")))
    }

    fn complaint(&self, rule: &'static Rule, diagnostic: Diagnostic) -> Finding {
        Finding {
            rule,
            diagnostic: diagnostic.at(self.span, ""),
            run: self.run,
            place: Some(self.place.clone()),
            runs: Vec::new(),
            fingerprint: String::new(),
            suppressed: None,
        }
    }
}

fn comment(place: Place, span: Span, run: usize, lines: &[&str], at: usize) -> Comment {
    let index = place.line - 1;
    let line = lines[index];
    let rest = &line[at + MARK.len()..];
    let (rest, whole_file) = match rest.strip_prefix("-file") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let rest = rest.trim();
    let rest = rest.strip_suffix("#}").map_or(rest, |rest| rest.trim_end_matches(['-', '+'])).trim();
    let (words, reason) = rest.split_once("because").map_or((rest, ""), |(words, reason)| (words, reason.trim()));
    let words: Vec<&str> = words.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    let rules: Vec<&'static str> = words.iter().filter_map(|word| rule::find(word)).map(|rule| rule.id).collect();
    let problem = problem(&words, reason);
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
    let line = (!whole_file).then_some(about);
    Comment { place, span, run, line, rules, reason: reason.to_owned(), problem, used: false }
}

fn problem(words: &[&str], reason: &str) -> Option<Problem> {
    let form = |rules: &str| format!("write `# pgchart: ignore {rules} because …`");
    let unknown = words.iter().find(|word| rule::find(word).is_none());
    let (message, help) = if let Some(word) = unknown {
        let all = rule::all().iter().flat_map(|rule| [rule.id, rule.name]);
        let help = did_you_mean(word, all).unwrap_or_else(|| form("PG011"));
        (format!("there is no rule `{word}`"), help)
    } else if words.is_empty() {
        ("this comment names no rule".to_owned(), form("PG011"))
    } else if reason.is_empty() {
        ("this comment gives no reason".to_owned(), form(&words.join(", ")))
    } else {
        return None;
    };
    Some(Problem { message, help })
}
