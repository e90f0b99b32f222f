//! X.509 certificates with the subject, names, extensions and key kinds that Helm gives them, valid from the render's
//! clock on.

use std::net::IpAddr;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng as _;
use jiff::Timestamp;
use minijinja::value::Value;
use minijinja::{Error, State};
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use super::der::{OCTET_STRING, SET, bits, element, from_pem, identifier, sequence, to_pem, unsigned};
use super::encoding::decode64;
use super::keys::Key;
use super::random::draw;
use super::{Arguments, Function};
use crate::engine::entropy::Entropy;
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("genCA", gen_ca, "a certificate authority: name, days", "genCA(\"my-ca\", 365).Cert"),
    Function::new("genCAWithKey", gen_ca_with_key, "the same for a private key", "genCAWithKey(\"my-ca\", 365, key)"),
    Function::new(
        "genSelfSignedCert",
        gen_self_signed,
        "a certificate that signs itself: name, IP addresses, DNS names, days",
        "genSelfSignedCert(\"db\", none, [\"db.ns.svc\"], 365)",
    ),
    Function::new(
        "genSelfSignedCertWithKey",
        gen_self_signed_with_key,
        "the same for a private key",
        "genSelfSignedCertWithKey(\"db\", none, [\"db.ns.svc\"], 365, key)",
    ),
    Function::new(
        "genSignedCert",
        gen_signed,
        "a certificate signed by an authority: name, IP addresses, DNS names, days, authority",
        "genSignedCert(\"db\", none, [\"db.ns.svc\"], 365, ca)",
    ),
    Function::new(
        "genSignedCertWithKey",
        gen_signed_with_key,
        "the same for a private key",
        "genSignedCertWithKey(\"db\", none, [\"db.ns.svc\"], 365, ca, key)",
    ),
    Function::new(
        "buildCustomCert",
        build_custom_cert,
        "a certificate and its key from base64",
        "buildCustomCert(cert, key).Cert",
    ),
];

const RSA_BITS: usize = 2048;
/// The longest validity, either way: what Go's durations hold.
const MAX_DAYS: i64 = 106_751;
/// Names and addresses of one certificate.
const MAX_NAMES: usize = 1000;

/// What a certificate says of its owner.
struct Subject {
    name: String,
    addresses: Vec<IpAddr>,
    dns_names: Vec<String>,
    days: i64,
    is_authority: bool,
}

/// Who signs: a key, and the certificate it belongs to.
struct Issuer {
    key: Key,
    name: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
}

fn gen_ca(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let subject = authority(arguments)?;
    let key = new_key(state, arguments)?;
    issue(state, arguments, &subject, &key, None)
}

fn gen_ca_with_key(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let key = given_key(arguments, 2)?;
    issue(state, arguments, &authority(arguments)?, &key, None)
}

fn gen_self_signed(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(4..=4)?;
    let subject = server(arguments)?;
    let key = new_key(state, arguments)?;
    issue(state, arguments, &subject, &key, None)
}

fn gen_self_signed_with_key(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(5..=5)?;
    let key = given_key(arguments, 4)?;
    issue(state, arguments, &server(arguments)?, &key, None)
}

fn gen_signed(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(5..=5)?;
    let (issuer, subject) = (issuer(arguments)?, server(arguments)?);
    let key = new_key(state, arguments)?;
    issue(state, arguments, &subject, &key, Some(&issuer))
}

fn gen_signed_with_key(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(6..=6)?;
    let key = given_key(arguments, 5)?;
    issue(state, arguments, &server(arguments)?, &key, Some(&issuer(arguments)?))
}

fn build_custom_cert(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let decode = |index, what: &str| {
        let bytes = decode64(&arguments.bytes(index)?).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        bytes.ok_or_else(|| arguments.error(format_args!("unable to decode base64 {what}")))
    };
    let (certificate, key) = (decode(0, "certificate")?, decode(1, "private key")?);
    parse_certificate(&certificate, "decodedCert").map_err(|reason| arguments.error(reason))?;
    Key::parse(&key).map_err(|reason| arguments.error(format_args!("error parsing private key: {reason}")))?;
    Ok(pair(certificate, key))
}

fn pair(certificate: String, key: String) -> Value {
    Value::from_pairs([("Cert", certificate), ("Key", key)])
}

fn parse_certificate(pem: &str, what: &str) -> Result<Certificate, String> {
    let (_, der) = from_pem(pem).ok_or("unable to decode certificate")?;
    Certificate::from_der(&der)
        .map_err(|_| format!("error parsing certificate: {what}.Bytes: x509: malformed tbs certificate"))
}

fn new_key(state: &State<'_, '_>, arguments: &Arguments<'_>) -> Result<Key, Error> {
    draw(state, arguments, |random| Key::rsa(random, RSA_BITS))?.map_err(|reason| arguments.error(reason))
}

