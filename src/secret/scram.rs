//! SCRAM-SHA-256 verifiers, the form in which PostgreSQL stores passwords.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// PBKDF2 iterations: PostgreSQL's default, `scram_iterations = 4096`.
pub const ITERATIONS: u32 = 4096;

/// The verifier `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey` of a password (RFC 5802 and RFC 7677), which
/// `ALTER ROLE … PASSWORD` takes as it is.
///
/// ASCII is hashed as it is, control characters too, as `pg_saslprep` does. Nothing for a password beyond ASCII:
/// PostgreSQL and its clients normalise such text with `SASLprep` first (and take the raw bytes when that fails), which
/// is left to the server. Nothing for an empty one, which the server refuses. One verifier of 4096 iterations takes half a millisecond.
pub fn verifier(password: &str, salt: &[u8; 16], iterations: u32) -> Option<String> {
    if !password.is_ascii() || password.is_empty() {
        return None;
    }
    let salted: [u8; 32] = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.as_bytes(), salt, iterations);
    let stored_key = Sha256::digest(hmac(&salted, b"Client Key"));
    let server_key = hmac(&salted, b"Server Key");
    let (salt, stored, server) = (STANDARD.encode(salt), STANDARD.encode(stored_key), STANDARD.encode(server_key));
    Some(format!("SCRAM-SHA-256${iterations}:{salt}${stored}:{server}"))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_answers_the_exchange_of_rfc_7677() {
        // Section 3: user `user`, password `pencil`, and this salt; the server's signature is `6rri…`.
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("base64");
        let salt: [u8; 16] = salt.try_into().expect("sixteen bytes");
        let verifier = verifier("pencil", &salt, ITERATIONS).expect("ASCII");
        let server_key = STANDARD.decode(verifier.rsplit(':').next().expect("a key")).expect("base64");
        let exchange = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        assert_eq!(
            STANDARD.encode(hmac(&server_key, exchange.as_bytes())),
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        );
    }

    #[test]
    fn the_verifier_is_what_a_server_stores() {
        // From pg_authid of PostgreSQL 15.
        for (password, stored) in [
            (
                "pencil",
                "SCRAM-SHA-256$4096:17f1aBV7gY+KnpedlIPbBA==$lL7rSFUvSnNE/x5qo/qyqtJ7zMEmFG25RuZ63tiovgQ=:R93FEOtPZjk2fXisejlpifqM1s7d2XfMhE1zg5JiZME=",
            ),
            (
                "tab\tand \x01 \"quotes\"$",
                "SCRAM-SHA-256$4096:1heR8NdEK6Q0jR06NZI0NQ==$GpUZKsY5QtH+P+gc7d2uBZhXX1u5Ar3omyLn5gIM/1E=:fTXUd+71ik42iGkrqQbXM9Q8k0rITFQGBMIC8GZ5a0M=",
            ),
        ] {
            let salt = stored.split([':', '$']).nth(2).expect("a salt");
            let salt: [u8; 16] = STANDARD.decode(salt).expect("base64").try_into().expect("sixteen bytes");
            assert_eq!(verifier(password, &salt, ITERATIONS).as_deref(), Some(stored));
        }
    }

    #[test]
    fn an_empty_password_has_no_verifier() {
        assert_eq!(verifier("", &[0; 16], ITERATIONS), None);
    }

    #[test]
    fn text_beyond_ascii_is_left_to_the_server() {
        assert_eq!(verifier("pässwort", &[0; 16], ITERATIONS), None);
    }
}
