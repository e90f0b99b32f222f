//! What can go wrong on the way to a release: the user's input, or the environment.

use crate::diagnostic::Diagnostic;

/// A failed stage.
#[derive(Debug)]
pub enum Error {
    /// The input is wrong: all findings of the stage.
    Input(Vec<Diagnostic>),
    /// Something around the program failed.
    Environment(anyhow::Error),
}

/// The result of a stage.
pub type Result<T> = std::result::Result<T, Error>;

impl From<Vec<Diagnostic>> for Error {
    fn from(list: Vec<Diagnostic>) -> Self {
        Self::Input(list)
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Input(vec![diagnostic])
    }
}

impl From<Box<Diagnostic>> for Error {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Input(vec![*diagnostic])
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Environment(error)
    }
}
