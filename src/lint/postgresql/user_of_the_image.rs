//! The pod runs as a user that is not the image's.
//!
//! PostgreSQL refuses a data directory that belongs to somebody else, and on Alpine `initdb` a user without a name. The official
//! image's user is 999 on Debian, where a new database may also belong to another one, and 70 on Alpine.
//!
//! Set `runAsUser` and `fsGroup` to the image's.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::image::known;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG091", "user-of-the-image", Error, "user_of_the_image.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let tag = server.container.tag();
        let Some(image) = known(server.container.repository(), tag).filter(|_| !tag.is_empty()) else { continue };
        let Some(node) = server.container.security(&server.pod, "runAsUser") else { continue };
        let Some(user) = node.as_int().filter(|user| *user != i64::from(image.uid)) else { continue };
        let message = format!("the image's server runs as {}, the pod as {user}", image.uid);
        let place = server.container.node.get("image").map_or(server.container.node.span, |node: &Node| node.span);
        // The official image of Debian gives any user a name.
        let severity = if image.uid == 999 { Severity::Warning } else { Severity::Error };
        let finding = Diagnostic { severity, ..RULE.finding(message) };
        let finding = finding.at(node.span, format!("expected {}", image.uid)).label(place, "the image");
        found.push(finding.help(format!("set `runAsUser` and `fsGroup` to {}", image.uid)));
    }
}
