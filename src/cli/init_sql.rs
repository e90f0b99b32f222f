//! The SQL of a release as one psql script, for a server that has no boot script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::config::config_maps;
use crate::manifest::Manifest;

/// The files that the boot script runs, in its order; the later ones run in each database, before its modules and after them.
const CLUSTER: [&str; 5] = ["groups.sql", "roles.sql", "databases.sql", "settings.sql", "pooler.sql"];
const EACH_DATABASE: [&str; 2] = ["schemas.sql", "extensions.sql"];
const LAST: [&str; 2] = ["privileges.sql", "publications.sql"];

/// What is run besides: passwords, slots, the record of what was declared before, and subscriptions, whose connections have passwords.
const OTHERS: [&str; 6] =
    ["logins.sql", "password.sql", "record.sql", "slots.sql", "subscribed.sql", "subscriptions.sql"];

/// The files by which the boot script applies modules to a database: before them, for each file of them, after them.
const MODULES: &str = "modules.sql";
const MIGRATE: &str = "migrate.sql";
const KEPT: &str = "kept.sql";
const RUN_FILE: &str = "\\i :file";

/// The declared cluster, which those files read.
const DECLARATION: &str = "cluster.json";
const READ_DECLARATION: &str = "\\set cluster `cat \"$PGCHART_CLUSTER\"`";

/// What was declared before: nothing, so that nothing is taken back.
const READ_OWNED: &str = "\\set owned `cat \"$PGCHART_OWNED\"`";

/// Everything that the boot script would run but for passwords, or nothing when the release has no SQL.
///
/// Of charts that bring no declaration, the SQL files of their ConfigMaps in the order of their names.
pub(super) fn script(manifests: &[Manifest]) -> Option<String> {
    let files: BTreeMap<&str, &str> = config_maps(manifests)
        .flatten()
        .filter_map(|(name, entry)| Some((name.as_str(), entry.node.as_str()?)))
        .collect();
    let mut out = String::new();
    let mut own = [&OTHERS[..], &EACH_DATABASE, &CLUSTER, &LAST, &[MODULES, MIGRATE, KEPT]].concat();
    if let Some(declaration) = files.get(DECLARATION) {
        let cluster: serde_json::Value = serde_json::from_str(declaration).ok()?;
        preamble(&mut out, &cluster);
        for name in CLUSTER {
            append(&mut out, name, files.get(name)?);
        }
        for (name, database) in databases(&cluster) {
            let _ = writeln!(out, "\\connect {}", quoted(name));
            for name in EACH_DATABASE {
                append(&mut out, name, files.get(name)?);
            }
            own.extend(modules(&mut out, database, &files)?);
            for name in LAST {
                append(&mut out, name, files.get(name)?);
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

/// The modules of the connected database. Where the server decides between two, both are here and one of them runs.
///
/// Returns the names of all files that modules may have.
fn modules<'a>(
    out: &mut String,
    database: &serde_json::Value,
    files: &BTreeMap<&'a str, &'a str>,
) -> Option<Vec<&'a str>> {
    let modules: Vec<_> = database["modules"].as_array().into_iter().flatten().collect();
    if modules.is_empty() {
        return Some(Vec::new());
    }
    append(out, MODULES, files.get(MODULES)?);
    let migrate = files.get(MIGRATE)?;
    let mut own = Vec::new();
    for module in modules {
        for name in [&module["name"], &module["instead"]].into_iter().filter_map(serde_json::Value::as_str) {
            let choice = module["needs"].is_string();
            if choice {
                let _ = writeln!(
                    out,
                    "SELECT EXISTS (SELECT FROM module WHERE name = '{name}') AS chosen \\gset\n\\if :chosen"
                );
            }
            for (file, version) in files_of(name, files) {
                let text = files.get(file)?;
                let checksum = hexadecimal(&Sha256::digest(text.as_bytes()));
                let _ = writeln!(out, "\\set module {name}\n\\set version {version}\n\\set checksum {checksum}");
                append(out, file, &migrate.replace(RUN_FILE, text.trim_end()));
                own.push(file);
            }
            if choice {
                let _ = writeln!(out, "\\endif");
            }
        }
    }
    append(out, KEPT, files.get(KEPT)?);
    Some(own)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The files of a module and their versions, as the boot script applies them: versions first.
fn files_of<'a>(module: &str, files: &BTreeMap<&'a str, &'a str>) -> Vec<(&'a str, u32)> {
    let mut found: Vec<(&str, u32)> = Vec::new();
    for name in files.keys() {
        let Some(rest) = name.strip_prefix(module).and_then(|rest| rest.strip_suffix(".sql")) else { continue };
        match rest.strip_prefix('.') {
            None if rest.is_empty() => found.push((name, 0)),
            Some(digits) if digits.len() == 2 => found.extend(digits.parse().ok().map(|version| (*name, version))),
            _ => {}
        }
    }
    found.sort_by_key(|(_, version)| if *version == 0 { u32::MAX } else { *version });
    found
}

/// The declared databases, the application's first.
fn databases(cluster: &serde_json::Value) -> Vec<(&str, &serde_json::Value)> {
    let further = cluster["databases"].as_array().into_iter().flatten();
    let further = further.filter_map(|database| Some((database["name"].as_str()?, database)));
    cluster["database"].as_str().map(|name| (name, cluster)).into_iter().chain(further).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
