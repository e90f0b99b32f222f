//! Templates as rules look at them: the words of every tag, with their places.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

use crate::chart::Chart;
use crate::diagnostic::{SourceId, Span};
use crate::lint::Subject;

/// One `{{ … }}` or `{% … %}`.
#[derive(Clone, Debug)]
pub(super) struct Tag<'a> {
    /// The keyword of a block, such as `macro`; empty for an expression.
    pub(super) keyword: &'a str,
    /// The words in it.
    pub(super) words: Vec<Word<'a>>,
    /// The whole tag.
    pub(super) span: Span,
}

/// A name or text in a tag.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// Whether a `.` stands before it.
    pub(super) is_attribute: bool,
    /// Whether a `|` stands before it.
    pub(super) is_filter: bool,
    /// Whether a `(` stands behind it.
    pub(super) is_call: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Text,
}

/// A minijinja template of the chart or its subcharts.
pub(in crate::lint) struct Parsed<'a> {
    pub(super) tags: Vec<Tag<'a>>,
    pub(super) text: &'a str,
}

/// Every minijinja template of the root chart.
pub(in crate::lint) fn parse<'a>(subject: &Subject<'a>) -> Vec<Parsed<'a>> {
    let templates = subject.chart().map(|chart: &Chart| &chart.templates).into_iter().flatten();
    templates
        .filter(|template| template.is_jinja())
        .map(|template| {
            let text: &str = &subject.sources.get(template.source).text;
            Parsed { tags: tags(text, template.source), text }
        })
        .collect()
}

/// The tags of a text; those before the first mistake when it does not parse.
pub(super) fn tags(text: &str, source: SourceId) -> Vec<Tag<'_>> {
    let mut all = Vec::new();
    let mut open: Option<(usize, Vec<Word<'_>>)> = None;
    let mut before = Before::Nothing;
    for (token, place) in tokenize(text, false, SyntaxConfig::default()).map_while(Result::ok) {
        let range = place.start_offset as usize..place.end_offset as usize;
        let span = Span::new(source, range.clone());
        let mut next = Before::Nothing;
        match token {
            Token::VariableStart | Token::BlockStart => open = Some((range.start, Vec::new())),
            Token::VariableEnd | Token::BlockEnd => {
                let Some((start, words)) = open.take() else { continue };
                let is_block = matches!(token, Token::BlockEnd);
                let keyword = words.first().filter(|_| is_block).map_or("", |word| word.text);
                all.push(Tag { keyword, words, span: Span::new(source, start..range.end) });
            }
            Token::Dot => next = Before::Dot,
            Token::Pipe => next = Before::Pipe,
            Token::ParenOpen => {
                if let Some(word) = open.as_mut().and_then(|(_, words)| words.last_mut())
                    && before == Before::Word
                {
                    word.is_call = true;
                }
            }
            Token::Ident(_) | Token::Str(_) | Token::String(_) => {
                next = Before::Word;
                let is_name = matches!(token, Token::Ident(_));
                let raw = text.get(range).unwrap_or_default();
                let word = Word {
                    text: if is_name { raw } else { raw.trim_matches(['"', '\'']) },
                    kind: if is_name { Kind::Name } else { Kind::Text },
                    span,
                    is_attribute: before == Before::Dot,
                    is_filter: before == Before::Pipe,
                    is_call: false,
                };
                if let Some((_, words)) = &mut open {
                    words.push(word);
                }
            }
            _ => {}
        }
        before = next;
    }
    all
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Dot,
    Pipe,
    Word,
}

/// Functions that give something random, or something else at another time.
pub(super) const RANDOM: [&str; 16] = [
    "randAlphaNum",
    "randAlpha",
    "randNumeric",
    "randAscii",
    "randBytes",
    "randInt",
    "uuidv4",
    "shuffle",
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "htpasswd",
];

/// Whether a template hands all values on at once, as in `macro(Values)`.
pub(in crate::lint) fn reads_all_values(subject: &Subject<'_>) -> bool {
    subject.templates().iter().flat_map(|one| &one.tags).any(|tag| {
        let words = tag.words.iter().zip(tag.words.iter().skip(1).map(Some).chain([None]));
        words.into_iter().any(|(word, next)| {
            let is_object = word.kind == Kind::Name && word.text == "Values" && !word.is_attribute;
            is_object && next.is_none_or(|next| !next.is_attribute)
        })
    })
}

/// The random functions that are called in templates of Secrets.
pub(in crate::lint) fn random_in_secrets<'a>(subject: &Subject<'a>) -> Vec<(&'a str, Span)> {
    let mut all = Vec::new();
    for one in subject.templates().iter().filter(|one| one.text.contains("kind: Secret")) {
        for word in one.tags.iter().flat_map(|tag| &tag.words) {
            let called = (word.is_call || word.is_filter) && word.kind == Kind::Name && !word.is_attribute;
            if called && RANDOM.contains(&word.text) {
                all.push((word.text, word.span));
            }
        }
    }
    all
}
