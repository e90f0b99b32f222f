//! The secret key of passwords: given, found, or made once.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// 256 bits that passwords are derived from; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// What the process's surroundings say of keys.
#[derive(Clone, Default)]
pub struct Environment {
    /// `--secret-key-file`.
    pub file: Option<PathBuf>,
    /// `PGCHART_SECRET_KEY`.
    pub variable: Option<String>,
    /// Whether `CI` is set.
    pub ci: bool,
    /// The user's data directory: `$XDG_DATA_HOME` or `~/.local/share`.
    pub data_directory: Option<PathBuf>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("file", &self.file)
            .field("variable", &self.variable.as_ref().map(|_| "…"))
            .field("ci", &self.ci)
            .field("data_directory", &self.data_directory)
            .finish()
    }
}

impl Environment {
    /// Reads the surroundings through `lookup`, in a program the process's environment; `file` is `--secret-key-file`.
    ///
    /// A `PGCHART_SECRET_KEY` that is set but empty counts as given, and as no key: where CI hides its secrets from a
    /// run, silence would give other passwords.
    pub fn new(file: Option<PathBuf>, lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        // A relative directory in XDG_DATA_HOME is to be ignored (XDG Base Directory Specification).
        let data = set("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || set("HOME").map(|home| PathBuf::from(home).join(".local").join("share"));
        Self {
            file,
            // What is not UTF-8 is no key either; the replacement characters make that sure.
            variable: lookup("PGCHART_SECRET_KEY").map(|value| value.to_string_lossy().into_owned()),
            ci: set("CI").is_some_and(|value| value != "false"),
            data_directory: data.or_else(home),
        }
    }
}

/// A key and where it came from.
#[derive(Debug)]
pub struct Found {
    /// The key.
    pub key: SecretKey,
    /// The file, when it was made just now.
    pub created: Option<PathBuf>,
}

/// Why there is no key.
#[derive(Debug)]
pub enum KeyError {
    /// The text is no key; it is not shown.
    Malformed {
        /// The file or variable.
        origin: String,
    },
    /// Others can read the file.
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file cannot be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// `CI` is set and nobody gave a key: one that is made here would be gone tomorrow.
    RefusedInCi,
    /// There is no place to keep one.
    NoDataDirectory,
}

impl KeyError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => {
                "a key is 64 hexadecimal digits or 32 bytes in base64; make one: `openssl rand -hex 32`"
            }
            Self::TooOpen { .. } => "run `chmod 600` on it, and make a new key if others may have read it",
            Self::File { .. } => "name another file: `--secret-key-file FILE`",
            Self::RefusedInCi => {
                "set `PGCHART_SECRET_KEY` (`openssl rand -hex 32`), pass `--secret-key-file`, or set `postgresql.existingSecret`"
            }
            Self::NoDataDirectory => "set `PGCHART_SECRET_KEY` or pass `--secret-key-file`",
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { origin } => write!(f, "{origin} holds no key"),
            Self::TooOpen { path, mode } => {
                write!(f, "others can read the secret key `{}`: its mode is {mode:04o}", path.display())
            }
            Self::File { path, error } => {
                write!(f, "cannot use the secret key `{}`: {}", path.display(), crate::diagnostic::reason(error))
            }
            Self::RefusedInCi => f.write_str("passwords need a secret key, and none is made where `CI` is set"),
            Self::NoDataDirectory => {
                f.write_str("passwords need a secret key, and there is no home directory to keep one")
            }
        }
    }
}

impl SecretKey {
    /// Reads a key from text: 64 hexadecimal digits or 32 bytes in base64.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            (0..32).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect::<Option<Vec<u8>>>()?
        } else {
            STANDARD.decode(text).ok()?
        };
        bytes.try_into().ok().map(Self)
    }

    /// The key behind a text that the user chose.
    pub(super) fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key of a run: the named file, the variable, the user's key file, or a new key in that file.
    ///
    /// # Errors
    /// When what is given is no key, is open to others, or nothing is given and none may be made.
    pub fn find(environment: &Environment) -> Result<Found, KeyError> {
        let given = |key| Found { key, created: None };
        if let Some(path) = &environment.file {
            return read(path).map(given);
        }
        if let Some(text) = &environment.variable {
            let malformed = || KeyError::Malformed { origin: "`PGCHART_SECRET_KEY`".to_owned() };
            return Self::parse(text).map(given).ok_or_else(malformed);
        }
        let directory = environment.data_directory.as_ref();
        let path = directory.map(|directory| directory.join("pgchart").join("secret.key"));
        match path.as_ref().map(|path| read(path)) {
            // Only a file that is not there may be made: one that cannot be read may be the key of a running database.
            Some(Err(KeyError::File { error, .. })) if error.kind() == io::ErrorKind::NotFound => {}
            Some(found) => return found.map(given),
            None => {}
        }
        if environment.ci {
            return Err(KeyError::RefusedInCi);
        }
        create(&path.ok_or(KeyError::NoDataDirectory)?)
    }
}

/// More than any key file has, with its line break.
const LONGEST_FILE: u64 = 256;

/// Reads a key file. Mode and content are those of one open file, so that no other can slip in between.
fn read(path: &Path) -> Result<SecretKey, KeyError> {
    let failed = |error| KeyError::File { path: path.to_owned(), error };
    let malformed = || KeyError::Malformed { origin: format!("`{}`", path.display()) };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mode = mode(&metadata);
    if mode & 0o077 != 0 {
        return Err(KeyError::TooOpen { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(malformed());
    }
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    SecretKey::parse(&text).ok_or_else(malformed)
}

/// Makes a key and puts it in place whole; when two first runs meet, both use the one that came first.
fn create(path: &Path) -> Result<Found, KeyError> {
    let failed = |error| KeyError::File { path: path.to_owned(), error };
    let directory = path.parent().unwrap_or(Path::new("."));
    private_directory(directory).map_err(failed)?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| failed(io::Error::other(error)))?;
    let text = STANDARD.encode(bytes) + "\n";
    // Temporary files are made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            sync_directory(directory).map_err(failed)?;
            Ok(Found { key: SecretKey(bytes), created: Some(path.to_owned()) })
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            read(path).map(|key| Found { key, created: None })
        }
        Err(error) => Err(failed(error.error)),
    }
}

#[cfg(unix)]
fn private_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn private_directory(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)
}

/// Makes the new name last through a power cut: passwords will follow from the key.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0o600
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
