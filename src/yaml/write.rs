//! JSON values to YAML text with the bytes of Helm's `toYaml` and `toYamlPretty`: the layout of libyaml's emitter with
//! the settings of Go's two YAML packages.

use serde_json::Value as Json;

use super::float::{json_number, shortest};
use super::key_order;
use super::style::{Analysis, Style, is_break, is_printable};

/// The two ways in which Helm lays out YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `toYaml`: lists under a key are not indented, lines fold at column 80.
    Compact,
    /// `toYamlPretty`: lists are indented, lines never fold, numbers are Go's.
    Pretty,
}

/// Where `Compact` folds lines, at the next space.
const WIDTH: usize = 80;
/// Spaces for each level.
const INDENT: usize = 2;
/// Bytes of the longest key that stands on one line with its value.
const SIMPLE_KEY: usize = 128;

/// Writes a value as one YAML document that ends with a line break, as Helm's `toYaml` lays it out.
pub fn write(value: &Json) -> String {
    write_as(value, Layout::Compact)
}

/// Writes a value as one YAML document that ends with a line break.
pub fn write_as(value: &Json, layout: Layout) -> String {
    let mut writer =
        Writer { out: String::new(), column: 0, indent: None, layout, after_space: true, after_indent: true };
    writer.node(value, Within::Root);
    writer.indent();
    writer.out
}

/// What a node stands in.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Root,
    List,
    Map,
}

struct Writer {
    out: String,
    /// Characters since the last line break.
    column: usize,
    /// Spaces before a new line; nothing outside of any collection.
    indent: Option<usize>,
    layout: Layout,
    /// Whether the last character separates tokens.
    after_space: bool,
    /// Whether only indentation and indicators stand on this line.
    after_indent: bool,
}

