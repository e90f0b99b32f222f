//! Did-you-mean: the candidate a typo most likely meant.

/// Bytes of a word that can be a typo of another, and how many others are looked at: longer ones are data.
const LONGEST: usize = 200;
const MOST: usize = 10_000;

/// The candidate closest to `word`, when one is close enough to be meant.
///
/// A candidate qualifies when it equals `word` but for case, `-` and `_`, or when no more than a third of its
/// letters differ (Damerau-Levenshtein), or when one of the two begins with the other.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(word);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let length = wanted.chars().count();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .take(MOST)
        .filter_map(|candidate| {
            let folded = fold(candidate);
            let letters = folded.chars().count();
            let (shortest, longest) = (letters.min(length), letters.max(length));
            let prefix = wanted.len() >= 4 && folded.starts_with(&wanted);
            // The distance is at least the difference in length, and dear to know.
            if !prefix && (longest - shortest) * 3 > longest {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&wanted, &folded);
            (prefix || distance * 3 <= longest).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The label ``did you mean `x`?``, or nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, candidates).map(|found| format!("did you mean `{found}`?"))
}

fn fold(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word_and_a_stranger_finds_none() {
        let words = ["persistence", "postgresql", "preset"];
        assert_eq!(closest("persistance", words), Some("persistence"));
        assert_eq!(closest("PostgreSQL", words), Some("postgresql"));
        assert_eq!(closest("ingress", words), None);
    }
}
