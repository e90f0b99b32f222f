//! Certificates in Secrets: no secret themselves, and best known by whom they name and how long they last.

use x509_cert::Certificate;

/// `CN=db, until 2027-01-31`, for the first certificate of a PEM text; nothing when it holds none or a private key.
pub(super) fn describe(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    if !text.contains("-----BEGIN CERTIFICATE-----") || text.contains("PRIVATE KEY-----") {
        return None;
    }
    let chain = Certificate::load_pem_chain(value).ok()?;
    let body = chain.first()?.tbs_certificate();
    let until = body.validity().not_after.to_date_time();
    let subject = body.subject().to_string().replace(['\n', '‹', '›'], " ");
    Some(format!("{subject}, until {:04}-{:02}-{:02}", until.year(), until.month(), until.day()))
}
