//! Go's regular expressions (RE2) in the spelling of the `regex` crate: the same language, other corners.

/// The largest count of a repetition, as in Go.
pub(super) const MAX_REPEAT: u32 = 1000;

/// Spells a pattern of Go so that the `regex` crate reads the same; what Go refuses is refused.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut scanner = Scanner { rest: pattern.chars(), out: String::new(), before: Before::Nothing };
    scanner.run()?;
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
    rest: std::str::Chars<'a>,
    out: String,
    before: Before,
}

impl Scanner<'_> {
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
                '.' | '^' | '$' | ')' => {
                    self.out.push(c);
                    self.before = Before::Atom;
                }
                c => self.literal(c),
            }
        }
        Ok(())
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
            Before::Nothing => return Err(format!("nothing stands before `{operator}`")),
            Before::Repetition => return Err(format!("`{operator}` repeats a repetition")),
            Before::Atom => {}
        }
        self.out.push_str(operator);
        if self.eat("?") {
            self.out.push('?');
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
            return Err(format!("`{{{inside}}}` is no count of at most {MAX_REPEAT}"));
        }
        let counts = format!("{{{inside}}}");
        self.rest = rest.chars();
        Ok(Some(counts))
    }

    fn group(&mut self) -> Result<(), String> {
        self.before = Before::Nothing;
        if !self.eat("?") {
            self.out.push('(');
            return Ok(());
        }
        if self.eat("P<") || (!self.rest.as_str().starts_with(['=', '!']) && self.named()) {
            let Some((name, rest)) = self.rest.as_str().split_once('>') else {
                return Err("the name of a group is never closed".to_owned());
            };
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(format!("`{name}` is no name of a group"));
            }
            // Names play no part in a match.
            self.out.push('(');
            self.rest = rest.chars();
            return Ok(());
        }
        let text = self.rest.as_str();
        let end = text.find([':', ')']).ok_or("a group is never closed")?;
        let flags = &text[..end];
        if text.as_bytes()[end] == b':' && flags.is_empty() {
            self.out.push_str("(?:");
        } else if !flags.trim_matches('-').is_empty() && flags.chars().all(|c| "imsU-".contains(c)) {
            self.out.push_str(&format!("(?{flags}{}", &text[end..=end]));
        } else {
            return Err(format!(
                "`(?{}` is not supported: there is no look-around",
                text.chars().next().unwrap_or(')')
            ));
        }
        self.rest = text[end + 1..].chars();
        Ok(())
    }

    /// `<name>` without a `P`; `(?<=` and `(?<!` are look-behinds.
    fn named(&mut self) -> bool {
        !self.rest.as_str().starts_with("<=") && !self.rest.as_str().starts_with("<!") && self.eat("<")
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.rest.next() else { return Err("it ends in a backslash".to_owned()) };
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
        let text = self.rest.as_str();
        let (name, rest) = match text.strip_prefix('{') {
            Some(inside) => inside.split_once('}').ok_or("`\\p{` is never closed")?,
            None => text.split_at(text.chars().next().map_or(0, char::len_utf8)),
        };
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("`{name}` is no class of characters"));
        }
        self.rest = rest.chars();
        Ok(format!("\\{}{{{name}}}", if (p == 'P') == negated { 'p' } else { 'P' }))
    }

    /// One escaped character, inside and outside classes.
    fn rune(&mut self, c: char) -> Result<String, String> {
        let octal = |c: &char| ('0'..='7').contains(c);
        let code = match c {
            '0' => self.digits(8, 2, 0),
            '1'..='7' if self.peek().as_ref().is_some_and(octal) => {
                self.digits(8, 2, c.to_digit(8).unwrap_or_default())
            }
            'x' if self.eat("{") => {
                let code = self.digits(16, 8, 0);
                if !self.eat("}") {
                    return Err("`\\x{` is never closed".to_owned());
                }
                code
            }
            'x' => {
                let digits = self.rest.as_str().bytes().take(2).filter(u8::is_ascii_hexdigit).count();
                if digits < 2 {
                    return Err("`\\x` needs two digits".to_owned());
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
            c => return Err(format!("`\\{c}` means nothing")),
        };
        match char::from_u32(code) {
            Some(c) => Ok(spelled(c)),
            // No text holds half a surrogate pair.
            None if code <= 0x0010_ffff => Ok(NOTHING.to_owned()),
            None => Err(format!("`\\x{{{code:x}}}` is no character")),
        }
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
        self.out.push('[');
        if self.eat("^") {
            self.out.push('^');
        }
        let mut first = true;
        while first || !self.eat("]") {
            first = false;
            let item = self.item()?;
            self.out.push_str(&item);
        }
        self.atom("]");
        Ok(())
    }

    fn item(&mut self) -> Result<String, String> {
        let text = self.rest.as_str();
        if let Some((name, rest)) = text.strip_prefix("[:").and_then(|inside| inside.split_once(":]")) {
            const NAMES: [&str; 14] = [
                "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
                "upper", "word", "xdigit",
            ];
            if !NAMES.contains(&name.trim_start_matches('^')) {
                return Err(format!("`[:{name}:]` is no class of characters"));
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
        let low = self.member()?;
        let text = self.rest.as_str();
        if text.starts_with('-') && !text.starts_with("-]") && text.len() > 1 {
            self.eat("-");
            return Ok(format!("{low}-{}", self.member()?));
        }
        Ok(low)
    }

    /// One character of a class, as written or escaped.
    fn member(&mut self) -> Result<String, String> {
        match self.rest.next() {
            None => Err("`[` is never closed".to_owned()),
            Some('\\') => {
                let c = self.rest.next().ok_or("it ends in a backslash")?;
                self.rune(c)
            }
            Some(c) => Ok(spelled(c)),
        }
    }
}

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
