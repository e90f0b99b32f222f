//! `pgchart config`: PostgreSQL's own files, for a server outside Kubernetes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::arguments::RequestArgs;
use super::watchdog::guarded;
use super::{Ui, init_sql};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Access, Manifest, write_whole};
use crate::release::{Error, KeyPolicy, Request, Session, configure, render};
use crate::yaml::{Mapping, Node};

const EXAMPLES: &str = "\
Examples:
  pgchart config postgresql.conf --preset small
  pgchart config pg_hba.conf -f site.yaml
  pgchart config pgbouncer.ini -f site.yaml --set pgbouncer.enabled=true
  pgchart config pgpool.conf -f site.yaml --set mode=ha,pgpool.enabled=true
  pgchart config pgbackrest.conf -f site.yaml
  pgchart config init-sql -f site.yaml | psql -X -v ON_ERROR_STOP=1 -d postgres
  pgchart config all --output-dir /etc/postgresql/16/main";

/// Print postgresql.conf, `pg_hba.conf`, the poolers' or pgBackRest's files or the init SQL alone, for a server outside Kubernetes
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ConfigArgs {
    /// Which file
    #[arg(value_enum)]
    file: File,
    #[command(flatten)]
    request: RequestArgs,
    /// Write the files below DIR instead of stdout
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    output_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum File {
    #[value(name = "postgresql.conf")]
    PostgresqlConf,
    #[value(name = "pg_hba.conf")]
    HbaConf,
    /// The pooler's, for `pgbouncer.enabled`
    #[value(name = "pgbouncer.ini")]
    PgbouncerIni,
    /// Pgpool-II's, for `pgpool.enabled`
    #[value(name = "pgpool.conf")]
    PgpoolConf,
    /// pgBackRest's, for `pgbackrest.enabled`
    #[value(name = "pgbackrest.conf")]
    PgbackrestConf,
    /// The SQL that makes roles, databases and extensions
    InitSql,
    /// All of them
    All,
}

impl File {
    fn wants(self, name: &str) -> bool {
        match self {
            Self::PostgresqlConf => name == "postgresql.conf",
            Self::HbaConf => name == "pg_hba.conf",
            Self::PgbouncerIni => name == "pgbouncer.ini",
            Self::PgpoolConf => name == "pgpool.conf",
            Self::PgbackrestConf => name == "pgbackrest.conf",
            Self::InitSql => false,
            Self::All => [".conf", ".ini"].iter().any(|ending| name.ends_with(ending)),
        }
    }
}

pub(super) fn config(args: &ConfigArgs, session: &mut Session<'_>, ui: &mut Ui) -> Result<(), Error> {
    // What is printed shows no password, so no key is needed.
    let request = Request { secret_key: KeyPolicy::Throwaway, ..args.request.request()? };
    let configured = configure(&request, session)?;
    let release = guarded(args.request.timeout(), || render(&configured, &request, session))?;
    let files = files(&release.manifests, args.file);
    if files.is_empty() {
        let message = format!("chart `{}` renders no such file", release.chart);
        let help = match args.file {
            File::PgbouncerIni => "switch the pooler on: `--set pgbouncer.enabled=true`",
            File::PgpoolConf => "switch it on: `--set mode=ha,pgpool.enabled=true`",
            File::PgbackrestConf => "switch it on: `--set pgbackrest.enabled=true`, with an image that has it",
            _ => "it must be a key of a rendered ConfigMap",
        };
        return Err(Diagnostic::error(message).help(help).into());
    }
    match &args.output_dir {
        Some(directory) => {
            for (name, text) in &files {
                let path = directory.join(name);
                write_whole(&path, text.as_bytes(), Access::Everybody)?;
                ui.print(&format!("wrote {}\n", path.display()))?;
            }
        }
        None if files.len() == 1 => ui.print(&files[0].1)?,
        None => {
            for (name, text) in &files {
                let comment = if name.ends_with(".sql") { "--" } else { "#" };
                ui.print(&format!("{comment} ==== {name} ====\n{text}\n"))?;
            }
        }
    }
    Ok(())
}

/// The data of every rendered ConfigMap.
pub(super) fn config_maps(manifests: &[Manifest]) -> impl Iterator<Item = &Mapping> {
    let maps = manifests.iter().filter(|manifest| manifest.identity.kind == "ConfigMap");
    maps.filter_map(|manifest| manifest.root.get("data").and_then(Node::as_map))
}

/// The files of that kind, by name; the SQL as one script.
fn files(manifests: &[Manifest], wanted: File) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = config_maps(manifests)
        .flatten()
        .filter(|(name, _)| wanted.wants(name))
        .filter_map(|(name, entry)| Some((name.clone(), entry.node.as_str()?.to_owned())))
        .collect();
    files.sort();
    if matches!(wanted, File::InitSql | File::All) {
        files.extend(init_sql::script(manifests).map(|script| ("init.sql".to_owned(), script)));
    }
    files
}
