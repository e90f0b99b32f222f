//! `pgchart show`: what is inside a chart.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};

use super::{Ui, positional};
use crate::chart::{Chart, Origin};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::engine::functions;
use crate::release::{ChartSource, Error, Session};

const EXAMPLES: &str = "\
Examples:
  pgchart show values                 the defaults, with comments
  pgchart show preset edge            one preset
  pgchart show example production     one example
  pgchart show chart ./my-chart       of a chart of your own";

/// Print what is inside a chart
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowArgs {
    /// What to print
    #[arg(value_enum)]
    part: Part,
    /// Name of the preset or example, then chart directory [default: the built-in chart]
    #[arg(value_name = "NAME] [CHART", num_args = 0..=2)]
    words: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Chart.yaml, values, readme and CRDs
    All,
    /// Chart.yaml
    Chart,
    /// values.yaml
    Values,
    /// values.schema.json
    Schema,
    /// README.md
    Readme,
    /// The files of crds/
    Crds,
    /// The names of the presets
    Presets,
    /// One preset
    Preset,
    /// The names of the examples
    Examples,
    /// One example
    Example,
    /// The functions that templates can use
    Functions,
}

pub(super) fn show(args: &ShowArgs, session: &mut Session<'_>, ui: &mut Ui) -> Result<(), Error> {
    let named = matches!(args.part, Part::Preset | Part::Example);
    let (name, chart) = match (named, args.words.as_slice()) {
        (true, [name]) => (name.as_str(), None),
        (true, [name, chart]) => (name.as_str(), Some(chart)),
        (true, _) => return Err(Diagnostic::error("name the preset or example, such as `edge` or `minimal`").into()),
        (false, []) => ("", None),
        (false, [chart]) => ("", Some(chart)),
        (false, _) => return Err(Diagnostic::error("expected at most a chart").into()),
    };
    let source = chart.map_or(ChartSource::Builtin, |word| positional::chart(word));
    if args.part == Part::Functions {
        return Ok(ui.print(&function_list())?);
    }
    let chart = session.load(&source)?;
    let text = match args.part {
        Part::All => all(&chart)?,
        Part::Chart => file(&chart, "Chart.yaml")?,
        Part::Values => file(&chart, "values.yaml")?,
        Part::Schema => file(&chart, "values.schema.json")?,
        Part::Readme => file(&chart, "README.md")?,
        Part::Crds => crds(&chart)?,
        Part::Presets => names(&chart, "presets/"),
        Part::Examples => names(&chart, "examples/"),
        Part::Preset => item(&chart, "preset", "presets/", name)?,
        Part::Example => item(&chart, "example", "examples/", name)?,
        Part::Functions => unreachable!("handled above"),
    };
    ui.print(&text)?;
    Ok(())
}

fn file(chart: &Chart, path: &str) -> Result<String, Error> {
    if !chart.tree.contains(path) {
        return Err(Diagnostic::error(format!("chart `{}` has no {path}", chart.metadata.name)).into());
    }
    let text = chart.tree.text(path)?;
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
}

fn all(chart: &Chart) -> Result<String, Error> {
    let mut parts = vec![file(chart, "Chart.yaml")?];
    for path in ["values.yaml", "README.md"] {
        if chart.tree.contains(path) {
            parts.push(file(chart, path)?);
        }
    }
    let crds = crds(chart)?;
    Ok(parts.join("---\n") + &crds)
}

/// Each CRD file after a separator.
fn crds(chart: &Chart) -> Result<String, Error> {
    let mut out = String::new();
    for path in chart.tree.paths().filter(|path| path.starts_with("crds/")) {
        let text = file(chart, path)?;
        if !text.starts_with("---") {
            out.push_str("---\n");
        }
        out.push_str(&text);
    }
    Ok(out)
}

fn stems<'a>(chart: &'a Chart, folder: &'a str) -> impl Iterator<Item = &'a str> {
    chart.tree.paths().filter_map(move |path| path.strip_prefix(folder)?.strip_suffix(".yaml"))
}

fn names(chart: &Chart, folder: &str) -> String {
    stems(chart, folder).fold(String::new(), |mut out, name| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{name}");
        out
    })
}

fn item(chart: &Chart, what: &str, folder: &str, name: &str) -> Result<String, Error> {
    let path = format!("{folder}{name}.yaml");
    if chart.tree.contains(&path) {
        return file(chart, &path);
    }
    let mut error = Diagnostic::error(format!("no {what} is called `{name}`"));
    if let Some(hint) = did_you_mean(name, stems(chart, folder)) {
        error = error.help(hint);
    }
    let known: Vec<&str> = stems(chart, folder).collect();
    if !known.is_empty() {
        error = error.help(format!("there are {}", known.join(", ")));
    } else if chart.origin != Origin::Builtin {
        error = error.help(format!("the chart has no {folder} directory"));
    }
    Err(error.into())
}

fn function_list() -> String {
    let all = functions();
    let width = all.iter().map(|function| function.name.len()).max().unwrap_or(0);
    let mut out = String::from("Every function is a filter, too: the piped value is its last argument.\n\n");
    for function in all {
        let _ = writeln!(out, "{:width$}  {}", function.name, function.summary);
        let _ = writeln!(out, "{:width$}  {}", "", function.example.replace('\n', "\\n"));
    }
    out
}
