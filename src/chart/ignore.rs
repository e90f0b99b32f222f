//! `.helmignore`: which files of a chart directory are no part of the chart. The rules are Helm's, which differ from
//! git's: `!` inverts a rule at once, a rule with a `/` is matched against the whole path, `**` is refused.

use super::Glob;

/// The rules of one `.helmignore`, in order.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    glob: Glob,
    negated: bool,
    directories_only: bool,
    whole_path: bool,
}

/// Helm's own rule: hidden files directly in `templates/`.
const HIDDEN_TEMPLATES: &str = "templates/.?*";

impl Ignore {
    /// Reads the text of a `.helmignore`; no text gives Helm's own rule alone.
    ///
    /// # Errors
    /// The first rule that Helm refuses: its line, counted from 1, and Helm's words.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rules = Vec::new();
        for (index, line) in text.lines().chain([HIDDEN_TEMPLATES]).enumerate() {
            let rule = line.trim();
            if !rule.is_empty() && !rule.starts_with('#') {
                rules.push(Rule::parse(rule).map_err(|reason| (index + 1, reason))?);
            }
        }
        Ok(Self { rules })
    }

    /// Whether a file or directory is left out; `path` is relative to the chart, with `/`. What lies in a directory
    /// that is left out is not asked for.
    pub fn matches(&self, path: &str, is_directory: bool) -> bool {
        if matches!(path, "" | "." | "./") {
            return false;
        }
        for rule in &self.rules {
            if rule.directories_only && !is_directory {
                if rule.negated {
                    return true;
                }
                continue;
            }
            if rule.matches(path) != rule.negated {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn parse(rule: &str) -> Result<Self, String> {
        if rule.contains("**") {
            return Err("double-star (**) syntax is not supported".to_owned());
        }
        Glob::path(rule)?;
        let (negated, rule) = rule.strip_prefix('!').map_or((false, rule), |rest| (true, rest));
        let (directories_only, rule) = rule.strip_suffix('/').map_or((false, rule), |rest| (true, rest));
        let whole_path = rule.contains('/');
        let glob = Glob::path(rule.strip_prefix('/').unwrap_or(rule))?;
        Ok(Self { glob, negated, directories_only, whole_path })
    }

    fn matches(&self, path: &str) -> bool {
        if self.whole_path {
            return self.glob.matches(path);
        }
        self.glob.matches(path.rsplit('/').next().unwrap_or(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(rules: &str, path: &str, is_directory: bool) -> bool {
        Ignore::parse(rules).expect("valid rules").matches(path, is_directory)
    }

    #[test]
    fn a_rule_without_a_slash_is_matched_against_the_name_at_any_depth() {
        assert!(ignored("a.txt", "d/a.txt", false));
        assert!(!ignored("/a.txt", "d/a.txt", false));
        assert!(!ignored("e/a.txt", "d/e/a.txt", false));
        assert!(ignored("d/", "x/d", true));
        assert!(!ignored("d/", "x/d", false));
    }

    #[test]
    fn an_inverted_rule_leaves_out_what_it_does_not_match() {
        assert!(ignored("!a.txt", "Chart.yaml", false));
        assert!(!ignored("!a.txt", "a.txt", false));
    }

    #[test]
    fn hidden_files_directly_in_templates_are_left_out() {
        assert!(ignored("", "templates/.hidden", false));
        assert!(!ignored("", "templates/d/.hidden", false));
    }

    #[test]
    fn rules_that_helm_refuses_name_their_line() {
        assert_eq!(
            Ignore::parse("a\n**/b").expect_err("refused"),
            (2, "double-star (**) syntax is not supported".to_owned())
        );
        assert_eq!(Ignore::parse("[").expect_err("refused").1, "syntax error in pattern");
    }
}
