//! Databases of a factory: which there are, what they are made of, and whether `TimescaleDB` and `PostGIS` take part.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::{compliance, facts, image};
use crate::schema::types::{Scalar, Values};

/// A database and the modules of SQL that make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// What it is made of, in order.
    pub modules: Vec<Module>,
    /// What its functions look up, by name.
    pub settings: Map<String, Json>,
}

/// A module: the files `NAME.01.sql`, `NAME.02.sql` and so on, and `NAME.sql`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Module {
    /// Its name.
    pub name: &'static str,
    /// The extension without which it is not applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<&'static str>,
    /// The module in its place then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<&'static str>,
    /// Whether there is no other choice.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// Extensions that these databases have; they are among PostgreSQL's own.
pub const EXTENSIONS: [&str; 1] = ["btree_gist"];

/// What the name of a database is followed by in the names of its roles: its owner, and who reads and writes.
pub const GROUPS: [&str; 3] = ["owner", "reader", "writer"];

/// What the user says of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Where the image has it.
    Auto,
    /// Always.
    Required,
    /// Never.
    Off,
}

impl Wish {
    /// The word in the values; YAML reads `off` as false.
    pub fn new(word: Option<&Scalar>) -> Self {
        match word {
            Some(Scalar::Bool(false)) => Self::Off,
            Some(word) => match word.to_string().as_str() {
                "required" => Self::Required,
                "off" => Self::Off,
                _ => Self::Auto,
            },
            None => Self::Auto,
        }
    }
}

/// Whether the image has an extension, and all of it.
pub fn image_has(values: &Values, extension: &str) -> bool {
    let stated = values.image.extensions.iter().flatten().any(|name| name == extension);
    let tag = facts::tag(values);
    let known = image::known(&values.image.repository, &tag);
    let brought = known.is_some_and(|known| known.extensions.contains(&extension));
    stated || brought && !(extension == "timescaledb" && image::is_apache_edition(&values.image.repository, &tag))
}

/// Whether `TimescaleDB` is loaded for these databases.
pub fn has_timescale(values: &Values) -> bool {
    let series = values.industrial.scada_historian.enabled || values.industrial.energy_consumption.enabled;
    values.industrial.enabled && series && choose(values, values.industrial.timescaledb.as_ref(), "timescaledb")
}

fn choose(values: &Values, word: Option<&Scalar>, extension: &str) -> bool {
    match Wish::new(word) {
        Wish::Auto => image_has(values, extension),
        Wish::Required => true,
        Wish::Off => false,
    }
}

/// The names of the databases that there may be.
pub const NAMES: [&str; 6] =
    ["production_data", "quality_metrics", "maintenance_logs", "energy_consumption", "scada_historian", TRAIL];

/// Who owns a database of a factory.
pub fn owner(name: &str) -> Option<&'static str> {
    const OWNERS: [&str; 6] = [
        "production_data_owner",
        "quality_metrics_owner",
        "maintenance_logs_owner",
        "energy_consumption_owner",
        "scada_historian_owner",
        "audit_trail_owner",
    ];
    OWNERS.into_iter().find(|owner| owner.strip_suffix("_owner") == Some(name))
}

/// The names of those that there are.
pub fn names(values: &Values) -> Vec<&'static str> {
    let departments = departments(values);
    NAMES.into_iter().filter(|name| departments.iter().any(|department| department.name == *name)).collect()
}

/// The name of the database of the central copy.
pub const TRAIL: &str = "audit_trail";

/// Every database that modules are applied to.
pub fn databases(values: &Values) -> Vec<Database> {
    let mut all = departments(values);
    compliance::add(values, &mut all);
    all
}

