//! Passwords and salts derived from the secret key with HKDF-SHA-256 (RFC 5869).

use hkdf::Hkdf;
use sha2::Sha256;

use super::SecretKey;

/// What a derived value is for; another purpose gives another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose<'a> {
    /// Namespace of the release.
    pub namespace: &'a str,
    /// Name of the release.
    pub release: &'a str,
    /// The role, such as `postgres`.
    pub role: &'a str,
}

/// Letters and digits without those that look alike: `0 O 1 l I`.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/// Length of a derived password: 32 letters of 57 are 186 bits.
const LENGTH: usize = 32;

/// The password of a role.
pub fn password(key: &SecretKey, purpose: Purpose<'_>) -> String {
    let limit = 256 - 256 % ALPHABET.len();
    // Bytes at or above the limit would prefer some letters and are skipped; 255 bytes hold 32 others, all but surely,
    // and another block follows when they do not.
    (0u8..=u8::MAX)
        .flat_map(|block| expand::<255>(key, purpose, "password", &[block]))
        .map(usize::from)
        .filter(|byte| *byte < limit)
        .map(|byte| char::from(ALPHABET[byte % ALPHABET.len()]))
        .take(LENGTH)
        .collect()
}

/// The salt of a role's verifier, for derived passwords and for chosen ones.
///
/// A server draws a salt at random whenever a password is set; here the same inputs must give the same bytes. The salt
/// depends on the key, so nobody without the key can prepare a table for it; on the role, so the same password of two
/// roles shows as two verifiers; and on the password, so a changed password never meets its old salt. The same password
/// of the same role keeps its verifier, and going back to an old password shows as such.
///
/// What it costs: whoever holds both the key and a verifier can test guesses of a *chosen* password against the salt
/// with one HMAC instead of 4096. Derived passwords lose nothing, since the key gives them anyway.
pub fn salt(key: &SecretKey, purpose: Purpose<'_>, password: &str) -> [u8; 16] {
    expand(key, purpose, "salt", password.as_bytes())
}

/// The seed of a release's random values.
pub fn seed(key: &SecretKey, namespace: &str, release: &str) -> [u8; 32] {
    expand(key, Purpose { namespace, release, role: "" }, "seed", &[])
}

/// The same from a text that the user chose.
pub fn seed_of_text(text: &str, namespace: &str, release: &str) -> [u8; 32] {
    seed(&SecretKey::of_text(text), namespace, release)
}

/// HKDF with a versioned label; every part carries its length, so that no two purposes read the same.
fn expand<const N: usize>(key: &SecretKey, purpose: Purpose<'_>, what: &str, extra: &[u8]) -> [u8; N] {
    let mut info = Vec::new();
    for part in [
        "pgchart/1".as_bytes(),
        what.as_bytes(),
        purpose.namespace.as_bytes(),
        purpose.release.as_bytes(),
        purpose.role.as_bytes(),
        extra,
    ] {
        info.extend((part.len() as u64).to_be_bytes());
        info.extend(part);
    }
    let mut out = [0; N];
    let expanded = Hkdf::<Sha256>::new(None, key.bytes()).expand(&info, &mut out);
    expanded.expect("HKDF-SHA-256 gives up to 8160 bytes");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SecretKey {
        SecretKey::parse(&format!("{byte:02x}").repeat(32)).expect("a key")
    }

    const PURPOSE: Purpose<'_> = Purpose { namespace: "ns", release: "db", role: "app" };

    #[test]
    fn the_same_inputs_give_the_same_password_and_others_another() {
        let first = password(&key(1), PURPOSE);
        assert_eq!(first, password(&key(1), PURPOSE));
        assert_eq!(first.len(), LENGTH);
        for other in [
            password(&key(2), PURPOSE),
            password(&key(1), Purpose { role: "postgres", ..PURPOSE }),
            password(&key(1), Purpose { namespace: "nsd", release: "b", ..PURPOSE }),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn passwords_stay_what_they_are_in_every_version() {
        // Another result would lock running applications out: change nothing but the version in the label.
        assert_eq!(password(&key(1), PURPOSE), "ufDAmGT3HoRQgfhVT76W88wXrv6FHXMA");
        assert_eq!(
            salt(&key(1), PURPOSE, "pencil"),
            [150, 220, 21, 26, 149, 207, 9, 93, 183, 2, 63, 240, 201, 138, 7, 169]
        );
    }

    #[test]
    fn a_seed_follows_key_or_text_and_release() {
        let first = seed(&key(1), "ns", "db");
        assert_eq!(first, seed(&key(1), "ns", "db"));
        let text = seed_of_text("text", "ns", "db");
        for other in [seed(&key(2), "ns", "db"), seed(&key(1), "n", "sdb"), text, seed_of_text("text", "n", "sdb")] {
            assert_ne!(first, other);
        }
        assert_eq!(text, seed_of_text("text", "ns", "db"));
        assert_ne!(text, seed_of_text("", "ns", "db"));
    }

    #[test]
    fn a_password_has_only_letters_that_cannot_be_mistaken_each_as_often() {
        let mut seen = [0u32; 256];
        for byte in 0..=255 {
            for role in ["a", "b", "c", "d"] {
                password(&key(byte), Purpose { role, ..PURPOSE }).bytes().for_each(|b| seen[usize::from(b)] += 1);
            }
        }
        // 32768 letters over 57: 575 each, with a standard deviation of 24; the inputs are fixed, so this never flickers.
        for letter in 0..=255u8 {
            let count = seen[usize::from(letter)];
            assert_eq!(count > 0, ALPHABET.contains(&letter), "{letter}");
            assert!(count == 0 || (455..=695).contains(&count), "{letter} {count}");
        }
    }

    #[test]
    fn parts_of_a_purpose_never_run_together() {
        let all =
            [("a", "b", "c"), ("ab", "", "c"), ("", "ab", "c"), ("a", "bc", ""), ("abc", "", ""), ("a", "b\0", "c")];
        let mut passwords: Vec<String> =
            all.map(|(namespace, release, role)| password(&key(1), Purpose { namespace, release, role })).to_vec();
        passwords.sort();
        passwords.dedup();
        assert_eq!(passwords.len(), all.len());
    }

    #[test]
    fn a_salt_follows_key_role_and_password() {
        let salts = [
            salt(&key(1), PURPOSE, "a"),
            salt(&key(1), PURPOSE, "b"),
            salt(&key(2), PURPOSE, "a"),
            salt(&key(1), Purpose { role: "postgres", ..PURPOSE }, "a"),
        ];
        assert_eq!(salts[0], salt(&key(1), PURPOSE, "a"));
        assert!(salts[1..].iter().all(|other| *other != salts[0]));
    }
}
