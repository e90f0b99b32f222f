//! Rules of `.helmignore` and patterns of `Files.Glob` never panic and end in bounded time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgchart::chart::{Glob, Ignore};

fuzz_target!(|input: (&str, &str, bool)| {
    let (rules, path, is_directory) = input;
    if let Ok(ignore) = Ignore::parse(rules) {
        ignore.matches(path, is_directory);
    }
    for glob in [Glob::path(rules), Glob::files(rules)].into_iter().flatten() {
        glob.matches(path);
    }
});
