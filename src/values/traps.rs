//! Warnings about spellings in values that are legal but rarely meant.

use crate::diagnostic::{Diagnostic, Sources};
use crate::yaml::{Trap, TrapKind};

/// The warning for each trap.
pub fn warnings(traps: &[Trap], sources: &Sources) -> Vec<Diagnostic> {
    traps.iter().map(|trap| warning(trap, sources)).collect()
}

fn warning(trap: &Trap, sources: &Sources) -> Diagnostic {
    let text = sources.slice(trap.span);
    match &trap.kind {
        TrapKind::WordBoolean(flag) => Diagnostic::warning(format!("`{text}` is the boolean `{flag}`"))
            .of_rule("VAL007")
            .at(trap.span, "")
            .help(format!("write `{flag}`, or `\"{text}\"` if it is text")),
        TrapKind::WordBooleanKey(flag) => Diagnostic::warning(format!("the key `{text}` reads as `{flag}`"))
            .of_rule("VAL008")
            .at(trap.span, "")
            .help(format!("quote the key: `\"{text}\"`")),
        TrapKind::Octal(number) => Diagnostic::warning(format!("`{text}` is octal: it reads as {number}"))
            .of_rule("VAL009")
            .at(trap.span, "")
            .help(format!("write `{number}`, or `\"{text}\"` if it is text")),
        TrapKind::DuplicateKey { key, first } => Diagnostic::warning(format!("the key `{key}` stands twice"))
            .of_rule("VAL010")
            .at(trap.span, "this one is used")
            .label(*first, "this one is ignored"),
    }
}
