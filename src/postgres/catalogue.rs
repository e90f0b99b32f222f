//! The server parameters of each major version, from `pg_settings` of real servers.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Major;

/// One server parameter.
#[derive(Clone, Debug, Deserialize)]
pub struct Parameter {
    /// Its name, in the spelling of `pg_settings`.
    pub name: String,
    /// What kind of value it takes.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The unit of a number without one: `kB`, `8kB`, `ms` …
    pub unit: Option<String>,
    /// The smallest value, in that unit.
    pub min: Option<String>,
    /// The largest value, in that unit.
    pub max: Option<String>,
    /// The words that an enumeration knows.
    #[serde(rename = "enum")]
    pub options: Option<Vec<String>>,
    /// When a change takes effect.
    pub context: Context,
    /// The value without any setting, in the base unit.
    pub default: Option<String>,
    /// What it does.
    pub description: String,
}

/// The kind of value a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `on` or `off`.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Real,
    /// Text.
    String,
    /// One of some words.
    Enum,
}

/// When a change of a parameter takes effect (`pg_settings.context`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// Never: it tells how the server was built or initialised.
    Internal,
    /// At a restart.
    Postmaster,
    /// At a reload.
    Sighup,
    /// For new connections of superusers.
    SuperuserBackend,
    /// For new connections.
    Backend,
    /// In a session, by superusers.
    Superuser,
    /// In a session, by anybody.
    User,
}

/// The parameters of one major version.
#[derive(Debug)]
pub struct Catalogue {
    parameters: Vec<Parameter>,
}

/// Words that only some builds know; the official images know all but `io_uring` on Alpine. The server that the data
/// came from was built without these libraries.
const BUILD_OPTIONS: &[(&str, &[&str])] =
    &[("wal_compression", &["lz4", "zstd"]), ("default_toast_compression", &["lz4"]), ("io_method", &["io_uring"])];

impl Catalogue {
    /// The catalogue of a major version, read once.
    ///
    /// # Panics
    /// Never: the data are part of the program and a test reads them.
    pub fn of(major: Major) -> &'static Self {
        static CELLS: [OnceLock<Catalogue>; 4] = [const { OnceLock::new() }; 4];
        let (cell, text) = match major {
            Major::V15 => (&CELLS[0], include_str!("parameters/15.json")),
            Major::V16 => (&CELLS[1], include_str!("parameters/16.json")),
            Major::V17 => (&CELLS[2], include_str!("parameters/17.json")),
            Major::V18 => (&CELLS[3], include_str!("parameters/18.json")),
        };
        cell.get_or_init(|| {
            let mut parameters: Vec<Parameter> = serde_json::from_str(text).expect("a test reads the data");
            for parameter in &mut parameters {
                let more = BUILD_OPTIONS.iter().find(|(name, _)| *name == parameter.name);
                if let (Some((_, more)), Some(options)) = (more, &mut parameter.options) {
                    options.extend(
                        more.iter()
                            .filter(|word| !options.iter().any(|o| o == *word))
                            .map(|w| (*w).to_owned())
                            .collect::<Vec<_>>(),
                    );
                }
            }
            Self { parameters }
        })
    }

    /// A parameter by name; case does not matter, as in the server.
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name))
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().map(|parameter| parameter.name.as_str())
    }
}

/// The majors other than `major` that know a parameter.
pub fn known_in(name: &str, major: Major) -> Vec<Major> {
    Major::ALL.into_iter().filter(|other| *other != major && Catalogue::of(*other).get(name).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_major_has_its_parameters() {
        for (major, count) in [(Major::V15, 353), (Major::V16, 362), (Major::V17, 378), (Major::V18, 398)] {
            assert_eq!(Catalogue::of(major).names().count(), count);
        }
        assert!(Catalogue::of(Major::V16).get("datestyle").is_some());
        assert_eq!(known_in("promote_trigger_file", Major::V16), [Major::V15]);
        assert_eq!(known_in("io_method", Major::V16), [Major::V18]);
    }
}
