//! `pgchart diff`: what an apply would change.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::arguments::RequestArgs;
use super::cluster::{ApplyArgs, ClusterArgs, Connection, Place};
use super::ui::{Colour, is_closed_pipe};
use super::watchdog::guarded;
use super::{ExitStatus, Ui, manifests};
use crate::diagnostic::{Diagnostic, Style};
use crate::diff::report::{self, Format, View};
use crate::diff::{self, Findings, Known, Object, Options, Report, Rule, Status, is_hook};
use crate::manifest::Manifest;
use crate::release::{Error, Session, configure, render};

const EXAMPLES: &str = "\
Examples:
  pgchart diff my-db -f site.yaml -n factory                  with the cluster of the current context
  pgchart diff my-db -f site.yaml --against old.yaml          two renders, no cluster
  pgchart diff my-db --against - < live.yaml                  with what `kubectl get -o yaml` printed
  pgchart diff --files old/ new/ -o unified                   two sets of manifests
  pgchart diff my-db --against old.yaml -o markdown           a comment for a pull request
  KUBECTL_EXTERNAL_DIFF='pgchart diff -o unified --files' kubectl diff -f new.yaml

Exit codes: 0 no change, 1 changes, 2 could not run or compare, 3 changes that the server will refuse.";

/// Show what applying the release would change
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct DiffArgs {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    sides: SideArgs,
    /// Let `lookup` read the cluster, and go on with the passwords of the live Secret, as in `template`
    #[arg(long, help_heading = "Cluster")]
    lookup: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    apply: ApplyArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Sides")]
struct SideArgs {
    /// Compare with these manifests instead of a cluster
    #[arg(long, value_name = "FILE|DIR|-")]
    against: Option<String>,
    /// NAME and CHART are manifests instead of a release: old and new, or new alone
    #[arg(long = "files")]
    manifests: bool,
    /// Release that the manifests of --files belong to
    #[arg(long, value_name = "NAME", requires = "manifests")]
    release: Option<String>,
    /// Compare the objects of crds/, too
    #[arg(long)]
    include_crds: bool,
    /// Compare hooks, too; they run and are no part of the release
    #[arg(long)]
    include_hooks: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Format of stdout
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        env = "PGCHART_DIFF_OUTPUT",
        hide_env = true
    )]
    output: Format,
    /// Lines around a change, -1 for all
    #[arg(short = 'C', long, value_name = "N", default_value_t = 3, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(-1..))]
    context_lines: i64,
    /// Only how many lines of each object change
    #[arg(long)]
    stat: bool,
    /// Differences that do not count: `[KIND[/NAME]:]/POINTER`, such as `StatefulSet/db:/spec/replicas`, or
    /// `[KIND[/NAME]:]manager=NAME` for what a field manager wrote; repeatable
    #[arg(long, value_name = "RULE", value_parser = Rule::parse)]
    ignore: Vec<Rule>,
    /// A file with one such rule a line
    #[arg(long, value_name = "FILE")]
    ignore_file: Option<PathBuf>,
    /// Further fields that are secret, named as with `--ignore`; repeatable
    #[arg(long, value_name = "RULE", value_parser = Rule::parse_field)]
    sensitive: Vec<Rule>,
    /// Show secrets, on a terminal; `--show-secrets=force` also elsewhere
    #[arg(long, value_name = "WHERE", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "terminal")]
    show_secrets: Option<ShowSecrets>,
    /// End with 0 whatever changes
    #[arg(long, conflicts_with = "detailed_exitcode")]
    exit_zero: bool,
    /// Exit codes as Terraform and helm-diff have them: 0 no change, 2 changes, 1 failed
    #[arg(long)]
    detailed_exitcode: bool,
    /// Colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    color: Colour,
}

/// Where secrets may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ShowSecrets {
    /// On a terminal.
    Terminal,
    /// Anywhere: files and logs keep them.
    Force,
}

