//! The `pgchart` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    pgchart::cli::run(std::env::args_os())
}
