//! A Secret whose password is made anew by every render.
//!
//! After an upgrade the Secret says one thing and the database another: nobody can log in. `lookup` does not help where there is
//! no cluster to ask.
//!
//! Take the password from a value or a Secret that exists. Here random values follow from the secret key and stay, so that an
//! exception for a chart that only this program renders has a reason.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::lint::template::random_in_secrets;

pub(super) static RULE: Rule = rule!("PG015", "random-password", Error, "random_password.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (name, span) in random_in_secrets(subject) {
        let message = format!("`{name}` makes another password in every render");
        found.push(RULE.finding(message).at(span, "").help("take it from a value or an existing Secret"));
    }
}
