//! Capitals and small letters, and the ways to join words. One character always becomes one character, as in Go.

use minijinja::value::Value;
use minijinja::{Error, State};

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("upper", upper, "in capitals", "\"a\" | upper → A"),
    Function::new("lower", lower, "in small letters", "\"A\" | lower → a"),
    Function::new("title", title, "with the first letter of each word in capitals", "\"a b\" | title → A B"),
    Function::new("untitle", untitle, "with the first letter of each word small", "\"A B\" | untitle → a b"),
    Function::new(
        "swapcase",
        swapcase,
        "capitals small, first letters large, the rest in capitals",
        "\"aB\" | swapcase → Ab",
    ),
    Function::new("initials", initials, "the first letter of each word", "\"First Try\" | initials → FT"),
    Function::new("snakecase", snakecase, "words joined by `_`", "\"FirstName\" | snakecase → first_name"),
    Function::new("kebabcase", kebabcase, "words joined by `-`", "\"FirstName\" | kebabcase → first-name"),
    Function::new("camelcase", camelcase, "words joined by capitals", "\"http_server\" | camelcase → HttpServer"),
];

/// The simple mapping to capitals: `ß` has none and stays.
fn capital(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// The simple mapping to small letters: `İ` is `i`.
fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// The form at the start of a title: four digraphs have one of their own.
fn title_form(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        c => capital(c),
    }
}

fn is_title_form(c: char) -> bool {
    matches!(c, '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}')
}

fn one_text(arguments: &Arguments<'_>) -> Result<std::sync::Arc<str>, Error> {
    arguments.count(1..=1)?;
    arguments.text(0)
}

fn upper(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(one_text(arguments)?.chars().map(capital).collect::<String>()))
}

fn lower(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(one_text(arguments)?.chars().map(small).collect::<String>()))
}

/// A word ends at anything but a letter, a digit or `_`; outside of ASCII at white space only.
fn ends_word(c: char) -> bool {
    if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() }
}

fn title(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut before = ' ';
    let each = |c: char| {
        let at_start = ends_word(before);
        before = c;
        if at_start { title_form(c) } else { c }
    };
    Ok(Value::from(one_text(arguments)?.chars().map(each).collect::<String>()))
}

fn untitle(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut at_start = true;
    let each = |c: char| {
        let changed = if at_start && !c.is_whitespace() { small(c) } else { c };
        at_start = c.is_whitespace();
        changed
    };
    Ok(Value::from(one_text(arguments)?.chars().map(each).collect::<String>()))
}

fn swapcase(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut after_space = true;
    let each = |c: char| {
        let changed = if c.is_uppercase() || is_title_form(c) {
            small(c)
        } else if c.is_lowercase() && after_space {
            title_form(c)
        } else if c.is_lowercase() {
            capital(c)
        } else {
            after_space = c.is_whitespace();
            return c;
        };
        after_space = false;
        changed
    };
    Ok(Value::from(one_text(arguments)?.chars().map(each).collect::<String>()))
}

/// sprig takes the first byte of each word, whatever it is a part of.
fn initials(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let text = one_text(arguments)?;
    Ok(Value::from(text.split_whitespace().map(|word| char::from(word.as_bytes()[0])).collect::<String>()))
}

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// A leading run of connectors stays; a connector in front of a letter makes it a capital and goes; capitals at the
/// start of a word make its next capitals small.
fn camelcase(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let text = one_text(arguments)?;
    let lead: String = text.chars().take_while(|c| is_connector(*c)).collect();
    let mut rest = text[lead.len()..].chars();
    let Some(first) = rest.next() else {
        // Of connectors alone the last is written twice.
        let again = lead.chars().last().map(String::from).unwrap_or_default();
        return Ok(Value::from(lead + &again));
    };
    let mut out = lead;
    let mut capitals = first.is_uppercase();
    let mut pending = capital(first);
    for c in rest {
        let mut next = c;
        if is_connector(c) && is_connector(pending) {
            out.push(pending);
        } else if is_connector(pending) {
            capitals = c.is_uppercase();
            next = capital(c);
        } else {
            if capitals && c.is_uppercase() {
                next = small(c);
            } else {
                capitals = false;
            }
            out.push(pending);
        }
        pending = next;
    }
    out.push(pending);
    Ok(Value::from(out))
}

fn snakecase(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(joined_words(&one_text(arguments)?, '_')))
}

fn kebabcase(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(joined_words(&one_text(arguments)?, '-')))
}

/// What a run of characters is, for the joining of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    /// Small letters.
    Letters,
    /// A capital and what belongs to it: `First`, `HTTP`.
    Capital,
    Number,
    Connector,
    Punctuation,
    Other,
}

