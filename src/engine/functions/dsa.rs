//! DSA keys, which Helm still makes and nothing here signs with.

use chacha20::ChaCha20Rng;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd, RandomBits as _, Resize as _};
use crypto_primes::{Flavor, is_prime, random_prime};

use super::der::{sequence, to_pem, unsigned};

const P_BITS: u32 = 2048;
const Q_BITS: u32 = 256;
/// Candidates for `p` before another `q` is tried; about one in 1400 is a prime of this length.
const CANDIDATES: usize = 16 * 1024;

/// A key in the format of OpenSSL: version, p, q, generator, public and secret number.
pub(super) fn dsa_pem(random: &mut ChaCha20Rng) -> String {
    let (p, q) = primes(random);
    let parameters = BoxedMontyParams::new(p.clone());
    let power = |base: &BoxedUint, exponent: &BoxedUint| {
        BoxedMontyForm::new(base.clone(), &parameters).pow(exponent).retrieve()
    };
    let one = BoxedUint::one().resize(P_BITS);
    let cofactor = p.as_ref() / NonZero::new((*q).clone().resize(P_BITS)).expect("a prime is not zero");
    // The generator: the first power of this kind that is not 1; 2 always does, all but surely.
    let mut base = &one + &one;
    let mut generator = power(&base, &cofactor);
    while generator == one {
        base = &base + &one;
        generator = power(&base, &cofactor);
    }
    let secret = loop {
        let secret = BoxedUint::random_bits(random, Q_BITS);
        if secret < *q && !bool::from(secret.is_zero()) {
            break secret;
        }
    };
    let public = power(&generator, &secret);
    let numbers =
        [p.to_be_bytes(), q.to_be_bytes(), generator.to_be_bytes(), public.to_be_bytes(), secret.to_be_bytes()];
    let mut parts = vec![unsigned(&[0])];
    parts.extend(numbers.iter().map(|number| unsigned(number)));
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    to_pem("DSA PRIVATE KEY", &sequence(&parts))
}

/// `q`, and `p` of which `p - 1` is a multiple of `q`.
fn primes(random: &mut ChaCha20Rng) -> (Odd<BoxedUint>, NonZero<BoxedUint>) {
    let small = small_primes();
    loop {
        let q: BoxedUint = random_prime(random, Flavor::Any, Q_BITS);
        let step = NonZero::new(q.clone().resize(P_BITS).shl(1)).expect("a prime is not zero");
        for _ in 0..CANDIDATES {
            let number = BoxedUint::random_bits(random, P_BITS);
            let candidate = &number - (&number % &step) + BoxedUint::one().resize(P_BITS);
            if candidate.bit_width() == P_BITS && !has_factor(&candidate, &small) && is_prime(Flavor::Any, &candidate) {
                let p = Option::from(Odd::new(candidate)).expect("a large prime is odd");
                return (p, NonZero::new(q).expect("a prime is not zero"));
            }
        }
    }
}

/// The odd primes below 2000; nine of ten candidates have one of them as a factor, which is far cheaper to see.
fn small_primes() -> Vec<u64> {
    (3..2000)
        .step_by(2)
        .filter(|number| (3..*number).take_while(|d| d * d <= *number).all(|d| number % d != 0))
        .collect()
}

fn has_factor(number: &BoxedUint, primes: &[u64]) -> bool {
    let bytes = number.to_be_bytes();
    let digits: Vec<u64> =
        bytes.chunks(4).map(|four| four.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))).collect();
    primes.iter().any(|prime| digits.iter().fold(0, |rest, digit| (rest << 32 | digit) % prime) == 0)
}

#[cfg(test)]
mod tests {
    use chacha20::rand_core::SeedableRng as _;

    use super::*;

    #[test]
    fn p_is_one_more_than_a_multiple_of_q() {
        let (p, q) = primes(&mut ChaCha20Rng::from_seed([1; 32]));
        assert_eq!((p.bit_width(), q.bit_width()), (P_BITS, Q_BITS));
        let q = NonZero::new((*q).clone().resize(P_BITS)).expect("a prime is not zero");
        assert_eq!(p.as_ref() % &q, BoxedUint::one().resize(P_BITS));
        assert!(is_prime(Flavor::Any, p.as_ref()));
    }

    #[test]
    fn small_factors_are_seen() {
        let number = |digits: u64| BoxedUint::from(digits);
        assert!(has_factor(&number(3 * 1_000_003), &small_primes()));
        assert!(has_factor(&number(1999 * 1_000_003), &small_primes()));
        assert!(!has_factor(&number(1_000_003), &small_primes()));
    }
}
