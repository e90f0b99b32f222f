//! Requests that got no answer, in words. What a library says is never taken apart, only asked for its kind.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use kube::client::AuthError;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The login is not accepted; nothing else will be answered either.
    Unauthorized,
    /// The connection or the login does not work.
    Broken(String),
    /// It took too long.
    Slow,
    /// It was not asked: requests before it got no answer.
    NotAsked,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthorized => {
                f.write_str("the server does not accept the login (401); log in again, or choose another `--context`")
            }
            Self::Broken(reason) => f.write_str(reason),
            Self::Slow => f.write_str("the server did not answer in time; a larger bound is `--request-timeout`"),
            Self::NotAsked => f.write_str("not asked: the server stopped answering"),
        }
    }
}

/// A client's error in words; what a login command printed is left out, since it may be a token.
pub(super) fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Auth(error) => login(error),
        kube::Error::ProxyProtocolUnsupported { .. } | kube::Error::ProxyProtocolDisabled { .. } => {
            "the proxy's protocol is not supported; `http`, `https` and `socks5` are".to_owned()
        }
        _ => connection(error),
    }
}

fn login(error: &AuthError) -> String {
    match error {
        AuthError::AuthExecStart(error) => {
            format!("the login command cannot be run: {}", crate::diagnostic::reason(error))
        }
        AuthError::AuthExecRun { out, .. } => {
            let code = out.status.code().map_or("was killed".to_owned(), |code| format!("ended with {code}"));
            format!("the kubeconfig's login command {code}; run it by hand to see why")
        }
        AuthError::AuthExecParse(_) | AuthError::ExecPluginFailed => {
            "the login command printed no credential".to_owned()
        }
        AuthError::ReadTokenFile(error, path) => {
            format!("cannot read the token file `{}`: {}", path.display(), crate::diagnostic::reason(error))
        }
        AuthError::InvalidBearerToken(_) => "the kubeconfig's token has characters that no token has".to_owned(),
        AuthError::MissingCommand => "the kubeconfig's login has no command".to_owned(),
        _ => "the kubeconfig's login does not work".to_owned(),
    }
}

fn connection(error: &(dyn StdError + 'static)) -> String {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut closed = false;
    while let Some(current) = cause {
        if let Some(error) = current.downcast_ref::<kube::Error>()
            && let kube::Error::Auth(error) = error
        {
            return login(error);
        }
        if let Some(error) = current.downcast_ref::<AuthError>() {
            return login(error);
        }
        if let Some(words) = tls(current) {
            return words;
        }
        if let Some(error) = current.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::ConnectionRefused => return "the connection is refused".to_owned(),
                io::ErrorKind::TimedOut => return "the server did not answer in time".to_owned(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                    closed = true;
                }
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::NetworkUnreachable => {
                    return crate::diagnostic::reason(error);
                }
                _ => {}
            }
            // The `source` of such an error is that of what it wraps, not what it wraps.
            if let Some(inner) = error.get_ref() {
                cause = Some(inner);
                continue;
            }
        }
        cause = current.source();
    }
    if closed {
        "the server closed the connection in the middle of an answer".to_owned()
    } else {
        "the connection broke off before an answer".to_owned()
    }
}

/// What TLS objects to.
fn tls(error: &(dyn StdError + 'static)) -> Option<String> {
    let error = error.downcast_ref::<rustls::Error>()?;
    Some(match error {
        rustls::Error::InvalidCertificate(_) => {
            format!(
                "the server's certificate is not trusted ({error}); the kubeconfig's `certificate-authority` must have signed it"
            )
        }
        rustls::Error::AlertReceived(_) => {
            "the server refuses the TLS connection, perhaps for want of a client certificate".to_owned()
        }
        _ => "the server speaks no TLS that fits".to_owned(),
    })
}
