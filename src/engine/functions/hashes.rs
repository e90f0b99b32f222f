//! Digests and checksums of text.

use minijinja::value::Value;
use minijinja::{Error, State};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("sha1sum", digest::<Sha1>, "the SHA-1 digest in hexadecimal", "\"a\" | sha1sum | trunc(4) → 86f7"),
    Function::new(
        "sha256sum",
        digest::<Sha256>,
        "the SHA-256 digest in hexadecimal",
        "\"a\" | sha256sum | trunc(4) → ca97",
    ),
    Function::new(
        "sha512sum",
        digest::<Sha512>,
        "the SHA-512 digest in hexadecimal",
        "\"a\" | sha512sum | trunc(4) → 1f40",
    ),
    Function::new("adler32sum", adler32sum, "the Adler-32 checksum as a decimal", "\"a\" | adler32sum → 6422626"),
];

fn digest<D: Digest>(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(hex(&D::digest(arguments.bytes(0)?))))
}

/// Two small digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// RFC 1950: two sums modulo the largest prime below 65536.
fn adler32sum(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let (low, high) = arguments.bytes(0)?.iter().fold((1u32, 0u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65521;
        (low, (high + low) % 65521)
    });
    Ok(Value::from((high << 16 | low).to_string()))
}
