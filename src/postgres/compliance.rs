//! Controls that regulations ask for: which databases have them, what they are made of, and which clause each serves.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::industrial::{self, Database, Module};
use crate::schema::types::Values;

/// Roles of the controls. Nobody logs in as them: owners of schemas first, then those whose members have duties.
pub const GROUPS: [&str; 9] = [
    "audit_owner",
    "privacy_owner",
    "record_handler",
    "auditor",
    "signature_manager",
    "signer",
    "records_manager",
    "document_approver",
    "privacy_officer",
];

/// The least years that records are kept: 21 CFR 820.180(b) as it was, ISO 13485:2016 4.2.5 in its place.
pub const LEAST_YEARS: u32 = 2;

/// What is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a control of its own")]
pub struct Switches {
    /// The trail of events; whatever else is on leans on it.
    pub trail: bool,
    /// Electronic signatures.
    pub signatures: bool,
    /// Reviews of roles and rights.
    pub access: bool,
    /// Retention and legal holds.
    pub retention: bool,
    /// Control of documents.
    pub documents: bool,
    /// Genealogy of lots.
    pub traceability: bool,
    /// Nonconformances, actions, calibration.
    pub nonconformances: bool,
    /// Rights of persons.
    pub privacy: bool,
}

impl Switches {
    /// What checked values switch on.
    pub fn new(values: &Values) -> Self {
        let (cfr, iso, gdpr) = (&values.compliance.cfr_part11, &values.compliance.iso9001, &values.compliance.gdpr);
        let of_cfr = |control: bool| cfr.enabled && control;
        let of_iso = |control: bool| iso.enabled && control;
        Self {
            trail: cfr.enabled || iso.enabled || gdpr.enabled,
            signatures: of_cfr(cfr.controls.signatures),
            access: of_cfr(cfr.controls.access_reviews),
            retention: of_cfr(cfr.controls.retention) || of_iso(iso.controls.retention),
            documents: of_cfr(cfr.controls.documents) || of_iso(iso.controls.documents),
            traceability: of_iso(iso.controls.traceability),
            nonconformances: of_iso(iso.controls.nonconformances),
            privacy: gdpr.enabled,
        }
    }
}

/// Every database that may have controls: the application's, further ones, those of a factory but for the central copy.
pub fn candidates(values: &Values) -> Vec<String> {
    let further = values.postgresql.databases.iter().map(|database| database.name.clone());
    let factory = factory(values);
    [values.postgresql.database.clone()].into_iter().chain(further).chain(factory).collect()
}

fn factory(values: &Values) -> Vec<String> {
    let all = industrial::departments(values).into_iter().map(|database| database.name);
    all.filter(|name| name != industrial::TRAIL).collect()
}

/// The databases that have controls.
pub fn names(values: &Values) -> Vec<String> {
    if !Switches::new(values).trail {
        return Vec::new();
    }
    let named = &values.compliance.databases;
    let factory = factory(values);
    if !named.is_empty() {
        named.clone()
    } else if factory.is_empty() {
        vec![values.postgresql.database.clone()]
    } else {
        factory
    }
}

/// Adds the controls to databases of a factory, and the other databases that have some.
pub fn add(values: &Values, databases: &mut Vec<Database>) {
    let switches = Switches::new(values);
    for name in names(values) {
        let number = databases.iter().position(|database| database.name == name).unwrap_or_else(|| {
            databases.push(Database { name, modules: Vec::new(), settings: Map::new() });
            databases.len() - 1
        });
        let database = &mut databases[number];
        let is_factory = !database.modules.is_empty();
        let has_quality_system = database.modules.iter().any(|module| module.name == "quality_system");
        let chosen = [
            (switches.trail, "audit"),
            (switches.nonconformances && !has_quality_system, "quality_system"),
            (is_factory, "audit_factory"),
            (switches.signatures, "esign"),
            (switches.access, "access"),
            (switches.retention, "records"),
            (switches.documents, "documents"),
            (switches.traceability, "trace"),
            (switches.privacy, "privacy"),
            (switches.privacy, "privacy_audit"),
        ];
        database.modules.extend(chosen.into_iter().filter(|(on, _)| *on).map(|(_, name)| Module::plain(name)));
        database.settings.extend(settings(values, switches));
    }
}