pub(super) fn diff(args: &DiffArgs, session: &mut Session<'_>, ui: &mut Ui) -> Result<ExitStatus, Error> {
    let options = args.output.options(ui)?;
    let report = diff::assemble(args.findings(session)?, &options);
    let view = args.output.view(ui);
    match ui.print(&report::write(&report, args.output.output, view)) {
        // Whoever reads no further still learns from the exit code.
        Err(error) if !is_closed_pipe(&error) => return Err(error.into()),
        _ => {}
    }
    if args.output.output == Format::Unified || args.output.stat {
        session.notices.extend(unsaid(&report));
    }
    if args.output.output == Format::Github {
        job_summary(&report::markdown(&report, View { style: Style::Plain, ..view }))?;
    }
    Ok(args.output.status(&report))
}

/// Name and namespace of a release, its objects, and those of crds/.
type Rendered = ((String, String), Vec<Object>, Vec<Object>);

impl DiffArgs {
    /// How the verb ends when it cannot run.
    pub(super) fn failure(&self) -> ExitStatus {
        if self.output.detailed_exitcode { ExitStatus::Failure } else { ExitStatus::CouldNotRun }
    }

    /// The objects with their sides.
    fn findings(&self, session: &mut Session<'_>) -> Result<Findings, Error> {
        let (new, old) = self.sides()?;
        // Two sets of manifests need no cluster.
        let place = if old.is_none() || self.lookup { Some(self.cluster.find()?) } else { None };
        let own = place.as_ref().map_or("default", |place| place.namespace());
        let namespace = self.request.given_namespace().unwrap_or(own);
        let connection = if self.lookup { place.as_ref().map(Place::connect).transpose()? } else { None };
        session.live = connection.as_ref().map(Connection::live).unwrap_or_default();
        // What can be read at once is read before the render takes its time.
        let mut known = Known::default();
        let before = old.map(|place| manifests::objects(place, namespace, &mut known, session)).transpose()?;
        let (release, rendered, crds) = match new {
            None => self.rendered(namespace, session)?,
            Some(place) => {
                let name = self.sides.release.clone().unwrap_or_else(|| "release-name".to_owned());
                ((name, namespace.to_owned()), manifests::objects(place, namespace, &mut known, session)?, Vec::new())
            }
        };
        // The process ends soon; to give back every text of every object would take longer than to compare them.
        std::mem::forget(known);
        let rendered = self.relevant(rendered);
        if let Some(before) = before {
            return Ok(diff::against(rendered, self.relevant(before)));
        }
        let connection = match connection {
            Some(connection) => connection,
            None => place.map_or_else(|| self.cluster.find(), Ok)?.connect()?,
        };
        connection.findings(rendered, &crds, &self.apply, (&release.0, &release.1))
    }

    /// The manifests of both sides: new ones in place of a release, old ones in place of a cluster.
    fn sides(&self) -> Result<(Option<&String>, Option<&String>), Error> {
        match (self.sides.manifests, self.request.words(), &self.sides.against) {
            (false, _, old) => Ok((None, old.as_ref())),
            (true, [old, new], None) => Ok((Some(new), Some(old))),
            (true, [new], old) => Ok((Some(new), old.as_ref())),
            (true, ..) => Err(Diagnostic::error("`--files` takes one or two sets of manifests, the old one first")
                .help("`pgchart diff --files old.yaml new.yaml`")
                .into()),
        }
    }

