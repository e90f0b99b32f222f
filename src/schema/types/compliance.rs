//! Controls that regulations ask for, as far as a database can have them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Resources, Scalar, form};

/// Controls that regulations ask for, as far as a database can have them. Software alone makes nobody compliant.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Compliance {
    /// The databases that get them; when empty, those of `industrial`, or the application's where there are none.
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub databases: Vec<String>,
    /// How many years records are kept at least.
    #[schemars(range(min = 1, max = 100))]
    pub retention_years: u32,
    /// Electronic records and signatures (21 CFR Part 11).
    pub cfr_part11: CfrPart11,
    /// Quality management (ISO 9001).
    pub iso9001: Iso9001,
    /// Data of persons (GDPR).
    pub gdpr: Gdpr,
    /// The job that anchors the chains of events outside.
    pub anchor: Anchor,
}

/// Electronic records and signatures (21 CFR Part 11).
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CfrPart11 {
    /// Whether its controls are on; the audit trail is one that is always among them.
    pub enabled: bool,
    /// The others.
    pub controls: CfrControls,
    /// Whether changes and deletions need a reason, in `app.reason`.
    pub reason_required: bool,
    /// Days after which a secret for signing has to be changed; never, when not set.
    #[schemars(range(min = 1, max = 3650))]
    pub secret_days: Option<u32>,
    /// Days after which a review of rights is late.
    #[schemars(range(min = 1, max = 3650))]
    pub access_review_days: u32,
}

/// Controls of 21 CFR Part 11.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a control of its own")]
pub struct CfrControls {
    /// Electronic signatures: 11.50, 11.70, 11.100 to 11.300.
    pub signatures: bool,
    /// Reviews of roles and rights: 11.10(d) and (g).
    pub access_reviews: bool,
    /// Retention and legal holds: 11.10(c).
    pub retention: bool,
    /// Control of documents: 11.10(k).
    pub documents: bool,
}

/// Quality management (ISO 9001).
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Iso9001 {
    /// Whether its controls are on.
    pub enabled: bool,
    /// Which ones.
    pub controls: IsoControls,
}

/// Controls of ISO 9001.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a control of its own")]
pub struct IsoControls {
    /// Control of documents: 7.5.
    pub documents: bool,
    /// Where lots went and what they are made of: 8.5.2.
    pub traceability: bool,
    /// Nonconformances, corrective and preventive action, calibration: 7.1.5, 8.7, 10.2.
    pub nonconformances: bool,
    /// Retention of records: 7.5.3.2.
    pub retention: bool,
}

/// Data of persons (GDPR).
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Gdpr {
    /// Whether consent, requests, export, erasure and keys of persons are there: articles 6, 7, 12, 15 to 21, 25 and 32.
    pub enabled: bool,
}

/// The job that anchors the chains of events outside.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Anchor {
    /// When it runs, as in a `CronJob`.
    #[schemars(transform = form::text(form::SCHEDULE))]
    pub schedule: String,
    /// The role that it logs in with; it verifies and copies, and changes nothing.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// A claim for the file of anchors, such as of a store that writes once; without it they are in the job's log only.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_claim: Option<String>,
    /// A Secret with the key that anchors are signed with; unsigned without it.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// The key in that Secret.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub secret_key: String,
    /// CPU and memory of it.
    pub resources: Resources,
}
