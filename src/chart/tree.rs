//! The files of a chart by their path inside it, bounded and confined to the chart.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use super::{Ignore, archive};
use crate::diagnostic::{Diagnostic, Sources};

/// The largest file and the largest chart, packaged subcharts included, in bytes: Helm's figures.
pub(super) const MAX_FILE: u64 = 5 * 1024 * 1024;
pub(super) const MAX_TREE: u64 = 100 * 1024 * 1024;
/// Files and directories of one chart directory.
const MAX_ENTRIES: usize = 100_000;

/// Contents by path.
pub(super) type Files = BTreeMap<String, Cow<'static, [u8]>>;

/// Where a chart came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled into this binary.
    Builtin,
    /// A directory, as the user named it.
    Directory(PathBuf),
    /// A packaged chart, as the user named it.
    Archive(PathBuf),
    /// A part of another chart, as messages show it.
    Subchart(String),
}

/// Paths (with `/`) to contents, in the order of the paths.
#[derive(Clone, Debug)]
pub struct Tree {
    origin: Origin,
    files: Arc<Files>,
}

/// How many bytes a chart may still have, its packaged subcharts included.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(MAX_TREE)
    }

    pub(super) fn left(&self) -> u64 {
        self.0
    }

    pub(super) fn take(&mut self, bytes: u64) -> Result<(), String> {
        self.0 = self
            .0
            .checked_sub(bytes)
            .ok_or_else(|| format!("decompressed chart is larger than the maximum size {MAX_TREE}"))?;
        Ok(())
    }
}

impl Tree {
    /// A tree from files that are at hand.
    pub fn new(origin: Origin, files: BTreeMap<String, Cow<'static, [u8]>>) -> Self {
        Self { origin, files: Arc::new(files) }
    }

    /// Reads a chart: a directory, or a packaged chart.
    ///
    /// # Errors
    /// When there is no chart, or it breaks a bound of [`Tree::from_directory`] or of packaged charts.
    pub fn from_path(path: &Path, sources: &mut Sources) -> Result<Self, Box<Diagnostic>> {
        if path.is_dir() {
            return Self::from_directory(path, sources);
        }
        let shown = path.display().to_string();
        let metadata = path.metadata().map_err(|_| {
            Box::new(
                Diagnostic::error(format!("path {shown:?} not found"))
                    .help("name a directory that holds a Chart.yaml, or a packaged chart (`.tgz`)"),
            )
        })?;
        if !metadata.is_file() {
            return Err(irregular(&shown));
        }
        if metadata.len() > MAX_TREE {
            let message = format!("archive `{shown}` is larger than {MAX_TREE} bytes: it has {}", metadata.len());
            return Err(Box::new(Diagnostic::error(message)));
        }
        let bytes = std::fs::read(path).map_err(|e| unreadable(&shown, &e))?;
        Self::from_archive(&bytes, Origin::Archive(path.to_owned()), &mut Budget::new())
    }

    /// Reads a packaged chart that is at hand.
    pub(super) fn from_archive(bytes: &[u8], origin: Origin, budget: &mut Budget) -> Result<Self, Box<Diagnostic>> {
        let tree = Self::new(origin, Files::new());
        let files = archive::read(bytes, &tree.shown(), budget).map_err(|message| {
            let error = Diagnostic::error(message);
            Box::new(error.help("packages are made by `helm package`: a gzipped tar file with one directory in it"))
        })?;
        Ok(Self::new(tree.origin, files))
    }

    /// Reads a directory. Links are followed only while they stay inside the chart; what `.helmignore` names is left out.
    ///
    /// # Errors
    /// When it is no chart directory, a file cannot be read, is no regular file, is too large, or lies outside.
    pub fn from_directory(directory: &Path, sources: &mut Sources) -> Result<Self, Box<Diagnostic>> {
        let shown = directory.display();
        let root = directory.canonicalize().map_err(|e| unreadable(&shown.to_string(), &e))?;
        if !directory.join("Chart.yaml").is_file() {
            let message = format!("`{shown}` is no chart: Chart.yaml file is missing");
            return Err(Box::new(Diagnostic::error(message).help("name a directory that holds a Chart.yaml")));
        }
        let ignore = read_ignore(directory, &root, sources)?;
        let mut files = Files::new();
        let mut budget = Budget::new();
        let name_of = |path: &Path| {
            let inside = path.strip_prefix(directory).unwrap_or(path);
            inside.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
        };
        let walk = WalkDir::new(directory).follow_links(true).sort_by_file_name().into_iter();
        let kept = walk.filter_entry(|entry| !ignore.matches(&name_of(entry.path()), entry.file_type().is_dir()));
        for (count, entry) in kept.enumerate() {
            if count > MAX_ENTRIES {
                let message = format!("chart `{shown}` has more than {MAX_ENTRIES} files");
                return Err(Box::new(Diagnostic::error(message).help("leave out what is no chart in `.helmignore`")));
            }
            let entry = entry.map_err(|error| walk_error(&error, name_of))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let name = name_of(entry.path());
            let content = read_confined(entry.path(), &root, &name)?;
            budget.take(content.len() as u64).map_err(|_| {
                let message = format!("chart `{shown}` is larger than {MAX_TREE} bytes");
                Box::new(Diagnostic::error(message).help("leave out what is no chart in `.helmignore`"))
            })?;
            files.insert(name, without_bom(content));
        }
        Ok(Self::new(Origin::Directory(directory.to_owned()), files))
    }

