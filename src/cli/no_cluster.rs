//! What stands in for a cluster in a binary that was built without it: flags that ask for one are answered with an error.

use clap::Args;

use crate::diagnostic::Diagnostic;
use crate::diff::{Findings, Object};
use crate::engine::Live;
use crate::manifest::Manifest;
use crate::release::{Error, Request};

/// No flags.
#[derive(Args, Clone, Debug)]
pub(super) struct ClusterArgs {}

impl ClusterArgs {
    /// Refuses.
    #[expect(clippy::unused_self, reason = "as with a cluster")]
    pub(super) fn find(&self) -> Result<Place, Error> {
        Err(Diagnostic::error("this binary was built without what talks to a cluster")
            .help("`pgchart diff` compares with manifests: `--against FILE`")
            .into())
    }
}

/// No flags.
#[derive(Args, Clone, Debug)]
pub(super) struct ApplyArgs {}

/// There is none.
#[derive(Debug)]
pub(super) enum Place {}

impl Place {
    pub(super) fn namespace(&self) -> &str {
        match *self {}
    }

    pub(super) fn connect(&self) -> Result<Connection, Error> {
        match *self {}
    }
}

/// There is none.
#[derive(Debug)]
pub(super) enum Connection {}

impl Connection {
    pub(super) fn live(&self) -> Live {
        match *self {}
    }

    pub(super) fn validate(&self, _: &[Manifest], _: &Request) -> Result<(), Error> {
        match *self {}
    }

    pub(super) fn findings(
        &self,
        _: Vec<Object>,
        _: &[Object],
        _: &ApplyArgs,
        _: (&str, &str),
    ) -> Result<Findings, Error> {
        match *self {}
    }
}
