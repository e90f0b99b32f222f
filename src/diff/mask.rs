//! Secrets, before anything is shown: every value that must not be seen becomes a token such as `‹secret #1›`. Equal
//! values have one number, different values have different ones, and nothing tells how long a value is.
//!
//! Reports are made of masked values only, so that none of them can forget to.

use std::collections::HashMap;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::{Captures, Regex};
use serde_json::Value as Json;

use super::certificate;
use super::ignore::Rule;
use super::object::ObjectId;
use super::secret_words::{is_harmless, is_token, patterns, secret_variable};
use crate::diagnostic::names_secret;

/// Hands out tokens and knows which texts must not appear anywhere.
#[derive(Clone, Default)]
pub struct Masker {
    show: bool,
    numbers: HashMap<Vec<u8>, usize>,
    /// Texts of Secrets in every spelling, longest first.
    known: Vec<(String, Vec<u8>)>,
    sensitive: Vec<Rule>,
}

impl std::fmt::Debug for Masker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Masker").field("show", &self.show).finish_non_exhaustive()
    }
}

/// Keys of Secrets that hold no secret: their values would take ordinary words out of the report.
const PLAIN_KEYS: &[&str] =
    &["username", "user", "database", "dbname", "host", "port", "type", "namespace", "ca.crt", "tls.crt", "adminuser"];

/// A text shorter than this is part of other words by chance.
const SHORTEST: usize = 5;

impl Masker {
    /// A masker; `show` leaves everything as it is. `sensitive` names fields that are secret besides the known ones.
    pub fn new(show: bool, sensitive: Vec<Rule>) -> Self {
        Self { show, sensitive, ..Self::default() }
    }

    /// Whether secrets are shown.
    pub fn shows(&self) -> bool {
        self.show
    }

    /// Learns what must not appear in the report from an object that will be compared.
    pub fn learn(&mut self, object: &Json) {
        if self.show {
            return;
        }
        if is_kind(object, "Secret") {
            for (key, value) in object.get("data").and_then(Json::as_object).into_iter().flatten() {
                let Some(text) = value.as_str() else { continue };
                if !PLAIN_KEYS.contains(&key.to_ascii_lowercase().as_str()) {
                    self.know(&bytes_of(text), Some(text));
                }
            }
            for (key, value) in object.get("stringData").and_then(Json::as_object).into_iter().flatten() {
                if let Some(text) = value.as_str().filter(|_| !PLAIN_KEYS.contains(&key.to_ascii_lowercase().as_str()))
                {
                    self.know(text.as_bytes(), Some(&STANDARD.encode(text)));
                }
            }
        } else {
            self.learn_fields(object);
        }
    }

    fn learn_fields(&mut self, value: &Json) {
        match value {
            Json::Object(map) => {
                if let Some(text) = secret_variable(map) {
                    self.know(text.as_bytes(), None);
                }
                for (key, inner) in map {
                    match inner.as_str().filter(|_| names_secret(key) && key != "kind") {
                        Some(text) => self.know(text.as_bytes(), None),
                        None => self.learn_fields(inner),
                    }
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.learn_fields(item)),
            _ => {}
        }
    }

    /// Call after all objects have been learned: the longest texts are looked for first.
    pub fn learned(&mut self) {
        self.known.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.known.dedup();
    }

    fn know(&mut self, bytes: &[u8], encoded: Option<&str>) {
        let mut spellings: Vec<String> = encoded.map(str::to_owned).into_iter().collect();
        if let Ok(text) = std::str::from_utf8(bytes) {
            spellings.push(text.to_owned());
            // As servers, JSON, SQL and configuration files quote it.
            spellings.push(text.replace('\'', "''"));
            spellings.push(text.replace('\\', "\\\\").replace('\'', "''"));
            spellings.push(inside_of_quotes(&format!("{text:?}")));
            let quoted = inside_of_quotes(&Json::from(text).to_string());
            // An object as text inside of another one, such as the annotation of `kubectl apply` in a server's words.
            spellings.push(inside_of_quotes(&Json::from(quoted.as_str()).to_string()));
            spellings.push(quoted);
            spellings.push(percent_encoded(text));
            spellings.extend(text.lines().map(|line| line.trim().to_owned()).filter(|line| line.len() > 20));
        }
        let long_enough = spellings.into_iter().filter(|text| text.len() >= SHORTEST);
        self.known.extend(long_enough.map(|text| (text, bytes.to_vec())));
    }

    /// The token of a value.
    pub fn token(&mut self, value: &[u8]) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(value.to_vec()).or_insert(next);
        match certificate::describe(value) {
            Some(words) => format!("‹certificate #{number}: {words}›"),
            None => format!("‹secret #{number}›"),
        }
    }

