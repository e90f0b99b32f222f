//! A value of one file that a later file replaces with another one.
//!
//! That is what later files are for; it is told so that nobody searches for why the first one does nothing. Never a reason to fail.
//!
//! Delete it from the first file when no other combination needs it.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::{Mapping, Value};

pub(super) static RULE: Rule = rule!("VAL005", "shadowed", Note, "shadowed.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (index, layer) in subject.layers.iter().enumerate() {
        for later in &subject.layers[index + 1..] {
            walk(layer, later, &mut Vec::new(), found);
        }
    }
}

fn walk(lower: &Mapping, upper: &Mapping, path: &mut Vec<String>, found: &mut Vec<Diagnostic>) {
    for (key, entry) in lower {
        let Some(over) = upper.get(key) else { continue };
        path.push(key.clone());
        match (&entry.node.value, &over.node.value) {
            (Value::Map(below), Value::Map(above)) => walk(below, above, path, found),
            _ if entry.node.to_json() == over.node.to_json() => {}
            _ => found.push(
                RULE.finding(format!("`{}` is replaced by a later file", path.join(".")))
                    .at(entry.key, "")
                    .label(over.key, "this one counts")
                    .help("delete it here, unless another combination of files needs it"),
            ),
        }
        path.pop();
    }
}
