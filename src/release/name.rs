//! Release names and Kubernetes versions, as Helm takes them.

use semver::Version;

use crate::chart::lenient_version;
use crate::diagnostic::Diagnostic;
use crate::engine::Capabilities;

/// The longest release name; Helm leaves room for what charts append.
const MAX_NAME: usize = 53;

/// Small letters, digits and `-`, with a letter or digit at both ends.
fn is_label(text: &str) -> bool {
    let inner = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    inner && !text.is_empty() && !text.starts_with('-') && !text.ends_with('-')
}

/// Reads a namespace: a DNS label of at most 63 characters (RFC 1123).
///
/// # Errors
/// When it is none.
pub fn parse_namespace(text: &str) -> Result<String, String> {
    if is_label(text) && text.len() <= 63 {
        return Ok(text.to_owned());
    }
    Err("expected a name of small letters, digits and `-`, at most 63".to_owned())
}

/// Checks a release name: a DNS subdomain of at most 53 characters.
///
/// # Errors
/// What is wrong, and a name close to it that would do.
pub fn check_name(name: &str) -> Result<(), Diagnostic> {
    if name.len() <= MAX_NAME && name.split('.').all(is_label) {
        return Ok(());
    }
    let message = if name.len() > MAX_NAME {
        format!("release name `{name}` is longer than {MAX_NAME} characters: it has {}", name.len())
    } else {
        format!(
            "`{name}` is no release name: it may hold `a-z`, `0-9`, `-` and `.`, and begins and ends with a letter or digit"
        )
    };
    let fixed: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' { c } else { '-' })
        .take(MAX_NAME)
        .collect();
    let fixed = fixed.trim_matches(['-', '.']).to_owned();
    let error = Diagnostic::error(message);
    Err(if fixed.is_empty() { error } else { error.help(format!("use a name such as `{fixed}`")) })
}

/// Reads `--kube-version`: `1.33`, `v1.33.4`, `1.33.4-gke.1`; nothing means the default, as in Helm.
///
/// # Errors
/// When it has fewer than two numbers or is no version.
pub fn parse_kube_version(text: &str) -> Result<Version, String> {
    if text.is_empty() {
        return Ok(Capabilities::default().kube_version);
    }
    let core = text.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
    match lenient_version(text) {
        Some(version) if core.split('.').count() >= 2 => Ok(version),
        _ => Err("expected a version such as `1.33` or `v1.33.4`".to_owned()),
    }
}
