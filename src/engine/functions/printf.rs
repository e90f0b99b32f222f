//! Formatted printing, as Go's `fmt` does it: `print`, `println`, `printf`.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::compare::type_name;
use super::{Arguments, Function};
use crate::engine::print::{self, entries};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("print", print, "values in a row, numbers apart by spaces", "print(\"a\", 1, 2) → a1 2"),
    Function::new("println", println, "values with spaces between and a line break", "println(\"a\", 1) → \"a 1\\n\""),
    Function::new("printf", printf, "values in a format of Go", "printf(\"%s-%03d\", \"a\", 7) → a-007"),
];

/// The widest field and the highest precision; Go draws the line at a million.
const MAX_WIDTH: usize = 10_000;

/// Values in a row; between two that are no text stands a space.
pub(super) fn sprint(values: &[Value]) -> String {
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        let is_text = |value: &Value| value.kind() == ValueKind::String;
        if index > 0 && !is_text(value) && !is_text(&values[index - 1]) {
            out.push(' ');
        }
        out.push_str(&print::print(value));
    }
    out
}

fn print(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(sprint(arguments.all())))
}

fn println(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let all: Vec<String> = arguments.all().iter().map(print::print).collect();
    Ok(Value::from(all.join(" ") + "\n"))
}

fn printf(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=usize::MAX)?;
    let format = arguments.text(0)?;
    let mut printer = Printer { format: &format, arguments: &arguments.all()[1..], next: 0, reordered: false };
    Ok(Value::from(printer.run()))
}

/// Flags, width and precision of one verb.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of a format")]
struct Spec {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

impl Spec {
    /// Fills to the width; zeros go between a sign and the digits.
    fn pad(self, text: String, zeros: bool) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        if missing == 0 {
            return text;
        }
        if self.minus {
            return text + &" ".repeat(missing);
        }
        if zeros && self.zero {
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+', ' '])));
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        " ".repeat(missing) + &text
    }

    fn sign(self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        }
    }
}

struct Printer<'a> {
    format: &'a str,
    arguments: &'a [Value],
    next: usize,
    reordered: bool,
}

impl Printer<'_> {
    fn run(&mut self) -> String {
        let mut out = String::new();
        let mut rest = self.format;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            rest = self.verb(after, &mut out);
        }
        out.push_str(rest);
        if !self.reordered && self.next < self.arguments.len() {
            let extra: Vec<String> = self.arguments[self.next..].iter().map(named).collect();
            out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
        }
        out
    }

    /// Writes what one verb asks for; returns the format after it.
    fn verb<'f>(&mut self, text: &'f str, out: &mut String) -> &'f str {
        let mut rest = text;
        let mut spec = Spec::default();
        let mut good_index = true;
        loop {
            let mut chars = rest.chars();
            match chars.next() {
                Some('-') => spec.minus = true,
                Some('+') => spec.plus = true,
                Some('#') => spec.sharp = true,
                Some(' ') => spec.space = true,
                Some('0') => spec.zero = true,
                _ => break,
            }
            rest = chars.as_str();
        }
        if spec.minus {
            spec.zero = false;
        }
        rest = self.index(rest, &mut good_index);
        (spec.width, rest) = self.number(rest);
        if let Some(after) = rest.strip_prefix('.') {
            rest = self.index(after, &mut good_index);
            (spec.precision, rest) = self.number(rest);
            spec.precision = Some(spec.precision.unwrap_or(0));
        }
        rest = self.index(rest, &mut good_index);
        let mut chars = rest.chars();
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            return "";
        };
        if verb == '%' {
            out.push('%');
        } else if !good_index {
            out.push_str(&format!("%!{verb}(BADINDEX)"));
        } else if let Some(value) = self.arguments.get(self.next) {
            self.next += 1;
            out.push_str(&formatted(spec, verb, value));
        } else {
            out.push_str(&format!("%!{verb}(MISSING)"));
        }
        chars.as_str()
    }

    /// `[n]`: the argument that comes next.
    fn index<'f>(&mut self, text: &'f str, good: &mut bool) -> &'f str {
        let Some((inside, after)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { return text };
        self.reordered = true;
        match inside.parse::<usize>().ok().filter(|number| (1..=self.arguments.len()).contains(number)) {
            Some(number) => self.next = number - 1,
            None => *good = false,
        }
        after
    }

    /// Digits, or `*` for the next argument.
    fn number<'f>(&mut self, text: &'f str) -> (Option<usize>, &'f str) {
        if let Some(rest) = text.strip_prefix('*') {
            let given = self.arguments.get(self.next).and_then(Value::as_i64);
            self.next += 1;
            return (given.and_then(|number| usize::try_from(number).ok()).map(|width| width.min(MAX_WIDTH)), rest);
        }
        let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(length);
        let number = if digits.is_empty() { None } else { Some(digits.parse().unwrap_or(MAX_WIDTH).min(MAX_WIDTH)) };
        (number, rest)
    }
}

