//! A comment for a pull request: a table of counts, dangers, and each object folded. What does not fit under the size limit
//! is left out object by object, with a count.

use super::lines;
use super::{View, totals};
use crate::diff::{Entry, Report, Status};

/// A comment on GitHub takes 65 536 characters; this leaves room for what a bot adds.
pub(super) const LIMIT: usize = 60_000;

/// The first line, by which a bot finds the comment it wrote before.
const MARKER: &str = "<!-- pgchart diff -->";

pub(super) fn write(report: &Report, view: View) -> String {
    let mut out = format!("{MARKER}\n### pgchart diff: {}\n\n", totals(report));
    for danger in &report.dangers {
        out.push_str(&format!("> **danger** `{}`: {}", danger.id, text(&danger.message)));
        out.extend(danger.help.as_ref().map(|help| format!(". {}", text(help))));
        out.push_str("\n>\n");
    }
    for line in &report.notes {
        out.push_str(&format!("> **note** {}\n>\n", text(line)));
    }
    for line in &report.memory {
        out.push_str(&format!("> **memory** {}\n>\n", text(line)));
    }
    let shown: Vec<&Entry> = report.entries.iter().filter(|entry| !entry.status.is_quiet()).collect();
    if shown.is_empty() {
        return out;
    }
    out.push_str("\n| | object | changes | |\n|---|---|---|---|\n");
    let rows: Vec<String> = shown.iter().map(|entry| row(entry)).collect();
    let reserve = 200;
    let mut left_out = 0;
    for row in rows {
        // The table may take half of the room, so that some objects are shown.
        if out.len() + row.len() + reserve > view.limit / 2 {
            left_out += 1;
        } else {
            out.push_str(&row);
        }
    }
    if left_out > 0 {
        out.push_str(&format!("\n{left_out} more rows do not fit.\n"));
    }
    let mut dropped = 0;
    for entry in shown {
        let block = details(entry, view);
        if out.len() + block.len() + reserve > view.limit {
            dropped += 1;
        } else {
            out.push_str(&block);
        }
    }
    if dropped > 0 {
        let objects = if dropped == 1 { "1 object does" } else { &format!("{dropped} objects do") };
        out.push_str(&format!("\n{objects} not fit into this comment.\n"));
    }
    out
}

fn row(entry: &Entry) -> String {
    let (added, removed) = if entry.status == Status::RetainedData { (0, 0) } else { lines::count(entry) };
    let mut notes: Vec<String> = Vec::new();
    notes.extend(entry.restart.as_ref().map(|restart| restart.how.clone()));
    notes.extend(entry.unvalidated.as_ref().map(|why| format!("not validated: {why}")));
    notes.extend(entry.approximate.as_ref().map(|why| format!("approximate: {why}")));
    let notes = text(&notes.join("; ")).replace('|', "\\|");
    format!("| {} | `{}` | +{added} -{removed} | {notes} |\n", entry.status.name(), entry.id)
}

fn details(entry: &Entry, view: View) -> String {
    let (old, new) = lines::sides(entry);
    let hunks = match entry.status {
        Status::RetainedData | Status::Failed => String::new(),
        _ => lines::hunks(&old, &new, view.context),
    };
    let mut body = String::new();
    for message in &entry.messages {
        body.push_str(&format!("- {}\n", text(message)));
    }
    for one in &entry.immutable {
        body.push_str(&format!("- immutable: `{}`: {}\n", one.path, text(&one.reason)));
    }
    for setting in &entry.settings {
        let side = |value: &Option<String>| {
            value.as_ref().map_or("–".to_owned(), |value| format!("`{}`", value.replace('`', "'")))
        };
        let name = if setting.name.is_empty() { &setting.file } else { &setting.name };
        body.push_str(&format!(
            "- `{name}`: {} → {} ({})\n",
            side(&setting.old),
            side(&setting.new),
            setting.takes.words()
        ));
    }
    for help in &entry.help {
        let (words, commands) = help.split_once('\n').unwrap_or((help, ""));
        body.push_str(&format!("- help: {}\n", text(words)));
        body.extend(commands.lines().map(|command| format!("  - `{}`\n", command.replace('`', "'"))));
    }
    if !hunks.is_empty() {
        let fence = fence(&hunks);
        body.push_str(&format!("\n{fence}diff\n{hunks}{fence}\n"));
    }
    if body.is_empty() {
        return String::new();
    }
    format!(
        "\n<details><summary>{} <code>{}</code></summary>\n\n{body}\n</details>\n",
        entry.status.mark(),
        text(&entry.id.to_string())
    )
}

/// A fence that is longer than any run of backticks inside.
fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(longest.max(2) + 1)
}

/// Text that cannot become markup.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;
    use crate::diff::{Known, Options, against, assemble, read_objects};

    fn maps(count: usize, value: &str) -> String {
        let one =
            |at| format!("---\nkind: ConfigMap\napiVersion: v1\nmetadata: {{name: m{at}}}\ndata: {{x: '{value}'}}\n");
        (0..count).map(one).collect()
    }

    fn comment(count: usize) -> String {
        let mut sources = Sources::default();
        let mut read = |text: String| {
            let id = sources.add("manifests", text);
            read_objects(&sources, id, "default", &mut Known::default()).expect("manifests")
        };
        let (old, new) = (read(maps(count, "`a` ``` </details>")), read(maps(count, "b")));
        write(&assemble(against(new, old), &Options::default()), View::default())
    }

    #[test]
    fn what_does_not_fit_is_left_out_by_whole_objects_with_a_count() {
        for count in [1, 10, 200, 3000] {
            let text = comment(count);
            assert!(text.len() <= LIMIT, "{}", text.len());
            let shown = text.matches("<details>").count();
            assert_eq!(shown, text.matches("\n</details>").count());
            let left_out = text.contains(&format!("{} objects do not fit into this comment.", count - shown));
            assert_eq!(left_out, shown < count, "{count}");
        }
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert!(comment(1).contains("\n````diff\n"));
    }
}
