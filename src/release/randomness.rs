//! Where a release's random values and its clock come from.

use std::ffi::OsStr;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::credentials::made_a_key;
use super::{KeyPolicy, Request};
use crate::diagnostic::Diagnostic;
use crate::engine::Entropy;
use crate::secret::{SecretKey, seed, seed_of_text};

const DAY: i64 = 24 * 60 * 60;

/// `--seed`: the text that random values follow from; never printed.
#[derive(Clone)]
pub struct Seed(pub String);

impl From<String> for Seed {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// The clock of a render: `SOURCE_DATE_EPOCH` when it is set, else the start of the current UTC day, so that renders of
/// one day repeat; in seconds since 1970.
///
/// # Errors
/// When the variable is no number of seconds.
pub fn clock(variable: Option<&OsStr>, system: SystemTime) -> Result<i64, Diagnostic> {
    let Some(variable) = variable.filter(|text| !text.is_empty()) else {
        let seconds = system.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let seconds = i64::try_from(seconds).unwrap_or_default();
        return Ok(seconds - seconds % DAY);
    };
    // As far as jiff reaches: almost to the end of the year 9999.
    let seconds = variable.to_str().and_then(|text| text.parse().ok()).filter(|n| (0..=253_402_207_200).contains(n));
    seconds.ok_or_else(|| {
        Diagnostic::error(format!("`SOURCE_DATE_EPOCH` is `{}`, which is no time", variable.display()))
            .help("set it to seconds since 1970, such as `$(git log -1 --format=%ct)`, or unset it")
    })
}

/// A notice that a random function left: it may have made the secret key.
#[derive(Clone, Default)]
pub(super) struct Notice(Arc<Mutex<Option<String>>>);

impl Notice {
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, text: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

/// The entropy of a request. The secret key is looked for when a template first asks for something random.
pub(super) fn entropy(request: &Request) -> (Entropy, Notice) {
    let notice = Notice::default();
    let (text, policy, release) = (request.seed.clone(), request.secret_key.clone(), request.release.clone());
    let told = notice.clone();
    let seed = move || {
        let (namespace, name) = (release.namespace.as_str(), release.name.as_str());
        if let Some(Seed(text)) = &text {
            return Ok(seed_of_text(text, namespace, name));
        }
        let environment = match &policy {
            KeyPolicy::Throwaway => return Ok([0; 32]),
            KeyPolicy::Find(environment) => environment,
        };
        let found = SecretKey::find(environment).map_err(|error| {
            format!("needs a seed for random values: {error}; {}; or pass `--seed TEXT`", error.help())
        })?;
        if let Some(path) = &found.created {
            told.set(made_a_key(path));
        }
        Ok(seed(&found.key, namespace, name))
    };
    (Entropy::new(seed, request.now), notice)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::chart::Chart;

    #[test]
    fn the_clock_is_the_variable_or_the_start_of_the_day() {
        let noon = UNIX_EPOCH + Duration::from_hours(36);
        let clock = |text: Option<&str>| clock(text.map(OsStr::new), noon).map_err(|error| error.message);
        assert_eq!(clock(None), Ok(DAY));
        assert_eq!(clock(Some("")), Ok(DAY));
        assert_eq!(clock(Some("1700000000")), Ok(1_700_000_000));
        for bad in ["abc", "-1", "1.5", "99999999999999999999", "253402300800"] {
            assert_eq!(clock(Some(bad)), Err(format!("`SOURCE_DATE_EPOCH` is `{bad}`, which is no time")));
        }
    }

    /// What a chart with random values renders to.
    fn rendered(template: &str, request: &Request) -> Result<String, String> {
        use crate::chart::{Origin, Tree};
        use crate::diagnostic::{Sources, Span};
        use crate::engine::{Engine, Objects};
        use crate::yaml::Node;

        let files = [
            ("Chart.yaml".to_owned(), b"apiVersion: v2\nname: t\nversion: 1.0.0\n".as_slice().into()),
            ("templates/a.txt.j2".to_owned(), template.as_bytes().to_vec().into()),
        ];
        let mut sources = Sources::default();
        let tree = Tree::new(Origin::Directory("t".into()), files.into());
        let chart = Chart::load(tree, &mut sources, &mut Vec::new()).expect("the chart is valid");
        let place = Span::new(sources.add("values", ""), 0..0);
        let values = Node::from_json(serde_json::json!({}), place);
        let objects = Objects::new(&chart, &values, &request.release, &request.capabilities);
        let engine = Engine::new(&chart, &sources).expect("it compiles").with_entropy(entropy(request).0);
        match engine.render(&objects, &sources) {
            Ok(files) => Ok(files[0].text.clone()),
            Err(errors) => Err(errors[0].message.clone()),
        }
    }

    fn request(seed: Option<&str>, policy: KeyPolicy) -> Request {
        Request {
            chart: crate::release::ChartSource::Builtin,
            release: crate::engine::ReleaseInfo { name: "db".into(), namespace: "ns".into(), is_upgrade: false },
            capabilities: crate::engine::Capabilities::default(),
            values: crate::values::ValueFlags::default(),
            skip_schema_validation: false,
            secret_key: policy,
            seed: seed.map(|text| Seed(text.to_owned())),
            now: 0,
        }
    }

    fn with_key(byte: u8) -> KeyPolicy {
        KeyPolicy::Find(crate::secret::Environment {
            variable: Some(format!("{byte:02x}").repeat(32)),
            ..crate::secret::Environment::default()
        })
    }

    const RANDOM: &str = "{{ randAlphaNum(20) }}{{ uuidv4() }}{{ genPrivateKey('ed25519') }}{{ htpasswd('a', 'b') }}";

    #[test]
    fn the_same_seed_and_release_repeat_and_others_do_not() {
        let first = rendered(RANDOM, &request(Some("a"), with_key(1))).expect("it renders");
        assert_eq!(rendered(RANDOM, &request(Some("a"), with_key(2))), Ok(first.clone()));
        assert_ne!(rendered(RANDOM, &request(Some("b"), with_key(1))), Ok(first.clone()));
        let mut other = request(Some("a"), with_key(1));
        other.release.name = "other".into();
        assert_ne!(rendered(RANDOM, &other), Ok(first.clone()));
        let mut other = request(Some("a"), with_key(1));
        other.release.namespace = "other".into();
        assert_ne!(rendered(RANDOM, &other), Ok(first));
    }

    #[test]
    fn without_a_seed_the_secret_key_decides() {
        let first = rendered(RANDOM, &request(None, with_key(1))).expect("it renders");
        assert_eq!(rendered(RANDOM, &request(None, with_key(1))), Ok(first.clone()));
        assert_ne!(rendered(RANDOM, &request(None, with_key(2))), Ok(first));
    }

    #[test]
    fn in_ci_without_a_key_only_charts_with_random_values_fail() {
        let ci = || KeyPolicy::Find(crate::secret::Environment { ci: true, ..crate::secret::Environment::default() });
        assert_eq!(rendered("plain", &request(None, ci())), Ok("plain".to_owned()));
        let message = rendered("{{ randAlpha(3) }}", &request(None, ci())).expect_err("there is no key");
        assert!(message.contains("`randAlpha` needs a seed") && message.contains("--seed TEXT"), "{message}");
        assert!(rendered("{{ randAlpha(3) }}", &request(Some("a"), ci())).is_ok());
    }

    #[test]
    fn debug_tells_no_seed() {
        assert!(!format!("{:?}", request(Some("hunter2"), with_key(1))).contains("hunter2"));
    }
}
