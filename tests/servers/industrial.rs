//! The databases of a factory: applied again they do not change, roles may do what they are for, and readings go where they belong.
//!
//! The suites in `schemas/` are pgTAP's. TimescaleDB runs on no server here: its branch is run against functions of the documented
//! signatures, which only look at what they are given.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::database::{Database, Login};
use crate::major::Major;
use crate::node::Node;
use crate::on_every_major;
use crate::release::Release;

const DATABASES: [&str; 6] =
    ["production_data", "quality_metrics", "maintenance_logs", "energy_consumption", "scada_historian", "audit_trail"];

/// Every database, sample data, and roles as the documentation has them.
const VALUES: &str = "industrial: {enabled: true}
development: {enabled: true, sampleData: true, pgadmin: {enabled: false}}
postgresql:
  roles:
    - {name: collector, memberOf: [scada_historian_writer]}
    - {name: reports, memberOf: [scada_historian_reader, production_data_reader]}
";

fn release(major: Major, arguments: &[&str]) -> Release {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("values.yaml");
    fs::write(&file, VALUES).unwrap();
    Release::render(major, &[&["--preset", "edge", "-f", &file.display().to_string()], arguments].concat())
}

/// Without databases that a test has no use for: each takes its time.
fn without(names: &[&str]) -> String {
    names.iter().map(|name| format!("industrial.{name}.enabled=false")).collect::<Vec<_>>().join(",")
}

fn as_role<'a>(role: &'a str, database: &'a str, password: &'a str) -> Login<'a> {
    Login { role, password, database }
}

fn refused(database: &Database, login: Login<'_>, sql: &str) {
    let error = database.over_network(login, sql).expect_err(sql);
    assert!(error.contains("permission denied"), "{sql}: {error}");
}

/// What the boot wrote down in every database.
fn migrations(database: &Database) -> String {
    let of = |name: &str| database.superuser(name, "SELECT * FROM pgchart.migration ORDER BY module, version");
    DATABASES.map(of).concat()
}

