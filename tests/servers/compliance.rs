//! Controls of regulations: attacks on the trail are refused or found, anchors outside know what the database cannot.
//!
//! What a single session can show is in `schemas/compliance.sql`, a suite of pgTAP's.

use crate::database::{Database, Login};
use crate::industrial::suite_passes;
use crate::major::Major;
use crate::node::Node;
use crate::on_every_major;
use crate::release::Release;

const CONTROLS: &str = "compliance.cfrPart11.enabled=true,compliance.iso9001.enabled=true,compliance.gdpr.enabled=true";

/// A factory with two databases and the central copy.
const FACTORY: &str = "industrial.enabled=true,industrial.qualityMetrics.enabled=false,industrial.maintenanceLogs.enabled=false,\
    industrial.energyConsumption.enabled=false,industrial.scadaHistorian.retentionDays=null";

fn release(major: Major, arguments: &[&str]) -> Release {
    Release::render(major, &[&["--preset", "edge", "--set", CONTROLS], arguments].concat())
}

fn login<'a>(role: &'a str, database: &'a str, password: &'a str) -> Login<'a> {
    Login { role, password, database }
}

/// In the application's own database, whose owner the application is.
fn attacks_are_refused_or_found(major: Major) {
    let roles = r#"postgresql.roles=[{"name": "inspector", "memberOf": ["auditor"]}]"#;
    let release = release(major, &["--set-json", roles]);
    let node = Node::new();
    let database = node.start(&release);
    let (app, inspector) = (release.password(), release.secret("my-db-postgresql", "role-inspector").unwrap());
    let (app, inspector) = (login("app", "app", &app), login("inspector", "app", &inspector));
    let as_app = |sql: &str| database.over_network(app, sql);
    as_app("CREATE SCHEMA shop; CREATE TABLE shop.orders (id integer PRIMARY KEY, what text)").unwrap();
    assert_eq!(as_app("SELECT audit.attach('shop.orders'), audit.attach('shop.orders')").unwrap(), "t|f\n");
    as_app("SET app.actor = 'Ada'; INSERT INTO shop.orders VALUES (1, 'one'), (2, 'two')").unwrap();
    as_app("SET app.reason = 'typo'; UPDATE shop.orders SET what = 'One' WHERE id = 1; DELETE FROM shop.orders WHERE id = 2").unwrap();
    for sql in [
        "SELECT * FROM audit.event",
        "UPDATE audit.event SET reason = 'x'",
        "DELETE FROM audit.event",
        "TRUNCATE audit.event",
        "INSERT INTO audit.event (chain, seq) VALUES ('shop.orders', 99)",
        "DELETE FROM audit.chain_head",
        "SELECT audit.append('shop.orders', 'x', 'x', NULL, NULL, NULL)",
        "SELECT audit.ensure_month(now())",
        "DROP TABLE audit.event",
        "DROP SCHEMA audit CASCADE",
        "CREATE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        "ALTER EVENT TRIGGER audit_definitions DISABLE",
        "SET ROLE audit_owner",
        "UPDATE pgchart.migration SET checksum = ''",
        "SELECT privacy.erase_subject(gen_random_uuid(), 'x')",
        "SELECT key FROM privacy.subject_key",
        "SELECT records.purge(current_date, 'x')",
        "SELECT secret FROM esign.credential",
    ] {
        let error = as_app(sql).expect_err(sql);
        assert!(error.contains("permission denied") || error.contains("must be owner"), "{sql}: {error}");
    }
    let see = |sql: &str| database.over_network(inspector, sql).unwrap();
    code_of_an_owner_has_no_rights(&database, app);
    let events = "SELECT op, login, app_user, reason, pk, old_row ->> 'what', new_row ->> 'what' FROM audit.event WHERE chain = 'shop.orders' ORDER BY seq";
    assert_eq!(
        see(events),
        "INSERT|app|Ada||{\"id\": 1}||one\nINSERT|app|Ada||{\"id\": 2}||two\nUPDATE|app||typo|{\"id\": 1}|one|One\nDELETE|app||typo|{\"id\": 2}|two|\n"
    );
    assert!(database.over_network(inspector, "DELETE FROM audit.event").is_err());
    // An owner can switch the trail of his own table off. That is an event, and everybody sees it.
    as_app("ALTER TABLE shop.orders DISABLE TRIGGER zz_audit").unwrap();
    assert_eq!(see("SELECT op, login FROM audit.event WHERE op = 'AUDIT DISABLED'"), "AUDIT DISABLED|app\n");
    assert_eq!(see("SELECT rel, watched FROM audit.watched WHERE rel::text LIKE '%orders'"), "shop.orders|f\n");
    as_app("SELECT audit.attach('shop.orders')").unwrap();
    assert_eq!(see("SELECT bool_and(ok) FROM audit.verify_all()"), "t\n");
    writers_at_the_same_time(&database, &release);
    assert_eq!(see("SELECT ok, events FROM audit.verify('shop.orders')"), "t|404\n");
    // The superuser cuts the tail off in a session of replication, with the triggers gone.
    let sql = "ALTER TABLE audit.event DISABLE TRIGGER ALL; DELETE FROM audit.event WHERE chain = 'shop.orders' AND seq > 400";
    database.superuser("app", sql);
    assert_eq!(see("SELECT ok, first_bad FROM audit.verify('shop.orders')"), "f|401\n");
    let catalogs = database.catalogs();
    database.stop();
    // Another boot changes nothing, least of all what was cut off.
    let database = node.start(&release);
    assert_eq!(database.catalogs(), catalogs);
    assert_eq!(database.superuser("app", "SELECT ok, first_bad FROM audit.verify('shop.orders')"), "f|401\n");
}

