//! `pgchart explain`: one value.

use clap::Args;

use super::Ui;
use crate::release::{Error, Session};

/// Explain one value: type, default, presets, and which templates read it
#[derive(Args, Debug)]
pub(super) struct ExplainArgs {}

pub(super) fn explain(_: &ExplainArgs, _: &mut Session<'_>, _: &mut Ui) -> Result<(), Error> {
    Ok(())
}