    /// The part of the tree below a directory, such as `charts/redis/`, as a tree of its own.
    pub(super) fn below(&self, directory: &str) -> Self {
        let range = self.files.range(directory.to_owned()..).take_while(|(path, _)| path.starts_with(directory));
        let files = range.map(|(path, content)| (path[directory.len()..].to_owned(), content.clone())).collect();
        Self::new(Origin::Subchart(self.display(directory.trim_end_matches('/'))), files)
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

    /// The bytes of a file, without a byte-order mark.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(|content| &**content)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, Box<Diagnostic>> {
        let bytes = self.bytes(path).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let message = format!("`{}` is not UTF-8: byte {} is no text", self.display(path), error.valid_up_to());
                Err(Box::new(Diagnostic::error(message)))
            }
        }
    }

    /// A path as messages show it.
    pub fn display(&self, path: &str) -> String {
        match &self.origin {
            Origin::Directory(directory) => directory.join(path).display().to_string(),
            _ => format!("{}/{path}", self.shown()),
        }
    }

    fn shown(&self) -> String {
        match &self.origin {
            Origin::Builtin => "built-in".to_owned(),
            Origin::Directory(path) | Origin::Archive(path) => path.display().to_string(),
            Origin::Subchart(shown) => shown.clone(),
        }
    }
}

/// Helm drops a byte-order mark from every file of a chart.
pub(super) fn without_bom(mut content: Vec<u8>) -> Cow<'static, [u8]> {
    if content.starts_with(b"\xef\xbb\xbf") {
        content.drain(..3);
    }
    Cow::Owned(content)
}

fn read_ignore(directory: &Path, root: &Path, sources: &mut Sources) -> Result<Ignore, Box<Diagnostic>> {
    let path = directory.join(".helmignore");
    let bytes = if path.exists() { read_confined(&path, root, ".helmignore")? } else { Vec::new() };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ignore::parse(&text).map_err(|(line, reason)| {
        let id = sources.add(path.display().to_string(), text);
        let error = Diagnostic::error(format!(".helmignore: {reason}"));
        Box::new(error.at(sources.line(id, line), "").help("rules are patterns such as `*.bak`, `/docs/` or `a/b.txt`"))
    })
}

fn read_confined(path: &Path, root: &Path, name: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let fail = |message: String| Box::new(Diagnostic::error(message));
    let real = path.canonicalize().map_err(|e| unreadable(name, &e))?;
    if !real.starts_with(root) {
        return Err(fail(format!("`{name}` links to a file outside the chart")));
    }
    let metadata = real.metadata().map_err(|e| unreadable(name, &e))?;
    if !metadata.is_file() {
        return Err(irregular(name));
    }
    if metadata.len() > MAX_FILE {
        return Err(fail(format!("chart file {name:?} is larger than the maximum file size {MAX_FILE}")));
    }
    std::fs::read(&real).map_err(|e| unreadable(name, &e))
}

fn irregular(name: &str) -> Box<Diagnostic> {
    let message = format!("cannot load irregular file {name} as it has file mode type bits set");
    Box::new(Diagnostic::error(message).help("a chart has regular files only; no devices, pipes or sockets"))
}

fn walk_error(error: &walkdir::Error, name_of: impl Fn(&Path) -> String) -> Box<Diagnostic> {
    let name = error.path().map(name_of).unwrap_or_default();
    if let Some(ancestor) = error.loop_ancestor() {
        let message = format!("`{name}` links to a directory that holds it: {}", ancestor.display());
        return Box::new(Diagnostic::error(message));
    }
    match error.io_error() {
        Some(io) => unreadable(&name, io),
        None => Box::new(Diagnostic::error(format!("cannot read `{name}`: {error}"))),
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(format!("cannot read `{name}`: {}", crate::diagnostic::reason(error))))
}