/// The databases of a factory, in the order of the document, without controls.
pub fn departments(values: &Values) -> Vec<Database> {
    let industrial = &values.industrial;
    if !industrial.enabled {
        return Vec::new();
    }
    let branch = |word: Option<&Scalar>, extension: &'static str, with: &'static str, without: &'static str| {
        if choose(values, word, extension) {
            let required = Wish::new(word) == Wish::Required;
            Module { name: with, needs: Some(extension), instead: Some(without), required }
        } else {
            module(without)
        }
    };
    let timescale = |with, without| branch(industrial.timescaledb.as_ref(), "timescaledb", with, without);
    let place = branch(industrial.postgis.as_ref(), "postgis", "location_postgis", "location_plain");
    let (energy, scada) = (&industrial.energy_consumption, &industrial.scada_historian);
    let days = |settings: &[(&str, Option<u32>)]| -> Map<String, Json> {
        let text = |days: Option<u32>| days.map(|days| days.to_string()).unwrap_or_default();
        settings.iter().map(|(name, value)| ((*name).to_owned(), json!(text(*value)))).collect()
    };
    let samples = values.development.enabled && values.development.sample_data;
    let mut all = Vec::new();
    let mut add = |enabled: bool, name: &str, modules: Vec<Module>, sample: Option<&'static str>, settings| {
        let sample = sample.filter(|_| samples).map(module);
        if enabled {
            all.push(Database {
                name: String::from(name),
                modules: modules.into_iter().chain(sample).collect(),
                settings,
            });
        }
    };
    add(
        industrial.production_data.enabled,
        "production_data",
        vec![module("factory"), place, module("production")],
        Some("sample_production"),
        Map::new(),
    );
    add(
        industrial.quality_metrics.enabled,
        "quality_metrics",
        vec![module("upkeep"), module("quality"), module("quality_system")],
        Some("sample_quality"),
        days(&[("qualityMetrics.retentionDays", industrial.quality_metrics.retention_days)]),
    );
    add(
        industrial.maintenance_logs.enabled,
        "maintenance_logs",
        vec![module("maintenance")],
        Some("sample_maintenance"),
        Map::new(),
    );
    add(
        energy.enabled,
        "energy_consumption",
        vec![
            module("upkeep"),
            module("energy"),
            timescale("energy_timescale", "energy_partitions"),
            module("energy_rollups"),
        ],
        Some("sample_energy"),
        days(&[
            ("energyConsumption.retentionDays", energy.retention_days),
            ("energyConsumption.compressAfterDays", energy.compress_after_days),
        ]),
    );
    add(
        scada.enabled,
        "scada_historian",
        vec![
            module("upkeep"),
            module("scada"),
            timescale("scada_timescale", "scada_partitions"),
            module("scada_views"),
        ],
        Some("sample_scada"),
        days(&[
            ("scadaHistorian.retentionDays", scada.retention_days),
            ("scadaHistorian.rollupRetentionDays", scada.rollup_retention_days),
            ("scadaHistorian.compressAfterDays", scada.compress_after_days),
        ]),
    );
    add(
        industrial.audit_trail.enabled,
        TRAIL,
        vec![module("upkeep"), module("trail")],
        None,
        days(&[("auditTrail.retentionDays", industrial.audit_trail.retention_days)]),
    );
    all
}

const fn module(name: &'static str) -> Module {
    Module::plain(name)
}

impl Module {
    /// A module that every server can have.
    pub const fn plain(name: &'static str) -> Self {
        Self { name, needs: None, instead: None, required: false }
    }
}

/// Roles that nobody logs in as. A database that the user declared keeps its owner.
pub fn groups(values: &Values) -> Vec<String> {
    let departments = departments(values);
    let databases = databases(values);
    let of = |database: &Database| {
        let made = departments.iter().any(|department| department.name == database.name);
        let groups = if made { &GROUPS[..] } else { &GROUPS[1..] };
        groups.iter().map(|group| format!("{}_{group}", database.name)).collect::<Vec<_>>()
    };
    let controls = if compliance::names(values).is_empty() { &[][..] } else { &compliance::GROUPS[..] };
    databases.iter().flat_map(of).chain(controls.iter().map(|group| (*group).to_owned())).collect()
}

/// Every module that a server may choose, each once.
pub fn modules(databases: &[Database]) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    for module in databases.iter().flat_map(|database| &database.modules) {
        let instead = module.instead.filter(|_| !module.required);
        for name in [Some(module.name), instead].into_iter().flatten() {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    all
}

/// Whether a database has anything for the upkeep to do.
pub fn is_kept(database: &Database) -> bool {
    database.modules.iter().any(|module| module.name == "upkeep")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(json: Json) -> Values {
        let all = json!({"enabled": true, "scadaHistorian": {"enabled": true}, "productionData": {"enabled": true}});
        let mut values: Values = serde_json::from_value(json).expect("values");
        let timescaledb = values.industrial.timescaledb.take();
        values.industrial = serde_json::from_value(all).expect("industrial");
        values.industrial.timescaledb = timescaledb;
        values
    }

    fn names(json: Json) -> Vec<&'static str> {
        modules(&databases(&values(json)))
    }

    #[test]
    fn an_image_without_timescaledb_never_gets_to_see_it() {
        for image in [
            json!({"repository": "postgres"}),
            json!({"repository": "timescale/timescaledb", "tag": "2.17.2-pg16-oss"}),
            json!({"repository": "zalando/spilo-16", "tag": "4.0-p2"}),
        ] {
            let found = names(json!({"image": image}));
            assert!(found.contains(&"scada_partitions") && !found.contains(&"scada_timescale"), "{found:?}");
        }
    }

    #[test]
    fn an_image_with_timescaledb_may_still_fall_back_unless_it_is_required() {
        let image = json!({"repository": "timescale/timescaledb", "tag": "2.17.2-pg16"});
        let found = names(json!({"image": image}));
        assert!(found.contains(&"scada_timescale") && found.contains(&"scada_partitions"), "{found:?}");
        let found = names(json!({"image": image, "industrial": {"timescaledb": "required"}}));
        assert!(found.contains(&"scada_timescale") && !found.contains(&"scada_partitions"), "{found:?}");
        for off in [json!("off"), json!(false)] {
            let found = names(json!({"image": image, "industrial": {"timescaledb": off}}));
            assert!(!found.contains(&"scada_timescale"), "{found:?}");
        }
    }
}
