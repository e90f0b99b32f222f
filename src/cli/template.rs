//! `pgchart template`: the manifests.

use std::path::PathBuf;

use clap::Args;
use minijinja::Environment;

use super::Ui;
use super::arguments::RequestArgs;
use super::cluster::{ClusterArgs, Connection};
use super::watchdog::guarded;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Format, Manifest, OutputDirectory, show_only, stream};
use crate::release::{Error, Release, Session, configure, render};
use crate::values::trace;

const EXAMPLES: &str = "\
Examples:
  pgchart template my-db --preset edge | kubectl apply -f -
  pgchart template my-db -f site.yaml -n factory --output-dir out
  pgchart template my-db -s 'templates/configmap*.yaml'
  pgchart template my-db -f site.yaml --trace-values    which line set each value
  pgchart template my-db ./my-chart                     a chart of your own
  pgchart template my-db -f site.yaml --validate        have the cluster check every object";

/// Render the manifests to stdout
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct TemplateArgs {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    live: LiveArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    helm: HelmArgs,
}

/// What a render asks of a cluster; nothing, unless it is told to.
#[derive(Args, Debug)]
#[command(next_help_heading = "Cluster")]
struct LiveArgs {
    /// Let `lookup` read the cluster, and go on with the passwords of the live Secret
    #[arg(long)]
    lookup: bool,
    /// Have the cluster check every object: a dry run, with strict fields
    #[arg(long)]
    validate: bool,
}

/// Flags of `helm template` that change nothing here; command lines written for Helm go on working.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own, as in Helm")]
struct HelmArgs {
    #[arg(long, hide = true)]
    atomic: bool,
    #[arg(long, hide = true)]
    create_namespace: bool,
    #[arg(long, hide = true)]
    description: Option<String>,
    #[arg(long, hide = true)]
    disable_openapi_validation: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "client", value_parser = ["client", "server"])]
    dry_run: Option<String>,
    #[arg(long, hide = true)]
    hide_notes: bool,
    #[arg(long, hide = true)]
    no_color: bool,
    #[arg(long, hide = true)]
    render_subchart_notes: bool,
    #[arg(long, hide = true)]
    replace: bool,
    #[arg(long, hide = true)]
    rollback_on_failure: bool,
    #[arg(long, hide = true)]
    skip_crds: bool,
    #[arg(long, hide = true)]
    wait: bool,
    #[arg(long, hide = true)]
    wait_for_jobs: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own, as in Helm")]
struct OutputArgs {
    /// Only the templates whose path matches, such as `templates/*.yaml`; repeatable
    #[arg(short, long, value_name = "GLOB")]
    show_only: Vec<String>,
    /// Write one file per template below DIR instead of stdout
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// Put the release's name between DIR and the chart's
    #[arg(long, requires = "output_dir")]
    release_name: bool,
    /// Format of stdout
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t, conflicts_with = "output_dir")]
    output: Format,
    /// Print the files of crds/ first
    #[arg(long)]
    include_crds: bool,
    /// Leave out tests
    #[arg(long)]
    skip_tests: bool,
    /// Leave out hooks, tests included
    #[arg(long)]
    no_hooks: bool,
    /// Print each value and the file, line or flag that set it, instead of manifests
    #[arg(long, conflicts_with_all = ["output_dir", "show_only"])]
    trace_values: bool,
    /// Template for the release's name
    #[arg(long, value_name = "TEMPLATE")]
    name_template: Option<String>,
    /// Accepted for Helm's sake: the name stays `release-name` when none is given
    #[arg(short, long)]
    generate_name: bool,
}

pub(super) fn template(args: &TemplateArgs, session: &mut Session<'_>, ui: &mut Ui) -> Result<(), Error> {
    let request = args.request.request_named(args.name()?)?;
    let cluster = args.connect()?;
    if args.looks_up() {
        session.live = cluster.as_ref().map(Connection::live).unwrap_or_default();
    }
    let configured = configure(&request, session)?;
    if args.output.trace_values {
        ui.print(&trace(&configured.values, &session.sources))?;
        return Ok(());
    }
    let release = guarded(args.request.timeout(), || render(&configured, &request, session))?;
    let manifests = args.select(release)?;
    if let Some(cluster) = cluster.filter(|_| args.live.validate) {
        cluster.validate(&manifests, &request)?;
    }
    match &args.output.output_dir {
        None => ui.print(&stream(&manifests, args.output.output))?,
        Some(root) => {
            let name = args.output.release_name.then(|| request.release.name.clone());
            for file in (OutputDirectory { root: root.clone(), release: name }).write(&manifests)? {
                ui.print(&format!("wrote {}\n", file.path.display()))?;
            }
        }
    }
    Ok(())
}

impl TemplateArgs {
    /// The release name that `--name-template` renders to.
    fn name(&self) -> Result<Option<String>, Error> {
        let Some(text) = &self.output.name_template else { return Ok(None) };
        if self.request.has_name()? {
            return Err(Diagnostic::error("a name and `--name-template` cannot both be given").into());
        }
        let rendered = Environment::new().render_str(text, ());
        rendered.map(Some).map_err(|error| Diagnostic::error(format!("`--name-template` fails: {error}")).into())
    }

    fn looks_up(&self) -> bool {
        self.live.lookup || self.helm.dry_run.as_deref() == Some("server")
    }

    /// The cluster, when the flags ask for one.
    fn connect(&self) -> Result<Option<Connection>, Error> {
        let wanted = self.looks_up() || self.live.validate;
        wanted.then(|| self.cluster.find()?.connect()).transpose()
    }

    fn select(&self, release: Release) -> Result<Vec<Manifest>, Error> {
        let keep = |hook: &Manifest| {
            !(self.output.skip_tests && hook.hook.as_ref().is_some_and(crate::manifest::Hook::is_test))
        };
        let mut all = if self.output.include_crds { release.crds } else { Vec::new() };
        all.extend(release.manifests);
        if !self.output.no_hooks {
            all.extend(release.hooks.into_iter().filter(keep));
        }
        Ok(show_only(all, &self.output.show_only, &release.chart)?)
    }
}
