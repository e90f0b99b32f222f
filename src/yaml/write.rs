//! JSON values to YAML text with the bytes of Helm's `toYaml`: natural key order, lists not indented inside
//! maps, YAML 1.1 quoting, folding at column 80.

use serde_json::Value as Json;

use super::key_order;
use super::scalar;

/// Where lines are folded at the next space.
const WIDTH: usize = 80;

/// Writes a value as one YAML document that ends with a line break.
pub fn write(value: &Json) -> String {
    let mut writer = Writer { out: String::new() };
    writer.node(value, 0, Place::Root);
    if !writer.out.ends_with('\n') {
        writer.out.push('\n');
    }
    writer.out
}

/// What a node follows.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    AfterKey,
    AfterDash,
}

struct Writer {
    out: String,
}

impl Writer {
    /// Writes a node whose children are indented by `indent` spaces.
    fn node(&mut self, value: &Json, indent: usize, place: Place) {
        match value {
            Json::Object(map) if !map.is_empty() => self.map(map, indent, place),
            Json::Array(items) if !items.is_empty() => self.list(items, indent, place),
            scalar => {
                if place != Place::Root {
                    self.out.push(' ');
                }
                let parent = if place == Place::Root { 0 } else { indent };
                self.scalar(scalar, parent);
                self.out.push('\n');
            }
        }
    }

    fn map(&mut self, map: &serde_json::Map<String, Json>, indent: usize, place: Place) {
        let mut entries: Vec<(&str, &Json)> = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
        key_order::sort(&mut entries);
        if place == Place::AfterKey {
            self.out.push('\n');
        }
        for (position, (key, value)) in entries.into_iter().enumerate() {
            if place == Place::AfterDash && position == 0 {
                self.out.push(' ');
            } else {
                self.pad(indent);
            }
            self.key(key, indent);
            // A list under a key is not indented; everything else is.
            self.node(value, if value.is_array() { indent } else { indent + 2 }, Place::AfterKey);
        }
    }

    fn list(&mut self, items: &[Json], indent: usize, place: Place) {
        if place == Place::AfterKey {
            self.out.push('\n');
        }
        for (position, item) in items.iter().enumerate() {
            if place == Place::AfterDash && position == 0 {
                self.out.push(' ');
            } else {
                self.pad(indent);
            }
            self.out.push('-');
            self.node(item, indent + 2, Place::AfterDash);
        }
    }

    fn key(&mut self, key: &str, indent: usize) {
        let simple = key.chars().count() <= 128 && !key.contains('\n');
        if simple {
            // As a key, `<<` would merge.
            self.out.push_str(&if key == "<<" { double_quoted(key) } else { inline(key) });
            self.out.push(':');
        } else {
            self.out.push_str("? ");
            self.text(key, indent + 2);
            self.out.push('\n');
            self.pad(indent);
            self.out.push(':');
        }
    }

    fn scalar(&mut self, value: &Json, indent: usize) {
        match value {
            Json::Null => self.out.push_str("null"),
            Json::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Json::Number(number) => self.out.push_str(&number_text(number)),
            Json::String(text) => self.text(text, indent),
            Json::Array(_) => self.out.push_str("[]"),
            Json::Object(_) => self.out.push_str("{}"),
        }
    }

    fn text(&mut self, text: &str, indent: usize) {
        if text.contains('\n') && literal_allowed(text) && !resolves_to_non_string(text) {
            self.literal(text, indent.max(2));
            return;
        }
        let style = style_of(text);
        let rendered = quoted(text, style);
        self.folded(&rendered, indent, style);
    }

    /// A `|` block; `indent` is the column of its lines.
    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        let body = text.trim_end_matches('\n');
        match text.len() - body.len() {
            0 => self.out.push('-'),
            1 if !body.is_empty() => {}
            _ => self.out.push('+'),
        }
        let lines = text.strip_suffix('\n').unwrap_or(text);
        for line in lines.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.pad(indent);
                self.out.push_str(line);
            }
        }
    }

    /// Writes a flow scalar, breaking at a single space once the column is past the width.
    fn folded(&mut self, rendered: &str, indent: usize, style: Style) {
        let mut column = self.out.len() - self.out.rfind('\n').map_or(0, |i| i + 1);
        let chars: Vec<char> = rendered.chars().collect();
        let inner = usize::from(style != Style::Plain);
        for (at, &c) in chars.iter().enumerate() {
            let inside = at > inner && at + 1 + inner < chars.len();
            let lonely = inside && chars[at - 1] != ' ' && chars[at + 1] != ' ';
            if c == ' ' && column > WIDTH && lonely {
                self.out.push('\n');
                self.pad(indent.max(2));
                column = indent.max(2);
                continue;
            }
            self.out.push(c);
            column += 1;
        }
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Plain,
    Single,
    Double,
}

/// A scalar on one line, without folding.
fn inline(text: &str) -> String {
    quoted(text, style_of(text))
}

fn style_of(text: &str) -> Style {
    if needs_double(text) || resolves_to_non_string(text) {
        Style::Double
    } else if plain_allowed(text) {
        Style::Plain
    } else {
        Style::Single
    }
}

fn quoted(text: &str, style: Style) -> String {
    match style {
        Style::Plain => text.to_owned(),
        Style::Single => format!("'{}'", text.replace('\'', "''")),
        Style::Double => double_quoted(text),
    }
}

/// Whether the text, written plain, would read as something else than text.
fn resolves_to_non_string(text: &str) -> bool {
    !matches!(
        scalar::resolve(text),
        scalar::Resolved { value: super::Value::String(_), spelling: scalar::Spelling::Ordinary }
    ) || looks_like_time(text)
}

