//! Path patterns in the two dialects that Helm uses: Go's `filepath.Match` for `.helmignore` and `--show-only`, and
//! the one of `Files.Glob`, which has `**` and alternatives.

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Glob {
    /// Without alternatives there is one.
    alternatives: Vec<Vec<Token>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Char(char),
    Any,
    Star,
    DoubleStar,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

/// How many ways `{a,b}{c,d}…` may multiply out to.
const MAX_ALTERNATIVES: usize = 256;

impl Glob {
    /// Compiles a pattern of `filepath.Match`: `*` and `?` stay within one path segment, `[a-z]` and `[^a]` are
    /// classes, `\` escapes.
    ///
    /// # Errors
    /// Go's words: the pattern has a syntax error.
    pub fn path(pattern: &str) -> Result<Self, String> {
        let mut chars = pattern.chars().peekable();
        let mut tokens = Vec::new();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' => Token::Star,
                '?' => Token::Any,
                '[' => class(&mut chars).ok_or("syntax error in pattern")?,
                '\\' => Token::Char(chars.next().ok_or("syntax error in pattern")?),
                c => Token::Char(c),
            });
        }
        Ok(Self { alternatives: vec![tokens] })
    }

    /// Compiles a pattern of `Files.Glob`: `*` and `?` stop at `/`, `**` does not, `[a-z]`, `[!a]`, `{a,b*}`, `\`.
    ///
    /// # Errors
    /// When a class is broken, or there are too many alternatives.
    pub fn files(pattern: &str) -> Result<Self, String> {
        let alternatives = expand(pattern)?;
        let alternatives = alternatives.iter().map(|one| files_tokens(one)).collect::<Result<_, String>>()?;
        Ok(Self { alternatives })
    }

    /// Whether a whole path matches.
    pub fn matches(&self, path: &str) -> bool {
        let text: Vec<char> = path.chars().collect();
        self.alternatives.iter().any(|tokens| {
            // reachable[j]: the tokens so far can match the first j characters.
            let mut reachable = vec![false; text.len() + 1];
            reachable[0] = true;
            for token in tokens {
                reachable = token.step(&reachable, &text);
            }
            reachable[text.len()]
        })
    }
}

impl Token {
    fn step(&self, before: &[bool], text: &[char]) -> Vec<bool> {
        let mut after = vec![false; before.len()];
        for at in 0..before.len() {
            match self {
                Self::Star | Self::DoubleStar => {
                    let passes = at > 0 && after[at - 1] && (*self == Self::DoubleStar || text[at - 1] != '/');
                    after[at] = before[at] || passes;
                }
                _ => after[at] = at > 0 && before[at - 1] && self.accepts(text[at - 1]),
            }
        }
        after
    }

    fn accepts(&self, c: char) -> bool {
        match self {
            Self::Char(wanted) => *wanted == c,
            Self::Any => c != '/',
            Self::Class { negated, ranges } => {
                c != '/' && ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
            Self::Star | Self::DoubleStar => false,
        }
    }
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// The rest of a class after `[`; a class has at least one character and no bare `-` or `]` at the start of a range.
fn class(chars: &mut Chars<'_>) -> Option<Token> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next()? {
            ']' if !ranges.is_empty() => return Some(Token::Class { negated, ranges }),
            ']' | '-' => return None,
            '\\' => chars.next()?,
            c => c,
        };
        let high = if chars.next_if_eq(&'-').is_some() {
            match chars.next()? {
                ']' | '-' => return None,
                '\\' => chars.next()?,
                c => c,
            }
        } else {
            low
        };
        ranges.push((low, high));
    }
}

fn files_tokens(pattern: &str) -> Result<Vec<Token>, String> {
    let mut chars = pattern.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' if chars.next_if_eq(&'*').is_some() => Token::DoubleStar,
            '*' => Token::Star,
            '?' => Token::Any,
            '[' => files_class(&mut chars).ok_or_else(|| format!("`{pattern}` has a broken class"))?,
            // A `\` at the end stands for nothing that a path could have.
            '\\' => Token::Char(chars.next().unwrap_or('\0')),
            c => Token::Char(c),
        });
    }
    Ok(tokens)
}