/// What the functions look up.
fn settings(values: &Values, switches: Switches) -> Map<String, Json> {
    let cfr = &values.compliance.cfr_part11;
    let mut settings = Map::new();
    let mut set = |on: bool, name: &str, value: String| {
        if on {
            settings.insert(format!("compliance.{name}"), json!(value));
        }
    };
    let days = cfr.secret_days.map(|days| days.to_string()).unwrap_or_default();
    set(switches.retention, "retentionYears", values.compliance.retention_years.to_string());
    set(switches.access, "accessReviewDays", cfr.access_review_days.to_string());
    set(switches.signatures, "secretDays", days);
    set(cfr.enabled && cfr.reason_required, "reasonRequired", "true".to_owned());
    set(switches.signatures && switches.documents, "signedApprovals", "true".to_owned());
    settings
}

/// A control, and the clause that it serves.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Control {
    /// Whose clause.
    pub regulation: &'static str,
    /// The clause.
    pub clause: &'static str,
    /// What is there for it.
    pub what: &'static str,
}

/// The controls of a release.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// The databases that have them.
    pub databases: Vec<String>,
    /// What is on.
    pub on: Vec<Control>,
    /// What could be and is not.
    pub off: Vec<Control>,
    /// The database of the central copy; none where there is no such database.
    pub trail: Option<&'static str>,
    /// Whether the extension pgaudit writes statements down; what is logged instead tells less.
    pub pgaudit: bool,
}

impl Statement {
    /// The statement of checked values; none without any control.
    pub fn new(values: &Values) -> Option<Self> {
        let switches = Switches::new(values);
        let databases = names(values);
        if databases.is_empty() {
            return None;
        }
        let trail = values.industrial.enabled && values.industrial.audit_trail.enabled;
        let (on, off): (Vec<_>, Vec<_>) = controls(values, switches).into_iter().partition(|(on, _)| *on);
        let controls = |list: Vec<(bool, Control)>| list.into_iter().map(|(_, control)| control).collect();
        Some(Self {
            databases,
            on: controls(on),
            off: controls(off),
            trail: trail.then_some(industrial::TRAIL),
            pgaudit: super::logging::audits(values),
        })
    }
}

const CFR: &str = "21 CFR Part 11";
const ISO: &str = "ISO 9001:2015";
const GDPR: &str = "GDPR";