fn given_key(arguments: &Arguments<'_>, index: usize) -> Result<Key, Error> {
    let found = Key::parse(&arguments.text(index)?);
    found.map_err(|reason| arguments.error(format_args!("parsing private key: {reason}")))
}

fn days(arguments: &Arguments<'_>, index: usize) -> Result<i64, Error> {
    let days = arguments.integer(index)?;
    if (-MAX_DAYS..=MAX_DAYS).contains(&days) {
        return Ok(days);
    }
    Err(arguments.error(format_args!("expects at most {MAX_DAYS} days, found {days}")))
}

fn authority(arguments: &Arguments<'_>) -> Result<Subject, Error> {
    let (name, days) = (arguments.text(0)?.to_string(), days(arguments, 1)?);
    Ok(Subject { name, addresses: Vec::new(), dns_names: Vec::new(), days, is_authority: true })
}

fn server(arguments: &Arguments<'_>) -> Result<Subject, Error> {
    let name = arguments.text(0)?.to_string();
    let list = |index| {
        let absent = arguments.value(index)?.is_none();
        let items = if absent { Vec::new() } else { arguments.list(index)? };
        if items.len() > MAX_NAMES {
            return Err(arguments.error(format_args!("takes at most {MAX_NAMES} names, found {}", items.len())));
        }
        Ok(items)
    };
    let address = |value: &Value| {
        let printed = print::print(value);
        let text = value.as_str().ok_or_else(|| format!("error parsing ip: {printed} is not a string"))?;
        text.parse::<IpAddr>().map_err(|_| format!("error parsing ip: {text}"))
    };
    let dns_name = |value: &Value| match value.as_str() {
        None => Err(format!("error processing alternate dns name: {} is not a string", print::print(value))),
        Some(text) if text.is_ascii() => Ok(text.to_owned()),
        Some(text) => Err(format!("error creating certificate: x509: {text:?} cannot be encoded as an IA5String")),
    };
    let addresses = list(1)?.iter().map(address).collect::<Result<_, _>>().map_err(|reason| arguments.error(reason))?;
    let dns_names =
        list(2)?.iter().map(dns_name).collect::<Result<_, _>>().map_err(|reason| arguments.error(reason))?;
    Ok(Subject { name, addresses, dns_names, days: days(arguments, 3)?, is_authority: false })
}

/// The authority, argument 5: a map with `Cert` and `Key`, as `genCA` and `buildCustomCert` give.
fn issuer(arguments: &Arguments<'_>) -> Result<Issuer, Error> {
    let authority = arguments.value(4)?;
    let field = |name: &str| {
        let value = authority.get_attr(name).ok().and_then(|value| value.to_str());
        value.ok_or_else(|| arguments.error("expects a certificate with `Cert` and `Key` as argument 5"))
    };
    read_issuer(&field("Cert")?, &field("Key")?).map_err(|reason| arguments.error(reason))
}

fn read_issuer(certificate: &str, key: &str) -> Result<Issuer, String> {
    let certificate = parse_certificate(certificate, "decodedSignerCert")?;
    let key = Key::parse(key).map_err(|reason| format!("error parsing private key: {reason}"))?;
    let certificate = certificate.tbs_certificate();
    let unreadable = |_| "cannot read the certificate of the authority";
    if certificate.subject_public_key_info().to_der().map_err(unreadable)? != key.public_key()? {
        return Err("error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
    }
    let identifier = certificate.get_extension::<SubjectKeyIdentifier>().ok().flatten();
    Ok(Issuer {
        key,
        name: certificate.subject().to_der().map_err(unreadable)?,
        key_identifier: identifier.map(|(_, identifier)| identifier.0.into_bytes().into()),
    })
}

/// Writes and signs a certificate; without an issuer it signs itself.
fn issue(
    state: &State<'_, '_>,
    arguments: &Arguments<'_>,
    subject: &Subject,
    key: &Key,
    issuer: Option<&Issuer>,
) -> Result<Value, Error> {
    let serial = draw(state, arguments, serial)?;
    let now = Entropy::of(state).now();
    let certificate = certificate(subject, key, issuer, &serial, now);
    let pair = certificate.and_then(|certificate| Ok(pair(to_pem("CERTIFICATE", &certificate), key.pem()?)));
    pair.map_err(|reason| arguments.error(reason))
}

/// RFC 5280, section 4.1: what is signed, the algorithm, the signature.
fn certificate(
    subject: &Subject,
    key: &Key,
    issuer: Option<&Issuer>,
    serial: &[u8],
    now: i64,
) -> Result<Vec<u8>, String> {
    let unsigned = to_be_signed(subject, key, issuer, serial, now)?;
    let signer = issuer.map_or(key, |issuer| &issuer.key);
    let signature = signer.sign(&unsigned)?;
    Ok(sequence(&[&unsigned, &signer.algorithm(), &bits(&signature)]))
}

/// 128 random bits.
fn serial(random: &mut ChaCha20Rng) -> [u8; 16] {
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    bytes
}

/// The `TBSCertificate`.
fn to_be_signed(
    subject: &Subject,
    key: &Key,
    issuer: Option<&Issuer>,
    serial: &[u8],
    now: i64,
) -> Result<Vec<u8>, String> {
    let name = distinguished_name(&subject.name);
    let issuer_name = issuer.map_or(&name, |issuer| &issuer.name);
    let end = now.saturating_add(subject.days * 24 * 60 * 60);
    let public_key = key.public_key()?;
    let authority_key = issuer.filter(|issuer| issuer.name != name).and_then(|issuer| issuer.key_identifier.as_deref());
    Ok(sequence(&[
        &element(0xa0, &[&unsigned(&[2])]),
        &unsigned(serial),
        &issuer.map_or(key, |issuer| &issuer.key).algorithm(),
        issuer_name,
        &sequence(&[&time(now)?, &time(end)?]),
        &name,
        &public_key,
        &element(0xa3, &[&extensions(subject, &public_key, authority_key)]),
    ]))
}

/// One common name, or nothing.
fn distinguished_name(name: &str) -> Vec<u8> {
    if name.is_empty() {
        return sequence(&[]);
    }
    let printable = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte));
    let text = element(if printable { 0x13 } else { 0x0c }, &[name.as_bytes()]);
    sequence(&[&element(SET, &[&sequence(&[&identifier(&[0x55, 0x04, 0x03]), &text])])])
}