    /// The release's name and namespace, its objects, and those of crds/. Objects that name no namespace go to that of the
    /// context, as with `pgchart template | kubectl apply -f -`.
    fn rendered(&self, namespace: &str, session: &mut Session<'_>) -> Result<Rendered, Error> {
        let request = self.request.request()?;
        if namespace != request.release.namespace {
            session.notices.push(format!(
                "the release is rendered for the namespace `default`, as `pgchart template` does without `-n`; that of the \
                 context is `{namespace}`"
            ));
        }
        let configured = configure(&request, session)?;
        let release = guarded(self.request.timeout(), || render(&configured, &request, session))?;
        let objects = |manifests: &[Manifest]| -> Vec<Object> {
            let all = manifests
                .iter()
                .flat_map(|manifest| diff::objects(manifest.root.to_json(), namespace, Some(&manifest.path)));
            all.collect()
        };
        let crds = objects(&release.crds);
        let mut all = if self.sides.include_crds { crds.clone() } else { Vec::new() };
        all.extend(objects(&release.manifests));
        let is_test = |hook: &Manifest| hook.hook.as_ref().is_some_and(crate::manifest::Hook::is_test);
        let hooks: Vec<Manifest> = release.hooks.into_iter().filter(|hook| !is_test(hook)).collect();
        all.extend(objects(&hooks));
        Ok(((request.release.name, request.release.namespace), all, crds))
    }

    /// Without hooks, unless they are asked for.
    fn relevant(&self, objects: Vec<Object>) -> Vec<Object> {
        if self.sides.include_hooks {
            return objects;
        }
        objects.into_iter().filter(|object| !is_hook(&object.json)).collect()
    }
}

impl OutputArgs {
    fn options(&self, ui: &Ui) -> Result<Options, Error> {
        let mut ignore = self.ignore.clone();
        if let Some(path) = &self.ignore_file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Diagnostic::error(format!("cannot read `{}`: {}", path.display(), crate::diagnostic::reason(&error)))
            })?;
            for (at, line) in text.lines().enumerate() {
                let line = line.trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let rule = Rule::parse(line)
                    .map_err(|reason| Diagnostic::error(format!("`{}`, line {}: {reason}", path.display(), at + 1)))?;
                ignore.push(rule);
            }
        }
        if self.show_secrets == Some(ShowSecrets::Terminal) && !ui.is_terminal() {
            return Err(Diagnostic::error("`--show-secrets` shows them on a terminal only, and stdout is none")
                .help("where files and logs may keep them: `--show-secrets=force`")
                .into());
        }
        Ok(Options { ignore, sensitive: self.sensitive.clone(), show_secrets: self.show_secrets.is_some() })
    }

    fn view(&self, ui: &Ui) -> View {
        View {
            style: ui.chosen_style(self.color),
            context: usize::try_from(self.context_lines).ok(),
            stat: self.stat,
            ..View::default()
        }
    }

    fn status(&self, report: &Report) -> ExitStatus {
        match report.exit_code() {
            0 => ExitStatus::Success,
            2 if self.detailed_exitcode => ExitStatus::Failure,
            2 => ExitStatus::CouldNotRun,
            _ if self.exit_zero => ExitStatus::Success,
            _ if self.detailed_exitcode => ExitStatus::CouldNotRun,
            1 => ExitStatus::Failure,
            _ => ExitStatus::Rejected,
        }
    }
}

/// What formats leave out that have room for differences only: which objects could not be compared or are refused.
fn unsaid(report: &Report) -> Vec<String> {
    let words = report.entries.iter().filter(|entry| entry.status != Status::RetainedData).flat_map(|entry| {
        entry.messages.iter().map(move |message| format!("{}, {}: {message}", entry.id, entry.status.name()))
    });
    words.chain(report.notes.iter().cloned()).collect()
}

/// GitHub Actions show what is appended to this file below the job.
fn job_summary(markdown: &str) -> Result<(), Error> {
    use std::io::Write as _;
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return Ok(()) };
    let append = || std::fs::OpenOptions::new().append(true).create(true).open(&path)?.write_all(markdown.as_bytes());
    append().map_err(|error| {
        let reason = crate::diagnostic::reason(&error);
        Error::Environment(anyhow!("cannot write `{}`: {reason}", PathBuf::from(&path).display()))
    })
}
