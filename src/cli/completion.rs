//! `pgchart completion`: scripts for shells.

use clap::Args;
use clap_complete::Shell;

use super::Ui;
use crate::release::Error;

const EXAMPLES: &str = "\
Examples:
  pgchart completion bash > /etc/bash_completion.d/pgchart
  pgchart completion zsh > \"${fpath[1]}/_pgchart\"
  pgchart completion fish > ~/.config/fish/completions/pgchart.fish";

/// Print a completion script for a shell
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn completion(args: &CompletionArgs, ui: &mut Ui) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "pgchart", &mut script);
    ui.print(&String::from_utf8_lossy(&script))?;
    Ok(())
}
