//! Arguments that several verbs share, and their way into a [`Request`].

use std::path::PathBuf;
use std::time::Duration;
use std::time::SystemTime;

use clap::Args;
use semver::Version;

use super::positional;
use super::watchdog::parse_duration;
use crate::engine::{Capabilities, ReleaseInfo};
use crate::release::{
    ChartSource, Error, KeyPolicy, Request, Seed, check_name, clock, parse_kube_version, parse_namespace,
};
use crate::secret::Environment;
use crate::values::ValueFlags;

/// The values of the release.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Values")]
pub(super) struct ValueArgs {
    /// Values file, `-` for stdin; repeatable, later files win
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    files: Vec<String>,
    /// Preset: edge, small, medium, large, xlarge, or a file [default: medium]
    #[arg(long, value_name = "NAME|FILE")]
    preset: Option<String>,
    /// Set a value: `a.b=1,c[0]=x,d={1,2}`; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Set a value as text, whatever it looks like
    #[arg(long, value_name = "PATH=TEXT")]
    set_string: Vec<String>,
    /// Set a value as JSON: `a={"b":[1,2]}`
    #[arg(long, value_name = "PATH=JSON")]
    set_json: Vec<String>,
    /// Set a value to the content of a file
    #[arg(long, value_name = "PATH=FILE")]
    set_file: Vec<String>,
    /// Set a value to the rest of the argument, verbatim
    #[arg(long, value_name = "PATH=TEXT")]
    set_literal: Vec<String>,
    /// Do not check the values against the chart's schema
    #[arg(long)]
    skip_schema_validation: bool,
}

impl ValueArgs {
    fn flags(&self) -> ValueFlags {
        ValueFlags {
            files: self.files.clone(),
            set_json: self.set_json.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
            preset: self.preset.clone(),
        }
    }
}

/// Name, namespace and cluster of the release.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Release")]
pub(super) struct ReleaseArgs {
    /// Namespace of the release [default: default]
    #[arg(short, long, value_name = "NAME", env = "HELM_NAMESPACE", hide_env = true, value_parser = parse_namespace)]
    namespace: Option<String>,
    /// Render an upgrade instead of an install
    #[arg(long)]
    is_upgrade: bool,
    /// Kubernetes version of the cluster, such as 1.33 [default: 1.36]
    #[arg(long, value_name = "VERSION", value_parser = parse_kube_version)]
    kube_version: Option<Version>,
    /// API versions of the cluster beyond the built-in ones; repeatable
    #[arg(short, long = "api-versions", value_name = "GROUP/VERSION", value_delimiter = ',')]
    api_versions: Vec<String>,
    /// How long rendering may take
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    timeout: Duration,
    /// File with the key that passwords are derived from
    #[arg(long, value_name = "FILE")]
    secret_key_file: Option<PathBuf>,
    /// Secret text that random values of templates follow from, in place of the key
    #[arg(long, value_name = "TEXT")]
    seed: Option<Seed>,
}

impl ReleaseArgs {
    /// The cluster that is meant.
    pub(super) fn capabilities(&self) -> Capabilities {
        let defaults = Capabilities::default();
        Capabilities {
            kube_version: self.kube_version.clone().unwrap_or(defaults.kube_version),
            api_versions: self.api_versions.clone(),
        }
    }

    /// How long rendering may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The namespace of the release.
    fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
    }
}

/// The request for a chart under a name.
pub(super) fn request(
    name: String,
    chart: ChartSource,
    values: &ValueArgs,
    release: &ReleaseArgs,
) -> Result<Request, Error> {
    check_name(&name)?;
    Ok(Request {
        chart,
        release: ReleaseInfo { name, namespace: release.namespace().to_owned(), is_upgrade: release.is_upgrade },
        capabilities: release.capabilities(),
        values: values.flags(),
        skip_schema_validation: values.skip_schema_validation,
        secret_key: KeyPolicy::Find(Environment::new(release.secret_key_file.clone(), |name| std::env::var_os(name))),
        seed: release.seed.clone(),
        now: clock(std::env::var_os("SOURCE_DATE_EPOCH").as_deref(), SystemTime::now())?,
    })
}

/// NAME and CHART, in either order of need.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Positionals {
    /// Release name [default: release-name], then chart directory [default: the built-in chart]
    #[arg(value_name = "NAME] [CHART", num_args = 0..=2)]
    words: Vec<String>,
}

/// Everything that says which release is meant.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct RequestArgs {
    #[command(flatten)]
    positionals: Positionals,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    release: ReleaseArgs,
}

impl RequestArgs {
    /// The request behind the arguments.
    pub(super) fn request(&self) -> Result<Request, Error> {
        self.request_named(None)
    }

    /// The same with a name from elsewhere.
    pub(super) fn request_named(&self, name: Option<String>) -> Result<Request, Error> {
        let target = positional::resolve(&self.positionals.words);
        let name = name.or(target.name).unwrap_or_else(|| "release-name".to_owned());
        request(name, target.chart, &self.values, &self.release)
    }

    /// How long rendering may take.
    pub(super) fn timeout(&self) -> Duration {
        self.release.timeout
    }

    /// NAME and CHART as they were given.
    pub(super) fn words(&self) -> &[String] {
        &self.positionals.words
    }

    /// The namespace that was asked for.
    pub(super) fn given_namespace(&self) -> Option<&str> {
        self.release.namespace.as_deref()
    }

    /// Whether a name was given.
    pub(super) fn has_name(&self) -> Result<bool, Error> {
        Ok(positional::resolve(&self.positionals.words).name.is_some())
    }
}
