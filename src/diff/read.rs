//! Manifests as text to objects. Large texts are read by every core, and a document that is there a second time is read once.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::thread;

use super::object::{Object, objects};
use crate::diagnostic::{Diagnostic, SourceId, Sources};
use crate::yaml::{Limits, read_range};

/// What a set of manifests may be: many times a chart's file, since it may hold a whole cluster's dump.
const LIMITS: Limits = Limits { bytes: 80 * 1024 * 1024, depth: 100, nodes: 16_000_000 };

/// Below this a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 128 * 1024;

/// The documents that were read before, by a hash of their text: of two sets of manifests most are the same to the letter.
#[derive(Debug, Default)]
pub struct Known(HashMap<u64, Document>);

#[derive(Debug)]
struct Document {
    source: SourceId,
    range: Range<usize>,
    namespace: String,
    objects: Vec<Object>,
}

impl Known {
    fn find(&self, text: &str, namespace: &str, sources: &Sources) -> Option<&[Object]> {
        let document = self.0.get(&hash(text))?;
        let same =
            document.namespace == namespace && sources.get(document.source).text[document.range.clone()] == *text;
        same.then_some(&document.objects[..])
    }
}

/// Reads the objects of a source; those without a namespace go to `namespace`.
///
/// # Errors
/// The first place where the text is no YAML.
pub fn read_objects(
    sources: &Sources,
    id: SourceId,
    namespace: &str,
    known: &mut Known,
) -> Result<Vec<Object>, Box<Diagnostic>> {
    let text = &sources.get(id).text;
    let documents = split(text);
    let found: Vec<Option<&[Object]>> =
        documents.iter().map(|range| known.find(&text[range.clone()], namespace, sources)).collect();
    let cores = thread::available_parallelism().map_or(1, usize::from).min(8);
    let part = (text.len() / cores).max(WORTH_A_THREAD);
    let mut read = read_parts(sources, id, namespace, &unread(&documents, &found, part))?.into_iter().peekable();
    let mut all = Vec::new();
    let mut new = Vec::new();
    for (range, found) in documents.into_iter().zip(found) {
        if let Some(objects) = found {
            all.extend_from_slice(objects);
            continue;
        }
        let mut objects = Vec::new();
        while let Some((_, own)) = read.next_if(|(start, _)| *start < range.end) {
            objects.extend(own);
        }
        all.extend_from_slice(&objects);
        new.push((range, objects));
    }
    for (range, objects) in new {
        let document = Document { source: id, range: range.clone(), namespace: namespace.to_owned(), objects };
        known.0.insert(hash(&text[range]), document);
    }
    Ok(all)
}

/// The documents that are not known, neighbours together, in parts of about a size.
fn unread(documents: &[Range<usize>], found: &[Option<&[Object]>], size: usize) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (range, _) in documents.iter().zip(found).filter(|(_, found)| found.is_none()) {
        match parts.last_mut() {
            Some(part) if part.end == range.start && part.len() < size => part.end = range.end,
            _ => parts.push(range.clone()),
        }
    }
    parts
}

/// The objects of each document with the place where it begins.
type Read = Vec<(usize, Vec<Object>)>;

/// Reads parts of a source, large ones side by side.
fn read_parts(
    sources: &Sources,
    id: SourceId,
    namespace: &str,
    parts: &[Range<usize>],
) -> Result<Read, Box<Diagnostic>> {
    let part = |range: &Range<usize>| -> Result<Read, Box<Diagnostic>> {
        // A text without aliases has fewer nodes than bytes; what aliases may add is for all parts together.
        let limits = Limits { nodes: LIMITS.nodes / parts.len() + range.len(), ..LIMITS };
        let documents = read_range(sources, id, range.clone(), limits)?.documents.into_iter();
        Ok(documents.map(|node| (node.span.range().start, objects(node.into_json(), namespace, None))).collect())
    };
    let results: Vec<Result<Read, Box<Diagnostic>>> = thread::scope(|scope| {
        let mut threads = Vec::new();
        let mut large = parts.iter().filter(|range| range.len() >= WORTH_A_THREAD).count();
        let mut results = Vec::new();
        for range in parts {
            // The last large one is this thread's.
            if range.len() >= WORTH_A_THREAD && large > 1 {
                large -= 1;
                threads.push((results.len(), scope.spawn(move || part(range))));
                results.push(Ok(Vec::new()));
            } else {
                results.push(part(range));
            }
        }
        for (at, thread) in threads {
            results[at] = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        results
    });
    let mut all = Vec::new();
    for result in results {
        all.extend(result?);
    }
    Ok(all)
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The documents of a text, each with the line that begins it: a line that begins with `---` can stand nowhere else.
fn split(text: &str) -> Vec<Range<usize>> {
    let begins =
        |line: &usize| text.as_bytes().get(line + 3).is_none_or(|after| matches!(after, b' ' | b'\t' | b'\r' | b'\n'));
    let mut starts = vec![0];
    starts.extend(text.match_indices("\n---").map(|(found, _)| found + 1).filter(begins));
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn parts_end_where_documents_begin() {
        let text = "a: 1\n---\nb: |\n  -----BEGIN\n-----BEGIN: 1\n--- # c\nc: ä\n";
        let parts: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["a: 1\n", "---\nb: |\n  -----BEGIN\n-----BEGIN: 1\n", "--- # c\nc: ä\n"]);
    }

    #[test]
    fn large_texts_are_read_in_order() {
        let one = |at: usize| format!("---\nkind: A\nmetadata:\n  name: n{at}\ndata: {}\n", "x".repeat(1000));
        let text: String = (0..1000).map(one).collect();
        let mut sources = Sources::default();
        let id = sources.add("a", text);
        let found = read_objects(&sources, id, "ns", &mut Known::default()).expect("manifests");
        assert!(found.iter().enumerate().all(|(at, object)| object.id.name == format!("n{at}")));
        assert_eq!(found.len(), 1000);
    }

    #[test]
    fn what_is_the_same_to_the_letter_is_read_once() {
        let document = |name: &str, data: &str| format!("---\nkind: A\nmetadata: {{name: {name}}}\ndata: {data}\n");
        let mut sources = Sources::default();
        let old = sources.add("old", document("a", "1") + &document("b", "1") + &document("c", "1"));
        let new =
            sources.add("new", format!("# new\n{}{}{}", document("c", "1"), document("b", "2"), document("a", "1")));
        let mut known = Known::default();
        let old = read_objects(&sources, old, "ns", &mut known).expect("manifests");
        let new_ones = read_objects(&sources, new, "ns", &mut known).expect("manifests");
        let names: Vec<&str> = new_ones.iter().map(|object| object.id.name.as_str()).collect();
        assert_eq!(names, ["c", "b", "a"]);
        assert!(Arc::ptr_eq(&old[0].json, &new_ones[2].json) && Arc::ptr_eq(&old[2].json, &new_ones[0].json));
        assert_eq!((&old[1].json["data"], &new_ones[1].json["data"]), (&1.into(), &2.into()));
        let elsewhere = read_objects(&sources, new, "other", &mut known).expect("manifests");
        assert_eq!(elsewhere[0].id.namespace, "other");
    }
}