/// Letters of alphabets; ideographs are none.
fn is_letter(c: char) -> bool {
    let ideograph = matches!(c as u32,
        0x3400..=0x4dbf | 0x4e00..=0x9fff | 0x20000..=0x2a6df | 0x2a700..=0x2ebef);
    c.is_alphabetic() && !c.is_numeric() && !ideograph
}

/// Unicode's punctuation, as far as it is ASCII or general.
fn is_punctuation(c: char) -> bool {
    matches!(c, '!'..='#' | '%'..='*' | ','..='/' | ':' | ';' | '?' | '@' | '['..=']' | '_' | '{' | '}')
        || matches!(c as u32, 0xa1 | 0xa7 | 0xab | 0xb6 | 0xb7 | 0xbb | 0xbf | 0x2010..=0x2027 | 0x2030..=0x205e | 0x3001..=0x3003)
}

fn kind(c: char) -> Run {
    match c {
        c if is_connector(c) => Run::Connector,
        c if is_punctuation(c) => Run::Punctuation,
        c if c.is_uppercase() => Run::Capital,
        c if is_letter(c) => Run::Letters,
        c if c.is_numeric() => Run::Number,
        _ => Run::Other,
    }
}

/// The first run of a text and its length in bytes. Of several capitals before a small letter the last belongs to the
/// next run: `HTTP`, `Server`.
fn first_run(text: &str) -> Option<(Run, usize)> {
    let first = text.chars().next()?;
    let run = kind(first);
    let length = |accept: &dyn Fn(char) -> bool| text.find(|c| !accept(c)).unwrap_or(text.len());
    Some((
        run,
        match run {
            Run::Capital => {
                let capitals = length(&|c: char| c.is_uppercase());
                let after = text[capitals..].chars().next();
                let alone = capitals == first.len_utf8();
                match after.filter(|c| is_letter(*c)) {
                    None => capitals,
                    Some(_) if alone => {
                        let rest = &text[capitals..];
                        capitals + rest.find(|c: char| !is_letter(c) || c.is_uppercase()).unwrap_or(rest.len())
                    }
                    Some(_) => capitals - text[..capitals].chars().next_back().map_or(0, char::len_utf8),
                }
            }
            Run::Letters => length(&|c| is_letter(c) && !c.is_uppercase()),
            Run::Other => length(&|c| kind(c) == Run::Other),
            run => length(&|c| kind(c) == run),
        },
    ))
}

fn runs(mut text: &str) -> Vec<(Run, &str)> {
    let mut all = Vec::new();
    while let Some((run, length)) = first_run(text) {
        all.push((run, &text[..length]));
        text = &text[length..];
    }
    all
}

/// Words in small letters with a connector between them; a number goes with what stands around it.
fn joined_words(text: &str, connector: char) -> String {
    let runs = runs(text);
    let mut out = String::new();
    let write = |out: &mut String, (run, part): (Run, &str)| match run {
        Run::Capital => out.extend(part.chars().map(small)),
        Run::Connector => out.extend(part.chars().map(|_| connector)),
        _ => out.push_str(part),
    };
    let joins =
        |next: Option<&(Run, &str)>| next.is_some_and(|(run, _)| !matches!(run, Run::Connector | Run::Punctuation));
    let mut at = 0;
    while let Some(&current) = runs.get(at) {
        write(&mut out, current);
        at += 1;
        match current.0 {
            Run::Connector | Run::Punctuation => continue,
            Run::Number => at = write_tail(&runs, at, &mut out, write),
            _ => match (runs.get(at), runs.get(at + 1)) {
                // A number at the end is joined like a word.
                (Some((Run::Number, _)), None) => {}
                (Some(&number @ (Run::Number, _)), Some((Run::Letters, _))) => {
                    // `HTTP2xx`: the number begins a word.
                    out.push(connector);
                    write(&mut out, number);
                    at = write_tail(&runs, at + 1, &mut out, write);
                }
                (Some(&number @ (Run::Number, _)), _) => {
                    // `Bld4Floor`: the number ends the word.
                    write(&mut out, number);
                    at += 1;
                }
                _ => {}
            },
        }
        let number_at_end = matches!(runs.get(at), Some((Run::Number, _))) && at + 1 == runs.len();
        if joins(runs.get(at)) && !number_at_end {
            out.push(connector);
        }
    }
    out
}

/// Writes the small letters and numbers that go on a number; returns where they end.
fn write_tail(
    runs: &[(Run, &str)],
    mut at: usize,
    out: &mut String,
    write: impl Fn(&mut String, (Run, &str)),
) -> usize {
    while let Some(&run) = runs.get(at).filter(|(run, _)| matches!(run, Run::Letters | Run::Number)) {
        write(out, run);
        at += 1;
    }
    at
}