    /// The object without secrets.
    pub fn object(&mut self, id: &ObjectId, object: &Json) -> Json {
        if self.show {
            return if is_kind(object, "Secret") { decoded(object) } else { object.clone() };
        }
        let mut object = object.clone();
        for rule in self.sensitive.clone() {
            if rule.concerns(id) {
                rule.each(&mut object, &mut |value| {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    *value = Json::String(self.token(text.as_bytes()));
                });
            }
        }
        if is_kind(&object, "Secret") {
            for part in ["data", "stringData"] {
                if let Some(Json::Object(data)) = object.get_mut(part) {
                    for value in data.values_mut() {
                        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        let bytes = if part == "data" { bytes_of(&text) } else { text.into_bytes() };
                        *value = Json::String(self.token(&bytes));
                    }
                }
            }
        }
        self.fields(&mut object);
        object
    }

    fn fields(&mut self, value: &mut Json) {
        match value {
            Json::Object(map) => {
                if secret_variable(map).is_some()
                    && let Some(Json::String(text)) = map.get_mut("value")
                {
                    *text = self.token(text.as_bytes());
                }
                for (key, inner) in map.iter_mut() {
                    match inner {
                        Json::String(text) if names_secret(key) && key != "kind" && !is_token(text) => {
                            *text = self.token(text.as_bytes());
                        }
                        _ => self.fields(inner),
                    }
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.fields(item)),
            Json::String(text) if !is_token(text) => *text = self.text(text),
            _ => {}
        }
    }

    /// A text without secrets: what is known from Secrets, private keys, verifiers, passwords in URLs and after words
    /// that name one.
    pub fn text(&mut self, text: &str) -> String {
        if self.show {
            return text.to_owned();
        }
        let mut out = text.to_owned();
        for at in 0..self.known.len() {
            if out.contains(&self.known[at].0) {
                let (known, bytes) = self.known[at].clone();
                let token = self.token(&bytes);
                out = out.replace(&known, &token);
            }
        }
        for pattern in patterns() {
            if !(pattern.hint)(&out) {
                continue;
            }
            let replaced = pattern.regex.replace_all(&out, |found: &Captures<'_>| {
                let whole = &found[0];
                let Some(secret) = found.name("secret") else { return whole.to_owned() };
                let key = found.name("key").map(|key| key.as_str());
                let harmless = is_token(secret.as_str()) || key.is_some_and(|key| is_harmless(key, secret.as_str()));
                if harmless {
                    return whole.to_owned();
                }
                let start = secret.start() - found.get(0).map_or(0, |all| all.start());
                let token = self.token(secret.as_str().as_bytes());
                format!("{}{token}{}", &whole[..start], &whole[start + secret.len()..])
            });
            out = replaced.into_owned();
        }
        out
    }

    /// The server's words about an object: what they quote of a Secret is gone, known or not.
    ///
    /// # Panics
    /// Never: the pattern is a constant.
    pub fn message(&mut self, id: &ObjectId, message: &str) -> String {
        if self.show {
            return message.to_owned();
        }
        let mut text = self.text(message);
        if id.kind == "Secret" {
            static QUOTED: OnceLock<Regex> = OnceLock::new();
            let quoted = QUOTED.get_or_init(|| {
                // A value is a quoted text, an object, a list of bytes, or a word.
                let value = r#""(?:[^"\\]|\\.)*"|(?:map|\[\]byte)?[\[{].*[\]}]|\S+"#;
                Regex::new(&format!(r"(?s)(Invalid value: )(?:{value})|(illegal base64 data[^:]*: ?|unmarshal )(?:.*)"))
                    .expect("it parses")
            });
            text = quoted
                .replace_all(&text, |found: &Captures<'_>| {
                    let words = found.get(1).or(found.get(2)).map_or("", |words| words.as_str());
                    format!("{words}‹secret›")
                })
                .into_owned();
        }
        text
    }
}

/// A quoted text without its quotes.
fn inside_of_quotes(quoted: &str) -> String {
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(quoted).to_owned()
}

/// As a part of a URL spells it.
pub(crate) fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes().fold(String::new(), |out, byte| {
        if plain(byte) { out + char::from(byte).encode_utf8(&mut [0; 4]) } else { out + &format!("%{byte:02X}") }
    })
}

