//! `pgchart tune`: a preset for any size.

use clap::Args;

use super::Ui;
use crate::diagnostic::Diagnostic;
use crate::postgres::quantity;
use crate::postgres::tune::{Impossible, Size, Storage, Workload, tune as make};
use crate::release::Error;

const EXAMPLES: &str = "\
Examples:
  pgchart tune --memory 8Gi --cpu 4 > mine.yaml
  pgchart template my-db --preset ./mine.yaml
  pgchart tune --memory 32Gi --cpu 8 --workload dw --storage nvme
  pgchart tune --memory 2Gi --cpu 2 --connections 300 | less";

/// Make a preset for any size of server, with the reasoning as comments
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct TuneArgs {
    /// Memory limit of the server, such as 8Gi
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    memory: u64,
    /// Processors of the server, such as 4 or 500m
    #[arg(long, value_name = "COUNT", value_parser = cpu)]
    cpu: u64,
    /// Connections to the server [default: by the memory]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    connections: Option<u64>,
    /// What data lie on
    #[arg(long, value_enum, default_value_t)]
    storage: Storage,
    /// What the server is for
    #[arg(long, value_enum, default_value_t)]
    workload: Workload,
    /// Size of the data volume, such as 200Gi [default: by the memory]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    data_size: Option<u64>,
    /// Size of a volume for the write-ahead log; gives it one [default: by the memory]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    wal_size: Option<u64>,
    /// Leave out the reasoning
    #[arg(long)]
    plain: bool,
}

pub(super) fn tune(args: &TuneArgs, ui: &mut Ui) -> Result<(), Error> {
    let size = Size {
        memory: args.memory,
        cpu: args.cpu,
        connections: args.connections,
        data: args.data_size,
        wal: args.wal_size,
        storage: args.storage,
        workload: args.workload,
    };
    let tuning = make(size).map_err(|error| {
        let diagnostic = Diagnostic::error(error.to_string());
        match error {
            Impossible::TooManyConnections { fit, .. } => diagnostic
                .help(format!("pass `--connections {fit}` and let a pooler serve the rest, or more `--memory`")),
            Impossible::TooSmall | Impossible::TooLarge => diagnostic.help("pass another `--memory`"),
        }
    })?;
    ui.print(&tuning.to_yaml(!args.plain))?;
    Ok(())
}

fn memory(text: &str) -> Result<u64, String> {
    quantity::memory(text).ok_or_else(|| "expected a size such as `8Gi`".to_owned())
}

fn cpu(text: &str) -> Result<u64, String> {
    quantity::cpu(text).ok_or_else(|| "expected processors such as `4` or `500m`".to_owned())
}
