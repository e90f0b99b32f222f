//! The files of a chart by their path inside it, bounded and confined to the chart.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::diagnostic::Diagnostic;

/// The largest file and the largest chart, as in Helm.
const MAX_FILE: u64 = 5 * 1024 * 1024;
const MAX_TREE: u64 = 100 * 1024 * 1024;

/// Where a chart came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled into this binary.
    Builtin,
    /// A directory, as the user named it.
    Directory(PathBuf),
}

/// Paths (with `/`) to contents, in the order of the paths.
#[derive(Clone, Debug)]
pub struct Tree {
    origin: Origin,
    files: Arc<BTreeMap<String, Cow<'static, [u8]>>>,
}

impl Tree {
    /// A tree from files that are at hand.
    pub fn new(origin: Origin, files: BTreeMap<String, Cow<'static, [u8]>>) -> Self {
        Self { origin, files: Arc::new(files) }
    }

    /// Reads a directory. Links are followed only while they stay inside the chart.
    ///
    /// # Errors
    /// When it is no chart directory, a file cannot be read, is no regular file, is too large, or lies outside.
    pub fn from_directory(directory: &Path) -> Result<Self, Box<Diagnostic>> {
        let shown = directory.display();
        if !directory.join("Chart.yaml").is_file() {
            let problem = if directory.is_dir() {
                format!("`{shown}` is no chart: it has no Chart.yaml")
            } else {
                format!("chart `{shown}` not found")
            };
            return Err(Box::new(Diagnostic::error(problem).help("name a directory that holds a Chart.yaml")));
        }
        let root = directory.canonicalize().map_err(|e| unreadable(&shown.to_string(), &e))?;
        let mut files = BTreeMap::new();
        let mut total = 0;
        for entry in WalkDir::new(directory).follow_links(true).sort_by_file_name() {
            let entry = entry.map_err(|e| Box::new(Diagnostic::error(format!("cannot read the chart: {e}"))))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let path = entry.path();
            let inside = path.strip_prefix(directory).unwrap_or(path);
            let name = inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
            let content = read_confined(path, &root, &name)?;
            total += content.len() as u64;
            if total > MAX_TREE {
                let message = format!("chart `{shown}` is larger than {MAX_TREE} bytes");
                return Err(Box::new(Diagnostic::error(message)));
            }
            files.insert(name, Cow::Owned(content));
        }
        Ok(Self::new(Origin::Directory(directory.to_owned()), files))
    }

    /// Where the tree came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// All paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether the tree has a file.
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The bytes of a file.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(|content| &**content)
    }

    /// The text of a file, without a byte-order mark.
    ///
    /// # Errors
    /// When there is no such file or it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, Box<Diagnostic>> {
        let bytes = self.bytes(path).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
            Err(error) => {
                let message = format!("`{}` is not UTF-8: byte {} is no text", self.display(path), error.valid_up_to());
                Err(Box::new(Diagnostic::error(message)))
            }
        }
    }

    /// A path as messages show it.
    pub fn display(&self, path: &str) -> String {
        match &self.origin {
            Origin::Builtin => format!("built-in/{path}"),
            Origin::Directory(directory) => directory.join(path).display().to_string(),
        }
    }
}

fn read_confined(path: &Path, root: &Path, name: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let fail = |message: String| Box::new(Diagnostic::error(message));
    let real = path.canonicalize().map_err(|e| unreadable(name, &e))?;
    if !real.starts_with(root) {
        return Err(fail(format!("`{name}` links to a file outside the chart")));
    }
    let metadata = real.metadata().map_err(|e| unreadable(name, &e))?;
    if !metadata.is_file() {
        return Err(fail(format!("`{name}` is no regular file")));
    }
    if metadata.len() > MAX_FILE {
        return Err(fail(format!("`{name}` is larger than {MAX_FILE} bytes: it has {}", metadata.len())));
    }
    std::fs::read(&real).map_err(|e| unreadable(name, &e))
}

fn unreadable(name: &str, error: &std::io::Error) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(format!("cannot read `{name}`: {}", crate::diagnostic::reason(error))))
}
