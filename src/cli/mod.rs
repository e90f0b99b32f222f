//! The command line: one file per verb, a [`Ui`] that owns the streams, and exit codes.

mod arguments;
#[cfg_attr(not(feature = "cluster"), path = "no_cluster.rs")]
mod cluster;
mod completion;
mod config;
mod diff;
mod eject;
mod explain;
mod init_sql;
mod lint;
mod manifests;
mod notes;
mod positional;
mod show;
mod template;
mod tune;
mod ui;
mod version;
mod watchdog;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use ui::Ui;

use crate::diagnostic::{self, Severity};
use crate::release::{Error, Session};

const ABOUT: &str = "Render a production PostgreSQL chart into Kubernetes manifests and PostgreSQL files";

const EXAMPLES: &str = "\
Examples:
  pgchart template my-db                                manifests of a tuned PostgreSQL
  pgchart template my-db --preset edge | kubectl apply -f -
  pgchart template my-db -f site.yaml --set postgresql.config.work_mem=32MB
  pgchart config postgresql.conf -f site.yaml           the server's file alone
  pgchart lint -f site.yaml                             what would go wrong, before it is deployed
  pgchart diff my-db -f site.yaml -n factory            what an apply would change
  pgchart explain postgresql.config                     what a value is and who sets it
  pgchart tune --memory 8Gi --cpu 4 > mine.yaml         a preset for any size

Exit codes: 0 done, 1 failed, 2 wrong usage; those of `lint` and `diff` are in their help.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "pgchart", about = ABOUT, after_help = EXAMPLES, disable_version_flag = false, version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Render the manifests to stdout
    #[command(visible_alias = "render")]
    Template(template::TemplateArgs),
    /// Show what applying the release would change, in a live cluster or against other manifests
    Diff(Box<diff::DiffArgs>),
    /// Print postgresql.conf, `pg_hba.conf`, the poolers' files or the init SQL alone, for a server outside Kubernetes
    Config(config::ConfigArgs),
    /// Print what the chart tells its user for these values
    Notes(notes::NotesArgs),
    /// Print what is inside a chart
    Show(show::ShowArgs),
    /// Explain one value: type, default, presets, and which templates read it
    Explain(explain::ExplainArgs),
    /// Make a preset for any size of server, with the reasoning as comments
    Tune(tune::TuneArgs),
    /// Find what is wrong in values, templates, manifests and PostgreSQL's settings before it is deployed
    Lint(lint::LintArgs),
    /// Write the built-in chart, presets and examples as files, to own and change
    Eject(eject::EjectArgs),
    /// Print a completion script for a shell
    Completion(completion::CompletionArgs),
    /// Print the version
    Version(version::VersionArgs),
}

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done.
    Success,
    /// The input is wrong or the environment failed; `diff` found changes.
    Failure,
    /// `lint` or `diff` could not do what their other codes tell about.
    CouldNotRun,
    /// `diff` found changes that the server will refuse.
    Rejected,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Success => Self::SUCCESS,
            ExitStatus::Failure => Self::FAILURE,
            ExitStatus::CouldNotRun => Self::from(2),
            ExitStatus::Rejected => Self::from(3),
        }
    }
}

/// Parses the arguments and runs the verb.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and usage errors choose their own stream; a closed one is no error.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let mut ui = Ui::new();
    let mut files = ui::Files;
    let mut session = Session::new(&mut files);
    if let Verb::Lint(args) = &cli.verb {
        return lint::lint(args, &mut ui).into();
    }
    let result = cli.verb.run(&mut session, &mut ui);
    finish(result, cli.verb.failure(), &session, &mut ui).into()
}

/// The clap command, for help, completions and tests.
pub fn command() -> clap::Command {
    Cli::command()
}

impl Verb {
    fn run(&self, session: &mut Session<'_>, ui: &mut Ui) -> Result<ExitStatus, Error> {
        match self {
            Self::Diff(args) => return diff::diff(args, session, ui),
            Self::Template(args) => template::template(args, session, ui),
            Self::Config(args) => config::config(args, session, ui),
            Self::Notes(args) => notes::notes(args, session, ui),
            Self::Show(args) => show::show(args, session, ui),
            Self::Explain(args) => explain::explain(args, session, ui),
            Self::Tune(args) => tune::tune(args, ui),
            // It has exit codes of its own.
            Self::Lint(args) => {
                lint::lint(args, ui);
                Ok(())
            }
            Self::Eject(args) => eject::eject(args, ui),
            Self::Completion(args) => completion::completion(args, ui),
            Self::Version(args) => version::version(args, ui),
        }?;
        Ok(ExitStatus::Success)
    }

    /// How the verb ends when it fails.
    fn failure(&self) -> ExitStatus {
        match self {
            Self::Diff(args) => args.failure(),
            _ => ExitStatus::Failure,
        }
    }
}

/// Tells warnings, notices and errors, and flushes; a closed pipe ends quietly.
fn finish(result: Result<ExitStatus, Error>, failed: ExitStatus, session: &Session<'_>, ui: &mut Ui) -> ExitStatus {
    let mut diagnostics = session.warnings.clone();
    let mut failure = None;
    let mut done = ExitStatus::Success;
    match result {
        Ok(status) => done = status,
        Err(Error::Input(list)) => {
            diagnostics.extend(list);
            failure = Some(None);
        }
        Err(Error::Environment(error)) => failure = Some(Some(error)),
    }
    if let Some(Some(error)) = &failure
        && ui::is_closed_pipe(error)
    {
        return ExitStatus::Success;
    }
    diagnostic::sort(&mut diagnostics);
    for item in &diagnostics {
        ui.diagnostic(item, &session.sources);
    }
    for notice in &session.notices {
        ui.notice(notice);
    }
    if let Some(Some(error)) = &failure {
        ui.error(error);
    }
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    if errors > 1 {
        ui.summary(&format!("{errors} errors"));
    }
    match ui.flush() {
        Err(error) if !ui::is_closed_pipe(&error) => {
            ui.error(&error);
            failed
        }
        _ if failure.is_some() => failed,
        _ => done,
    }
}
