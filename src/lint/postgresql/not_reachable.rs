//! A configuration file without `listen_addresses`.
//!
//! The default is `localhost`: the Service leads to a server that answers nobody. Only the image's own file listens to everybody.
//!
//! Set `listen_addresses = '*'`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG076", "not-reachable", Error, "not_reachable.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let Some((_, place)) = server.text("config_file") else { continue };
        let file = server.files.iter().find(|file| file.name.ends_with("postgresql.conf"));
        if file.is_none() {
            continue;
        }
        match server.text("listen_addresses") {
            None => {
                let message = "the server listens to itself only: `listen_addresses` is not set";
                found.push(
                    RULE.finding(message).at(place, "with a file of its own").help("set `listen_addresses = '*'`"),
                );
            }
            Some(("localhost" | "127.0.0.1" | "", place)) => {
                found.push(RULE.finding("the server listens to itself only").at(place, "use `*`"));
            }
            Some(_) => {}
        }
    }
}
