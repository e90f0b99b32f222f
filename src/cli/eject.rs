//! `pgchart eject`: the built-in chart as files.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::Ui;
use crate::chart::Builtin;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Access, write_whole};
use crate::release::Error;

const EXAMPLES: &str = "\
Examples:
  pgchart eject ./my-postgresql
  pgchart template my-db ./my-postgresql -f my-postgresql/examples/dev.yaml";

/// Write the built-in chart, presets and examples as files, to own and change
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct EjectArgs {
    /// Directory to write to; it must be empty or not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Overwrite files that are there
    #[arg(long)]
    force: bool,
}

pub(super) fn eject(args: &EjectArgs, ui: &mut Ui) -> Result<(), Error> {
    let directory = &args.directory;
    let shown = directory.display();
    if !args.force && directory.exists() {
        let mut entries = std::fs::read_dir(directory).with_context(|| format!("cannot read `{shown}`"))?;
        if entries.next().is_some() {
            let error = Diagnostic::error(format!("directory `{shown}` is not empty"));
            return Err(error.help("name another directory, or pass `--force` to overwrite").into());
        }
    }
    let tree = Builtin::tree();
    let mut count = 0;
    for path in tree.paths() {
        write_whole(&directory.join(path), tree.bytes(path).unwrap_or_default(), Access::Everybody)?;
        count += 1;
    }
    ui.print(&format!("wrote {count} files to {shown}\n"))?;
    Ok(())
}
