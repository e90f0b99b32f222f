//! A list in one argument, as `-f` takes it: fields between commas, quoted where they hold one.

/// The fields of the first line of comma-separated text, by the rules of Go's reader; nothing when a quote stands
/// inside a field that is not quoted, is not closed, or is followed by text.
pub(super) fn fields(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim_start_matches(['\r', '\n']);
    let mut fields = Vec::new();
    if rest.is_empty() {
        return Some(fields);
    }
    loop {
        let quoted = rest.strip_prefix('"');
        let field = if let Some(inside) = quoted {
            let (field, after) = quoted_field(inside)?;
            rest = after;
            field
        } else {
            let end = rest.find([',', '\n']).unwrap_or(rest.len());
            let field = &rest[..end];
            rest = &rest[end..];
            if field.contains('"') {
                return None;
            }
            field.strip_suffix('\r').filter(|_| !rest.starts_with(',')).unwrap_or(field).to_owned()
        };
        fields.push(field);
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None if rest.is_empty() || rest.starts_with(['\r', '\n']) => return Some(fields),
            None => return None,
        }
    }
}

/// The text up to the closing quote, where two quotes stand for one, and what follows it.
fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        field.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn paths_are_split_at_commas_outside_quotes() {
        for (text, wanted) in [
            ("", Some(vec![])),
            ("a.yaml", Some(vec!["a.yaml"])),
            ("a.yaml,b.yaml", Some(vec!["a.yaml", "b.yaml"])),
            ("a.yaml,", Some(vec!["a.yaml", ""])),
            (" a , b ", Some(vec![" a ", " b "])),
            ("\"a,b.yaml\",c", Some(vec!["a,b.yaml", "c"])),
            ("\"say \"\"a\"\"\"", Some(vec!["say \"a\""])),
            ("a\nb", Some(vec!["a"])),
            ("a\"b", None),
            ("\"a\"b", None),
            ("\"a", None),
        ] {
            assert_eq!(fields(text), wanted.map(|list| list.into_iter().map(str::to_owned).collect()), "{text:?}");
        }
    }
}
