//! Which of the words NAME and CHART a word is.

use std::path::{Path, PathBuf};

use crate::release::ChartSource;

/// What the words name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: Option<String>,
    pub(super) chart: ChartSource,
}

/// Two words are NAME and CHART; one is CHART when it is a directory with a Chart.yaml, ends in `.tgz` or `.tar.gz`,
/// or contains a `/`, else NAME.
pub(super) fn resolve(words: &[String]) -> Target {
    match words {
        [] => Target { name: None, chart: ChartSource::Builtin },
        [word] if is_chart(word) => Target { name: None, chart: chart(word) },
        [name] => Target { name: Some(name.clone()), chart: ChartSource::Builtin },
        [name, word, ..] => Target { name: Some(name.clone()), chart: chart(word) },
    }
}

/// The chart that a word names.
pub(super) fn chart(word: &str) -> ChartSource {
    ChartSource::Path(PathBuf::from(word))
}

fn is_chart(word: &str) -> bool {
    word.contains('/')
        || word.ends_with(".tgz")
        || word.ends_with(".tar.gz")
        || word == "."
        || word == ".."
        || Path::new(word).join("Chart.yaml").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_a_name_unless_it_looks_like_a_chart() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let path = |path: &str| ChartSource::Path(PathBuf::from(path));
        assert_eq!(resolve(&words(&["my-db"])), Target { name: Some("my-db".into()), chart: ChartSource::Builtin });
        assert_eq!(resolve(&words(&["./c"])), Target { name: None, chart: path("./c") });
        assert_eq!(resolve(&words(&["a", "b"])), Target { name: Some("a".into()), chart: path("b") });
    }
}
