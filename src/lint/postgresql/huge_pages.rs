//! `huge_pages` is on and the container asks for none.
//!
//! The server does not start.
//!
//! Ask for `hugepages-2Mi` in `resources.limits`, or use `huge_pages = try`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG004", "huge-pages", Error, "huge_pages.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let limits = server.container.node.at(&["resources", "limits"]).and_then(Node::as_map);
        let asks = limits.is_some_and(|limits| limits.keys().any(|key| key.starts_with("hugepages-")));
        if let Some(("on", place)) = server.text("huge_pages")
            && !asks
        {
            let finding = RULE
                .finding("`huge_pages` is on and the container asks for none")
                .at(place, "the server would not start");
            found.push(finding.help("use `try`, or ask for `hugepages-2Mi`"));
        }
    }
}
