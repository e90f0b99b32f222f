//! The SQL of a release as one psql script, for a server that has no boot script.

use std::fmt::Write as _;

use super::config::config_maps;
use crate::manifest::Manifest;

/// The files that the boot script runs, in its order; the later ones run in each database.
const CLUSTER: [&str; 4] = ["roles.sql", "databases.sql", "settings.sql", "pooler.sql"];
const EACH_DATABASE: [&str; 4] = ["schemas.sql", "extensions.sql", "privileges.sql", "publications.sql"];

/// What the boot script runs besides: passwords, slots, and the record of what was declared before.
const OTHERS: [&str; 4] = ["logins.sql", "password.sql", "record.sql", "slots.sql"];

/// The declared cluster, which those files read.
const DECLARATION: &str = "cluster.json";
const READ_DECLARATION: &str = "\\set cluster `cat \"$PGCHART_CLUSTER\"`";

/// What was declared before: nothing, so that nothing is taken back.
const READ_OWNED: &str = "\\set owned `cat \"$PGCHART_OWNED\"`";

/// Everything that the boot script would run but for passwords, or nothing when the release has no SQL.
///
/// Of charts that bring no declaration, the SQL files of their ConfigMaps in the order of their names.
pub(super) fn script(manifests: &[Manifest]) -> Option<String> {
    let mut files: Vec<(&str, &str)> = config_maps(manifests)
        .flatten()
        .filter_map(|(name, entry)| Some((name.as_str(), entry.node.as_str()?)))
        .collect();
    files.sort_unstable();
    let find = |wanted: &str| files.iter().find(|(name, _)| *name == wanted).map(|(_, text)| *text);
    let mut out = String::new();
    let own = [&OTHERS[..], &EACH_DATABASE[..], &CLUSTER[..]].concat();
    if let Some(declaration) = find(DECLARATION) {
        let cluster: serde_json::Value = serde_json::from_str(declaration).ok()?;
        preamble(&mut out, &cluster);
        for name in CLUSTER {
            append(&mut out, name, find(name)?);
        }
        for database in databases(&cluster) {
            let _ = writeln!(out, "\\connect {}", quoted(&database));
            for name in EACH_DATABASE {
                append(&mut out, name, find(name)?);
            }
        }
        let _ = writeln!(out, "\\connect {}", quoted(cluster["database"].as_str()?));
    }
    let scripts: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(".sql") && !own.contains(name)).collect();
    if !scripts.is_empty() && !out.is_empty() {
        let _ = writeln!(out, "-- What is above can run again and again; what follows runs once.\n");
    }
    for (name, text) in scripts {
        append(&mut out, name, text);
    }
    (!out.is_empty()).then_some(out)
}

fn preamble(out: &mut String, cluster: &serde_json::Value) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "-- Run as superuser: psql -X -v ON_ERROR_STOP=1 -d postgres -f init.sql");
    let _ = writeln!(
        out,
        "-- Set passwords afterwards, in psql: \\password {}",
        cluster["owner"].as_str().unwrap_or_default()
    );
    // psql reads `''` as a quote and `\` as an escape.
    let text = cluster.to_string().replace('\\', "\\\\").replace('\'', "''");
    let _ = writeln!(out, "\\set cluster '{text}'\n\\set owned '[]'\n");
}

fn append(out: &mut String, name: &str, text: &str) {
    let _ = writeln!(out, "-- ==== {name} ====\n{}", text.replace(READ_DECLARATION, "").replace(READ_OWNED, "").trim());
    out.push('\n');
}

/// The declared databases, the application's first.
fn databases(cluster: &serde_json::Value) -> Vec<String> {
    let further =
        cluster["databases"].as_array().into_iter().flatten().filter_map(|database| database["name"].as_str());
    cluster["database"].as_str().into_iter().chain(further).map(str::to_owned).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