/// A cast to `json` is code that runs whenever the trail looks at a row of that type.
fn code_of_an_owner_has_no_rights(database: &Database, app: Login<'_>) {
    let trap = "CREATE SCHEMA trap; CREATE TYPE trap.mood AS ENUM ('good');
        CREATE FUNCTION trap.spring(trap.mood) RETURNS json LANGUAGE sql AS 'SELECT NULL::json';
        CREATE CAST (trap.mood AS json) WITH FUNCTION trap.spring(trap.mood);
        CREATE TABLE trap.orders (id integer PRIMARY KEY, mood trap.mood); SELECT audit.attach('trap.orders')";
    database.over_network(app, trap).unwrap();
    for (action, reason) in [
        ("DELETE FROM audit.chain_head", "permission denied for schema audit"),
        ("PERFORM key FROM privacy.subject_key", "permission denied for table subject_key"),
        ("ALTER FUNCTION audit.as_json(anyelement) SECURITY INVOKER", "ALTER FUNCTION is refused while rows are read"),
        ("PERFORM set_config('search_path', 'trap', false)", "a row sets search_path"),
        ("SET LOCAL ROLE audit_owner", "cannot set parameter \"role\" within security-definer function"),
    ] {
        let sql = format!(
            "CREATE OR REPLACE FUNCTION trap.spring(trap.mood) RETURNS json LANGUAGE plpgsql AS $$BEGIN {action}; RETURN '1'; END$$;
             INSERT INTO trap.orders VALUES (1, 'good')"
        );
        let error = database.over_network(app, &sql).expect_err(action);
        assert!(error.contains(reason), "{action}: {error}");
    }
    database.over_network(app, "DROP SCHEMA trap CASCADE").unwrap();
}

/// Four sessions of a hundred inserts each: one chain without gaps.
fn writers_at_the_same_time(database: &Database, release: &Release) {
    let password = release.password();
    std::thread::scope(|scope| {
        for writer in 1..=4 {
            let login = login("app", "app", &password);
            scope.spawn(move || {
                let insert = format!("DO $$BEGIN FOR n IN 1..100 LOOP INSERT INTO shop.orders VALUES ({writer} * 1000 + n); COMMIT; END LOOP; END$$");
                database.over_network(login, &insert).unwrap();
            });
        }
    });
}

on_every_major!(attacks_are_refused_or_found);

/// One database, with the controls as a department has them.
fn the_suite_of_the_controls_passes(major: Major) {
    let node = Node::new();
    let database = node.start(&release(
        major,
        &["--set", FACTORY, "--set", "industrial.scadaHistorian.enabled=false,industrial.auditTrail.enabled=false"],
    ));
    suite_passes(&database, "compliance", "production_data", false);
}

on_every_major!(the_suite_of_the_controls_passes);

/// A setting that changed has everything without a version applied again.
#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn controls_follow_a_setting_and_stay_whole() {
    let node = Node::new();
    node.start(&release(Major(15), &["--set", "compliance.retentionYears=11"])).stop();
    let database = node.start(&release(Major(15), &["--set", "compliance.retentionYears=12"]));
    assert_eq!(database.superuser("app", "SELECT records.years(), bool_and(ok) FROM audit.verify_all()"), "12|t\n");
    let again = "SELECT min(applied_at) FILTER (WHERE version = 0) > max(applied_at) FILTER (WHERE version > 0) FROM pgchart.migration";
    assert_eq!(database.superuser("app", again), "t\n");
}