/// `int=5`: how Go names what a verb cannot show.
fn named(value: &Value) -> String {
    if value.is_none() || value.is_undefined() {
        return "<nil>".to_owned();
    }
    format!("{}={}", type_name(value), print::print(value))
}

fn bad(verb: char, value: &Value) -> String {
    format!("%!{verb}({})", named(value))
}

fn formatted(spec: Spec, verb: char, value: &Value) -> String {
    // Of `%+v` the sign is for the names of fields, which nothing here has.
    let spec = Spec { plus: spec.plus && verb != 'v', ..spec };
    match verb {
        'T' => return spec.pad(type_name(value).to_owned(), false),
        'v' if spec.sharp => return spec.pad(go_syntax(value), false),
        _ => {}
    }
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => {
            if verb == 'v' {
                spec.pad("<nil>".to_owned(), false)
            } else {
                bad(verb, value)
            }
        }
        ValueKind::Bool if matches!(verb, 't' | 'v') => spec.pad(value.is_true().to_string(), false),
        ValueKind::Number => {
            let shown = if value.is_integer() {
                value.as_i64().and_then(|number| integer(spec, verb, number))
            } else {
                float(spec, verb, f64::try_from(value.clone()).unwrap_or_default())
            };
            shown.unwrap_or_else(|| bad(verb, value))
        }
        ValueKind::String => text(spec, verb, value.as_str().unwrap_or_default()).unwrap_or_else(|| bad(verb, value)),
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter().into_iter().flatten().map(|item| inner(spec, verb, &item));
            format!("[{}]", items.collect::<Vec<_>>().join(" "))
        }
        ValueKind::Map => {
            let items = entries(value)
                .into_iter()
                .map(|(key, item)| format!("{}:{}", inner(spec, verb, &Value::from(key)), inner(spec, verb, &item)));
            format!("map[{}]", items.collect::<Vec<_>>().join(" "))
        }
        ValueKind::Bool => bad(verb, value),
        _ => text(spec, verb, &print::print(value)).unwrap_or_else(|| bad(verb, value)),
    }
}

/// An item of a list or map; of none only the name is shown.
fn inner(spec: Spec, verb: char, value: &Value) -> String {
    if value.is_none() { spec.pad("<nil>".to_owned(), false) } else { formatted(spec, verb, value) }
}

