//! `pgchart notes`: the chart's words to its user.

use clap::Args;

use super::Ui;
use super::arguments::RequestArgs;
use super::watchdog::guarded;
use crate::release::{Error, KeyPolicy, Request, Session, configure, render};

/// Print what the chart tells its user for these values
#[derive(Args, Debug)]
pub(super) struct NotesArgs {
    #[command(flatten)]
    request: RequestArgs,
}

pub(super) fn notes(args: &NotesArgs, session: &mut Session<'_>, ui: &mut Ui) -> Result<(), Error> {
    // What is printed shows no password, so no key is needed.
    let request = Request { secret_key: KeyPolicy::Throwaway, ..args.request.request()? };
    let configured = configure(&request, session)?;
    let release = guarded(args.request.timeout(), || render(&configured, &request, session))?;
    match release.notes {
        Some(text) => ui.print(&text)?,
        None => session.notices.push(format!("chart `{}` has no NOTES.txt", release.chart)),
    }
    Ok(())
}
