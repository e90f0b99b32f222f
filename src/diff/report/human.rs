//! For people: each object with its changes by path, and what they bring.

use serde_json::Value as Json;

use super::lines::{self, BOLD, CYAN, DIM, GREEN, RED, YELLOW, paint};
use super::{View, totals};
use crate::diagnostic::Style;
use crate::diff::{Change, Entry, Report, SettingChange, Status};

/// Values up to this length stand on one line: `old → new`; a checksum fits.
const SHORT: usize = 64;

pub(super) fn write(report: &Report, view: View) -> String {
    let mut out = String::new();
    for (model, count) in report.models() {
        let objects = if count == 1 { "1 object" } else { &format!("{count} objects") };
        out.push_str(&paint(view.style, DIM, &format!("modelled on: {model}, {objects}")));
        out.push('\n');
    }
    if !out.is_empty() {
        out.push('\n');
    }
    for entry in report.entries.iter().filter(|entry| !entry.status.is_quiet()) {
        out.push_str(&object(entry, view));
        out.push('\n');
    }
    out.push_str(&foot(report, view));
    out
}

/// Notes, memory, dangers and the count.
fn foot(report: &Report, view: View) -> String {
    let mut out = String::new();
    for line in &report.notes {
        out.push_str(&format!("{} {line}\n", paint(view.style, BOLD, "note:")));
    }
    for line in &report.memory {
        out.push_str(&format!("{} {line}\n", paint(view.style, BOLD, "memory:")));
    }
    for danger in &report.dangers {
        out.push_str(&format!("{} {}: {}\n", paint(view.style, RED, "danger:"), danger.id, danger.message));
        if let Some(help) = &danger.help {
            out.push_str(&format!("        {help}\n"));
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&totals(report));
    out.push('\n');
    out
}

fn object(entry: &Entry, view: View) -> String {
    let mut out = head(entry, view.style);
    let label = |text: &str| paint(view.style, BOLD, text);
    for message in &entry.messages {
        out.push_str(&indented(&format!("{} {message}", label(reason(entry.status)))));
    }
    for one in &entry.immutable {
        out.push_str(&format!("    {} {}: {}\n", label("immutable:"), one.path, one.reason));
    }
    match entry.status {
        Status::Create | Status::WouldPrune | Status::RetainedData | Status::UnknownKind | Status::Failed => {}
        _ => entry.changes.iter().for_each(|one| out.push_str(&change(one, entry, view))),
    }
    if let Some(restart) = &entry.restart {
        out.push_str(&format!(
            "    {} {}: {}\n",
            paint(view.style, YELLOW, "restarts:"),
            restart.how,
            restart.why.join(", ")
        ));
    }
    for one in &entry.survives {
        let value = short(&one.value).unwrap_or_else(|| "…".to_owned());
        let line = format!("    stays: {} = {value}, written by `{}`\n", one.path, one.manager);
        out.push_str(&paint(view.style, DIM, &line));
    }
    for help in &entry.help {
        let help = help.replace('\n', "\n          ");
        out.push_str(&format!("    {} {help}\n", paint(view.style, CYAN, "help:")));
    }
    out
}

/// What stands before a message.
fn reason(status: Status) -> &'static str {
    match status {
        Status::Rejected => "the server says:",
        Status::Conflict => "conflict:",
        Status::RetainedData => "stays:",
        _ => "reason:",
    }
}

fn head(entry: &Entry, style: Style) -> String {
    let mut line = paint(style, lines::colour(entry.status), &format!("{} {}", entry.status.mark(), entry.id));
    let word = match entry.status {
        Status::Rejected => Some("rejected"),
        Status::Conflict => Some("conflict"),
        Status::UnknownKind => Some("unknown kind"),
        Status::WouldPrune => Some("would be removed"),
        Status::RetainedData => Some("retained data"),
        Status::Failed => Some("not compared"),
        Status::Create => Some("new"),
        Status::Update | Status::Unchanged => None,
    };
    line.extend(word.map(|word| format!(", {word}")));
    line.extend(entry.unvalidated.as_ref().map(|why| format!(", not validated: {why}")));
    line.extend(entry.approximate.as_ref().map(|why| format!(", approximate: {why}")));
    line.extend((entry.ignored > 0).then(|| format!(", {} ignored", entry.ignored)));
    line.extend(entry.source.as_ref().map(|source| paint(style, DIM, &format!("  ({source})"))));
    line.push('\n');
    line
}

