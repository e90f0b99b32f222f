//! Secrets in texts that are shown: which keys name one, and an excerpt without what they hold.

use super::closest;

/// Whether a key names something that must not be shown, a typo of such a name included.
pub fn is_secret(key: &str) -> bool {
    let folded = fold(key);
    !names_no_secret(&folded)
        && (has_a_word(&folded)
            || closest(&folded, ["password", "passwords", "postgrespassword", "secret", "token"]).is_some())
}

/// Whether a key that a program wrote names something that must not be shown; `postgres` is no typo there.
pub fn names_secret(key: &str) -> bool {
    let folded = fold(key);
    !names_no_secret(&folded) && has_a_word(&folded)
}

fn fold(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether it names where a secret is, or how passwords are hashed.
fn names_no_secret(folded: &str) -> bool {
    folded == "passwordencryption"
        || ["existing", "externalsecret"].iter().any(|word| folded.starts_with(word))
        || ["keys", "name", "ref"].iter().any(|word| folded.ends_with(word))
}

fn has_a_word(folded: &str) -> bool {
    ["password", "passwd", "secret", "token", "credential", "privatekey"].iter().any(|word| folded.contains(word))
}

/// The text with the values of secret keys replaced by as many `*`, so that places stay where they are.
///
/// Values of templates (`{{ … }}`) name secrets and are none. What `hidden` says is starred whatever its key.
pub(super) fn redact(text: &str, hidden: &[std::ops::Range<usize>]) -> String {
    let shown = by_key(text);
    if hidden.is_empty() {
        return shown;
    }
    let mut out = String::with_capacity(shown.len());
    for (at, c) in shown.char_indices() {
        if hidden.iter().any(|range| range.contains(&at)) && !c.is_whitespace() {
            out.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

fn by_key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Lines indented deeper than this belong to a secret key above them.
    let mut block: Option<usize> = None;
    // Whether the line before named a variable that holds a secret.
    let mut named = false;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let blank = line.trim().is_empty();
        if block.is_some_and(|outer| indent > outer || blank) {
            mask(&mut out, line);
            continue;
        }
        let start = out.len();
        block = line_of(line, &mut out).then_some(indent);
        let shown = out.split_off(start);
        let now = names_a_secret(&shown);
        out.push_str(&by_context(&shown, named || now));
        named = now;
    }
    out
}

/// `- name: PGPASSWORD`, whose value stands on the same line or on the next one.
fn names_a_secret(line: &str) -> bool {
    let Some((_, rest)) = line.split_once("name:") else { return false };
    let name = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    end > 0 && is_secret(&name[..end])
}

/// The line without what its surroundings say is a secret: the value of a variable, a password of a statement or of a URL.
fn by_context(line: &str, named: bool) -> String {
    let mut line = line.to_owned();
    if named && let Some(at) = line.find("value:").map(|at| at + "value:".len()) {
        let end = at + value_end(&line[at..]);
        line = masked(&line, at, end);
    }
    let upper = line.to_ascii_uppercase();
    if let Some(at) = upper.find("PASSWORD '").map(|at| at + "PASSWORD '".len())
        && let Some(length) = line[at..].find('\'')
    {
        line = masked(&line, at, at + length);
    }
    if let Some(at) = line.find("://").map(|at| at + 3)
        && let Some(colon) = line[at..].find([':', '@', '/', ' ']).map(|colon| at + colon)
        && line[colon..].starts_with(':')
        && let Some(end) = line[colon..].find(['@', '/', ' ', '"', '\'']).map(|end| colon + end)
        && line[end..].starts_with('@')
    {
        line = masked(&line, colon + 1, end);
    }
    line
}

fn masked(line: &str, from: usize, to: usize) -> String {
    let mut out = line[..from].to_owned();
    mask(&mut out, &line[from..to]);
    out + &line[to..]
}

/// Copies a line, masking values; tells whether a secret key ends it, so that its value follows below.
fn line_of(line: &str, out: &mut String) -> bool {
    let mut open = false;
    let mut rest = line;
    while let Some(at) = rest.find([':', '=']) {
        let (head, tail) = rest.split_at(at + 1);
        out.push_str(head);
        rest = tail;
        // `postgres://…` is no key with a value.
        if head.ends_with(':') && rest.starts_with("//") {
            continue;
        }
        let word = head[..at].trim_end_matches(['"', '\'', ' ']);
        // `postgres:16` is an image, a key has a space behind its colon.
        if head.ends_with("postgres:") && rest.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
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
            ("- {name: PGPASSWORD, value: \"a b\"}\n", "- {name: PGPASSWORD, value: ** **}\n"),
            (
                "- name: PGPASSWORD\n  value: hunter2\n  value: b\n",
                "- name: PGPASSWORD\n  value: *******\n  value: b\n",
            ),
            ("- {name: PGHOST, value: db}\n", "- {name: PGHOST, value: db}\n"),
            ("CREATE USER a PASSWORD 'x y';\n", "CREATE USER a PASSWORD '* *';\n"),
            ("url: redis://app:hunter2@db:5432/app\n", "url: redis://app:*******@db:5432/app\n"),
            ("url: http://db:5432/app\n", "url: http://db:5432/app\n"),
        ] {
            assert_eq!(redact(text, &[]), expected);
            assert_eq!(redact(text, &[]).len(), text.len());
        }
    }

    #[test]
    fn hidden_ranges_are_starred_whatever_their_key() {
        assert_eq!(redact("ca: größe x\n", std::slice::from_ref(&(4..13))), "ca: ******* *\n");
    }
}
