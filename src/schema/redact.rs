//! Which values a message may not repeat.

use crate::diagnostic::is_secret;

/// Whether what stands under `key` may not be shown: a password, token or secret, or a key of some kind.
pub(super) fn hides(key: &str) -> bool {
    let folded = key.to_lowercase();
    is_secret(key) || folded == "key" || ["apikey", "accesskey", "_key", "-key"].iter().any(|end| folded.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::hides;

    #[test]
    fn keys_of_secrets_hide_their_values_and_names_do_not() {
        for key in ["password", "postgresPassword", "authToken", "key", "apiKey", "aws_access_key", "clientSecret"] {
            assert!(hides(key), "{key}");
        }
        for key in ["existingSecret", "keyspace", "secretName", "monkey", "storageClass"] {
            assert!(!hides(key), "{key}");
        }
    }
}
