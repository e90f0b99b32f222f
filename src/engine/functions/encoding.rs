//! Encodings and digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Value;
use minijinja::{Error, State};
use sha2::{Digest, Sha256, Sha512};

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", b64enc, "encodes as base64", "\"a\" | b64enc → YQ=="),
    Function::new("b64dec", b64dec, "decodes base64", "\"YQ==\" | b64dec → a"),
    Function::new("sha256sum", sha256sum, "the SHA-256 digest in hexadecimal", "\"a\" | sha256sum → ca97…"),
    Function::new("sha512sum", sha512sum, "the SHA-512 digest in hexadecimal", "\"a\" | sha512sum → 1f40…"),
];

fn b64enc(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(STANDARD.encode(arguments.bytes(0)?)))
}

fn b64dec(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let bytes = STANDARD.decode(arguments.bytes(0)?).map_err(|_| arguments.error("expects base64"))?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(error) => Value::from_bytes(error.into_bytes()),
    })
}

fn hex(digest: &[u8]) -> Value {
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    Value::from(digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect::<String>())
}

fn sha256sum(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(hex(&Sha256::digest(arguments.bytes(0)?)))
}

fn sha512sum(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(hex(&Sha512::digest(arguments.bytes(0)?)))
}
