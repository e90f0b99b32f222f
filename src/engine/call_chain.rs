//! Which tags led to an error, told by a second render of templates that report each tag they reach.
//!
//! The engine's errors name the innermost place and the includes on the way, but not the macros. So when a render
//! has failed, it is repeated with a report before every tag; walking that report backwards gives the callers.

use std::cell::RefCell;
use std::collections::HashMap;

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;

use super::configure;
use crate::diagnostic::{SourceId, Sources, Span};

/// The tags reached in one render, at most as many as fit into memory comfortably.
const MAX_VISITS: usize = 1_000_000;

thread_local! {
    static VISITS: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// One tag of a template.
struct Tag {
    template: String,
    span: Span,
    text: String,
    /// The macro that it stands in.
    inside: Option<String>,
}

/// The places that called what failed, outermost first; empty when nothing can be told.
pub(super) fn callers(
    failing: &str,
    names: &HashMap<String, SourceId>,
    sources: &Sources,
    context: &Value,
) -> Vec<Span> {
    let mut env = minijinja::Environment::new();
    configure(&mut env, names.keys().cloned());
    let mut tags = Vec::new();
    for (name, source) in names {
        let instrumented = instrument(name, *source, sources, &mut tags);
        if env.add_template_owned(name.clone(), instrumented).is_err() {
            return Vec::new();
        }
    }
    env.add_function(REPORT, |index: usize| {
        VISITS.with_borrow_mut(|visits| {
            if visits.len() < MAX_VISITS {
                visits.push(index);
            }
        });
        ""
    });
    VISITS.take();
    let Ok(template) = env.get_template(failing) else { return Vec::new() };
    // It fails again, or the report says nothing; either way only the visits count.
    let _ = template.render(context);
    let visits = VISITS.take();
    walk(&visits, &tags)
}

/// The function that reports a tag; no template author writes this name.
const REPORT: &str = "__pgchart_reached";

/// The template with a report before every tag; the tags are appended to `tags`.
fn instrument(name: &str, source: SourceId, sources: &Sources, tags: &mut Vec<Tag>) -> String {
    let text = &sources.get(source).text;
    let mut out = String::with_capacity(text.len() * 2);
    let mut copied = 0;
    let mut current_macro = None;
    let mut start = None;
    let tokens = tokenize(text, false, SyntaxConfig::default()).map_while(Result::ok);
    for (token, span) in tokens {
        match token {
            Token::VariableStart | Token::BlockStart => start = Some(span.start_offset as usize),
            Token::VariableEnd | Token::BlockEnd => {
                let Some(from) = start.take() else { continue };
                let tag = &text[from..span.end_offset as usize];
                match keyword(tag) {
                    "macro" => current_macro = macro_name(tag),
                    "endmacro" => current_macro = None,
                    _ => {}
                }
                // Before these a report would stand outside of what may stand there.
                if !matches!(keyword(tag), "macro" | "extends" | "endraw") {
                    out.push_str(&text[copied..from]);
                    out.push_str(&format!("{{{{ {REPORT}({}) }}}}", tags.len()));
                    copied = from;
                    tags.push(Tag {
                        template: name.to_owned(),
                        span: Span::new(source, from..span.end_offset as usize),
                        text: tag.to_owned(),
                        inside: current_macro.clone(),
                    });
                }
            }
            _ => {}
        }
    }
    out.push_str(&text[copied..]);
    out
}

fn keyword(tag: &str) -> &str {
    let inner = tag.strip_prefix("{%").unwrap_or_default().trim_start_matches(['-', '+']).trim_start();
    inner.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

fn macro_name(tag: &str) -> Option<String> {
    let after = tag.split_once("macro")?.1.trim_start();
    Some(after.split(|c: char| !c.is_alphanumeric() && c != '_').next()?.to_owned())
}

/// From the last tag backwards: whenever it stands in a macro, the caller is the last earlier tag outside of that
/// macro that names it.
fn walk(visits: &[usize], tags: &[Tag]) -> Vec<Span> {
    let mut callers = Vec::new();
    let Some(mut at) = visits.len().checked_sub(1) else { return callers };
    loop {
        let here = &tags[visits[at]];
        let Some(name) = &here.inside else { break };
        let calls_it = |tag: &Tag| {
            let same = tag.template == here.template && tag.inside.as_deref() == Some(name);
            let mut words = tag.text.split(|c: char| !c.is_alphanumeric() && c != '_');
            !same && words.any(|word| word == name)
        };
        let Some(caller) = (0..at).rev().find(|index| calls_it(&tags[visits[*index]])) else { break };
        callers.push(tags[visits[caller]].span);
        at = caller;
    }
    callers.reverse();
    callers
}
