//! Parallel queries without room in `/dev/shm`.
//!
//! A container has 64 MB there. Parallel workers share their hash tables in it and fail with "could not resize shared memory
//! segment".
//!
//! Mount an `emptyDir` with `medium: Memory` at `/dev/shm`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG005", "shared-memory", Warning, "shared_memory.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let mounted =
            server.container.list("volumeMounts").iter().any(|mount| text(mount, &["mountPath"]) == "/dev/shm");
        let parallel = server.number("max_parallel_workers_per_gather");
        let other = server.text("dynamic_shared_memory_type").is_some_and(|(kind, _)| kind != "posix");
        if let Some((workers, place)) = parallel
            && workers > 0
            && !mounted
            && !other
        {
            let message = format!("{workers} parallel workers share the 64 MB that `/dev/shm` has");
            found.push(
                RULE.finding(message).at(place, "").help("mount an `emptyDir` with `medium: Memory` at `/dev/shm`"),
            );
        }
    }
}
