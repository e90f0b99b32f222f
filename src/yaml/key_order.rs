//! The order in which Helm writes the keys of a map: text naturally, numbers inside text by value.

use std::cmp::Ordering;

/// Sorts keys as Helm's `toYaml` does.
///
/// The order is not transitive when a run of digits is followed by letters (`a1`, `a10`, `a1b`), so this is an
/// insertion sort: it ends with some order for any comparator, always the same for the same input.
pub(super) fn sort<T>(items: &mut Vec<(&str, T)>) {
    let mut sorted: Vec<(&str, T)> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let at = sorted.iter().rposition(|other| compare(other.0, item.0) != Ordering::Greater).map_or(0, |i| i + 1);
        sorted.insert(at, item);
    }
    *items = sorted;
}

/// Compares two keys at their first differing character: letters by code point, others before letters, runs of
/// digits by their number, then a longer run later, then by code point; a prefix comes first.
fn compare(left: &str, right: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else { return a.len().cmp(&b.len()) };
    match (a[at].is_alphabetic(), b[at].is_alphabetic()) {
        (true, true) => return a[at].cmp(&b[at]),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // A zero that continues a number started earlier counts as a digit of it, not as a leading zero.
    let continues =
        (a[at] == '0' || b[at] == '0') && a[..at].iter().rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
    let run = |text: &[char]| {
        let digits: Vec<char> = text[at..].iter().copied().take_while(char::is_ascii_digit).collect();
        let start = u64::from(continues);
        let number = digits.iter().fold(start, |n, c| n.saturating_mul(10).saturating_add(u64::from(*c as u32 - 48)));
        (number, digits.len())
    };
    run(&a).cmp(&run(&b)).then(a[at].cmp(&b[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_in_helms_order() {
        let wanted = [
            "", "-y", "_x", "~", "1", "1.5", "01", "2", "10", "A", "B", "Z", "a", "a b", "a-b", "a.b", "a/b", "a_b",
            "a1", "a2", "a10", "aB", "ab", "b", "é", "日",
        ];
        let mut items: Vec<(&str, ())> = wanted.iter().rev().map(|key| (*key, ())).collect();
        sort(&mut items);
        let keys: Vec<&str> = items.iter().map(|(key, ())| *key).collect();
        // Symbols and digits among themselves have no strict order in Helm; the rest has.
        assert_eq!(keys[9..], wanted[9..]);
    }
}
