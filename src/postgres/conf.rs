//! postgresql.conf: writing it so that the server reads what was meant, and reading it back.

use std::fmt::Write as _;

/// A heading and the settings under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// One line of comment.
    pub title: String,
    /// Names and values, in order.
    pub settings: Vec<(String, String)>,
}

/// Writes sections as a configuration file.
///
/// Every value is quoted: unquoted, the server's lexer takes `en_US.utf8`, `*`, `a,b` and `1.5GB` for errors.
pub fn write(sections: &[Section]) -> String {
    let mut out = String::new();
    for section in sections.iter().filter(|section| !section.settings.is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = writeln!(out, "# {}", section.title);
        for (name, value) in &section.settings {
            let _ = writeln!(out, "{name} = {}", quote(value));
        }
    }
    out
}

/// A value in single quotes; inside them the server reads `''` as a quote and `\` as an escape.
pub fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

/// Reads `name = 'value'` lines; comments and blank lines are passed over, and of a name set twice both are returned.
///
/// # Errors
/// The number of the first line that is no setting.
pub fn read(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut settings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        settings.push(setting(line).ok_or(index + 1)?);
    }
    Ok(settings)
}

fn setting(line: &str) -> Option<(String, String)> {
    let end = line.find(|c: char| c.is_whitespace() || c == '=')?;
    let name = line[..end].to_ascii_lowercase();
    let rest = line[end..].trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let (value, after) = if let Some(quoted) = rest.strip_prefix('\'') {
        unquote(quoted)?
    } else {
        let end = rest.find(|c: char| c.is_whitespace() || c == '#').unwrap_or(rest.len());
        (rest[..end].to_owned(), &rest[end..])
    };
    let after = after.trim_start();
    (after.is_empty() || after.starts_with('#')).then_some((name, value))
}

/// The text up to the closing quote, and what follows.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if chars.next_if(|(_, next)| *next == '\'').is_some() => value.push('\''),
            '\'' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_quoted_and_escaped() {
        let settings = vec![("log_line_prefix".to_owned(), r"%m 'it' \t".to_owned())];
        let text = write(&[Section { title: "Logging".to_owned(), settings }]);
        assert_eq!(text, "# Logging\nlog_line_prefix = '%m ''it'' \\\\t'\n");
    }

    #[test]
    fn the_forms_of_the_server_are_read() {
        let text = "# c\n\nA 16MB # c\nb = on\nc='x''y\\'z' \n";
        let pairs = |list: &[(&str, &str)]| {
            list.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect::<Vec<(String, String)>>()
        };
        assert_eq!(read(text), Ok(pairs(&[("a", "16MB"), ("b", "on"), ("c", "x'y'z")])));
        assert_eq!(read("a = 'open\n"), Err(1));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in "[^\\n\\r\\x00]{0,60}") {
            let section = Section { title: "t".to_owned(), settings: vec![("a".to_owned(), value.clone())] };
            prop_assert_eq!(read(&write(&[section])), Ok(vec![("a".to_owned(), value)]));
        }
    }
}
