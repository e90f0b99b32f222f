//! Random text and numbers, from the stream of the template: the same render gives the same ones.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Value;
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::entropy::Entropy;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("randAlphaNum", rand_alpha_num, "random letters and digits", "randAlphaNum(16)"),
    Function::new("randAlpha", rand_alpha, "random letters", "randAlpha(16)"),
    Function::new("randNumeric", rand_numeric, "random digits", "randNumeric(6)"),
    Function::new("randAscii", rand_ascii, "random printable ASCII characters", "randAscii(16)"),
    Function::new("randBytes", rand_bytes, "random bytes, in base64", "randBytes(32)"),
    Function::new("randInt", rand_int, "a random integer, at least the first, below the second", "randInt(1, 7)"),
    Function::new("shuffle", shuffle, "the characters of a text in random order", "\"abc\" | shuffle"),
    Function::new("uuidv4", uuidv4, "a random UUID", "uuidv4()"),
];

/// The most characters or bytes that one call makes; Helm has no limit.
const MAX_COUNT: i64 = 64 * 1024;

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Draws from the stream of the template that is being rendered.
pub(super) fn draw<T>(
    state: &State<'_, '_>,
    arguments: &Arguments<'_>,
    draw: impl FnOnce(&mut ChaCha20Rng) -> T,
) -> Result<T, Error> {
    Entropy::of(state).draw(draw).map_err(|reason| arguments.error(reason))
}

/// A number below `bound`, each as likely: what would favour small ones is drawn again. `bound` must not be 0.
fn below(random: &mut ChaCha20Rng, bound: u64) -> u64 {
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let number = random.next_u64();
        if number < limit {
            return number % bound;
        }
    }
}

fn index(random: &mut ChaCha20Rng, length: usize) -> usize {
    usize::try_from(below(random, length as u64)).expect("it is below a length")
}

/// A count of at least `least`, within the limit.
fn count(arguments: &Arguments<'_>) -> Result<i64, Error> {
    arguments.count(1..=1)?;
    let count = arguments.integer(0)?;
    if count > MAX_COUNT {
        return Err(arguments.error(format_args!("makes at most {MAX_COUNT} at once, found {count}")));
    }
    Ok(count)
}

fn letters(state: &State<'_, '_>, arguments: &Arguments<'_>, alphabet: &[u8]) -> Result<Value, Error> {
    // A negative count gives nothing, as in Helm.
    let count = count(arguments)?;
    let text: String = draw(state, arguments, |random| {
        (0..count).map(|_| char::from(alphabet[index(random, alphabet.len())])).collect()
    })?;
    Ok(Value::from(text))
}

fn rand_alpha_num(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    letters(state, arguments, &[LETTERS, DIGITS].concat())
}

fn rand_alpha(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    letters(state, arguments, LETTERS)
}

fn rand_numeric(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    letters(state, arguments, DIGITS)
}

fn rand_ascii(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    letters(state, arguments, &(b' '..=b'~').collect::<Vec<u8>>())
}

fn rand_bytes(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let count = usize::try_from(count(arguments)?)
        .map_err(|_| arguments.error("expects a count that is not negative: len out of range"))?;
    let mut bytes = vec![0; count];
    draw(state, arguments, |random| random.fill_bytes(&mut bytes))?;
    Ok(Value::from(STANDARD.encode(bytes)))
}

fn rand_int(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (low, high) = (arguments.integer(0)?, arguments.integer(1)?);
    if high <= low {
        return Err(arguments.error("expects a second number above the first: invalid argument to Intn"));
    }
    let offset = draw(state, arguments, |random| below(random, high.abs_diff(low)))?;
    Ok(Value::from(low.wrapping_add_unsigned(offset)))
}

fn shuffle(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let mut characters: Vec<char> = arguments.text(0)?.chars().collect();
    draw(state, arguments, |random| {
        for last in (1..characters.len()).rev() {
            characters.swap(last, index(random, last + 1));
        }
    })?;
    Ok(Value::from(characters.into_iter().collect::<String>()))
}

/// Version 4 and variant 1 of RFC 9562.
fn uuidv4(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(0..=0)?;
    let mut bytes = [0; 16];
    draw(state, arguments, |random| random.fill_bytes(&mut bytes))?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = super::hashes::hex(&bytes);
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Ok(Value::from(parts.join("-")))
}
