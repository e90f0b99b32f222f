//! DER (X.690) as far as keys and certificates need it, and PEM (RFC 7468) around it, in the layout of Go's encoder.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// A tag, the length of the content, and the content.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    if content.len() < 0x80 {
        out.extend(significant);
    } else {
        out.push(0x80 | u8::try_from(significant.len()).expect("a length has at most 8 bytes"));
        out.extend(significant);
    }
    out.extend(content);
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, parts)
}

/// A positive integer from its bytes, highest first.
pub(super) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let significant = &bytes[bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len())..];
    let sign: &[u8] = if significant.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[sign, significant])
}

/// Whole bytes as a bit string.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], bytes])
}

/// An object identifier that is encoded already.
pub(super) fn identifier(encoded: &[u8]) -> Vec<u8> {
    element(0x06, &[encoded])
}

/// Lines of 64 characters between the markers.
pub(super) fn to_pem(label: &str, der: &[u8]) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        out.extend(line.iter().copied().map(char::from));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// Label and content of the first block; headers inside it are skipped.
pub(super) fn from_pem(text: &str) -> Option<(&str, Vec<u8>)> {
    let (_, after) = text.split_once("-----BEGIN ")?;
    let (label, after) = after.split_once("-----")?;
    let (body, _) = after.split_once(&format!("-----END {label}-----"))?;
    let lines = body.lines().map(str::trim).filter(|line| !line.contains(':'));
    Some((label, super::encoding::decode64(lines.collect::<String>().as_bytes()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_signs_are_the_shortest() {
        assert_eq!(unsigned(&[0, 0, 5]), [2, 1, 5]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0, 0]), [2, 1, 0]);
        assert_eq!(element(4, &[]), [4, 0]);
        assert_eq!(element(4, &[&[7; 200]])[..3], [4, 0x81, 200]);
        assert_eq!(element(4, &[&[7; 300]])[..4], [4, 0x82, 1, 44]);
    }

    #[test]
    fn a_pem_block_comes_back() {
        let pem = to_pem("X KEY", &[1; 100]);
        assert_eq!(from_pem(&format!("before\n{pem}after")), Some(("X KEY", vec![1; 100])));
        assert_eq!(from_pem("-----BEGIN A-----\n!\n-----END A-----"), None);
        assert_eq!(from_pem("-----BEGIN A-----\nAAAA"), None);
    }
}
