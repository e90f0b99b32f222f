//! The order in which Helm writes the keys of a map: text naturally, numbers inside text by value.

use std::cmp::Ordering;

use super::Layout;

/// Sorts keys as Helm does.
///
/// The order is not transitive when a run of digits is followed by letters (`a1`, `a10`, `a1b`), where Helm's own result
/// varies from run to run. Merging ends with some order for any comparator, always the same for the same input.
pub(super) fn sort<T>(items: Vec<(&str, T)>, layout: Layout) -> Vec<(&str, T)> {
    let mut runs: Vec<Vec<Item<'_, T>>> =
        items.into_iter().map(|item| vec![(item.0.chars().collect(), item)]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pairs = runs.into_iter();
        while let Some(left) = pairs.next() {
            merged.push(match pairs.next() {
                Some(right) => merge(left, right, layout),
                None => left,
            });
        }
        runs = merged;
    }
    runs.pop().unwrap_or_default().into_iter().map(|(_, item)| item).collect()
}

/// A key as characters, and what is sorted by it.
type Item<'a, T> = (Vec<char>, (&'a str, T));

fn merge<'a, T>(left: Vec<Item<'a, T>>, right: Vec<Item<'a, T>>, layout: Layout) -> Vec<Item<'a, T>> {
    let mut out = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let later = compare(&a.0, &b.0, layout) == Ordering::Greater;
        out.extend(if later { right.next() } else { left.next() });
    }
    out.extend(left);
    out.extend(right);
    out
}

/// Compares two keys at their first differing character: letters by code point, others before letters, runs of
/// digits by their number, then a longer run later, then by code point; a prefix comes first.
fn compare(a: &[char], b: &[char], layout: Layout) -> Ordering {
    let Some(at) = a.iter().zip(b).position(|(x, y)| x != y) else { return a.len().cmp(&b.len()) };
    // The pretty form goes on with a number before it comes to a letter.
    let in_number = layout == Layout::Pretty && at > 0 && a[at - 1].is_ascii_digit();
    match (a[at].is_alphabetic(), b[at].is_alphabetic()) {
        (true, true) => return a[at].cmp(&b[at]),
        (true, false) => return if in_number { Ordering::Less } else { Ordering::Greater },
        (false, true) => return if in_number { Ordering::Greater } else { Ordering::Less },
        (false, false) => {}
    }
    // A zero that continues a number started earlier counts as a digit of it, not as a leading zero.
    let continues =
        (a[at] == '0' || b[at] == '0') && a[..at].iter().rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
    run(&a[at..], continues).cmp(&run(&b[at..], continues)).then(a[at].cmp(&b[at]))
}

/// The number at the start of a text, as it overflows in Go, and how many digits it has.
fn run(text: &[char], continues: bool) -> (i64, usize) {
    let digits = text.iter().map_while(|c| c.to_digit(10));
    digits.fold((i64::from(continues), 0), |(number, length), digit| {
        (number.wrapping_mul(10).wrapping_add(i64::from(digit)), length + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        sort(keys.map(|key| (key, ())).collect(), Layout::Compact).into_iter().map(|(key, ())| key).collect()
    }

    #[test]
    fn keys_come_in_helms_order() {
        let wanted = [
            "", "-y", "_x", "~", "1", "1.5", "01", "2", "10", "A", "B", "Z", "a", "a b", "a-b", "a.b", "a/b", "a_b",
            "a1", "a2", "a10", "aB", "ab", "b", "é", "日",
        ];
        // Symbols and digits among themselves have no strict order in Helm; the rest has.
        assert_eq!(sorted(wanted.into_iter().rev())[9..], wanted[9..]);
    }

    #[test]
    fn keys_without_one_order_always_come_in_the_same() {
        let keys = ["a1", "a10", "a1b", "a2"];
        assert_eq!(sorted(keys.into_iter()), sorted(keys.into_iter()));
        assert_eq!(sorted(keys.into_iter()).len(), 4);
    }
}
