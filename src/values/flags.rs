//! The value flags of a command line, read into one layer that lies over the chart's defaults.

use std::ops::Range;
use std::path::Path;

use super::set::{self, Kind};
use super::{csv, merge, traps};
use crate::diagnostic::{Diagnostic, SourceId, Sources, Span};
use crate::yaml::{Limits, Mapping, Value, read_first};

/// What the user gave, in the order of the command line within each kind.
#[derive(Clone, Debug, Default)]
pub struct ValueFlags {
    /// `-f`: paths, or `-` for standard input.
    pub files: Vec<String>,
    /// `--set-json`.
    pub set_json: Vec<String>,
    /// `--set`.
    pub set: Vec<String>,
    /// `--set-string`.
    pub set_string: Vec<String>,
    /// `--set-file`.
    pub set_file: Vec<String>,
    /// `--set-literal`.
    pub set_literal: Vec<String>,
    /// `--preset`: a name or a path.
    pub preset: Option<String>,
}

/// What marks a finding about a file that cannot be read: no rule, as there is nothing to lint.
pub const UNREADABLE: &str = "unreadable";

/// Reads a file or standard input; injected so that tests need neither.
pub trait Input {
    /// The whole text of a file, or of standard input for `-`.
    ///
    /// # Errors
    /// What the system says, in words that read well after the path.
    fn read(&mut self, path: &str) -> Result<String, String>;
}

impl ValueFlags {
    /// What each file holds by itself, in order; the files have been read already.
    pub fn file_layers(&self, sources: &Sources) -> Vec<Mapping> {
        let paths = self.files.iter().flat_map(|list| csv::fields(list).unwrap_or_default());
        let names = paths.map(|path| if path.trim() == "-" { "<stdin>".to_owned() } else { path });
        let ids = names.filter_map(|name| sources.named(&Path::new(&name).display().to_string()));
        ids.filter_map(|id| values_of(id, sources, &mut Vec::new()).ok()).collect()
    }

    /// Reads all files and flags into one layer: files in order, then `--set-json`, `--set`, `--set-string`,
    /// `--set-file`, `--set-literal`, as Helm does. Nulls stay, to delete defaults later.
    ///
    /// # Errors
    /// Every file and flag that could not be read, not only the first.
    pub fn layer(
        &self,
        input: &mut dyn Input,
        sources: &mut Sources,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<Mapping, Vec<Diagnostic>> {
        let mut root = Mapping::new();
        let mut errors = Vec::new();
        for list in &self.files {
            let Some(paths) = csv::fields(list) else {
                let error = Diagnostic::error(format!("`{list}` is no list of paths"));
                errors.push(error.help("quote a path with a comma or a quote: '\"a,b.yaml\"', a quote in it twice"));
                continue;
            };
            for path in &paths {
                match read_file(path, input, sources, warnings) {
                    Ok(map) => merge::overlay(&mut root, map),
                    Err(error) => errors.push(*error),
                }
            }
        }
        let groups: [(&str, &[String], Kind); 5] = [
            ("--set-json", &self.set_json, Kind::Json),
            ("--set", &self.set, Kind::Typed),
            ("--set-string", &self.set_string, Kind::Text),
            ("--set-file", &self.set_file, Kind::File),
            ("--set-literal", &self.set_literal, Kind::Literal),
        ];
        let mut read =
            |path: &str, span: Span| input.read(path).map_err(|reason| unreadable(path, &reason, Some(span)));
        for (flag, arguments, kind) in groups {
            for text in arguments {
                let id = sources.add(flag, text.as_str());
                errors.extend(set::apply(&mut root, text, id, kind, &mut read).err().map(|e| *e));
            }
        }
        if errors.is_empty() { Ok(root) } else { Err(errors) }
    }
}

/// Reads one values file; several documents are merged left to right, as Helm 4 does.
fn read_file(
    path: &str,
    input: &mut dyn Input,
    sources: &mut Sources,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Mapping, Box<Diagnostic>> {
    let path = if path.trim() == "-" { "-" } else { path };
    let text = input.read(path).map_err(|reason| unreadable(path, &reason, None))?;
    let name = if path == "-" { "<stdin>".to_owned() } else { Path::new(path).display().to_string() };
    let id = sources.add(name, text);
    values_of(id, sources, warnings)
}

/// The map that a source holds, with warnings about its traps.
///
/// # Errors
/// A diagnostic when it is not YAML or not a map.
pub(crate) fn values_of(
    id: SourceId,
    sources: &Sources,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Mapping, Box<Diagnostic>> {
    let mut root = Mapping::new();
    for range in documents(id, &sources.get(id).text)? {
        let reading = read_first(sources, id, range, Limits::default())?;
        warnings.extend(traps::warnings(&reading.traps, sources));
        let Some(document) = reading.documents.into_iter().next() else { continue };
        match document.value {
            Value::Map(map) => merge::overlay(&mut root, map),
            Value::Null => {}
            other => {
                let message = format!("values must be an object, found {}", other.kind());
                return Err(Box::new(Diagnostic::error(message).at(document.span, "expected `key: value` lines")));
            }
        }
    }
    Ok(root)
}

/// The documents of a text, cut where Helm cuts: at lines that begin with `---`, whatever stands around them.
fn documents(id: SourceId, text: &str) -> Result<Vec<Range<usize>>, Box<Diagnostic>> {
    let mut documents = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                let error = Diagnostic::error("a document starts on the line after `---`");
                let place = Span::new(id, at + 3..at + line.trim_end().len());
                return Err(Box::new(error.at(place, "expected nothing here")));
            }
            documents.push(start..at);
            start = at + line.len();
        }
        at += line.len();
    }
    documents.push(start..at);
    Ok(documents)
}

fn unreadable(path: &str, reason: &str, span: Option<Span>) -> Box<Diagnostic> {
    let diagnostic = Diagnostic::error(format!("cannot read `{path}`: {reason}")).of_rule(UNREADABLE);
    Box::new(match span {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic,
    })
}
