//! Findings of one or several runs as one report: places spelled out, repetitions joined, suppressions applied.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::rule::{self, Rule};
use super::suppress::Comments;
use super::{Baseline, Selection};
use crate::diagnostic::{Diagnostic, Severity, Sources, Span};

/// One run: a chart with one preset for one Kubernetes version, or some manifests.
#[derive(Debug)]
pub struct Run {
    /// `edge, Kubernetes 1.36`; empty where there is only one.
    pub name: String,
    /// The texts that the findings point into; runs that read the same have them in common.
    pub sources: Arc<Sources>,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

/// A place as reports name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file or flag.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The column behind the last character; places end on the line where they begin.
    pub end_column: usize,
}

/// Why a finding is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppressed {
    /// A comment in the source says so, with its reason.
    Comment(String),
    /// It was there before.
    Baseline,
}

/// One finding of a report.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What is told.
    pub diagnostic: Diagnostic,
    /// The run whose texts the diagnostic points into.
    pub run: usize,
    /// Where it is; nothing for what has no place.
    pub place: Option<Place>,
    /// The names of all runs that have it.
    pub runs: Vec<String>,
    /// The same for as long as rule, file and message are, wherever in the file it moves; it follows from nothing secret.
    pub fingerprint: String,
    /// Why it is not told.
    pub suppressed: Option<Suppressed>,
}

/// Everything that reports are written from.
#[derive(Debug)]
pub struct Report {
    /// The runs.
    pub runs: Vec<Run>,
    /// The findings in the order of their places; the suppressed ones among them.
    pub findings: Vec<Finding>,
    /// The rules of the run.
    pub rules: Vec<&'static Rule>,
}

impl Place {
    /// Where a span begins, up to the end of its line.
    pub fn new(sources: &Sources, span: Span) -> Self {
        let at = sources.locate(span);
        let text = sources.slice(span);
        let line = text.split('\n').next().unwrap_or_default();
        let end_column = at.column + line.trim_end().chars().count().max(1);
        Self { file: at.name, line: at.line, column: at.column, end_column }
    }

    /// Whether it is a file of the user's, rather than a flag or a part of this program.
    pub fn is_file(&self) -> bool {
        !self.file.starts_with(['-', '<', '(']) && !self.file.starts_with("built-in/")
    }
}

impl Report {
    /// The findings that are told.
    pub fn told(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppressed.is_none())
    }

    /// How many findings of a severity are told.
    pub fn count(&self, severity: Severity) -> usize {
        self.told().filter(|finding| finding.diagnostic.severity == severity).count()
    }

    /// How many are not told.
    pub fn suppressed(&self) -> usize {
        self.findings.len() - self.told().count()
    }
}

/// Joins what several runs found alike, applies comments and a baseline, and sorts.
pub fn gather(runs: Vec<Run>, selection: &Selection, baseline: &Baseline) -> Report {
    let mut joined: BTreeMap<Key, Finding> = BTreeMap::new();
    let mut comments = Comments::default();
    for (index, run) in runs.iter().enumerate() {
        if index == 0 || !Arc::ptr_eq(&run.sources, &runs[index - 1].sources) {
            comments.read(&run.sources);
        }
        let mut places = Located { sources: &run.sources, known: HashMap::new() };
        for diagnostic in &run.findings {
            let Some(rule) = diagnostic.rule.and_then(rule::find) else { continue };
            let place = diagnostic.primary.as_ref().map(|label| places.of(label.span));
            let lines: Vec<Place> =
                diagnostic.primary.iter().chain(&diagnostic.labels).map(|l| places.of(l.span)).collect();
            let reason = comments.suppress(rule.id, &lines);
            if !selection.has(rule.id) {
                continue;
            }
            let key = Key { place: place.clone(), rule: rule.id, message: diagnostic.message.clone() };
            let finding = joined.entry(key).or_insert_with(|| Finding {
                rule,
                diagnostic: diagnostic.clone(),
                run: index,
                place,
                runs: Vec::new(),
                fingerprint: String::new(),
                suppressed: reason.map(Suppressed::Comment),
            });
            if !finding.runs.contains(&run.name) {
                finding.runs.push(run.name.clone());
            }
        }
    }
    let mut findings: Vec<Finding> = joined.into_values().collect();
    findings.extend(comments.complaints(selection));
    findings.sort_by(|a, b| (&a.place, a.rule.id).cmp(&(&b.place, b.rule.id)));
    fingerprints(&mut findings);
    baseline.apply(&mut findings);
    Report { runs, findings, rules: selection.rules().collect() }
}

/// Places with the lines of each text counted once.
struct Located<'a> {
    sources: &'a Sources,
    known: HashMap<Span, Place>,
}

impl Located<'_> {
    fn of(&mut self, span: Span) -> Place {
        self.known.entry(span).or_insert_with(|| Place::new(self.sources, span)).clone()
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    place: Option<Place>,
    rule: &'static str,
    message: String,
}

/// Rule, file and message, and a number where that is there several times. Messages quote no secrets, and lines are left
/// out: a hash of a line with a password could be guessed.
fn fingerprints(findings: &mut [Finding]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let file = finding.place.as_ref().map_or("", |place| place.file.as_str());
        let text = format!("{}\n{file}\n{}", finding.rule.id, finding.diagnostic.message);
        let number = seen.entry(text.clone()).or_default();
        *number += 1;
        let digest = Sha256::digest(format!("{text}\n{number}"));
        finding.fingerprint = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
    }
}