/// The rest of a class of `Files.Glob` after `[`: one range `a-z`, or any characters; `!` inverts.
fn files_class(chars: &mut Chars<'_>) -> Option<Token> {
    let negated = chars.next_if_eq(&'!').is_some();
    let mut listed = Vec::new();
    loop {
        match chars.next()? {
            ']' => break,
            '\\' => listed.push(chars.next()?),
            c => listed.push(c),
        }
    }
    let ranges = match listed.as_slice() {
        [low, '-', high] => vec![(*low, *high)],
        [] | [_, '-', ..] => return None,
        all => all.iter().map(|c| (*c, *c)).collect(),
    };
    Some(Token::Class { negated, ranges })
}

/// Multiplies `a{b,c}d` out to `abd` and `acd`; escapes and classes are left as they are.
fn expand(pattern: &str) -> Result<Vec<String>, String> {
    let Some((before, inner, after)) = first_braces(pattern)? else { return Ok(vec![pattern.to_owned()]) };
    let mut all = Vec::new();
    for choice in inner {
        for rest in expand(&format!("{choice}{after}"))? {
            all.push(format!("{before}{rest}"));
            if all.len() > MAX_ALTERNATIVES {
                return Err(format!("`{pattern}` has more than {MAX_ALTERNATIVES} alternatives"));
            }
        }
    }
    Ok(all)
}

/// The text before the first `{…}`, its choices, and the text after it.
#[expect(clippy::type_complexity, reason = "three parts of one string")]
fn first_braces(pattern: &str) -> Result<Option<(&str, Vec<&str>, &str)>, String> {
    let (mut depth, mut open, mut from) = (0_usize, 0, 0);
    let mut choices = Vec::new();
    let mut in_class = false;
    let mut chars = pattern.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '{' => {
                depth += 1;
                if depth == 1 {
                    (open, from) = (at, at + 1);
                }
            }
            ',' if depth == 1 => {
                choices.push(&pattern[from..at]);
                from = at + 1;
            }
            '}' if depth == 1 => {
                choices.push(&pattern[from..at]);
                return Ok(Some((&pattern[..open], choices, &pattern[at + 1..])));
            }
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    if depth == 0 {
        return Ok(None);
    }
    // Braces that are never closed end with the pattern.
    choices.push(&pattern[from..]);
    Ok(Some((&pattern[..open], choices, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_patterns_match_like_filepath_match() {
        for (pattern, path, expected) in [
            ("templates/*.yaml", "templates/a.yaml", true),
            ("templates/*.yaml", "templates/d/a.yaml", false),
            ("templates/**.yaml", "templates/d/a.yaml", false),
            ("templates/?.yaml", "templates/a.yaml", true),
            ("templates/[a-c].yaml", "templates/b.yaml", true),
            ("templates/[^a-c].yaml", "templates/b.yaml", false),
            ("templates/[!a].yaml", "templates/!.yaml", true),
            ("*", "", true),
            ("a", "ab", false),
            ("{a,b}", "a", false),
            ("\\*", "*", true),
        ] {
            assert_eq!(Glob::path(pattern).expect("valid").matches(path), expected, "{pattern} {path}");
        }
        for bad in ["a[", "[]a]", "[-]", "[a-]", "a\\"] {
            assert_eq!(Glob::path(bad).err().as_deref(), Some("syntax error in pattern"), "{bad}");
        }
    }

    #[test]
    fn file_patterns_have_double_stars_and_alternatives() {
        for (pattern, path, expected) in [
            ("**.txt", "a/b.txt", true),
            ("**/*.txt", "b.txt", false),
            ("*.{txt,md}", "a.md", true),
            ("{a,b{c,d}}/*", "bd/x", true),
            ("[!a].txt", "b.txt", true),
            ("[!a].txt", "a.txt", false),
            ("*.txt", "a/b.txt", false),
            ("{a", "a", true),
            ("[ab-]", "-", true),
        ] {
            assert_eq!(Glob::files(pattern).expect("valid").matches(path), expected, "{pattern} {path}");
        }
        assert!(Glob::files("[a-").is_err() && Glob::files("[]").is_err() && Glob::files("[a-z-]").is_err());
        assert!(Glob::files(&"{a,b}".repeat(12)).is_err(), "4096 alternatives");
    }
}
