//! Go's regular expressions (RE2) in the spelling of the `regex` crate: the same language, other corners.

/// The largest count of a repetition, as in Go.
pub(crate) const MAX_REPEAT: u32 = 1000;

/// Spells a pattern of Go so that the `regex` crate reads the same.
///
/// # Errors
/// What Go refuses, in Go's words: `missing closing )`, with the part of the pattern that it names.
pub(crate) fn translate(pattern: &str) -> Result<String, String> {
    let mut scanner = Scanner {
        whole: pattern,
        rest: pattern.chars(),
        out: String::new(),
        before: Before::Nothing,
        operator: String::new(),
        open: 0,
        names: Vec::new(),
    };
    scanner.run()?;
    if scanner.open > 0 {
        return Err(format!("missing closing ): `{pattern}`"));
    }
    Ok(scanner.out)
}

/// What a repetition would repeat.
#[derive(PartialEq)]
enum Before {
    Nothing,
    Atom,
    Repetition,
}

struct Scanner<'a> {
    whole: &'a str,
    rest: std::str::Chars<'a>,
    out: String,
    before: Before,
    /// The repetition just before.
    operator: String,
    /// Groups that are open.
    open: usize,
    /// Names of groups so far.
    names: Vec<&'a str>,
}

impl<'a> Scanner<'a> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                '|' => {
                    self.out.push('|');
                    self.before = Before::Nothing;
                }
                '*' | '+' | '?' => self.repeat(c.encode_utf8(&mut [0; 4]))?,
                '{' => match self.counts()? {
                    Some(counts) => self.repeat(&counts)?,
                    None => self.literal('{'),
                },
                ')' if self.open == 0 => return Err(format!("unexpected ): `{}`", self.whole)),
                '.' | '^' | '$' | ')' => {
                    self.open -= usize::from(c == ')');
                    self.out.push(c);
                    self.before = Before::Atom;
                }
                c => self.literal(c),
            }
        }
        Ok(())
    }

    /// The pattern from a place on that has so many bytes behind it.
    fn since(&self, left: usize) -> &'a str {
        &self.whole[self.whole.len() - left..self.whole.len() - self.left()]
    }

    fn left(&self) -> usize {
        self.rest.as_str().len()
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest.as_str().strip_prefix(text);
        if let Some(rest) = found {
            self.rest = rest.chars();
        }
        found.is_some()
    }

    fn literal(&mut self, c: char) {
        self.out.push_str(&spelled(c));
        self.before = Before::Atom;
    }

    fn atom(&mut self, text: &str) {
        self.out.push_str(text);
        self.before = Before::Atom;
    }

    fn repeat(&mut self, operator: &str) -> Result<(), String> {
        match self.before {
            Before::Nothing => return Err(format!("missing argument to repetition operator: `{operator}`")),
            Before::Repetition => {
                return Err(format!("invalid nested repetition operator: `{}{operator}`", self.operator));
            }
            Before::Atom => {}
        }
        operator.clone_into(&mut self.operator);
        self.out.push_str(operator);
        if self.eat("?") {
            self.out.push('?');
            self.operator.push('?');
        }
        self.before = Before::Repetition;
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}` behind the brace; anything else means the brace itself.
    fn counts(&mut self) -> Result<Option<String>, String> {
        let Some((inside, rest)) = self.rest.as_str().split_once('}') else { return Ok(None) };
        let (low, high) = inside
            .split_once(',')
            .map_or((inside, Some(inside)), |(low, high)| (low, Some(high).filter(|high| !high.is_empty())));
        let is_count = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'))
        };
        if !is_count(low) || !high.is_none_or(is_count) {
            return Ok(None);
        }
        let number = |text: &str| text.parse::<u32>().ok().filter(|count| *count <= MAX_REPEAT);
        let bounds = number(low).zip(high.map_or(Some(MAX_REPEAT), number));
        if bounds.is_none_or(|(low, high)| low > high) {
            return Err(format!("invalid repeat count: `{{{inside}}}`"));
        }
        let counts = format!("{{{inside}}}");
        self.rest = rest.chars();
        Ok(Some(counts))
    }

    fn group(&mut self) -> Result<(), String> {
        let start = self.left() + 1;
        self.before = Before::Nothing;
        if !self.eat("?") {
            self.open += 1;
            self.out.push('(');
            return Ok(());
        }
        if self.eat("P<") || self.eat("<") {
            return self.name(start);
        }
        let text = self.rest.as_str();
        let length = text.find(|c| !"imsU-".contains(c)).unwrap_or(text.len());
        let (flags, rest) = text.split_at(length);
        let known = flags.is_empty() || !flags.trim_matches('-').is_empty();
        match rest.chars().next() {
            Some(end @ (':' | ')')) if known && (end == ':' || !flags.is_empty()) => {
                self.open += usize::from(end == ':');
                self.out.push_str(&format!("(?{flags}{end}"));
                self.rest = rest[1..].chars();
                Ok(())
            }
            other => {
                self.rest = rest[other.map_or(0, char::len_utf8)..].chars();
                Err(format!("invalid or unsupported Perl syntax: `{}`", self.since(start)))
            }
        }
    }

    /// The name of a group. Of equal ones Go goes by the first; the others need none.
    fn name(&mut self, start: usize) -> Result<(), String> {
        let text = self.rest.as_str();
        let Some((name, rest)) = text.split_once('>') else {
            // Go names the group as far as it goes: a look-behind is taken for one.
            let end = text.find(')').map_or(text.len(), |end| end + 1);
            self.rest = text[end..].chars();
            return Err(format!("invalid named capture: `{}`", self.since(start)));
        };
        self.rest = rest.chars();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("invalid named capture: `{}`", self.since(start)));
        }
        let plain = name.starts_with(|c: char| c.is_ascii_digit()) || self.names.contains(&name);
        self.out.push_str(&if plain { "(".to_owned() } else { format!("(?P<{name}>") });
        self.names.push(name);
        self.open += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.rest.next() else { return Err(TRAILING.to_owned()) };
        match c {
            'A' => self.atom(r"\A"),
            'z' => self.atom(r"\z"),
            'b' => self.atom(r"(?-u:\b)"),
            'B' => self.atom(r"(?-u:\B)"),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => self.atom(perl(c)),
            'p' | 'P' => {
                let class = self.unicode(c)?;
                self.atom(&class);
            }
            'Q' => {
                let text = self.rest.as_str();
                let (quoted, rest) = text.split_once(r"\E").unwrap_or((text, ""));
                quoted.chars().for_each(|c| self.literal(c));
                self.rest = rest.chars();
            }
            c => {
                let text = self.rune(c)?;
                self.atom(&text);
            }
        }
        Ok(())
    }

    /// `\pL`, `\p{Greek}` or `\p{^Greek}` behind the `p`.
    fn unicode(&mut self, p: char) -> Result<String, String> {
        let start = self.left() + 2;
        let text = self.rest.as_str();
        let (name, rest) = match text.strip_prefix('{') {
            Some(inside) => inside.split_once('}').unwrap_or((inside, "")),
            None => text.split_at(text.chars().next().map_or(0, char::len_utf8)),
        };
        self.rest = rest.chars();
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        let class = format!("\\{}{{{name}}}", if (p == 'P') == negated { 'p' } else { 'P' });
        let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if named && regex_syntax::parse(&class).is_ok() {
            return Ok(class);
        }
        Err(format!("invalid character class range: `{}`", self.since(start)))
    }

    /// One escaped character, inside and outside classes.
    fn rune(&mut self, c: char) -> Result<String, String> {
        let start = self.left() + c.len_utf8() + 1;
        let octal = |c: &char| ('0'..='7').contains(c);
        let code = match c {
            '0' => self.digits(8, 2, 0),
            '1'..='7' if self.peek().as_ref().is_some_and(octal) => {
                self.digits(8, 2, c.to_digit(8).unwrap_or_default())
            }
            'x' if self.eat("{") => {
                let code = self.digits(16, 8, 0);
                if !self.eat("}") {
                    return Err(self.bad_escape(start));
                }
                code
            }
            'x' => {
                let digits = self.rest.as_str().bytes().take(2).filter(u8::is_ascii_hexdigit).count();
                if digits < 2 {
                    return Err(self.bad_escape(start));
                }
                self.digits(16, 2, 0)
            }
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => u32::from(c),
            _ => return Err(self.bad_escape(start)),
        };
        match char::from_u32(code) {
            Some(c) => Ok(spelled(c)),
            // No text holds half a surrogate pair.
            None if code <= 0x0010_ffff => Ok(NOTHING.to_owned()),
            None => Err(self.bad_escape(start)),
        }
    }

    fn bad_escape(&self, start: usize) -> String {
        format!("invalid escape sequence: `{}`", self.since(start))
    }

    fn digits(&mut self, base: u32, most: usize, first: u32) -> u32 {
        let mut code = first;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(base)) else { break };
            self.rest.next();
            code = code.saturating_mul(base).saturating_add(digit);
        }
        code
    }

    fn class(&mut self) -> Result<(), String> {
        let start = self.left() + 1;
        self.out.push('[');
        if self.eat("^") {
            self.out.push('^');
        }
        let mut first = true;
        while first || !self.eat("]") {
            first = false;
            let item = self.item(start)?;
            self.out.push_str(&item);
        }
        self.atom("]");
        Ok(())
    }

    /// One item of the class that began at `class`.
    fn item(&mut self, class: usize) -> Result<String, String> {
        let start = self.left();
        let text = self.rest.as_str();
        if let Some((name, rest)) = text.strip_prefix("[:").and_then(|inside| inside.split_once(":]")) {
            const NAMES: [&str; 14] = [
                "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
                "upper", "word", "xdigit",
            ];
            if !NAMES.contains(&name.trim_start_matches('^')) {
                return Err(format!("invalid character class range: `[:{name}:]`"));
            }
            self.rest = rest.chars();
            return Ok(format!("[:{name}:]"));
        }
        for name in ['d', 'D', 's', 'S', 'w', 'W'] {
            if self.eat(&format!("\\{name}")) {
                return Ok(perl(name).to_owned());
            }
        }
        for p in ['p', 'P'] {
            if self.eat(&format!("\\{p}")) {
                return self.unicode(p);
            }
        }
        let low = self.member(class)?;
        let text = self.rest.as_str();
        if text.starts_with('-') && !text.starts_with("-]") && text.len() > 1 {
            self.eat("-");
            let range = format!("{low}-{}", self.member(class)?);
            if regex_syntax::parse(&format!("[{range}]")).is_err() {
                return Err(format!("invalid character class range: `{}`", self.since(start)));
            }
            return Ok(range);
        }
        Ok(low)
    }

    /// One character of a class, as written or escaped.
    fn member(&mut self, class: usize) -> Result<String, String> {
        match self.rest.next() {
            None => Err(format!("missing closing ]: `{}`", self.since(class))),
            Some('\\') => {
                let c = self.rest.next().ok_or(TRAILING)?;
                self.rune(c)
            }
            Some(c) => Ok(spelled(c)),
        }
    }
}

const TRAILING: &str = "trailing backslash at end of expression: ``";

/// The class of no character at all.
const NOTHING: &str = r"[^\x{0}-\x{10ffff}]";

/// Go's Perl classes know ASCII only, and `\s` has no vertical tab.
fn perl(name: char) -> &'static str {
    match name {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => r"[\t\n\f\r\x20]",
        'S' => r"[^\t\n\f\r\x20]",
        'w' => "[0-9A-Za-z_]",
        _ => "[^0-9A-Za-z_]",
    }
}

fn spelled(c: char) -> String {
    if c.is_alphanumeric() { c.to_string() } else { format!("\\x{{{:x}}}", u32::from(c)) }
}
