//! `pgchart version`.

use clap::Args;

use super::Ui;
use crate::release::Error;

/// Print the version
#[derive(Args, Debug)]
pub(super) struct VersionArgs {
    /// Only the number
    #[arg(long)]
    short: bool,
}

pub(super) fn version(args: &VersionArgs, ui: &mut Ui) -> Result<(), Error> {
    let number = env!("CARGO_PKG_VERSION");
    let text = if args.short { format!("{number}\n") } else { format!("pgchart {number}\n") };
    ui.print(&text)?;
    Ok(())
}
