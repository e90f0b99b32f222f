//! Password hashes, derived passwords, private keys and AES.

use aes::Aes256;
use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20::rand_core::Rng as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use minijinja::value::Value;
use minijinja::{Error, State};
use sha2::Sha256;

use super::dsa::dsa_pem;
use super::encoding::{decode64, text_or_bytes};
use super::keys::Key;
use super::random::draw;
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("bcrypt", bcrypt, "the bcrypt hash of a password", "bcrypt(\"secret\") | trunc(7) → $2a$10$"),
    Function::new("htpasswd", htpasswd, "a line of a htpasswd file, with bcrypt", "htpasswd(\"me\", \"secret\")"),
    Function::new(
        "genPrivateKey",
        gen_private_key,
        "a private key: rsa, dsa, ecdsa or ed25519",
        "genPrivateKey(\"ed25519\")",
    ),
    Function::new(
        "derivePassword",
        derive_password,
        "a password that follows from counter, kind, master password, user and site",
        "derivePassword(1, \"long\", \"secret\", \"me\", \"example.com\")",
    ),
    Function::new("encryptAES", encrypt_aes, "encrypts with AES-256-CBC, in base64", "encryptAES(\"key\", \"text\")"),
    Function::new(
        "decryptAES",
        decrypt_aes,
        "reverses encryptAES",
        "encryptAES(\"key\", \"text\") | decryptAES(\"key\") → text",
    ),
];

/// Go's default, 1024 rounds.
const BCRYPT_COST: u32 = 10;
/// The longest password that bcrypt sees whole, in bytes.
const BCRYPT_LIMIT: usize = 72;

fn bcrypt_hash(state: &State<'_, '_>, arguments: &Arguments<'_>, password: &[u8]) -> Result<String, Error> {
    let failed = |reason: &str| format!("failed to encrypt string with bcrypt: {reason}");
    if password.len() > BCRYPT_LIMIT {
        return Ok(failed("bcrypt: password length exceeds 72 bytes"));
    }
    let mut salt = [0; 16];
    draw(state, arguments, |random| random.fill_bytes(&mut salt))?;
    Ok(match bcrypt::hash_with_salt(password, BCRYPT_COST, salt) {
        Ok(parts) => parts.format_for_version(bcrypt::Version::TwoA),
        Err(_) => failed("the password cannot be hashed"),
    })
}

fn bcrypt(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    bcrypt_hash(state, arguments, &arguments.bytes(0)?).map(Value::from)
}

fn htpasswd(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (user, password) = (arguments.text(0)?, arguments.bytes(1)?);
    if user.contains(':') {
        return Ok(Value::from(format!("invalid username: {user}")));
    }
    Ok(Value::from(format!("{user}:{}", bcrypt_hash(state, arguments, &password)?)))
}

fn gen_private_key(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let kind = arguments.text(0)?;
    let pem = draw(state, arguments, |random| match &*kind {
        "" | "rsa" => Key::rsa(random, 4096)?.pem(),
        "dsa" => Ok(dsa_pem(random)),
        "ecdsa" => Key::p256(random).pem(),
        "ed25519" => Key::ed25519(random).pem(),
        other => Ok(format!("Unknown type {other}")),
    })?;
    pem.map(Value::from).map_err(|reason| arguments.error(reason))
}

