//! The grammar of `--set` and its relatives never panics and never builds more than its bounds allow.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgchart::diagnostic::Sources;
use pgchart::values::{Input, ValueFlags};

struct NoFiles;

impl Input for NoFiles {
    fn read(&mut self, path: &str) -> Result<String, String> {
        Ok(path.to_owned())
    }
}

fuzz_target!(|input: (u8, &str, &str)| {
    let (kind, first, second) = input;
    let arguments = vec![first.to_owned(), second.to_owned()];
    let mut flags = ValueFlags::default();
    match kind % 5 {
        0 => flags.set = arguments,
        1 => flags.set_string = arguments,
        2 => flags.set_json = arguments,
        3 => flags.set_literal = arguments,
        _ => flags.set_file = arguments,
    }
    let _ = flags.layer(&mut NoFiles, &mut Sources::default(), &mut Vec::new());
});