fn everything_is_applied_once(major: Major) {
    let node = Node::new();
    let release = release(major, &[]);
    let database = node.start(&release);
    let (catalogs, before) = (database.catalogs(), migrations(&database));
    assert!(before.contains("scada_partitions") && !before.contains("timescale"), "{before}");
    roles_do_what_they_are_for(&database, &release);
    the_upkeep_is_the_jobs(&database, &release);
    let day = "SELECT count(*), sum(readings) >= 276480 FROM scada.reading_day";
    assert_eq!(database.superuser("scada_historian", day), "64|t\n");
    database.stop();

    let database = node.start(&release);
    assert_eq!(migrations(&database), before);
    // Rolling up has changed no catalog, and neither has the second boot.
    assert_eq!(database.catalogs(), catalogs);
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_version_that_was_applied_stays_and_the_rest_follows_the_release() {
    let node = Node::new();
    let others = without(&["productionData", "qualityMetrics", "maintenanceLogs", "energyConsumption", "auditTrail"]);
    let roles = "postgresql.roles=[]";
    let release = release(Major(15), &["--set", &others, "--set-json", roles, "--set", "development.sampleData=false"]);
    node.start(&release).stop();
    let mut changed = release.clone();
    changed.edit_file("my-db-postgresql-modules", "scada.01.sql", |text| format!("{text}-- more\n"));
    let boot = node.boot(&changed);
    assert!(boot.log.contains("version 1 of module scada was applied to database scada_historian"), "{}", boot.log);
    let mut changed = release;
    changed.edit_file("my-db-postgresql-modules", "scada_views.sql", |text| {
        format!("{text}CREATE VIEW scada.more AS SELECT 1 AS one;\n")
    });
    let database = node.start(&changed);
    assert_eq!(database.superuser("scada_historian", "SELECT one FROM scada.more"), "1\n");
}

fn roles_do_what_they_are_for(database: &Database, release: &Release) {
    let password = |role: &str| release.secret("my-db-postgresql", &format!("role-{role}")).unwrap();
    let (collector, reports) = (password("collector"), password("reports"));
    let collector = as_role("collector", "scada_historian", &collector);
    let insert = "INSERT INTO scada.reading (time, value, tag_id) VALUES (now() + interval '1 minute', 1, 1)";
    database.over_network(collector, insert).unwrap();
    for sql in [
        "UPDATE scada.reading SET value = 0",
        "DELETE FROM scada.reading",
        "TRUNCATE scada.reading",
        "SELECT value FROM scada.reading",
        "CREATE TABLE scada.mine (n integer)",
        "SELECT upkeep.run()",
        "SET ROLE scada_historian_owner",
        "UPDATE pgchart.migration SET checksum = ''",
        "UPDATE pgchart.setting SET value = '1'",
    ] {
        refused(database, collector, sql);
    }
    let reports = as_role("reports", "scada_historian", &reports);
    assert_eq!(database.over_network(reports, "SELECT count(*) > 1 FROM scada.sensor_data").unwrap(), "t\n");
    refused(database, reports, insert);
    refused(database, Login { database: "quality_metrics", ..reports }, "SELECT 1");
    let app = release.password();
    refused(database, as_role("app", "scada_historian", &app), "SELECT 1");
    let owners = "SELECT count(*) FROM pg_roles WHERE rolname ~ '_(owner|reader|writer)$' AND rolname <> 'pg_database_owner' AND NOT rolcanlogin AND NOT rolsuper";
    assert_eq!(database.superuser("postgres", owners), "18\n");
    let foreign = "SELECT count(*) FROM pg_class WHERE relnamespace = 'scada'::regnamespace AND pg_get_userbyid(relowner) <> 'scada_historian_owner'";
    assert_eq!(database.superuser("scada_historian", foreign), "0\n");
}

/// The script runs as its job has it, but in the server's own pod.
fn the_upkeep_is_the_jobs(database: &Database, release: &Release) {
    let password = release.secret("my-db-postgresql", "upkeep-password").unwrap();
    let login = as_role("upkeep", "scada_historian", &password);
    for sql in
        ["SELECT * FROM scada.tag", "SELECT upkeep.drop_before('scada.reading', now())", "DELETE FROM upkeep.series"]
    {
        refused(database, login, sql);
    }
    let closed = database.over_network(Login { database: "production_data", ..login }, "SELECT 1").unwrap_err();
    assert!(closed.contains("pg_hba.conf rejects"), "{closed}");
    let job = release.named("CronJob", "my-db-postgresql-upkeep");
    let container = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0];
    let variable = |name: &str| {
        let all = container["env"].as_array().unwrap();
        all.iter().find(|variable| variable["name"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    let script = &release.config_map("my-db-postgresql-upkeep")["upkeep.sh"];
    let (user, databases) = (variable("PGUSER"), variable("PGCHART_DATABASES"));
    let assignments = format!("PGHOST=127.0.0.1 PGUSER={user} PGPASSWORD={password} PGCHART_DATABASES='{databases}'");
    let output = database.output(&["bash", "-c", &format!("export {assignments}; {script}")]);
    assert!(output.contains("upkeep: quality_metrics\n") && output.contains("scada.roll_up: 4"), "{output}");
    let with_a_wrong_one =
        format!("export {assignments}; PGCHART_DATABASES=$'production_data\\nscada_historian'; {script}");
    assert!(!database.exec(&["bash", "-c", &with_a_wrong_one]), "a database that fails fails the job");
}

/// Retention drops whole partitions; a query for the last hour looks at the newest ones only.
fn time_decides_which_partitions_there_are(major: Major) {
    let node = Node::new();
    let others = without(&["productionData", "qualityMetrics", "maintenanceLogs", "energyConsumption", "auditTrail"]);
    let wanted = "development.sampleData=false,industrial.scadaHistorian.retentionDays=10";
    let release = release(major, &["--set", wanted, "--set", &others, "--set-json", "postgresql.roles=[]"]);
    let database = node.start(&release);
    let query = |sql: &str| database.superuser("scada_historian", sql);
    query("INSERT INTO scada.tag (name) SELECT 'tag ' || n FROM generate_series(1, 20) AS n");
    query("SELECT upkeep.ensure_partitions('scada.reading', interval '1 day', now() - interval '30 days', now())");
    query(
        "INSERT INTO scada.reading (time, value, tag_id)
         SELECT at, tag_id, tag_id FROM scada.tag, generate_series(now() - interval '29 days', now(), interval '10 minutes') AS at",
    );
    query("ANALYZE scada.reading");
    let plan = query(
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON)
         SELECT time, value FROM scada.reading WHERE tag_id = 7 AND time > now() - interval '1 hour' AND time <= now() ORDER BY time",
    );
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let scans = scans(&plan[0]["Plan"]);
    let newest = query(
        "SELECT partition FROM upkeep.partitions('scada.reading') WHERE upper > now() - interval '1 hour' AND lower <= now()",
    );
    let newest: Vec<&str> = newest.lines().map(|name| name.trim_start_matches("scada.")).collect();
    assert!(!scans.is_empty() && scans.iter().all(|(name, _)| newest.contains(&name.as_str())), "{scans:?} {newest:?}");
    assert!(scans.iter().all(|(_, kind)| kind.contains("Index") || kind.contains("Bitmap")), "{scans:?}");

    query("SELECT upkeep.run()");
    let oldest = "SELECT min(time) > now() - interval '11 days 1 hour', min(time) < now() - interval '10 days' FROM scada.reading";
    assert_eq!(query(oldest), "t|t\n");
    // The rollups of what is gone are still there.
    assert_eq!(query("SELECT min(bucket) < now() - interval '28 days' FROM scada.reading_day"), "t\n");
    assert_eq!(
        query("SELECT upkeep.ensure(), steps_ahead >= 7 FROM upkeep.status WHERE table_name = 'reading'"),
        "0|t\n"
    );
}

/// The tables that a plan has read, and how.
fn scans(plan: &Value) -> Vec<(String, String)> {
    let own = plan.get("Relation Name").filter(|_| plan["Actual Loops"] != 0);
    let own = own.map(|name| (name.as_str().unwrap().to_owned(), plan["Node Type"].as_str().unwrap().to_owned()));
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(scans);
    own.into_iter().chain(below).collect()
}

on_every_major!(everything_is_applied_once);

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn partitions_by_time_on_15() {
    time_decides_which_partitions_there_are(Major(15));
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn partitions_by_time_on_18() {
    time_decides_which_partitions_there_are(Major(18));
}

/// A suite of pgTAP, in a transaction that is rolled back.
pub(crate) fn suite_passes(database: &Database, name: &str, place: &str, postgis: bool) {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/servers/schemas/{name}.sql"));
    let suite = fs::read_to_string(suite).unwrap();
    let make_pgtap = pgtap(database);
    let script = format!(
        "\\set postgis {}\nSET client_min_messages = error;\nBEGIN;\n{make_pgtap}\n{suite}\nROLLBACK;\n",
        u8::from(postgis)
    );
    let shell = format!("psql -X -q -A -t -v ON_ERROR_STOP=1 -d {place} 2>&1 <<'SUITE'\n{script}\nSUITE\n");
    let output = database.output(&["bash", "-c", &shell]);
    let planned = output.lines().find_map(|line| line.strip_prefix("1..")).unwrap_or_default();
    let passed = output.lines().filter(|line| line.starts_with("ok ")).count();
    assert_eq!(planned, passed.to_string(), "{name}:\n{output}");
    assert!(!output.contains("not ok") && !output.contains("ERROR"), "{name}:\n{output}");
}

/// The command that makes pgTAP, which is SQL alone: a server that has no package of it takes that of Debian's 15.
fn pgtap(database: &Database) -> &'static str {
    let known = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgtap'";
    if database.superuser("postgres", known) == "1\n" {
        return "CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA public;";
    }
    let text = fs::read_to_string("/usr/share/postgresql/15/extension/pgtap--1.2.0.sql").unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for part in lines.chunks(2000) {
        database.output(&["bash", "-c", &format!("cat >>/tmp/pgtap.sql <<'PART'\n{}PART\n", part.concat())]);
    }
    "SET search_path = public;\n\\o /dev/null\n\\i /tmp/pgtap.sql\n\\o\nRESET search_path;"
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_suite_of_each_database_passes() {
    let node = Node::new();
    let database = node.start(&release(Major(15), &["--set", "development.sampleData=false"]));
    for name in DATABASES {
        suite_passes(&database, name, name, false);
    }
}

#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn places_are_postgis_geometries_where_the_image_has_it_from_the_start() {
    let others = without(&["qualityMetrics", "maintenanceLogs", "energyConsumption", "scadaHistorian", "auditTrail"]);
    let plain = ["--set", "development.sampleData=false", "--set", &others, "--set-json", "postgresql.roles=[]"];
    let node = Node::new();
    node.start(&release(Major(15), &plain)).stop();
    // A database keeps what it was made with.
    let with_postgis = [&plain[..], &["--set-json", r#"image.extensions=["postgis"]"#]].concat();
    let database = node.start(&release(Major(15), &with_postgis));
    let column = "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'";
    assert_eq!(database.superuser("production_data", column), "0\n");
    database.stop();
    let required = release(Major(15), &[&with_postgis[..], &["--set", "industrial.postgis=required"]].concat());
    let boot = node.boot(&required);
    assert!(boot.log.contains("database production_data was made without postgis"), "{}", boot.log);

    let node = Node::new();
    let database = node.start(&required);
    suite_passes(&database, "production_data", "production_data", true);
    let index = "SELECT count(*) FROM pg_indexes WHERE tablename = 'assets' AND indexdef LIKE '%USING gist (location)'";
    assert_eq!(database.superuser("production_data", index), "1\n");
}

/// The release says that the image has it; the server knows better.
#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn a_server_without_timescaledb_falls_back_or_refuses() {
    let others = without(&["productionData", "qualityMetrics", "maintenanceLogs", "auditTrail"]);
    let only = ["--set", &others, "--set-json", "postgresql.roles=[]", "--set", "development.sampleData=false"];
    let claim = [&only[..], &["--set-json", r#"image.extensions=["timescaledb"]"#]].concat();
    // What cannot be loaded would keep the server from starting; here the image lies about the rest only.
    let strip = |mut release: Release| {
        release.edit_file("my-db-postgresql-config", "postgresql.conf", |text| {
            text.lines().filter(|line| !line.contains("timescaledb")).fold(String::new(), |all, line| all + line + "\n")
        });
        release
    };
    let node = Node::new();
    let database = node.start(&strip(release(Major(15), &claim)));
    let applied = |name| database.superuser(name, "SELECT module FROM pgchart.migration ORDER BY module");
    let applied = [applied("energy_consumption"), applied("scada_historian")].concat();
    assert!(applied.contains("scada_partitions") && applied.contains("energy_partitions"), "{applied}");
    assert!(!applied.contains("timescale"), "{applied}");
    database.stop();
    let node = Node::new();
    let required = [&claim[..], &["--set", "industrial.timescaledb=required"]].concat();
    let boot = node.boot(&strip(release(Major(15), &required)));
    assert!(
        !boot.success && boot.log.contains("timescaledb is required, and this server does not have it"),
        "{}",
        boot.log
    );
}

/// Statement by statement against functions that have the documented names and arguments, in the place of the extension.
#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn the_branch_of_timescaledb_calls_what_is_documented() {
    let node = Node::new();
    let database = node.start(&Release::render(Major(15), &["--preset", "edge"]));
    let files: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("chart/files/industrial");
    let read = |name: &str| fs::read_to_string(files.join(name)).unwrap();
    let stand_in = include_str!("schemas/timescaledb-stand-in.sql");
    for (name, order) in [
        (
            "scada",
            vec![
                "upkeep.01",
                "upkeep",
                "scada.01",
                "scada_timescale.01",
                "scada_timescale",
                "scada_timescale",
                "scada_views",
            ],
        ),
        (
            "energy",
            vec![
                "upkeep.01",
                "upkeep",
                "energy.01",
                "energy_timescale.01",
                "energy_timescale",
                "energy_timescale",
                "energy_rollups.01",
                "energy_rollups",
            ],
        ),
    ] {
        database.superuser("postgres", &format!("CREATE DATABASE {name}"));
        let mut script = format!(
            "\\set owner postgres\n\\set reader pg_read_all_data\n\\set writer pg_write_all_data\n{stand_in}\nSET search_path = pg_catalog;\n"
        );
        for file in order {
            script += "BEGIN;\n";
            script += &stood_in(&read(&format!("{file}.sql")));
            script += "\nCOMMIT;\n";
        }
        let shell = format!("psql -X -q -A -t -v ON_ERROR_STOP=1 -d {name} 2>&1 <<'SCRIPT'\n{script}\nSCRIPT\n");
        let output = database.output(&["bash", "-c", &format!("{{ {shell} }} && echo done")]);
        assert!(output.ends_with("done\n"), "{name}:\n{output}");
        let calls = database.superuser(name, "SELECT call FROM public.called ORDER BY number");
        let expected = match name {
            "scada" => {
                "create_hypertable scada.reading time 1 day
create_hypertable scada.reading_text time 7 days
"
            }
            _ => {
                "create_hypertable energy.reading time 7 days
"
            }
        };
        assert!(calls.starts_with(expected), "{calls}");
        // Applied twice, each policy is there once, and by the settings.
        let policies =
            database.superuser(name, "SELECT kind, relation, spec FROM public.policy ORDER BY kind, relation::text");
        let expected = match name {
            "scada" => {
                "compression|scada.reading|7 days
compression|scada.reading_text|7 days
refresh|scada.reading_day|3 days 1 day 1 day
refresh|scada.reading_hour|1 day 01:00:00 01:00:00
refresh|scada.reading_minute|03:00:00 00:01:00 00:05:00
retention|scada.reading|365 days
retention|scada.reading_minute|1825 days
retention|scada.reading_text|365 days
"
            }
            _ => {
                "compression|energy.reading|30 days
"
            }
        };
        assert_eq!(policies, expected);
    }
}

/// What a server without the extension cannot parse: its options of tables and views. They must be those that are documented.
fn stood_in(text: &str) -> String {
    let mut out = text.replace("CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public;", "");
    out = out.replace(" WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS", " AS");
    while let Some(start) = out.find("SET (\n  timescaledb.") {
        let end = start + out[start..].find(");").unwrap();
        let options: Vec<&str> = out[start + 4..end].split("timescaledb.").skip(1).collect();
        for option in &options {
            let known = ["compress,", "compress_segmentby = '", "compress_orderby = '"];
            assert!(known.iter().any(|known| option.trim().starts_with(known)), "{option}");
        }
        assert_eq!(options.len(), 3);
        out.replace_range(start..=end, "SET (autovacuum_enabled = on)");
    }
    assert!(!out.contains("timescaledb.c"), "{out}");
    out
}
