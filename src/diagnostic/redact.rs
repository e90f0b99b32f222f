//! Secrets in texts that are shown: which keys name one, and an excerpt without what they hold.

use super::closest;

/// Whether a key names something that must not be shown, a typo of such a name included.
pub fn is_secret(key: &str) -> bool {
    let folded = fold(key);
    !names_a_place(&folded)
        && (has_a_word(&folded)
            || closest(&folded, ["password", "passwords", "postgrespassword", "secret", "token"]).is_some())
}

/// Whether a key that a program wrote names something that must not be shown; `postgres` is no typo there.
pub fn names_secret(key: &str) -> bool {
    let folded = fold(key);
    !names_a_place(&folded) && has_a_word(&folded)
}

fn fold(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect()
}

fn names_a_place(folded: &str) -> bool {
    ["existing", "externalsecret"].iter().any(|word| folded.starts_with(word))
        || ["keys", "name", "ref"].iter().any(|word| folded.ends_with(word))
}

fn has_a_word(folded: &str) -> bool {
    ["password", "passwd", "secret", "token", "credential", "privatekey"].iter().any(|word| folded.contains(word))
}

/// The text with the values of secret keys replaced by as many `*`, so that places stay where they are.
///
/// Values of templates (`{{ … }}`) name secrets and are none.
pub(super) fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Lines indented deeper than this belong to a secret key above them.
    let mut block: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let blank = line.trim().is_empty();
        if block.is_some_and(|outer| indent > outer || blank) {
            mask(&mut out, line);
            continue;
        }
        block = line_of(line, &mut out).then_some(indent);
    }
    out
}

/// Copies a line, masking values; tells whether a secret key ends it, so that its value follows below.
fn line_of(line: &str, out: &mut String) -> bool {
    let mut open = false;
    let mut rest = line;
    while let Some(at) = rest.find([':', '=']) {
        let (head, tail) = rest.split_at(at + 1);
        out.push_str(head);
        rest = tail;
        let word = head[..at].trim_end_matches(['"', '\'', ' ']);
        // A flag names the whole path: `a.password.b=…`.
        let path = word.rsplit(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '[' | ']')).next();
        if !path.unwrap_or_default().split(['.', '[']).any(is_secret) {
            continue;
        }
        let value = rest.trim_start();
        open = value.is_empty() || value.starts_with(['|', '>', '#']);
        if open || value.starts_with("{{") || value.starts_with('&') && value.trim().len() < 2 {
            continue;
        }
        let end = value_end(rest);
        mask(out, &rest[..end]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    open
}

/// Where a value on one line ends: at its closing quote, else at a comma, bracket or the end.
fn value_end(text: &str) -> usize {
    let start = text.len() - text.trim_start().len();
    let value = &text[start..];
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        return value[1..].find(quote).map_or(text.len(), |at| start + at + 2);
    }
    value.find([',', '}', ']', '\n']).map_or(text.len(), |at| start + at)
}

/// Writes stars for everything that can be seen; one for each byte, so that offsets hold.
fn mask(out: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_whitespace() { out.push(c) } else { out.extend(std::iter::repeat_n('*', c.len_utf8())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_secret_keys_are_starred_and_nothing_moves() {
        for (text, expected) in [
            ("password: hunter2\n", "password: *******\n"),
            ("pasword: hunter2", "pasword: *******"),
            ("a: {password: \"x, y\", b: 1}", "a: {password: *** **, b: 1}"),
            ("password: [hunter2, b]", "password: ********, b]"),
            ("postgresql.password=hunter2,mode=x", "postgresql.password=*******,mode=x"),
            ("a.postgresPassword.x=hunter2", "a.postgresPassword.x=*******"),
            ("{\"token\":\"t0p\",\"b\":1}", "{\"token\":*****,\"b\":1}"),
            ("password: |\n  one\n  two\nnext: 1\n", "password: |\n  ***\n  ***\nnext: 1\n"),
            ("secret: |-\n  größe\n", "secret: |-\n  *******\n"),
            ("existingSecret: my-secret\n", "existingSecret: my-secret\n"),
            (
                "externalSecrets:\n  secretStoreRef: {name: vault}\n",
                "externalSecrets:\n  secretStoreRef: {name: vault}\n",
            ),
            ("password: {{ Values.password }}\n", "password: {{ Values.password }}\n"),
            ("secretKeys:\n  password: db-password\n", "secretKeys:\n  password: ***********\n"),
            ("mode: standalone\n", "mode: standalone\n"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(text).len(), text.len());
        }
    }
}
