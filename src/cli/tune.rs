//! `pgchart tune`: a preset for any size.

use clap::Args;

use super::Ui;
use crate::release::Error;

/// Make a preset for any size of server, with the reasoning as comments
#[derive(Args, Debug)]
pub(super) struct TuneArgs {}

pub(super) fn tune(_: &TuneArgs, _: &mut Ui) -> Result<(), Error> {
    Ok(())
}
