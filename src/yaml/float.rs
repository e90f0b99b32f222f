//! Floating-point numbers with the digits that Go prints: the shortest that read back, on a tie the even one.

/// The digits of a number: `±0.digits × 10^point`, without zeros at either end.
struct Decimal {
    negative: bool,
    digits: String,
    point: i32,
}

impl Decimal {
    /// Takes apart what the JSON writer makes of a number: it finds the same digits, in another layout.
    fn of(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let leading = all.len() - digits.len();
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let point = exponent + length(whole) - i32::try_from(leading).unwrap_or(0);
        let digits = digits.trim_end_matches('0');
        let point = if digits.is_empty() { 1 } else { point };
        Self { negative, digits: if digits.is_empty() { "0" } else { digits }.to_owned(), point }
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    /// Without an exponent, however long that is.
    fn decimal(&self) -> String {
        let (sign, digits) = (self.sign(), &self.digits);
        let missing = self.point - length(digits);
        match usize::try_from(self.point) {
            Ok(0) | Err(_) => format!("{sign}0.{}{digits}", "0".repeat(self.point.unsigned_abs() as usize)),
            Ok(_) if missing >= 0 => format!("{sign}{digits}{}", "0".repeat(missing.unsigned_abs() as usize)),
            Ok(point) => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        }
    }

    /// With an exponent of at least `width` digits.
    fn scientific(&self, width: usize) -> String {
        let (first, rest) = self.digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let exponent = self.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}{first}{dot}{rest}e{sign}{:0width$}", self.sign(), exponent.unsigned_abs())
    }

    /// As `%g`: an exponent of two digits below 1e-4 and from 1e6.
    fn general(&self) -> String {
        if (-4..6).contains(&(self.point - 1)) { self.decimal() } else { self.scientific(2) }
    }
}

fn length(digits: &str) -> i32 {
    i32::try_from(digits.len()).unwrap_or(i32::MAX)
}

fn digits(float: f64) -> Decimal {
    Decimal::of(&serde_json::Value::from(float).to_string())
}

/// The shortest digits that read back as `float`, as Go's `%g` prints them: exponent form below 1e-4 and from 1e6.
/// What is infinite or no number prints as in Go, too.
pub fn shortest(float: f64) -> String {
    if !float.is_finite() {
        return if float.is_nan() {
            "NaN"
        } else if float > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        }
        .to_owned();
    }
    digits(float).general()
}

/// As [`shortest`], of 32 bits.
pub(super) fn shortest_single(float: f32) -> String {
    serde_json::to_string(&float).map_or_else(|_| float.to_string(), |text| Decimal::of(&text).general())
}

/// A finite number as Go's JSON writes it: an exponent below 1e-6 and from 1e21 only.
pub fn json_number(float: f64) -> String {
    let digits = digits(float);
    if float == 0.0 || (-6..21).contains(&(digits.point - 1)) { digits.decimal() } else { digits.scientific(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_in_go() {
        for (float, general, json) in [
            (0.0, "0", "0"),
            (-0.0, "-0", "-0"),
            (1.0, "1", "1"),
            (-1.5, "-1.5", "-1.5"),
            (1e5, "100000", "100000"),
            (1e6, "1e+06", "1000000"),
            (1_234_567.5, "1.2345675e+06", "1234567.5"),
            (1e-4, "0.0001", "0.0001"),
            (1e-5, "1e-05", "0.00001"),
            (1.5e-7, "1.5e-07", "1.5e-7"),
            (1e20, "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21"),
            (1.5e300, "1.5e+300", "1.5e+300"),
            (5e-324, "5e-324", "5e-324"),
            (-980_359_981_896_159.2, "-9.803599818961592e+14", "-980359981896159.2"),
        ] {
            assert_eq!(shortest(float), general);
            assert_eq!(json_number(float), json);
        }
        assert_eq!(shortest_single(1_234_567.5), "1.2345675e+06");
    }
}