/// `UTCTime` until 2049, `GeneralizedTime` after it.
fn time(seconds: i64) -> Result<Vec<u8>, String> {
    let out_of_range = || "error creating certificate: its time is out of range".to_owned();
    let time = Timestamp::from_second(seconds).map_err(|_| out_of_range())?.to_string();
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    match digits.get(..4).and_then(|year| year.parse::<u16>().ok()) {
        Some(1950..=2049) if !time.starts_with('-') => Ok(element(0x17, &[&digits.as_bytes()[2..], b"Z"])),
        Some(_) if !time.starts_with('-') => Ok(element(0x18, &[digits.as_bytes(), b"Z"])),
        _ => Err(out_of_range()),
    }
}

fn extension(id: u8, critical: bool, content: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[0x01, 0x01, 0xff] } else { &[] };
    sequence(&[&identifier(&[0x55, 0x1d, id]), flag, &element(OCTET_STRING, &[content])])
}

/// In Go's order: key usage, extended key usage, basic constraints, key identifiers, alternative names.
fn extensions(subject: &Subject, public_key: &[u8], authority_key: Option<&[u8]>) -> Vec<u8> {
    // Digital signature and key encipherment; of an authority also certificate signing.
    let usage: [u8; 2] = if subject.is_authority { [2, 0xa4] } else { [5, 0xa0] };
    let purpose = |last| identifier(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, last]);
    let is_authority: &[u8] = if subject.is_authority { &[0x01, 0x01, 0xff] } else { &[] };
    let mut all = vec![
        extension(15, true, &element(0x03, &[&usage])),
        // Server and client authentication.
        extension(37, false, &sequence(&[&purpose(1), &purpose(2)])),
        extension(19, true, &sequence(&[is_authority])),
    ];
    if subject.is_authority {
        all.push(extension(14, false, &element(OCTET_STRING, &[&key_identifier(public_key)])));
    }
    if let Some(identifier) = authority_key {
        all.push(extension(35, false, &sequence(&[&element(0x80, &[identifier])])));
    }
    let mut names: Vec<Vec<u8>> = subject.dns_names.iter().map(|name| element(0x82, &[name.as_bytes()])).collect();
    names.extend(subject.addresses.iter().map(|address| match address.to_canonical() {
        IpAddr::V4(address) => element(0x87, &[&address.octets()]),
        IpAddr::V6(address) => element(0x87, &[&address.octets()]),
    }));
    if !names.is_empty() {
        all.push(extension(17, subject.name.is_empty(), &sequence(&[&names.concat()])));
    }
    sequence(&[&all.concat()])
}

/// The first 160 bits of the key's SHA-256 (RFC 7093, method 1).
fn key_identifier(public_key: &[u8]) -> Vec<u8> {
    let key = x509_cert::spki::SubjectPublicKeyInfoRef::from_der(public_key).expect("it was written above");
    Sha256::digest(key.subject_public_key.raw_bytes())[..20].to_vec()
}

#[cfg(test)]
#[path = "certificates_tests.rs"]
mod tests;
