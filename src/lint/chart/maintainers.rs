//! A maintainer without a name, or with an address that is none.
//!
//! Nobody can be asked.
//!
//! Give each a `name`, and an `email` or `url` that works.

use super::file::is_url;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("CHT009", "maintainers", Error, "maintainers.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let list = subject.chart_file.and_then(|file| file.get("maintainers")).and_then(Node::as_list).unwrap_or_default();
    for one in list {
        let (name, email, url) = (text(one, &["name"]), text(one, &["email"]), text(one, &["url"]));
        if name.is_empty() {
            found.push(RULE.finding("a maintainer requires a name").at(one.span, "expected `name: …`"));
        } else if !email.is_empty() && !is_email(email) {
            let place = one.get("email").map_or(one.span, |node| node.span);
            found.push(
                RULE.finding(format!("invalid email `{email}` for maintainer `{name}`"))
                    .at(place, "expected `user@example.com`"),
            );
        } else if !url.is_empty() && !is_url(url) {
            let place = one.get("url").map_or(one.span, |node| node.span);
            found.push(
                RULE.finding(format!("invalid url `{url}` for maintainer `{name}`")).at(place, "expected `https://…`"),
            );
        }
    }
}

fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.rsplit_once('@') else { return false };
    !user.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(' ')
}
