//! `pgchart lint`: what would go wrong, before it is deployed.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use semver::Version;

use super::arguments::{ReleaseArgs, ValueArgs, request};
use super::ui::{Files, Ui, is_closed_pipe};
use super::watchdog::guarded;
use super::{ExitStatus, positional};
use crate::diagnostic::{Diagnostic, Severity, Sources, Style};
use crate::lint::{
    Axis, Baseline, Cell, Format, KUBERNETES, Report, Run, Selection, cells, find_rule, gather, inspect,
    inspect_manifests, rules, run_all, unknown_rule, write,
};
use crate::manifest::{Access, write_whole};
use crate::release::{ChartSource, Error, KeyPolicy, Request, Session, parse_kube_version};
use crate::values::Input;

const EXAMPLES: &str = "\
Examples:
  pgchart lint -f site.yaml                             the built-in chart with your values
  pgchart lint ./my-chart --fail-on error               a chart of your own
  pgchart lint --matrix presets,kube-versions           every preset for five versions of Kubernetes
  helm template x ./chart | pgchart lint --manifests -  what somebody else rendered
  pgchart lint --format github --output sarif=lint.sarif --output junit=lint.xml
  pgchart lint --explain PG011

A comment takes a finding back: `# pgchart: ignore PG011 because …`, beside the line or above it.

Exit codes: 0 clean, 1 findings, 2 could not run.";

