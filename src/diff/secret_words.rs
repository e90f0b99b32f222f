//! How secrets show: by their form, by the word before them, and by the name of a variable.

use std::sync::OnceLock;

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::diagnostic::names_secret;

/// A kind of secret that shows by its form.
pub(super) struct Pattern {
    /// What it looks like: `secret` is the secret, `key` what names it.
    pub(super) regex: Regex,
    /// A cheap test that rules most texts out.
    pub(super) hint: fn(&str) -> bool,
}

/// The kinds of secrets that show by their form.
pub(super) fn patterns() -> &'static [Pattern] {
    static PATTERNS: OnceLock<Vec<Pattern>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let pattern = |regex: &str, hint| Pattern { regex: Regex::new(regex).expect("it parses"), hint };
        vec![
            pattern(
                r"(?s)(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))",
                |text| text.contains("PRIVATE KEY-----"),
            ),
            pattern(r"(?P<secret>SCRAM-SHA-256\$[^\s'\x22,]+)", |text| text.contains("SCRAM-SHA-256$")),
            pattern(r"\b(?P<secret>md5[0-9a-f]{32})\b", |text| text.contains("md5")),
            pattern(r"://[^\s:/@]*:(?P<secret>[^\s@/]+)@", |text| text.contains("://")),
            pattern(r"(?i)\bpassword\s+'(?P<secret>(?:[^']|'')+)'", |text| text.contains('\'')),
            pattern(r#"(?P<key>[A-Za-z0-9_.-]+)["']?[ \t]*[:=][ \t]*["'](?P<secret>[^"'\n]+)["']"#, |text| {
                text.contains(['"', '\''])
            }),
            pattern(r#"(?P<key>[A-Za-z0-9_.-]+)["']?[ \t]*[:=][ \t]*(?P<secret>[^\s"',;})\]]+)"#, |text| {
                text.contains([':', '='])
            }),
        ]
    })
}

/// Whether what stands behind a key is no secret, or only says where one is.
pub(super) fn is_harmless(key: &str, value: &str) -> bool {
    let folded: String = key.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect();
    // A line break that JSON escapes leaves its `n` before the name.
    let setting = ["passwordencryption", "passwordauthentication"].iter().any(|name| folded.ends_with(name))
        || folded.ends_with("file")
        || folded.ends_with("key") && !folded.ends_with("privatekey") && !folded.ends_with("secretkey");
    let switch = ["true", "false", "null", "on", "off"].contains(&value);
    setting || switch || is_reference(value) || !names_secret(key)
}

/// Whether a text was masked already.
pub(super) fn is_token(text: &str) -> bool {
    text.starts_with("‹secret") || text.starts_with("‹certificate")
}

/// The value of an environment variable whose name says that it is a secret.
pub(super) fn secret_variable(map: &Map<String, Json>) -> Option<&str> {
    let name = map.get("name")?.as_str()?;
    let value = map.get("value")?.as_str()?;
    // `postgres-password` is the name of a Secret's key.
    let secret = if names_key(name) {
        !is_reference(value) && !names_secret(value) || !is_harmless(name, value)
    } else {
        names_secret(name) && !is_harmless(name, value)
    };
    (secret && !value.is_empty() && !is_token(value)).then_some(value)
}

/// Whether a variable's name ends as those of keys do: `API_KEY`, `S3_KEY`, `DB_PASS`.
fn names_key(name: &str) -> bool {
    let last = name.rsplit(['_', '-', '.']).next().unwrap_or_default();
    ["key", "pass", "pwd", "passphrase"].iter().any(|word| last.eq_ignore_ascii_case(word))
        && !name.to_ascii_lowercase().contains("public")
}

/// Whether a value says where a secret is and is none.
fn is_reference(value: &str) -> bool {
    let variable = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    ["$(", "${", "{{"].iter().any(|start| value.starts_with(start)) || value.strip_prefix('$').is_some_and(variable)
}
