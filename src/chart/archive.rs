//! Packaged charts: a `.tgz` is read into memory entry by entry, within Helm's bounds; nothing is unpacked to disk, and
//! no entry can name a place outside the chart.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType, PaxExtensions};

use super::tree::{Budget, Files, MAX_FILE};
use crate::diagnostic::reason;

/// The longest path of an entry, and the longest header that may carry one.
const MAX_NAME: u64 = 4096;
const MAX_HEADER: u64 = 64 * 1024;
/// Entries of one archive, headers and directories included.
const MAX_ENTRIES: usize = 100_000;

/// Reads the files of a `.tgz` by their path without its first segment, which Helm drops whatever it is called.
///
/// # Errors
/// Helm's words for what it refuses, and plain ones for broken streams.
pub(super) fn read(bytes: &[u8], shown: &str, budget: &mut Budget) -> Result<Files, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(no_gzip(shown));
    }
    let broken = |error: &io::Error| format!("the archive `{shown}` is broken: {}", reason_of(error));
    let mut archive = Archive::new(Bounded { inner: MultiGzDecoder::new(bytes), left: budget.left() + MAX_STREAM });
    let mut files = Files::new();
    let mut name: Option<String> = None;
    for (count, entry) in archive.entries().map_err(|e| broken(&e))?.raw(true).enumerate() {
        if count > MAX_ENTRIES {
            return Err(format!("the archive `{shown}` has more than {MAX_ENTRIES} entries"));
        }
        let mut entry = entry.map_err(|e| broken(&e))?;
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                let raw = header(&mut entry, shown, MAX_NAME + 1).map_err(|e| e.unwrap_or_else(|e| broken(&e)))?;
                let raw = raw.split(|byte| *byte == 0).next().unwrap_or_default();
                name = Some(String::from_utf8_lossy(raw).into_owned());
                continue;
            }
            EntryType::XHeader => {
                let raw = header(&mut entry, shown, MAX_HEADER).map_err(|e| e.unwrap_or_else(|e| broken(&e)))?;
                name = pax_path(&raw).or(name);
                continue;
            }
            EntryType::XGlobalHeader | EntryType::GNULongLink => continue,
            _ => {}
        }
        let own = || String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let stored = name.take().unwrap_or_else(own);
        if entry.header().entry_type().is_dir() || stored.ends_with('/') {
            continue;
        }
        let path = inside(&stored)?;
        let size = entry.header().size().map_err(|e| broken(&e))?;
        // Links carry nothing: Helm takes them for empty files, and so they cannot point anywhere.
        let size = if entry.header().entry_type().is_file() { size } else { 0 };
        if size > MAX_FILE {
            return Err(format!("decompressed chart file {stored:?} is larger than the maximum file size {MAX_FILE}"));
        }
        budget.take(size)?;
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        entry.take(size).read_to_end(&mut content).map_err(|e| broken(&e))?;
        files.insert(path, super::tree::without_bom(content));
    }
    if files.is_empty() { Err("no files in chart archive".to_owned()) } else { Ok(files) }
}

/// The path inside the chart that an entry's name stands for.
fn inside(stored: &str) -> Result<String, String> {
    let delimiter = if stored.contains('\\') { '\\' } else { '/' };
    let (first, rest) = stored.split_once(delimiter).unwrap_or((stored, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err("chart illegally contains absolute paths".to_owned());
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part != ".." {
            parts.push(part);
        } else if parts.pop().is_none() {
            return Err("chart illegally references parent directory".to_owned());
        }
    }
    let path = parts.join("/");
    if path.is_empty() {
        return Err(format!("chart illegally contains content outside the base directory: {stored:?}"));
    }
    if path.starts_with("..") {
        return Err("chart illegally references parent directory".to_owned());
    }
    if path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err("chart contains illegally named files".to_owned());
    }
    if first == "Chart.yaml" {
        return Err("chart yaml not in base directory".to_owned());
    }
    Ok(path)
}

/// The content of an entry that describes the next one; `Err(Ok(…))` is a finished message.
fn header(entry: &mut impl Read, shown: &str, limit: u64) -> Result<Vec<u8>, Result<String, io::Error>> {
    let mut content = Vec::new();
    entry.take(limit + 1).read_to_end(&mut content).map_err(Err)?;
    if content.len() as u64 > limit {
        return Err(Ok(format!("the archive `{shown}` has an entry whose name is longer than {MAX_NAME} bytes")));
    }
    Ok(content)
}

fn pax_path(raw: &[u8]) -> Option<String> {
    let mut found = PaxExtensions::new(raw).flatten().filter(|extension| extension.key_bytes() == b"path");
    found.next().map(|extension| String::from_utf8_lossy(extension.value_bytes()).into_owned())
}

fn no_gzip(shown: &str) -> String {
    if [".yml", ".yaml"].iter().any(|ending| shown.ends_with(ending)) {
        return format!("file '{shown}' seems to be a YAML file, but expected a gzipped archive");
    }
    format!("file '{shown}' does not appear to be a gzipped archive")
}

fn reason_of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        io::ErrorKind::Other | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => error.to_string(),
        _ => reason(error),
    }
}

/// What an archive may have besides its files' content: headers, padding, directories.
const MAX_STREAM: u64 = 32 * 1024 * 1024;

/// A stream that fails where a decompression bomb would go on.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("decompressed chart is larger than the maximum size {}", super::tree::MAX_TREE))
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_first_segment_and_cannot_leave_the_chart() {
        assert_eq!(inside("t/templates/a.yaml"), Ok("templates/a.yaml".to_owned()));
        assert_eq!(inside("t\\templates\\a.yaml"), Ok("templates/a.yaml".to_owned()));
        assert_eq!(inside("t/./a//b/../c"), Ok("a/c".to_owned()));
        for (name, words) in [
            ("Chart.yaml", "outside the base directory"),
            ("t/../../etc/passwd", "parent directory"),
            ("t/..", "parent directory"),
            ("t//etc/passwd", "absolute paths"),
            ("t/c:/x", "illegally named"),
            ("Chart.yaml/x", "not in base directory"),
        ] {
            assert!(inside(name).is_err_and(|message| message.contains(words)), "{name}");
        }
    }
}
