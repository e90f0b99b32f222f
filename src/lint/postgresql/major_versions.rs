//! The image is of another major version than the values or the data directory say.
//!
//! A server refuses the data directory of another major version; settings of the wrong version keep it from starting.
//!
//! Let both say the same. Another major version needs an upgrade: `upgrade.from`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::postgres::image::major_of_tag;

pub(super) static RULE: Rule = rule!("PG027", "major-versions", Error, "major_versions.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let Some(major) = major_of_tag(server.container.tag()) else { continue };
        for variable in server.container.list("env") {
            let Some(value) = variable.get("value") else { continue };
            let path = value.as_str().unwrap_or_default();
            let named = path.split('/').filter_map(|part| part.parse::<u32>().ok()).find(|n| (10..=30).contains(n));
            if text(variable, &["name"]) == "PGDATA"
                && let Some(named) = named.filter(|named| *named != major)
            {
                let message = format!("the image is PostgreSQL {major}, and this directory is of {named}");
                let image = server.container.node.get("image").map_or(server.container.node.span, |node| node.span);
                let finding = RULE.finding(message).at(value.span, "").label(image, "the image");
                found
                    .push(finding.help(format!(
                        "use an image of PostgreSQL {named}, or `pg_upgrade` to a directory of {major}"
                    )));
            }
        }
    }
}
