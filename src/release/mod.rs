//! The way from a chart and value flags to a release: values, schema, render, manifests. Every verb asks for one of
//! the stages here and does its own thing with it.

mod credentials;
mod error;
mod kept;
mod name;
mod preset;
mod randomness;
mod render;
mod sizing;
mod values;

use std::path::PathBuf;

pub use error::{Error, Result};
pub use name::{check_name, parse_kube_version, parse_namespace};
pub use randomness::{Seed, clock};
pub use render::{Release, render, survey};
pub use values::{Chosen, Configured, configure};

use crate::chart::{Builtin, Chart, Tree};
use crate::diagnostic::{Diagnostic, Sources};
use crate::engine::{Capabilities, Live, ReleaseInfo};
use crate::secret::Environment;
use crate::values::{Input, ValueFlags};

/// Which chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChartSource {
    /// The PostgreSQL chart inside the binary.
    Builtin,
    /// A directory, or a packaged chart.
    Path(PathBuf),
}

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The chart.
    pub chart: ChartSource,
    /// Name, namespace and kind of the release.
    pub release: ReleaseInfo,
    /// The cluster it is for.
    pub capabilities: Capabilities,
    /// The values.
    pub values: ValueFlags,
    /// Whether to leave out the chart's schema.
    pub skip_schema_validation: bool,
    /// Which key passwords are derived from.
    pub secret_key: KeyPolicy,
    /// What random values follow from, in place of the secret key.
    pub seed: Option<Seed>,
    /// The time that templates see, in seconds since 1970.
    pub now: i64,
}

/// Which key passwords are derived from.
#[derive(Clone, Debug)]
pub enum KeyPolicy {
    /// The one that flags and environment name, or one that is made.
    Find(Environment),
    /// A fixed one: the result shows no password.
    Throwaway,
}

/// What a run reads and what it has to say besides its result.
pub struct Session<'a> {
    /// Every text that was read.
    pub sources: Sources,
    /// What is worth telling although it went well.
    pub warnings: Vec<Diagnostic>,
    /// Lines for the user that point at no source.
    pub notices: Vec<String>,
    /// The cluster that templates and passwords are looked up in.
    pub live: Live,
    /// How files are read.
    pub input: &'a mut dyn Input,
}

impl<'a> Session<'a> {
    /// A session that has read nothing yet.
    pub fn new(input: &'a mut dyn Input) -> Self {
        Self { sources: Sources::default(), warnings: Vec::new(), notices: Vec::new(), live: Live::default(), input }
    }

    /// Reads a chart.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(&mut self, source: &ChartSource) -> Result<Chart> {
        let tree = match source {
            ChartSource::Builtin => Builtin::tree(),
            ChartSource::Path(path) => Tree::from_path(path, &mut self.sources)?,
        };
        let chart = Chart::load(tree, &mut self.sources, &mut self.warnings)?;
        if chart.is_library() {
            let error = Diagnostic::error("library charts are not installable");
            let error = error.help("a library chart is a dependency of other charts: put it into their charts/");
            return Err(match chart.metadata.kind_span.or(chart.metadata.place) {
                Some(place) => error.at(place, ""),
                None => error,
            }
            .into());
        }
        if chart.metadata.deprecated {
            let warning =
                Diagnostic::warning(format!("chart `{}` is deprecated", chart.metadata.name)).of_rule("CHT004");
            self.warnings.push(match chart.metadata.deprecated_span {
                Some(place) => warning.at(place, "move to what its description names"),
                None => warning,
            });
        }
        Ok(chart)
    }
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("warnings", &self.warnings)
            .field("notices", &self.notices)
            .finish_non_exhaustive()
    }
}
