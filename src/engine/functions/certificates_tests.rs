//! Certificates that Helm made, made again from their keys, serial numbers and times: every byte is the same.

use serde_json::Value as Json;

use super::*;

fn made_by_helm(name: &str) -> Json {
    let all: Json = serde_json::from_str(include_str!("../../../tests/helm/certificates.json")).expect("valid JSON");
    all[name].clone()
}

fn text<'a>(made: &'a Json, field: &str) -> &'a str {
    made[field].as_str().expect("a string")
}

/// The certificate of these words with the key, serial number and time of Helm's.
fn again(made: &Json, subject: &Subject, issuer: Option<&Issuer>) -> String {
    let key = Key::parse(text(made, "Key")).expect("a key");
    let serial = u128::from_str_radix(text(made, "serial"), 16).expect("a number").to_be_bytes();
    let now = made["now"].as_i64().expect("a time");
    to_pem("CERTIFICATE", &certificate(subject, &key, issuer, &serial, now).expect("a certificate"))
}

fn subject(name: &str, days: i64) -> Subject {
    Subject { name: name.to_owned(), addresses: Vec::new(), dns_names: Vec::new(), days, is_authority: false }
}

#[test]
fn an_authority_is_byte_equal() {
    let made = made_by_helm("rsa");
    let authority = Subject { is_authority: true, ..subject("rsa ca", 20000) };
    assert_eq!(again(&made, &authority, None), text(&made, "Cert"));
}

#[test]
fn names_and_addresses_are_byte_equal() {
    let made = made_by_helm("self");
    let addresses = ["10.0.0.1", "::1", "::ffff:1.2.3.4"].map(|address| address.parse().expect("an address")).to_vec();
    let server = Subject { addresses, dns_names: vec!["a.b".into(), "*.c.d".into()], ..subject("svc.é", 30) };
    assert_eq!(again(&made, &server, None), text(&made, "Cert"));
}

#[test]
fn a_signed_certificate_is_byte_equal() {
    let authority = made_by_helm("rsa");
    let issuer = read_issuer(text(&authority, "Cert"), text(&authority, "Key")).expect("an authority");
    let made = made_by_helm("signed");
    let server = Subject { dns_names: vec!["db.ns.svc".into()], ..subject("db", 365) };
    assert_eq!(again(&made, &server, Some(&issuer)), text(&made, "Cert"));
    let made = made_by_helm("nameless");
    let server = Subject { addresses: vec!["10.0.0.1".parse().expect("an address")], ..subject("", 365) };
    assert_eq!(again(&made, &server, Some(&issuer)), text(&made, "Cert"));
}

#[test]
fn a_key_is_written_as_it_was_read() {
    for name in ["rsa", "self"] {
        let made = made_by_helm(name);
        let key = Key::parse(text(&made, "Key")).expect("a key");
        assert_eq!(key.pem().as_deref(), Ok(text(&made, "Key")));
    }
}

#[test]
fn times_from_2050_on_are_generalized_and_others_refused() {
    assert!(time(i64::MAX).is_err());
    assert_eq!(time(2_524_607_999).map(|der| der[0]), Ok(0x17));
    assert_eq!(time(2_524_608_000).map(|der| der[0]), Ok(0x18));
}