fn is_kind(object: &Json, kind: &str) -> bool {
    object.get("kind").is_some_and(|found| found == kind)
}

/// What an entry of `data` holds; an entry that is no base64 is itself.
fn bytes_of(text: &str) -> Vec<u8> {
    STANDARD.decode(text.trim()).unwrap_or_else(|_| text.as_bytes().to_vec())
}

/// A Secret with its texts as texts, for `--show-secrets`.
fn decoded(object: &Json) -> Json {
    let mut object = object.clone();
    if let Some(Json::Object(data)) = object.get_mut("data") {
        for value in data.values_mut() {
            if let Some(text) = value.as_str().and_then(|text| String::from_utf8(bytes_of(text)).ok()) {
                *value = Json::String(text);
            }
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn secret(password: &str) -> Json {
        json!({"kind": "Secret", "metadata": {"name": "s"}, "data": {"password": STANDARD.encode(password), "username": "cG9zdGdyZXM="}})
    }

    #[test]
    fn equal_secrets_have_one_number_wherever_they_stand() {
        let mut masker = Masker::new(false, Vec::new());
        for password in ["hunter22", "another one"] {
            masker.learn(&secret(password));
        }
        masker.learned();
        let id = ObjectId { kind: "Secret".into(), ..ObjectId::default() };
        assert_eq!(masker.object(&id, &secret("hunter22"))["data"]["password"], "‹secret #1›");
        assert_eq!(masker.object(&id, &secret("another one"))["data"]["password"], "‹secret #3›");
        let pod = json!({"env": [{"name": "X", "value": "say hunter22 or aHVudGVyMjI="}], "user": "postgres"});
        assert_eq!(masker.object(&ObjectId::default(), &pod)["env"][0]["value"], "say ‹secret #1› or ‹secret #1›");
        assert_eq!(masker.text("pg://u:pw@h"), "pg://u:‹secret #4›@h");
    }

    #[test]
    fn words_that_name_secrets_hide_what_follows_and_settings_stay() {
        let mut masker = Masker::new(false, Vec::new());
        for (text, expected) in [
            ("primary_conninfo = 'host=a password=abc'", "primary_conninfo = 'host=a password=‹secret #1›'"),
            ("password_encryption = 'scram-sha-256'", "password_encryption = 'scram-sha-256'"),
            ("PGPASSWORD=\"abc\" psql", "PGPASSWORD=\"‹secret #1›\" psql"),
            ("ALTER ROLE a PASSWORD 'xyz';", "ALTER ROLE a PASSWORD '‹secret #2›';"),
            ("password: $(PASSWORD)", "password: $(PASSWORD)"),
            ("secretName: db-auth", "secretName: db-auth"),
            ("{\"automountServiceAccountToken\":false}", "{\"automountServiceAccountToken\":false}"),
            ("\\npassword_encryption = 'md5'", "\\npassword_encryption = 'md5'"),
            ("k: -----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n", "k: ‹secret #3›\n"),
        ] {
            assert_eq!(masker.text(text), expected);
        }
    }

    #[test]
    fn what_a_server_quotes_of_a_secret_is_gone() {
        let mut masker = Masker::new(false, Vec::new());
        let id = ObjectId { kind: "Secret".into(), ..ObjectId::default() };
        let text = masker.message(&id, "data[a]: Invalid value: \"x\\\"y\": must be b");
        assert_eq!(text, "data[a]: Invalid value: ‹secret›: must be b");
        for value in ["map[string]string{\"a\":\"x y\"}", "[]byte{0x68, 0x75}", "{\"a\": [\"x: y\"]}", "x"] {
            let text = masker.message(&id, &format!("data: Invalid value: {value}: no"));
            assert!(
                ["data: Invalid value: ‹secret›: no", "data: Invalid value: ‹secret› no"].contains(&text.as_str()),
                "{text}"
            );
        }
    }

    #[test]
    fn variables_that_hold_keys_are_secret() {
        let mut masker = Masker::new(false, Vec::new());
        for (name, value, secret) in [
            ("API_KEY", "abc", true),
            ("DB_PASS", "abc", true),
            ("PUBLIC_KEY", "abc", false),
            ("KEYBOARD", "abc", false),
            ("API_KEY", "$(OTHER)", false),
            ("SUPERUSER_KEY", "postgres-password", false),
        ] {
            let pod = json!({"env": [{"name": name, "value": value}]});
            let shown = masker.object(&ObjectId::default(), &pod);
            assert_eq!(shown["env"][0]["value"] != value, secret, "{name}");
        }
    }
}
