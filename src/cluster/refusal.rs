//! Answers that are none to the question: a conflict, a refusal, or a failure of the server's own.

use super::Answer;
use crate::diff::{Conflict, Verdict};

/// Whether a 403 is about rights; admission refuses objects with the same code.
///
/// Source: `k8s.io/apiserver`, responsewriters.ForbiddenStatusError: `User "x" cannot patch resource …`.
pub(super) fn is_missing_right(answer: &Answer) -> bool {
    let message = answer.message();
    ["patch", "create"].iter().any(|verb| message.contains(&format!(" cannot {verb} resource ")))
}

/// What such an answer says of an object.
pub(super) fn refusal(answer: &Answer) -> Verdict {
    let causes = answer.causes();
    let conflicts: Vec<Conflict> = causes
        .iter()
        .filter(|_| answer.code == 409)
        .filter_map(|(field, message)| {
            // The manager is named in the message only: `conflict with "kubectl" using v1`.
            let manager = message.split('"').nth(1)?.to_owned();
            Some(Conflict { manager, field: field.clone() })
        })
        .collect();
    if !conflicts.is_empty() {
        return Verdict::Conflict(conflicts);
    }
    let words = if causes.is_empty() || answer.code != 422 {
        vec![answer.message()]
    } else {
        causes
            .into_iter()
            .map(|(field, message)| if field.is_empty() { message } else { format!("{field}: {message}") })
            .collect()
    };
    match answer.code {
        400 | 403 | 405 | 409 | 413 | 415 | 422 => Verdict::Rejected(words),
        // An object that does not fit its schema arrives as 500 without a reason.
        500 if answer.reason().is_empty() && answer.body.get("kind").is_some_and(|kind| kind == "Status") => {
            Verdict::Rejected(words)
        }
        code => Verdict::Failed(format!("{} ({code})", answer.message())),
    }
}