/// Dates and sexagesimal numbers, which YAML 1.1 readers take for more than text.
fn looks_like_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    let date = bytes.len() >= 8
        && digits(0..4)
        && bytes[4] == b'-'
        && bytes[5].is_ascii_digit()
        && text.bytes().all(|b| b.is_ascii_digit() || b"-:.TtZz+ ".contains(&b))
        && text.matches('-').count() >= 2;
    let clock = {
        let (sign, rest) = text.split_at(usize::from(text.starts_with(['+', '-'])));
        let _ = sign;
        let mut parts = rest.split(':');
        let head = parts.next().unwrap_or("");
        let tail: Vec<&str> = parts.collect();
        !head.is_empty()
            && head.bytes().all(|b| b.is_ascii_digit() || b == b'_')
            && head.starts_with(|c: char| c.is_ascii_digit())
            && !tail.is_empty()
            && tail.iter().enumerate().all(|(i, part)| {
                let part = if i + 1 == tail.len() { part.split('.').next().unwrap_or("") } else { part };
                (1..=2).contains(&part.len())
                    && part.bytes().all(|b| b.is_ascii_digit())
                    && part.parse::<u8>().is_ok_and(|n| n < 60)
            })
    };
    date || clock
}

fn plain_allowed(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let bad_start =
        matches!(first, '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`');
    let indicator = matches!(first, '-' | '?' | ':') && text.chars().nth(1).is_none_or(|c| c == ' ');
    !(bad_start
        || indicator
        || text.starts_with("---")
        || text.starts_with("...")
        || text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text.starts_with(' ')
        || text.ends_with(' ')
        || text.contains('\n'))
}

fn needs_double(text: &str) -> bool {
    text.contains('\n') || text.chars().any(|c| !printable(c) || c == '\t')
}

fn printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{7f}' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

fn literal_allowed(text: &str) -> bool {
    let space_break = text.contains(" \n") || text.ends_with(' ') && text.contains("\n ");
    let tail = text.rsplit('\n').next().unwrap_or("");
    !space_break && !(tail.ends_with(' ')) && text.chars().all(|c| c != '\t' && printable(c))
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            c if printable(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02X}", c as u32)),
            c if (c as u32) < 0x1_0000 => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push_str(&format!("\\U{:08X}", c as u32)),
        }
    }
    out.push('"');
    out
}

/// A number as Go's JSON and YAML writers leave it: integers as digits, others in the shortest `%g` form.
fn number_text(number: &serde_json::Number) -> String {
    if let Some(whole) = number.as_i64() {
        return whole.to_string();
    }
    if let Some(whole) = number.as_u64() {
        return whole.to_string();
    }
    let float = number.as_f64().unwrap_or_default();
    if float == 0.0 {
        return "0".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "integral and within i64 by the check")]
    if float.fract() == 0.0 && float.abs() < 9.2e18 {
        return (float as i64).to_string();
    }
    shortest(float)
}

/// The shortest digits that read back as `float`, as Go's `%g` prints them: exponent form below 1e-4 and from 1e6.
pub fn shortest(float: f64) -> String {
    general(&format!("{float:e}"), &format!("{float}"))
}

/// As [`shortest`], of 32 bits.
pub(super) fn shortest_single(float: f32) -> String {
    general(&format!("{float:e}"), &format!("{float}"))
}

fn general(scientific: &str, decimal: &str) -> String {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return decimal.to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tree_is_written_in_helms_layout() {
        let value = json!({"k": ["a", {"b": 1, "c": [5]}, ["x", "y"]], "e": {}, "l": [], "m": {"n": null, "z": 1.5}});
        let expected = "e: {}\nk:\n- a\n- b: 1\n  c:\n  - 5\n- - x\n  - \"y\"\nl: []\nm:\n  \"n\": null\n  z: 1.5\n";
        assert_eq!(write(&value), expected);
    }

    #[test]
    fn scalars_are_quoted_as_helm_quotes_them() {
        for (text, expected) in [
            ("", "\"\""),
            ("yes", "\"yes\""),
            ("0o7", "\"0o7\""),
            ("1e3", "\"1e3\""),
            ("1_000", "\"1_000\""),
            ("2024-01-01", "\"2024-01-01\""),
            ("12:30", "\"12:30\""),
            ("~", "\"~\""),
            (".inf", "\".inf\""),
            ("tRue", "tRue"),
            ("inf", "inf"),
            ("<<", "<<"),
            ("-a", "-a"),
            ("it's", "it's"),
            ("a: b", "'a: b'"),
            ("# c", "'# c'"),
            ("- a", "'- a'"),
            ("end:", "'end:'"),
            (" lead", "' lead'"),
            ("tab\there", "\"tab\\there\""),
            ("😀", "\"\\U0001F600\""),
            ("é日", "é日"),
            ("a\nb", "|-\n  a\n  b"),
            ("a\n", "|\n  a"),
            ("a\n\n", "|+\n  a\n"),
            (" a\nb", "|2-\n   a\n  b"),
            ("a \nb", "\"a \\nb\""),
        ] {
            assert_eq!(write(&json!(text)), format!("{expected}\n"), "{text:?}");
        }
    }

    #[test]
    fn long_text_folds_after_column_eighty() {
        let long = format!("{} b c", "a".repeat(76));
        assert_eq!(write(&json!({"k": long})), format!("k: {} b\n  c\n", "a".repeat(76)));
    }

    #[test]
    fn numbers_print_as_in_go() {
        let value = json!([1_000_000, 1_234_567.5, 0.1, 1e-5, 3.0, 1e20]);
        assert_eq!(write(&value), "- 1000000\n- 1.2345675e+06\n- 0.1\n- 1e-05\n- 3\n- 1e+20\n");
    }
}
