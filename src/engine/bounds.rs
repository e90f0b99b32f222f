//! What a template may look like before it is parsed: the engine follows expressions and branches by recursion, and a
//! template that nests them without end would overflow its stack.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

/// Operators, calls and attributes in one tag.
const MAX_OPERATORS: usize = 2_000;
/// Branches (`elif`) in one template.
const MAX_BRANCHES: usize = 1_000;

/// The byte where a template exceeds a bound, and which bound that is; nothing when it keeps them.
pub(super) fn exceeded(text: &str) -> Option<(usize, String)> {
    // Every operator takes a byte.
    if text.len() <= MAX_BRANCHES {
        return None;
    }
    let (mut operators, mut branches) = (0, 0);
    for (token, span) in tokenize(text, false, SyntaxConfig::default()).map_while(Result::ok) {
        let at = span.start_offset as usize;
        match token {
            Token::VariableStart | Token::BlockStart => operators = 0,
            Token::Ident("elif") => branches += 1,
            Token::Ident("not" | "and" | "or" | "is" | "in" | "if" | "else") => operators += 1,
            Token::Ident(_)
            | Token::Str(_)
            | Token::String(_)
            | Token::Int(_)
            | Token::Int128(_)
            | Token::Float(_)
            | Token::Comma
            | Token::Colon
            | Token::TemplateData(_)
            | Token::VariableEnd
            | Token::BlockEnd => {}
            _ => operators += 1,
        }
        if operators > MAX_OPERATORS {
            return Some((at, format!("a tag has more than {MAX_OPERATORS} operators, brackets and dots")));
        }
        if branches > MAX_BRANCHES {
            return Some((at, format!("the template has more than {MAX_BRANCHES} times `elif`")));
        }
    }
    None
}
