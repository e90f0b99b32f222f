//! Kubernetes quantities in one spelling: `0.5` is `500m`, `1024Mi` is `1Gi`.

/// The suffixes with the powers they stand for, largest first.
const BINARY: &[(&str, u32)] = &[("Ei", 6), ("Pi", 5), ("Ti", 4), ("Gi", 3), ("Mi", 2), ("Ki", 1)];
const DECIMAL: &[(&str, i32)] =
    &[("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), ("", 0), ("m", -3), ("u", -6), ("n", -9)];

/// The quantity as a count of nanounits; nothing when the text is none.
///
/// Source: `k8s.io/apimachinery/pkg/api/resource`, quantity.go: a decimal number with one suffix or exponent.
pub(super) fn nano(text: &str) -> Option<i128> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty())
        || !plain(whole)
        || !plain(fraction)
        || whole.len() + fraction.len() > 27
    {
        return None;
    }
    let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = i32::try_from(fraction.len()).ok()?;
    let value = if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        scaled(mantissa.checked_mul(1024i128.checked_pow(*power)?)?, 9 - scale)?
    } else {
        let exponent = match DECIMAL.iter().find(|(name, _)| *name == suffix) {
            Some((_, exponent)) => *exponent,
            None => suffix.strip_prefix(['e', 'E'])?.parse::<i8>().ok()?.into(),
        };
        scaled(mantissa, exponent + 9 - scale)?
    };
    Some(if negative { -value } else { value })
}

/// `value × 10^power`, when that is whole.
fn scaled(value: i128, power: i32) -> Option<i128> {
    let factor = 10i128.checked_pow(power.unsigned_abs())?;
    if power >= 0 { value.checked_mul(factor) } else { (value % factor == 0).then_some(value / factor) }
}

/// The quantity as the server would write it, whatever suffix it came with.
pub(super) fn canonical(text: &str) -> Option<String> {
    let value = nano(text)?;
    let unit = 1_000_000_000i128;
    if value % unit == 0 {
        let whole = value / unit;
        // What divides by a mebibyte is a size, and sizes are written in powers of two.
        let sizes = BINARY.iter().filter(|_| whole != 0 && whole % (1024 * 1024) == 0);
        for (suffix, power) in sizes {
            let size = 1024i128.pow(*power);
            if whole % size == 0 {
                return Some(format!("{}{suffix}", whole / size));
            }
        }
    }
    DECIMAL.iter().find_map(|(suffix, exponent)| {
        let size = 10i128.checked_pow(u32::try_from(exponent + 9).ok()?)?;
        (value % size == 0 && (value != 0 || suffix.is_empty())).then(|| format!("{}{suffix}", value / size))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_quantities_have_one_spelling() {
        for (texts, expected) in [
            (&["0.5", "500m", ".5", "0.500"][..], "500m"),
            (&["1Gi", "1024Mi", "1073741824"], "1Gi"),
            (&["1.5Gi", "1536Mi"], "1536Mi"),
            (&["2", "2000m", "2.0", "+2"], "2"),
            (&["1G", "1e9", "1000M", "1000000000"], "1G"),
            (&["0", "0m", "0Gi"], "0"),
            (&["-1"], "-1"),
        ] {
            for text in texts {
                assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
            }
        }
        for text in ["", "Gi", "1GB", "1.2.3", "1 Gi", "x", "--1", "1e99", "99999999999999999999999999999999"] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}
