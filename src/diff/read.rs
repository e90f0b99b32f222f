//! Manifests as text to objects. Large texts are read by every core, document by document.

use std::ops::Range;
use std::thread;

use super::object::{Object, objects};
use crate::diagnostic::{Diagnostic, SourceId, Sources};
use crate::yaml::{Limits, read_range};

/// What a set of manifests may be: many times a chart's file, since it may hold a whole cluster's dump.
const LIMITS: Limits = Limits { bytes: 80 * 1024 * 1024, depth: 100, nodes: 16_000_000 };

/// Below this a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 128 * 1024;

/// Reads the objects of a source; those without a namespace go to `namespace`.
///
/// # Errors
/// The first place where the text is no YAML.
pub fn read_objects(sources: &Sources, id: SourceId, namespace: &str) -> Result<Vec<Object>, Box<Diagnostic>> {
    let text = &sources.get(id).text;
    let cores = thread::available_parallelism().map_or(1, usize::from).min(8);
    let parts = split(text, (text.len() / WORTH_A_THREAD).clamp(1, cores));
    let part = |range: Range<usize>| {
        let reading = read_range(sources, id, range, LIMITS)?;
        let documents = reading.documents.into_iter();
        Ok(documents.flat_map(|node| objects(node.to_json(), namespace, None)).collect::<Vec<_>>())
    };
    let results: Vec<Result<Vec<Object>, Box<Diagnostic>>> = thread::scope(|scope| {
        let threads: Vec<_> = parts.into_iter().map(|range| scope.spawn(|| part(range))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut all = Vec::new();
    for result in results {
        all.extend(result?);
    }
    Ok(all)
}

/// Cuts a text into about so many parts, each of whole documents: a line that begins with `---` can stand nowhere else.
fn split(text: &str, count: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::with_capacity(count);
    let mut start = 0;
    for at in 1..count {
        let mut from = (text.len() / count * at).max(start);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let end = text[from..].match_indices("\n---").map(|(found, _)| from + found + 1).find(|line| {
            text.as_bytes().get(line + 3).is_none_or(|after| matches!(after, b' ' | b'\t' | b'\r' | b'\n'))
        });
        let Some(end) = end else { break };
        if end > start {
            parts.push(start..end);
            start = end;
        }
    }
    parts.push(start..text.len());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_where_documents_begin() {
        let text = "a: 1\n---\nb: |\n  -----BEGIN\n-----BEGIN: 1\n--- # c\nc: ä\n";
        for count in 1..30 {
            let parts: Vec<&str> = split(text, count).into_iter().map(|range| &text[range]).collect();
            assert_eq!(parts.concat(), text);
            assert!(parts[1..].iter().all(|part| part.starts_with("---\n") || part.starts_with("--- #")), "{parts:?}");
        }
    }

    #[test]
    fn large_texts_are_read_in_order() {
        let one = |at: usize| format!("---\nkind: A\nmetadata:\n  name: n{at}\ndata: {}\n", "x".repeat(1000));
        let text: String = (0..1000).map(one).collect();
        let mut sources = Sources::default();
        let id = sources.add("a", text);
        let found = read_objects(&sources, id, "ns").expect("manifests");
        assert!(found.iter().enumerate().all(|(at, object)| object.id.name == format!("n{at}")));
        assert_eq!(found.len(), 1000);
    }
}