/// `%#v`: the value as Go's source.
fn go_syntax(value: &Value) -> String {
    match value.kind() {
        ValueKind::String => print::quote(value.as_str().unwrap_or_default()),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Vec<String> = value.try_iter().into_iter().flatten().map(|item| go_syntax(&item)).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        ValueKind::Map => {
            let items =
                entries(value).into_iter().map(|(key, item)| format!("{}:{}", print::quote(&key), go_syntax(&item)));
            format!("map[string]interface {{}}{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        ValueKind::None | ValueKind::Undefined => "interface {}(nil)".to_owned(),
        _ => print::print(value),
    }
}

fn integer(spec: Spec, verb: char, number: i64) -> Option<String> {
    let magnitude = number.unsigned_abs();
    let character = || u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
    let digits = match verb {
        'd' | 'v' => magnitude.to_string(),
        'b' if spec.sharp => format!("0b{magnitude:b}"),
        'b' => format!("{magnitude:b}"),
        'o' if spec.sharp => format!("0{magnitude:o}"),
        'o' => format!("{magnitude:o}"),
        'O' => format!("0o{magnitude:o}"),
        'x' if spec.sharp => format!("0x{magnitude:x}"),
        'x' => format!("{magnitude:x}"),
        'X' if spec.sharp => format!("0X{magnitude:X}"),
        'X' => format!("{magnitude:X}"),
        'c' => return Some(spec.pad(character().to_string(), false)),
        'q' => return Some(spec.pad(quoted_character(character()), false)),
        'U' => return Some(spec.pad(format!("U+{magnitude:04X}"), false)),
        _ => return None,
    };
    let least = spec.precision.unwrap_or(0);
    let digits = if digits.len() < least { "0".repeat(least - digits.len()) + &digits } else { digits };
    Some(spec.pad(format!("{}{digits}", spec.sign(number < 0)), spec.precision.is_none()))
}

fn quoted_character(c: char) -> String {
    match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => format!("'{}'", print::quote(&c.to_string()).trim_matches('"')),
    }
}

fn float(spec: Spec, verb: char, number: f64) -> Option<String> {
    let magnitude = number.abs();
    let digits = if number.is_finite() {
        match (verb, spec.precision) {
            ('f' | 'F', precision) => format!("{magnitude:.*}", precision.unwrap_or(6)),
            ('e' | 'E', precision) => exponent(&format!("{magnitude:.*e}", precision.unwrap_or(6))),
            ('g' | 'G' | 'v', None) => crate::yaml::shortest(magnitude),
            ('g' | 'G' | 'v', Some(precision)) => significant(magnitude, precision.max(1)),
            ('x' | 'X', _) => hexadecimal(magnitude),
            _ => return None,
        }
    } else if !matches!(verb, 'f' | 'F' | 'e' | 'E' | 'g' | 'G' | 'v') {
        return None;
    } else if number.is_nan() {
        "NaN".to_owned()
    } else {
        let sign = if number < 0.0 { "-" } else { "+" };
        return Some(Spec { zero: false, ..spec }.pad(format!("{sign}Inf"), false));
    };
    let digits = if matches!(verb, 'E' | 'G' | 'X') { digits.to_uppercase() } else { digits };
    Some(spec.pad(format!("{}{digits}", spec.sign(number.is_sign_negative())), true))
}

/// Go writes at least two digits of an exponent, with a sign.
fn exponent(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// `%.Ng`: so many digits, without zeros at the end, as an exponent when that is shorter.
fn significant(number: f64, digits: usize) -> String {
    let scientific = format!("{number:.*e}", digits - 1);
    let Some((mantissa, power)) = scientific.split_once('e') else { return scientific };
    let power: i64 = power.parse().unwrap_or_default();
    let trim = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    let limit = i64::try_from(digits).unwrap_or(i64::MAX);
    if power < -4 || power >= limit {
        return exponent(&format!("{}e{power}", trim(mantissa)));
    }
    let decimals = usize::try_from(limit - 1 - power).unwrap_or_default();
    trim(&format!("{number:.decimals$}"))
}

/// `%x` of a fraction: `0x1.8p+01`.
fn hexadecimal(number: f64) -> String {
    if number == 0.0 {
        return "0x0p+00".to_owned();
    }
    let bits = number.to_bits();
    let power = i64::try_from((bits >> 52) & 0x7ff).unwrap_or_default() - 1023;
    let mantissa = format!("{:013x}", bits & ((1 << 52) - 1));
    let mantissa = mantissa.trim_end_matches('0');
    let point = if mantissa.is_empty() { "" } else { "." };
    let sign = if power < 0 { '-' } else { '+' };
    format!("0x1{point}{mantissa}p{sign}{:02}", power.abs())
}

fn text(spec: Spec, verb: char, whole: &str) -> Option<String> {
    let cut: String = match spec.precision {
        Some(precision) => whole.chars().take(precision).collect(),
        None => whole.to_owned(),
    };
    let shown = match verb {
        's' | 'v' => cut,
        'q' if spec.sharp && !cut.contains(['`', '\n', '\r', '\u{7f}']) => format!("`{cut}`"),
        'q' if spec.plus => ascii_quoted(&cut),
        'q' => print::quote(&cut),
        'x' | 'X' => {
            let separator = if spec.space { " " } else { "" };
            let prefix = if spec.sharp { "0x" } else { "" };
            let bytes = whole.bytes().take(spec.precision.unwrap_or(usize::MAX)).map(|byte| format!("{byte:02x}"));
            let hex = prefix.to_owned() + &bytes.collect::<Vec<_>>().join(separator);
            if verb == 'X' { hex.to_uppercase() } else { hex }
        }
        _ => return None,
    };
    Some(spec.pad(shown, true))
}

fn ascii_quoted(text: &str) -> String {
    let escape = |c: char| match c as u32 {
        0..=0x7f => c.to_string(),
        code @ 0x80..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    print::quote(text).chars().map(escape).collect()
}