/// The script runs as its job has it, but in the server's own pod.
#[test]
#[ignore = "needs PostgreSQL servers, run by tests/run"]
fn anchors_tell_of_a_chain_that_was_rewritten() {
    let release = release(Major(15), &["--set", FACTORY, "--set", "compliance.anchor.existingClaim=anchors"]);
    let node = Node::new();
    let database = node.start(&release);
    let job = release.named("CronJob", "my-db-postgresql-anchor");
    let container = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0];
    let variable = |name: &str| {
        let all = container["env"].as_array().unwrap();
        all.iter().find(|variable| variable["name"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    let password = release.secret("my-db-postgresql", "anchor-password").unwrap();
    let script = &release.config_map("my-db-postgresql-anchor")["anchor.sh"];
    database.output(&[
        "bash",
        "-c",
        &format!("mkdir -p /tmp/anchors; cat >/tmp/anchor.sh <<'SCRIPT'\n{script}\nSCRIPT"),
    ]);
    let environment = format!(
        "PGHOST=127.0.0.1 PGUSER={} PGPASSWORD={password} PGCHART_DATABASES='{}' PGCHART_TRAIL={} PGCHART_ANCHORS=/tmp/anchors PGCHART_ANCHOR_KEY=a-key-of-this-test",
        variable("PGUSER"),
        variable("PGCHART_DATABASES"),
        variable("PGCHART_TRAIL"),
    );
    let run = |arguments: &str| {
        database.output(&["bash", "-c", &format!("{environment} bash /tmp/anchor.sh {arguments} 2>&1; echo status $?")])
    };
    let sql = |sql: &str| database.superuser("production_data", sql);
    sql(
        "INSERT INTO production.product (code, name) SELECT 'p' || n, E'a\tname\nwith ''all'' \\\\ of it' FROM generate_series(1, 50) AS n",
    );
    let first = run("");
    assert!(first.contains("production_data\tproduction.product\t50\t") && first.ends_with("status 0\n"), "{first}");
    sql("UPDATE production.product SET name = 'other'");
    assert!(run("").ends_with("status 0\n"));
    assert!(run("check /tmp/anchors/anchors.tsv").contains("is whole\nstatus 0"));
    let copy = database
        .superuser("audit_trail", "SELECT ok, events FROM trail.verify('production_data', 'production.product')");
    assert_eq!(copy, "t|100\n");
    let anchors =
        database.superuser("audit_trail", "SELECT count(*) FROM trail.anchor WHERE chain = 'production.product'");
    assert_eq!(anchors, "2\n");

    // All of it rewritten, so that the chain is whole again.
    sql("ALTER TABLE audit.event DISABLE TRIGGER refuse_change;
         DO $$
         DECLARE
           e audit.event;
           before bytea := sha256('production.product');
         BEGIN
           FOR e IN SELECT * FROM audit.event WHERE chain = 'production.product' ORDER BY seq LOOP
             e.login := 'somebody else'; e.prev_hash := before; e.hash := audit.digest(e); before := e.hash;
             UPDATE audit.event SET login = e.login, prev_hash = e.prev_hash, hash = e.hash WHERE chain = e.chain AND seq = e.seq;
           END LOOP;
           UPDATE audit.chain_head SET hash = before WHERE chain = 'production.product';
         END $$");
    assert_eq!(sql("SELECT ok FROM audit.verify('production.product')"), "t\n");
    for _ in 0..2 {
        let told = run("");
        assert!(
            told.contains(
                "chain production.product of database production_data is not the one that was anchored at event 100"
            ),
            "{told}"
        );
        assert!(told.ends_with("status 1\n"), "{told}");
    }
    // Without the file of anchors the central copy knows.
    sql("INSERT INTO production.product (code, name) VALUES ('new', 'new')");
    let told = run("").replace("/tmp/anchors", "");
    assert!(told.ends_with("status 1\n"), "{told}");
    let without = environment.replace("PGCHART_ANCHORS=/tmp/anchors", "");
    let told = database.output(&["bash", "-c", &format!("{without} bash /tmp/anchor.sh 2>&1; echo status $?")]);
    assert!(told.contains("does not continue its central copy") && told.ends_with("status 1\n"), "{told}");
    // A file that somebody changed says so.
    database.output(&["sed", "-i", "1s/definitions/definition/", "/tmp/anchors/anchors.tsv"]);
    assert!(
        run("check /tmp/anchors/anchors.tsv")
            .contains("line 1 of /tmp/anchors/anchors.tsv was not signed with this key")
    );
}
