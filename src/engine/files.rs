//! `Files`: a chart's files but for templates, values, metadata and subcharts, by exact path.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use minijinja::{Error, ErrorKind, State};

use super::objects::unknown_method;
use crate::chart::{Chart, Glob, Tree};

/// The files that a chart's templates see, or those of them that match a pattern.
#[derive(Debug)]
pub(super) struct Files {
    tree: Tree,
    paths: Vec<String>,
}

/// Files that the loader takes for itself; requirements.yaml stays visible in charts of `apiVersion: v1`, as in Helm.
const OWN: [&str; 6] =
    ["Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml", "requirements.lock"];

impl Files {
    pub(super) fn of(chart: &Chart) -> Self {
        let old = chart.metadata.api_version == "v1";
        let visible = |path: &&str| {
            let in_charts = path.starts_with("charts/") && !path.ends_with(".prov");
            let own = OWN.contains(path) && !(old && path.starts_with("requirements."));
            !path.starts_with("templates/") && !in_charts && !own
        };
        let paths = chart.tree.paths().filter(visible).map(str::to_owned).collect();
        Self { tree: chart.tree.clone(), paths }
    }

    fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.paths.iter().any(|known| known == path).then(|| self.tree.bytes(path)).flatten()
    }

    fn text(&self, path: &str) -> String {
        String::from_utf8_lossy(self.bytes(path).unwrap_or_default()).into_owned()
    }

    /// A pattern that does not parse matches everything, as in Helm.
    fn glob(&self, pattern: &str) -> Self {
        let glob = Glob::files(pattern).ok();
        let matches = |path: &&String| glob.as_ref().is_none_or(|glob| glob.matches(path));
        Self { tree: self.tree.clone(), paths: self.paths.iter().filter(matches).cloned().collect() }
    }

    fn lines(&self, path: &str) -> Value {
        let text = self.text(path);
        if text.is_empty() {
            return Value::from(Vec::<Value>::new());
        }
        text.strip_suffix('\n').unwrap_or(&text).split('\n').map(Value::from).collect()
    }

    /// `data` of a ConfigMap or Secret: base names and contents as YAML. Of equal names the last path's wins.
    fn as_data(&self, encode: impl Fn(&[u8]) -> String) -> Value {
        let entries = self.paths.iter().map(|path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            (name.to_owned(), serde_json::Value::from(encode(self.bytes(path).unwrap_or_default())))
        });
        let map: serde_json::Map<String, serde_json::Value> = entries.collect();
        Value::from(crate::yaml::write(&serde_json::Value::Object(map)).trim_end_matches('\n'))
    }
}

const METHODS: [&str; 6] = ["Get", "GetBytes", "Lines", "Glob", "AsConfig", "AsSecrets"];

impl Object for Files {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let bytes = self.bytes(key.as_str()?)?;
        Some(match std::str::from_utf8(bytes) {
            Ok(text) => Value::from(text),
            Err(_) => Value::from_bytes(bytes.to_vec()),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.paths.iter().map(|path| Value::from(path.as_str())).collect())
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let refuse = |detail: String| Err(Error::new(ErrorKind::InvalidOperation, detail));
        match (method, args) {
            ("AsConfig", []) => Ok(self.as_data(|bytes| String::from_utf8_lossy(bytes).into_owned())),
            ("AsSecrets", []) => Ok(self.as_data(|bytes| STANDARD.encode(bytes))),
            ("AsConfig" | "AsSecrets", _) => refuse(format!("`Files.{method}` takes no argument")),
            ("Get" | "GetBytes" | "Lines" | "Glob", [argument]) => {
                let Some(argument) = argument.as_str() else {
                    return refuse(format!("`Files.{method}` takes a path, found {}", argument.kind()));
                };
                Ok(match method {
                    "Get" => Value::from(self.text(argument)),
                    "GetBytes" => Value::from_bytes(self.bytes(argument).unwrap_or_default().to_vec()),
                    "Lines" => self.lines(argument),
                    _ => Value::from_object(self.glob(argument)),
                })
            }
            ("Get" | "GetBytes" | "Lines" | "Glob", _) => refuse(format!("`Files.{method}` takes one argument")),
            _ => Err(unknown_method("Files", method, &METHODS)),
        }
    }
}