impl Writer {
    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column = if is_break(c) { 0 } else { self.column + 1 };
    }

    /// Starts a line at the indentation, unless this one is there already.
    fn indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.after_indent || self.column > indent || self.column == indent && !self.after_space {
            self.put('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_space = true;
        self.after_indent = true;
    }

    /// Writes `-`, `?`, `:` or a quote.
    fn indicator(&mut self, text: &str, spaced: bool, keeps_indent: bool) {
        if spaced && !self.after_space {
            self.put(' ');
        }
        text.chars().for_each(|c| self.put(c));
        self.after_space = false;
        self.after_indent &= keeps_indent;
    }

    fn node(&mut self, value: &Json, within: Within) {
        match value {
            Json::Object(map) if !map.is_empty() => self.map(map),
            Json::Array(items) if !items.is_empty() => self.list(items, within),
            Json::Object(_) => self.word("{}"),
            Json::Array(_) => self.word("[]"),
            Json::Null => self.word("null"),
            Json::Bool(flag) => self.word(if *flag { "true" } else { "false" }),
            Json::Number(number) => self.word(&number_text(number, self.layout)),
            Json::String(text) => self.text(text, false),
        }
    }

    fn map(&mut self, map: &serde_json::Map<String, Json>) {
        let outer = self.indent;
        self.indent = Some(outer.map_or(0, |indent| indent + INDENT));
        let entries = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
        for (key, value) in key_order::sort(entries, self.layout) {
            self.indent();
            if key.len() <= SIMPLE_KEY && !key.contains(is_break) {
                self.text(key, true);
                self.indicator(":", false, false);
            } else {
                self.indicator("?", true, true);
                self.text(key, false);
                self.indent();
                self.indicator(":", true, true);
            }
            self.node(value, Within::Map);
        }
        self.indent = outer;
    }

    fn list(&mut self, items: &[Json], within: Within) {
        let outer = self.indent;
        let flush = self.layout == Layout::Compact && within == Within::Map && !self.after_indent;
        self.indent = Some(outer.map_or(0, |indent| if flush { indent } else { indent + INDENT }));
        for item in items {
            self.indent();
            self.indicator("-", true, true);
            self.node(item, Within::List);
        }
        self.indent = outer;
    }

    /// Writes a scalar that is the same in every style.
    fn word(&mut self, text: &str) {
        self.indicator(text, true, false);
    }

    fn text(&mut self, text: &str, is_key: bool) {
        let analysis = Analysis::of(text, self.layout);
        let outer = self.indent;
        self.indent = Some(outer.map_or(INDENT, |indent| indent + INDENT));
        match analysis.style(text, is_key) {
            Style::Plain => self.plain(text, is_key),
            Style::Single => self.single(text, is_key),
            Style::Double => self.double(text, is_key),
            Style::Literal => self.literal(text),
        }
        self.indent = outer;
    }

    /// Whether a space at this column may become a line break.
    fn folds(&self, is_key: bool) -> bool {
        !is_key && self.layout == Layout::Compact && self.column > WIDTH
    }

    fn plain(&mut self, text: &str, is_key: bool) {
        if !self.after_space {
            self.put(' ');
        }
        let chars: Vec<char> = text.chars().collect();
        for (at, &c) in chars.iter().enumerate() {
            if c == ' ' && self.folds(is_key) && chars[at - 1] != ' ' && chars[at + 1] != ' ' {
                self.indent();
            } else {
                self.put(c);
                self.after_indent = false;
            }
        }
        self.after_space = false;
        self.after_indent = false;
    }

    fn single(&mut self, text: &str, is_key: bool) {
        self.indicator("'", true, false);
        let chars: Vec<char> = text.chars().collect();
        let mut after_break = false;
        for (at, &c) in chars.iter().enumerate() {
            let inner = at > 0 && at + 1 < chars.len();
            if c == ' ' && inner && self.folds(is_key) && chars[at - 1] != ' ' && chars[at + 1] != ' ' {
                self.indent();
            } else if is_break(c) {
                self.put(c);
                self.after_indent = true;
                after_break = true;
            } else {
                if after_break && c != ' ' {
                    self.indent();
                }
                if c == '\'' {
                    self.put(c);
                }
                self.put(c);
                if c != ' ' {
                    self.after_indent = false;
                    after_break = false;
                }
            }
        }
        self.indicator("'", false, false);
    }

    fn double(&mut self, text: &str, is_key: bool) {
        self.indicator("\"", true, false);
        let chars: Vec<char> = text.chars().collect();
        for (at, &c) in chars.iter().enumerate() {
            if !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                escape(c).chars().for_each(|c| self.put(c));
            } else if c == ' ' && at > 0 && at + 1 < chars.len() && self.folds(is_key) && chars[at - 1] != ' ' {
                self.indent();
                if chars[at + 1] == ' ' {
                    self.put('\\');
                }
            } else {
                self.put(c);
            }
            self.after_indent = false;
        }
        self.indicator("\"", false, false);
    }

    /// A `|` block.
    fn literal(&mut self, text: &str) {
        self.indicator("|", true, false);
        if text.starts_with(|c: char| c == ' ' || is_break(c)) {
            self.put('2');
        }
        let mut from_end = text.chars().rev();
        match (from_end.next().is_some_and(is_break), from_end.next().is_none_or(is_break)) {
            (false, _) => self.put('-'),
            (true, true) => self.put('+'),
            (true, false) => {}
        }
        self.put('\n');
        self.after_indent = true;
        self.after_space = true;
        let mut after_break = true;
        for c in text.chars() {
            let is_break = is_break(c);
            if after_break && !is_break {
                self.indent();
            }
            self.put(c);
            self.after_indent = is_break;
            after_break = is_break;
        }
    }
}

/// A character in double quotes that cannot stand there as it is.
fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match u32::from(c) {
                code @ ..0x100 => format!("\\x{code:02X}"),
                code @ ..0x1_0000 => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}

/// A number as Go writes it: integers as digits, others in the shortest `%g` form; `Compact` has been through JSON, so
/// that whole numbers below 2⁶⁴ are integers there.
fn number_text(number: &serde_json::Number, layout: Layout) -> String {
    let float = match number.as_f64() {
        Some(float) if number.is_f64() => float,
        _ => return number.to_string(),
    };
    if layout == Layout::Pretty {
        return shortest(float);
    }
    if float == 0.0 {
        return "0".to_owned();
    }
    if float.fract() == 0.0 && float > -9.3e18 && float < 1.844_674_407_370_955_1e19 {
        return json_number(float);
    }
    shortest(float)
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
