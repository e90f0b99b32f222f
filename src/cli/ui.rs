//! The streams: stdout carries the product, stderr the talk. Only this file prints.

use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write as _};

use anyhow::Context as _;

use crate::diagnostic::{self, Diagnostic, Sources, Style};
use crate::values::Input;

/// When the product is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Colour {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// The style of a stream: without a choice, colours only on a terminal, and where the environment allows or forces
    /// them.
    fn style(self, terminal: bool) -> Style {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let coloured = match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto => forced || (!dumb && terminal),
        };
        if coloured { Style::Coloured } else { Style::Plain }
    }
}

/// Owns stdout, stderr and the choice of colour.
#[derive(Debug)]
pub struct Ui {
    out: BufWriter<io::Stdout>,
    style: Style,
    out_style: Style,
    terminal: bool,
}

impl Ui {
    /// The process's own streams.
    pub fn new() -> Self {
        let terminal = io::stdout().is_terminal();
        Self {
            out: BufWriter::new(io::stdout()),
            style: Colour::Auto.style(io::stderr().is_terminal()),
            out_style: Colour::Auto.style(terminal),
            terminal,
        }
    }

    /// Whether the product goes to a terminal.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Whether the product may carry colours.
    pub fn out_style(&self) -> Style {
        self.out_style
    }

    /// The style of the product when the user has chosen when it is coloured.
    pub(super) fn chosen_style(&self, choice: Colour) -> Style {
        choice.style(self.terminal)
    }

    /// Writes a part of the product.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe included.
    pub fn print(&mut self, text: &str) -> anyhow::Result<()> {
        self.out.write_all(text.as_bytes()).context("cannot write to stdout")
    }

    /// Hands everything to the system.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe included.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        self.out.flush().context("cannot write to stdout")
    }

    /// Tells the user what is wrong with their input.
    pub fn diagnostic(&self, diagnostic: &Diagnostic, sources: &Sources) {
        talk(&(diagnostic::render(diagnostic, sources, self.style, None) + "\n"));
    }

    /// Tells the user something that is no problem.
    pub fn notice(&self, text: &str) {
        talk(&format!("{} {text}\n", self.label("note:", "\u{1b}[1m\u{1b}[92m")));
    }

    /// Tells the user what failed around the program.
    pub fn error(&self, error: &anyhow::Error) {
        talk(&format!("{} {error:#}\n", self.label("error:", "\u{1b}[1m\u{1b}[91m")));
    }

    /// The last line of a list of errors.
    pub fn summary(&self, text: &str) {
        talk(&format!("{} {text}\n", self.label("failed:", "\u{1b}[1m\u{1b}[91m")));
    }

    fn label(&self, text: &str, colour: &str) -> String {
        match self.style {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("{colour}{text}\u{1b}[0m"),
        }
    }
}

impl Default for Ui {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes to stderr; nobody is left to tell when that fails.
fn talk(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Whether an error says that the reader of stdout has gone.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}

/// Values from the file system and standard input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Files;

/// The largest text that is read, as a guard against reading a device for ever.
const MAX_INPUT: u64 = 16 * 1024 * 1024;

impl Input for Files {
    fn read(&mut self, path: &str) -> Result<String, String> {
        let mut bytes = Vec::new();
        let result = if path.trim() == "-" {
            io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut bytes)
        } else {
            std::fs::File::open(path).and_then(|file| file.take(MAX_INPUT + 1).read_to_end(&mut bytes))
        };
        result.map_err(|error| diagnostic::reason(&error))?;
        if bytes.len() as u64 > MAX_INPUT {
            return Err(format!("it is larger than {MAX_INPUT} bytes"));
        }
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
    }
}
