//! Base64 and base32, as Go's standard encodings: line breaks are skipped, and what does not decode gives the message
//! as the result instead of an error, as in Helm.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Value;
use minijinja::{Error, State};

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", b64enc, "encodes as base64", "\"a\" | b64enc → YQ=="),
    Function::new("b64dec", b64dec, "decodes base64; the message when it is none", "\"YQ==\" | b64dec → a"),
    Function::new("b32enc", b32enc, "encodes as base32", "\"a\" | b32enc → ME======"),
    Function::new("b32dec", b32dec, "decodes base32; the message when it is none", "\"ME======\" | b32dec → a"),
];

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn b64enc(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(STANDARD.encode(arguments.bytes(0)?)))
}

fn b64dec(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let decoded = decode64(&arguments.bytes(0)?);
    Ok(decoded.map_or_else(|at| Value::from(format!("illegal base64 data at input byte {at}")), text_or_bytes))
}

fn b32enc(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let mut text = String::new();
    for block in arguments.bytes(0)?.chunks(5) {
        let bits = block.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)) << (8 * (5 - block.len()));
        let letters = (block.len() * 8).div_ceil(5);
        for position in 0..8 {
            let digit = usize::try_from(bits >> (35 - 5 * position) & 31).unwrap_or_default();
            text.push(if position < letters { char::from(BASE32[digit]) } else { '=' });
        }
    }
    Ok(Value::from(text))
}

fn b32dec(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let decoded = decode32(&arguments.bytes(0)?);
    Ok(decoded.map_or_else(|at| Value::from(format!("illegal base32 data at input byte {at}")), text_or_bytes))
}

/// A string where the bytes are one.
pub(super) fn text_or_bytes(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).map_or_else(|error| Value::from_bytes(error.into_bytes()), Value::from)
}

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn digit(alphabet: &[u8], byte: u8) -> Option<u64> {
    alphabet.iter().position(|letter| *letter == byte).and_then(|at| u64::try_from(at).ok())
}

/// Appends the whole bytes of a number's `bits` upper bits.
fn push_bytes(out: &mut Vec<u8>, number: u64, width: u32, bits: u32) {
    let bytes = (number << (64 - width)).to_be_bytes();
    out.extend(bytes.iter().take((bits / 8) as usize));
}

/// The decoded bytes, or the position that Go names.
pub(super) fn decode64(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut quantum = (0u64, 0u32);
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if is_line_break(byte) {
            continue;
        }
        let (bits, letters) = quantum;
        if let Some(digit) = digit(BASE64, byte) {
            quantum = (bits << 6 | digit, letters + 1);
            if letters == 3 {
                push_bytes(&mut out, quantum.0, 24, 24);
                quantum = (0, 0);
            }
            continue;
        }
        if byte != b'=' || letters < 2 {
            return Err(at - 1);
        }
        let skip = |mut at: usize| {
            while text.get(at).is_some_and(|byte| is_line_break(*byte)) {
                at += 1;
            }
            at
        };
        if letters == 2 {
            at = skip(at);
            match text.get(at) {
                None => return Err(text.len()),
                Some(b'=') => at += 1,
                Some(_) => return Err(at - 1),
            }
        }
        at = skip(at);
        if at < text.len() {
            return Err(at);
        }
        push_bytes(&mut out, bits << (6 * (4 - letters)), 24, 6 * letters);
        return Ok(out);
    }
    if quantum.1 > 0 { Err(text.len() - quantum.1 as usize) } else { Ok(out) }
}

/// The decoded bytes, or the position that Go names; line breaks do not count.
fn decode32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !is_line_break(*byte)).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    for (block, letters) in text.chunks(8).enumerate() {
        let start = block * 8;
        let mut bits = 0u64;
        for position in 0..8 {
            let Some(byte) = letters.get(position) else { return Err(start) };
            let at = start + position;
            let rest = &text[at + 1..];
            if *byte == b'=' && position >= 2 && rest.len() < 8 {
                if rest.len() + position < 7 {
                    return Err(text.len());
                }
                if let Some(wrong) = rest.iter().take(7 - position).position(|byte| *byte != b'=') {
                    return Err(at + wrong);
                }
                if matches!(position, 3 | 6) {
                    return Err(at);
                }
                let given = u32::try_from(position).unwrap_or_default() * 5;
                push_bytes(&mut out, bits << (40 - given), 40, given);
                return Ok(out);
            }
            bits = bits << 5 | digit(BASE32, *byte).ok_or(at)?;
        }
        push_bytes(&mut out, bits, 40, 40);
    }
    Ok(out)
}