/// Find what is wrong in values, templates, manifests and PostgreSQL's settings before it is deployed
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct LintArgs {
    /// Chart directory or package [default: the built-in chart]
    #[arg(value_name = "CHART")]
    chart: Option<String>,
    /// Lint rendered manifests instead of a chart: a file, a directory, or `-` for stdin
    #[arg(long, value_name = "FILE|DIR|-", conflicts_with = "chart")]
    manifests: Option<String>,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    matrix: MatrixArgs,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    release: ReleaseArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
struct RuleArgs {
    /// Only these rules: ids, names or families such as `PG`; repeatable
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// All but these rules; repeatable
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Print what a rule is about and how to mend what it finds
    #[arg(long, value_name = "RULE")]
    explain: Option<String>,
    /// Print every rule
    #[arg(long)]
    list_rules: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Report")]
struct ReportArgs {
    /// Format of stdout [default: full on a terminal, else concise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write a report to a file as well: `sarif=lint.sarif`; repeatable
    #[arg(long, value_name = "FORMAT=PATH", value_parser = parse_output)]
    output: Vec<(Format, PathBuf)>,
    /// From which severity on findings make the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t)]
    fail_on: FailOn,
    /// File with findings that are known and not told again
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found now to a baseline
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Matrix")]
struct MatrixArgs {
    /// Lint every combination in one run: `presets`, `kube-versions` or both
    #[arg(long, value_name = "AXES", value_delimiter = ',', conflicts_with = "manifests")]
    matrix: Vec<Axis>,
    /// Kubernetes versions of the matrix [default: 1.32 to 1.36]
    #[arg(long, value_name = "VERSION", value_delimiter = ',', value_parser = parse_kube_version, requires = "matrix")]
    kube_versions: Vec<Version>,
}

/// From which severity on the exit code tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Warnings and errors.
    #[default]
    Warn,
    /// Errors only.
    Error,
    /// Nothing.
    Never,
}

impl ReportArgs {
    /// Two reports in one file would leave one of them.
    fn check(&self) -> Result<(), Diagnostic> {
        let paths = self.output.iter().map(|(_, path)| path).chain(&self.write_baseline);
        let mut seen = HashSet::new();
        match paths.into_iter().find(|path| !seen.insert(*path)) {
            None => Ok(()),
            Some(path) => Err(Diagnostic::error(format!("two reports would be written to `{}`", path.display()))
                .help("give each a file of its own")),
        }
    }
}

fn parse_output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text.split_once('=').ok_or("expected FORMAT=PATH, such as `sarif=lint.sarif`")?;
    if path.is_empty() {
        return Err("expected a path after `=`".to_owned());
    }
    let format = Format::from_str(format, false).map_err(|_| {
        let names: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(|f| Some(f.to_possible_value()?.get_name().to_owned()))
            .collect();
        format!("unknown format `{format}`: expected one of {}", names.join(", "))
    })?;
    Ok((format, PathBuf::from(path)))
}

/// Lints; every way out but a finding is told on stderr.
pub(super) fn lint(args: &LintArgs, ui: &mut Ui) -> ExitStatus {
    let mut sources = Sources::default();
    match args.run(ui, &mut sources).and_then(|status| ui.flush().map(|()| status).map_err(Error::from)) {
        Ok(status) => status,
        Err(Error::Environment(error)) if is_closed_pipe(&error) => ExitStatus::Success,
        Err(Error::Environment(error)) => {
            ui.error(&error);
            ExitStatus::CouldNotRun
        }
        Err(Error::Input(list)) => {
            for one in &list {
                ui.diagnostic(one, &sources);
            }
            ExitStatus::CouldNotRun
        }
    }
}

impl LintArgs {
    fn run(&self, ui: &mut Ui, sources: &mut Sources) -> Result<ExitStatus, Error> {
        if let Some(word) = &self.rules.explain {
            let rule = find_rule(word).ok_or_else(|| unknown_rule(word))?;
            ui.print(&format!("{} {} ({})\n\n{}", rule.id, rule.name, rule.level(), rule.documentation()))?;
            return Ok(ExitStatus::Success);
        }
        if self.rules.list_rules {
            for rule in rules() {
                ui.print(&format!("{:<7} {:<8} {:<32} {}\n", rule.id, rule.level(), rule.name, rule.summary()))?;
            }
            return Ok(ExitStatus::Success);
        }
        let selection = Selection::new(&self.rules.select, &self.rules.ignore)?;
        self.report.check()?;
        let baseline = match &self.report.baseline {
            None => Baseline::default(),
            Some(path) => {
                let shown = path.display().to_string();
                let text = Files.read(&shown).map_err(|reason| unreadable(&shown, &reason))?;
                Baseline::read(&shown, &text)?
            }
        };
        let runs = guarded(self.release.timeout(), || self.runs(&selection, sources))?;
        let report = gather(runs, &selection, &baseline);
        self.tell(&report, ui)?;
        Ok(self.status(&report))
    }

    /// All that is to be linted; texts of what could not run go to `sources`.
    fn runs(&self, selection: &Selection, sources: &mut Sources) -> Result<Vec<Run>, Error> {
        if let Some(path) = &self.manifests {
            let version = self.release.capabilities().kube_version;
            let mut sources = Sources::default();
            let findings = inspect_manifests(manifest_files(path)?, &version, selection, &mut sources);
            return Ok(vec![Run { name: String::new(), sources: Arc::new(sources), findings }]);
        }
        let chart = self.chart.as_deref().map_or(ChartSource::Builtin, positional::chart);
        let mut request = request("release-name".to_owned(), chart, &self.values, &self.release)?;
        // Nothing is deployed, so no key is looked for and none is made.
        request.secret_key = KeyPolicy::Throwaway;
        let input = Shared::default();
        let cells = self.cells(&request, &input, sources)?;
        let work = |cells: &[Cell]| {
            let mut request = request.clone();
            if let Some(preset) = &cells[0].preset {
                request.values.preset = Some(preset.clone());
            }
            let versions: Vec<Version> = cells.iter().map(|cell| cell.kubernetes.clone()).collect();
            let mut runs = Vec::new();
            while runs.len() < cells.len() {
                let mut input = input.clone();
                let mut session = Session::new(&mut input);
                match inspect(&request, &versions[runs.len()..], selection, &mut session) {
                    Ok(lists) => {
                        let sources = Arc::new(session.sources);
                        for findings in lists {
                            let name = cells[runs.len()].name.clone();
                            runs.push(Run { name, sources: Arc::clone(&sources), findings });
                        }
                    }
                    Err(error) => return Err((error, session.sources)),
                }
            }
            Ok(runs)
        };
        run_all(&cells, work).map_err(|(error, texts)| {
            *sources = texts;
            error
        })
    }

    fn cells(&self, request: &Request, input: &Shared, sources: &mut Sources) -> Result<Vec<Cell>, Error> {
        let mut presets = Vec::new();
        if self.matrix.matrix.contains(&Axis::Presets) {
            let mut input = input.clone();
            let mut session = Session::new(&mut input);
            let loaded = session.load(&request.chart);
            *sources = session.sources;
            presets = loaded?.presets.into_keys().collect();
        }
        let mut versions = self.matrix.kube_versions.clone();
        if versions.is_empty() && self.matrix.matrix.contains(&Axis::KubeVersions) {
            versions = KUBERNETES.iter().map(|minor| Version::new(1, *minor, 0)).collect();
        }
        Ok(cells(&presets, &versions, &request.capabilities.kube_version))
    }

    fn tell(&self, report: &Report, ui: &mut Ui) -> Result<(), Error> {
        let format = self.report.format.unwrap_or(if ui.is_terminal() { Format::Full } else { Format::Concise });
        ui.print(&write(report, format, ui.out_style()))?;
        for (format, path) in &self.report.output {
            write_whole(path, write(report, *format, Style::Plain).as_bytes(), Access::Everybody)?;
        }
        if let Some(path) = &self.report.write_baseline {
            write_whole(path, Baseline::write(&report.findings).as_bytes(), Access::Everybody)?;
        }
        if matches!(format, Format::Full | Format::Concise) {
            ui.notice(&summary(report));
        }
        Ok(())
    }

    fn status(&self, report: &Report) -> ExitStatus {
        let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
        let failed = match self.report.fail_on {
            FailOn::Warn => errors + warnings > 0,
            FailOn::Error => errors > 0,
            FailOn::Never => false,
        };
        if failed && self.report.write_baseline.is_none() { ExitStatus::Failure } else { ExitStatus::Success }
    }
}

/// `2 errors, 1 warning, 3 suppressed, in 5 runs`.
fn summary(report: &Report) -> String {
    let count = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let mut parts =
        vec![count(report.count(Severity::Error), "error"), count(report.count(Severity::Warning), "warning")];
    if report.count(Severity::Note) > 0 {
        parts.push(count(report.count(Severity::Note), "note"));
    }
    if report.suppressed() > 0 {
        parts.push(format!("{} suppressed", report.suppressed()));
    }
    if report.runs.len() > 1 {
        parts.push(format!("in {} runs", report.runs.len()));
    }
    parts.join(", ")
}

/// The files of `--manifests`: one, stdin, or every `.yaml`, `.yml` and `.json` below a directory.
fn manifest_files(path: &str) -> Result<Vec<(String, String)>, Error> {
    let read = |path: &str, name: String| {
        Files.read(path).map(|text| (name, text)).map_err(|reason| Error::from(unreadable(path, &reason)))
    };
    if path == "-" || !Path::new(path).is_dir() {
        let name = if path == "-" { "<stdin>" } else { path };
        let file = read(path, name.to_owned())?;
        // What failed before it wrote anything must not pass as clean.
        let is_blank = |line: &str| line.trim().is_empty() || line.starts_with('#') || line.trim_end() == "---";
        if file.1.lines().all(is_blank) {
            let error = Diagnostic::error(format!("`{name}` holds no object"));
            return Err(error.help("let what renders it say why: it may have failed").into());
        }
        return Ok(vec![file]);
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry.context(format!("cannot read `{path}`"))?;
        let is_manifest = entry.path().extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|e| end == *e));
        if entry.file_type().is_file() && is_manifest {
            let shown = entry.path().display().to_string();
            files.push(read(&shown, shown.clone())?);
        }
    }
    if files.is_empty() {
        return Err(Diagnostic::error(format!("`{path}` holds no `.yaml`, `.yml` or `.json` file")).into());
    }
    Ok(files)
}

fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(format!("cannot read `{path}`: {reason}"))
}

/// Files for several runs at once; standard input can be read only once.
#[derive(Clone, Debug, Default)]
struct Shared(Arc<Mutex<HashMap<String, String>>>);

impl Input for Shared {
    fn read(&mut self, path: &str) -> Result<String, String> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = known.get(path) {
            return Ok(text.clone());
        }
        let text = Files.read(path)?;
        known.insert(path.to_owned(), text.clone());
        Ok(text)
    }
}