fn change(one: &Change, entry: &Entry, view: View) -> String {
    let origin = one.origin.map(|origin| paint(view.style, DIM, &format!("  [{}]", origin.name()))).unwrap_or_default();
    let settings: Vec<&SettingChange> =
        entry.settings.iter().filter(|setting| setting.file == one.path.last_key()).collect();
    let path = &one.path;
    if !settings.is_empty() {
        let mut out = format!("    {path}{origin}\n");
        for setting in settings {
            out.push_str(&parameter(setting, view.style));
        }
        return out;
    }
    if one.reordered {
        let names = |side: &Option<Json>| {
            let list = side.as_ref().and_then(Json::as_array).into_iter().flatten();
            list.filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
        };
        return format!("    {path}: order {} → {}{origin}\n", names(&one.old), names(&one.new));
    }
    let (old, new) = (one.old.as_ref(), one.new.as_ref());
    match (old.map(short), new.map(short)) {
        (Some(Some(old)), Some(Some(new))) => {
            format!("    {path}: {} → {}{origin}\n", paint(view.style, RED, &old), paint(view.style, GREEN, &new))
        }
        (None, Some(Some(new))) => format!("    {} {path}: {new}{origin}\n", paint(view.style, GREEN, "+")),
        (Some(Some(old)), None) => format!("    {} {path}: {old}{origin}\n", paint(view.style, RED, "-")),
        _ => format!("    {path}{origin}\n{}", block(old, new, view)),
    }
}

/// A value that fits on the line of its path.
fn short(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) if text.is_empty() => "\"\"".to_owned(),
        Json::String(text) => text.clone(),
        Json::Object(_) | Json::Array(_) => value.to_string(),
        other => other.to_string(),
    };
    (text.chars().count() <= SHORT && !text.contains('\n')).then_some(text)
}

/// Longer values, line by line.
fn block(old: Option<&Json>, new: Option<&Json>, view: View) -> String {
    let text = |side: Option<&Json>| match side {
        None => String::new(),
        Some(Json::String(text)) if text.ends_with('\n') => text.clone(),
        Some(Json::String(text)) => format!("{text}\n"),
        Some(value) => lines::yaml(value),
    };
    let hunks = lines::hunks(&text(old), &text(new), view.context);
    let mut out = String::new();
    for line in hunks.lines() {
        let colour = match line.as_bytes().first() {
            Some(b'+') => GREEN,
            Some(b'-') => RED,
            Some(b'@') => CYAN,
            _ => "0",
        };
        if line.starts_with("@@") && old.is_some() != new.is_some() {
            continue;
        }
        let (mark, rest) = line.split_at(1);
        let line = if mark == "@" { line.to_owned() } else { format!("{mark} {rest}") };
        let line = line.trim_end();
        let line = if colour == "0" { line.to_owned() } else { paint(view.style, colour, line) };
        out.push_str(&format!("      {line}\n"));
    }
    out
}

fn parameter(setting: &SettingChange, style: Style) -> String {
    let default = |side: &Option<String>| match (side, &setting.default) {
        (Some(value), _) => value.clone(),
        (None, Some(default)) => format!("{default} (default)"),
        (None, None) => "not set".to_owned(),
    };
    let takes = format!("  [{}]", setting.takes.words());
    let takes = paint(style, if setting.takes.is_restart() { YELLOW } else { DIM }, &takes);
    if setting.name.is_empty() {
        let rule = |mark: &str, colour: &str, rule: &Option<String>| {
            rule.as_ref()
                .map(|rule| format!("      {}{takes}\n", paint(style, colour, &format!("{mark} {rule}"))))
                .unwrap_or_default()
        };
        return rule("-", RED, &setting.old) + &rule("+", GREEN, &setting.new);
    }
    format!(
        "      {}: {} → {}{takes}\n",
        setting.name,
        paint(style, RED, &default(&setting.old)),
        paint(style, GREEN, &default(&setting.new))
    )
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}
