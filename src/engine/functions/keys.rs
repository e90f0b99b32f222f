//! Private keys of certificates: RSA, ECDSA on P-256, and Ed25519. DSA keys are only made, as Helm signs nothing
//! with them either.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng as _;
use ed25519_dalek::Signer as _;
use p256::elliptic_curve::Generate as _;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::{Pkcs1v15Sign, PrivateKey};
use sha2::{Digest as _, Sha256};

use super::der::{self, bits, element, from_pem, identifier, sequence, to_pem, unsigned};

/// 1.3.101.112.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// 1.2.840.10045.4.3.2.
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// 1.2.840.113549.1.1.11.
const RSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];

/// A private key; not `Debug`, so that nothing prints it.
pub(super) enum Key {
    Rsa(Box<PrivateKey>),
    P256(p256::SecretKey),
    Ed25519(ed25519_dalek::SigningKey),
    /// Known, but nothing can be signed with it.
    Dsa,
}

impl Key {
    pub(super) fn rsa(random: &mut ChaCha20Rng, bits: usize) -> Result<Self, String> {
        let key = PrivateKey::new(random, bits).map_err(|error| format!("error generating rsa key: {error}"))?;
        Ok(Self::Rsa(Box::new(key)))
    }

    pub(super) fn p256(random: &mut ChaCha20Rng) -> Self {
        Self::P256(p256::SecretKey::generate_from_rng(random))
    }

    pub(super) fn ed25519(random: &mut ChaCha20Rng) -> Self {
        let mut secret = [0; 32];
        random.fill_bytes(&mut secret);
        Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&secret))
    }

    /// Reads a key; the label says which encoding it has.
    pub(super) fn parse(pem: &str) -> Result<Self, String> {
        let (label, der) = from_pem(pem).ok_or("no PEM data in input")?;
        let rsa = |key| Self::Rsa(Box::new(key));
        match label {
            "PRIVATE KEY" => (PrivateKey::from_pkcs8_der(&der).map(rsa).ok())
                .or_else(|| p256::SecretKey::from_pkcs8_der(&der).map(Self::P256).ok())
                .or_else(|| ed25519_dalek::SigningKey::from_pkcs8_der(&der).map(Self::Ed25519).ok())
                .ok_or_else(|| "decoding PEM as PKCS#8: expected an RSA, P-256 or Ed25519 key".to_owned()),
            "RSA PRIVATE KEY" => PrivateKey::from_pkcs1_der(&der)
                .map(rsa)
                .map_err(|_| "parsing RSA private key from PEM: it is none".to_owned()),
            "EC PRIVATE KEY" => p256::SecretKey::from_sec1_der(&der)
                .map(Self::P256)
                .map_err(|_| "parsing EC private key from PEM: expected a P-256 key".to_owned()),
            "DSA PRIVATE KEY" => Ok(Self::Dsa),
            other => Err(match other.strip_suffix(" PRIVATE KEY") {
                Some(_) => format!("invalid private key type {other}"),
                None => format!("no private key data in PEM block of type {other}"),
            }),
        }
    }

    /// PKCS#1 for RSA, SEC 1 for P-256, PKCS#8 for Ed25519, as Go writes them.
    pub(super) fn pem(&self) -> Result<String, String> {
        let written = |_| "cannot write the private key".to_owned();
        Ok(match self {
            Self::Rsa(key) => to_pem("RSA PRIVATE KEY", key.to_pkcs1_der().map_err(written)?.as_bytes()),
            Self::P256(key) => {
                to_pem("EC PRIVATE KEY", &key.to_sec1_der().map_err(|_| "cannot write the private key")?)
            }
            Self::Ed25519(key) => {
                let secret = element(der::OCTET_STRING, &[&element(der::OCTET_STRING, &[key.as_bytes()])]);
                let version = unsigned(&[0]);
                to_pem("PRIVATE KEY", &sequence(&[&version, &sequence(&[&identifier(ED25519)]), &secret]))
            }
            Self::Dsa => return Err(UNUSABLE.to_owned()),
        })
    }

    /// The `SubjectPublicKeyInfo`.
    pub(super) fn public_key(&self) -> Result<Vec<u8>, String> {
        let document = match self {
            Self::Rsa(key) => key.to_public_key().to_public_key_der(),
            Self::P256(key) => key.public_key().to_public_key_der(),
            Self::Ed25519(key) => {
                let public = key.verifying_key().to_bytes();
                return Ok(sequence(&[&sequence(&[&identifier(ED25519)]), &bits(&public)]));
            }
            Self::Dsa => return Err(UNUSABLE.to_owned()),
        };
        document.map(|der| der.as_bytes().to_vec()).map_err(|_| "cannot write the public key".to_owned())
    }

    /// The `AlgorithmIdentifier` of signatures by this key.
    pub(super) fn algorithm(&self) -> Vec<u8> {
        match self {
            Self::Rsa(_) => sequence(&[&identifier(RSA_WITH_SHA256), &element(0x05, &[])]),
            Self::P256(_) => sequence(&[&identifier(ECDSA_WITH_SHA256)]),
            Self::Ed25519(_) | Self::Dsa => sequence(&[&identifier(ED25519)]),
        }
    }

    /// A signature that only follows from key and message (PKCS #1 v1.5, RFC 6979, RFC 8032).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Rsa(key) => key
                .sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))
                .map_err(|error| format!("error creating certificate: {error}")),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = p256::ecdsa::SigningKey::from(key).sign(message);
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Self::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Self::Dsa => Err(UNUSABLE.to_owned()),
        }
    }
}

const UNUSABLE: &str = "error creating certificate: x509: certificate private key does not implement crypto.Signer";
