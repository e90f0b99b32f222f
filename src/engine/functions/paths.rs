//! Slash-separated paths, by Go's rules. The `os` names are the same functions: a chart renders alike on every system.

use minijinja::value::Value;
use minijinja::{Error, State};

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", base, "the last element of a path", "\"a/b.txt\" | base → b.txt"),
    Function::new("dir", dir, "all but the last element of a path", "\"a/b.txt\" | dir → a"),
    Function::new("clean", clean, "the shortest form of a path", "\"a/../b/\" | clean → b"),
    Function::new("ext", ext, "the ending of a file name, with its dot", "\"a/b.txt\" | ext → .txt"),
    Function::new("isAbs", is_abs, "whether a path is absolute", "\"/a\" | isAbs → true"),
    Function::new("osBase", base, "the last element of a path", "\"a/b.txt\" | osBase → b.txt"),
    Function::new("osDir", dir, "all but the last element of a path", "\"a/b.txt\" | osDir → a"),
    Function::new("osClean", clean, "the shortest form of a path", "\"a/../b/\" | osClean → b"),
    Function::new("osExt", ext, "the ending of a file name, with its dot", "\"a/b.txt\" | osExt → .txt"),
    Function::new("osIsAbs", is_abs, "whether a path is absolute", "\"/a\" | osIsAbs → true"),
];

fn base(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let path = arguments.text(0)?;
    let trimmed = path.trim_end_matches('/');
    Ok(Value::from(match (&*path, trimmed) {
        ("", _) => ".",
        (_, "") => "/",
        (_, trimmed) => file_name(trimmed),
    }))
}

fn dir(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let path = arguments.text(0)?;
    Ok(Value::from(cleaned(&path[..path.len() - file_name(&path).len()])))
}

fn clean(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(cleaned(&arguments.text(0)?)))
}

fn ext(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let path = arguments.text(0)?;
    let name = file_name(&path);
    Ok(Value::from(name.rfind('.').map_or("", |at| &name[at..])))
}

fn is_abs(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(arguments.text(0)?.starts_with('/')))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Without `.`, empty elements and each `..` that has something to take back; nothing is `.`.
fn cleaned(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => drop(kept.pop()),
            ".." if rooted => {}
            other => kept.push(other),
        }
    }
    match (rooted, kept.is_empty()) {
        (true, _) => format!("/{}", kept.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => kept.join("/"),
    }
}
