//! Path patterns as Go's `filepath.Match` reads them, plus `**` for any depth.

/// A compiled pattern: `*` and `?` stay within one path segment, `[a-z]` and `[^a]` are classes, `\` escapes.
#[derive(Clone, Debug)]
pub struct Glob {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Char(char),
    Any,
    Star,
    DoubleStar,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When a class is not closed or a `\` ends the pattern.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let mut chars = pattern.chars().peekable();
        let mut tokens = Vec::new();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' if chars.next_if_eq(&'*').is_some() => Token::DoubleStar,
                '*' => Token::Star,
                '?' => Token::Any,
                '[' => class(&mut chars).ok_or_else(|| format!("`[` is never closed in `{pattern}`"))?,
                '\\' => Token::Char(chars.next().ok_or_else(|| format!("`\\` ends `{pattern}`"))?),
                c => Token::Char(c),
            });
        }
        Ok(Self { tokens })
    }

    /// Whether a whole path matches.
    pub fn matches(&self, path: &str) -> bool {
        let text: Vec<char> = path.chars().collect();
        // reachable[j]: the tokens so far can match the first j characters.
        let mut reachable = vec![false; text.len() + 1];
        reachable[0] = true;
        for token in &self.tokens {
            reachable = token.step(&reachable, &text);
        }
        reachable[text.len()]
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

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let negated = chars.next_if(|c| matches!(c, '^' | '!')).is_some();
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next()? {
            ']' if !ranges.is_empty() => return Some(Token::Class { negated, ranges }),
            '\\' => chars.next()?,
            c => c,
        };
        let high = if chars.next_if_eq(&'-').is_some() {
            match chars.next()? {
                '\\' => chars.next()?,
                c => c,
            }
        } else {
            low
        };
        ranges.push((low, high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_like_filepath_match() {
        for (pattern, path, expected) in [
            ("templates/*.yaml", "templates/a.yaml", true),
            ("templates/*.yaml", "templates/d/a.yaml", false),
            ("templates/**.yaml", "templates/d/a.yaml", true),
            ("templates/?.yaml", "templates/a.yaml", true),
            ("templates/[a-c].yaml", "templates/b.yaml", true),
            ("templates/[^a-c].yaml", "templates/b.yaml", false),
            ("*", "", true),
            ("a", "ab", false),
        ] {
            assert_eq!(Glob::new(pattern).expect("valid").matches(path), expected, "{pattern} {path}");
        }
        assert!(Glob::new("a[").is_err());
    }
}