/// Every control of the regulations that are on.
fn controls(values: &Values, switches: Switches) -> Vec<(bool, Control)> {
    let compliance = &values.compliance;
    let regulations =
        [(CFR, compliance.cfr_part11.enabled), (ISO, compliance.iso9001.enabled), (GDPR, compliance.gdpr.enabled)];
    let is_on = |regulation: &str| regulations.iter().any(|(name, on)| *name == regulation && *on);
    let tls = values.tls.enabled && values.tls.required;
    let control = |regulation, clause, what| Control { regulation, clause, what };
    let all = vec![
        (true, control(CFR, "11.10(a)", "audit.verify_all() and the anchor job discern invalid or altered records")),
        (true, control(CFR, "11.10(b)", "audit.export() gives copies of events that can be checked anywhere")),
        (
            switches.retention,
            control(CFR, "11.10(c)", "records: retention, legal holds, purge of archived months only"),
        ),
        (
            switches.access,
            control(CFR, "11.10(d), (g)", "access: matrix of roles and rights, reviews, what has changed since"),
        ),
        (true, control(CFR, "11.10(e)", "audit.event: who, when, what before and after, chained by SHA-256")),
        (
            compliance.cfr_part11.reason_required,
            control(CFR, "11.10(e)", "changes and deletions need a reason (app.reason)"),
        ),
        (switches.documents, control(CFR, "11.10(k)", "documents: revisions with digests, one of them effective")),
        (tls, control(CFR, "11.30", "connections over the network are encrypted")),
        (switches.signatures, control(CFR, "11.50", "esign.manifest: printed name, time in UTC, meaning")),
        (
            switches.signatures,
            control(CFR, "11.70", "signatures hold the SHA-256 of the record; esign.is_valid() compares"),
        ),
        (
            switches.signatures,
            control(CFR, "11.100", "a signer is one role, enrolled by a signature_manager, never given to another"),
        ),
        (switches.signatures, control(CFR, "11.200", "signing takes the login and a secret of its own")),
        (
            switches.signatures,
            control(CFR, "11.300", "secrets age, lock after five wrong ones, and are revoked; attempts are kept"),
        ),
        (switches.nonconformances, control(ISO, "7.1.5", "qms.calibration, qms.overdue, qms.is_calibrated()")),
        (
            switches.documents,
            control(ISO, "7.5", "documents: identification, review, approval, one effective revision"),
        ),
        (switches.retention, control(ISO, "7.5.3.2", "records: retention, legal holds, disposition after an archive")),
        (switches.traceability, control(ISO, "8.5.2", "trace.where_used(), trace.made_of(): genealogy of lots")),
        (switches.nonconformances, control(ISO, "8.7", "qms.nonconformance with its disposition")),
        (
            switches.nonconformances,
            control(ISO, "10.2", "qms.capa: cause, action, check of its effect by somebody else"),
        ),
        (switches.privacy, control(GDPR, "Art. 6, 7", "privacy.consent: basis, purpose, evidence, withdrawal")),
        (switches.privacy, control(GDPR, "Art. 12(3)", "privacy.request: a month for the answer, privacy.overdue")),
        (
            switches.privacy,
            control(GDPR, "Art. 15, 20", "privacy.export_subject(): what the catalogue knows of a person"),
        ),
        (
            switches.privacy,
            control(GDPR, "Art. 17", "privacy.erase_subject(): null, redaction, hash, or the end of the key"),
        ),
        (switches.privacy, control(GDPR, "Art. 25", "columns of the catalogue are left out of events")),
        (
            switches.privacy,
            control(GDPR, "Art. 30", "privacy.pii: which columns tell of persons, and what becomes of them"),
        ),
        (tls, control(GDPR, "Art. 32", "connections over the network are encrypted")),
    ];
    all.into_iter().filter(|(_, control)| is_on(control.regulation)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(json: Json) -> Values {
        serde_json::from_value(json).expect("values")
    }

    #[test]
    fn controls_go_where_the_factory_is_or_where_the_application_is() {
        let cfr = json!({"cfrPart11": {"enabled": true}});
        let alone = values(json!({"postgresql": {"database": "records"}, "compliance": cfr}));
        assert_eq!(names(&alone), ["records"]);
        let industrial = json!({"enabled": true, "productionData": {"enabled": true}, "auditTrail": {"enabled": true}});
        let factory =
            values(json!({"postgresql": {"database": "records"}, "compliance": cfr, "industrial": industrial}));
        assert_eq!(names(&factory), ["production_data"]);
        assert_eq!(names(&values(json!({"postgresql": {"database": "records"}}))), Vec::<String>::new());
    }

    #[test]
    fn what_is_off_is_said_to_be_off() {
        let compliance = json!({"cfrPart11": {"enabled": true, "controls": {"signatures": true}}});
        let statement = Statement::new(&values(json!({"compliance": compliance}))).expect("a statement");
        let clauses = |list: &[Control]| list.iter().map(|control| control.clause).collect::<Vec<_>>();
        assert!(clauses(&statement.on).contains(&"11.70") && !clauses(&statement.off).contains(&"11.70"));
        assert!(clauses(&statement.off).contains(&"11.10(c)"));
        assert!(statement.on.iter().chain(&statement.off).all(|control| control.regulation == CFR));
    }
}