/// Where each letter of a template stands for a class of characters: version 1 of Master Password.
const CLASSES: [(u8, &[u8]); 9] = [
    (b'V', b"AEIOU"),
    (b'C', b"BCDFGHJKLMNPQRSTVWXYZ"),
    (b'v', b"aeiou"),
    (b'c', b"bcdfghjklmnpqrstvwxyz"),
    (b'A', b"AEIOUBCDFGHJKLMNPQRSTVWXYZ"),
    (b'a', b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"),
    (b'n', b"0123456789"),
    (b'o', b"@&%?,=[]_:-+*$#!'^~;()/."),
    (b'x', b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()"),
];

/// The templates of a kind of password.
fn templates(kind: &str) -> &'static [&'static str] {
    match kind {
        "maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        "medium" => &["CvcnoCvc", "CvcCvcno"],
        "short" => &["Cvcn"],
        "basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        "pin" => &["nnnn"],
        _ => &[],
    }
}

/// Master Password, version 1: scrypt (N 32768, r 8, p 2) of the master password, then HMAC-SHA-256 of the site.
fn derive_password(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    const SCOPE: &[u8] = b"com.lyndir.masterpassword";
    arguments.count(5..=5)?;
    let counter = arguments.integer(0)?;
    if counter < 0 {
        return Err(arguments.error("expects a counter that is not negative"));
    }
    // The counter has 32 bits; more are cut off, as in Helm.
    let counter = u32::try_from(counter & 0xffff_ffff).unwrap_or_default();
    let (kind, password) = (arguments.text(1)?, arguments.bytes(2)?);
    let (user, site) = (arguments.bytes(3)?, arguments.bytes(4)?);
    let templates = templates(&kind);
    if templates.is_empty() {
        return Ok(Value::from(format!("cannot find password template {kind}")));
    }
    let length = |text: &[u8]| u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
    let salt = [SCOPE, &length(&user), &user].concat();
    let parameters = scrypt::Params::new(15, 8, 2).expect("the parameters are valid");
    let mut key = [0; 64];
    scrypt::scrypt(&password, &salt, &parameters, &mut key).expect("the length is valid");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    for part in [SCOPE, &length(&site), &site, &counter.to_be_bytes()] {
        mac.update(part);
    }
    let seed = mac.finalize().into_bytes();
    let template = templates[usize::from(seed[0]) % templates.len()];
    let letter = |(class, byte): (u8, &u8)| {
        let (_, letters) = CLASSES.iter().find(|(name, _)| *name == class).expect("templates name classes only");
        char::from(letters[usize::from(*byte) % letters.len()])
    };
    Ok(Value::from(template.bytes().zip(&seed[1..]).map(letter).collect::<String>()))
}

/// The first 32 bytes of the password, filled up with zeros, as in Helm.
fn aes_key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let length = password.len().min(32);
    key[..length].copy_from_slice(&password[..length]);
    key
}

fn encrypt_aes(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (key, text) = (aes_key(&arguments.bytes(0)?), arguments.bytes(1)?);
    if text.is_empty() {
        return Ok(Value::from(""));
    }
    let mut iv = [0; 16];
    draw(state, arguments, |random| random.fill_bytes(&mut iv))?;
    let encrypted = cbc::Encryptor::<Aes256>::new(&key.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(&text);
    Ok(Value::from(STANDARD.encode([iv.as_slice(), &encrypted].concat())))
}

fn decrypt_aes(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (key, text) = (aes_key(&arguments.bytes(0)?), arguments.bytes(1)?);
    if text.is_empty() {
        return Ok(Value::from(""));
    }
    let bytes =
        decode64(&text).map_err(|at| arguments.error(format_args!("illegal base64 data at input byte {at}")))?;
    let Some((iv, encrypted)) = bytes.split_first_chunk::<16>() else {
        return Err(arguments.error("expects what encryptAES gives, found less than one block"));
    };
    let mut text = cbc::Decryptor::<Aes256>::new(&key.into(), iv.into())
        .decrypt_padded_vec::<NoPadding>(encrypted)
        .map_err(|_| arguments.error("crypto/cipher: input not full blocks"))?;
    // Helm looks at the last byte of the padding only.
    let padding = usize::from(text.last().copied().unwrap_or(u8::MAX));
    let length = text.len().checked_sub(padding);
    text.truncate(length.ok_or_else(|| arguments.error("cannot decrypt the text with this password"))?);
    Ok(text_or_bytes(text))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_bcrypt_hash_of_helm_comes_out_again() {
        // What Helm made of `a`; the salt is in it.
        let made = "$2a$10$tiPDU8/sYDFNM.3sqq/WFOGAxeB7D1fV6Xc0onGBHewNmbVwj02QW";
        let parts: bcrypt::HashParts = made.parse().expect("a hash");
        let again = bcrypt::hash_with_salt("a", super::BCRYPT_COST, parts.get_salt_raw()).expect("a hash");
        assert_eq!(again.format_for_version(bcrypt::Version::TwoA), made);
    }
}
