//! Kubernetes quantities and PostgreSQL sizes, to bytes and back.

/// One kibibyte, mebibyte, gibibyte, tebibyte.
pub const KIB: u64 = 1024;
/// 1024 KiB.
pub const MIB: u64 = 1024 * KIB;
/// 1024 MiB.
pub const GIB: u64 = 1024 * MIB;
/// 1024 GiB.
pub const TIB: u64 = 1024 * GIB;

/// Bytes of a Kubernetes memory or storage quantity: `16Gi`, `1.5G`, `1e9`, `128974848`.
///
/// Source: Kubernetes documentation, "Resource units in Kubernetes".
pub fn memory(text: &str) -> Option<u64> {
    let text = text.trim();
    let units: [(&str, f64); 11] = [
        ("Ki", 1024.0),
        ("Mi", 1024f64.powi(2)),
        ("Gi", 1024f64.powi(3)),
        ("Ti", 1024f64.powi(4)),
        ("Pi", 1024f64.powi(5)),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("m", 1e-3),
    ];
    let (number, factor) =
        units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor))).unwrap_or((text, 1.0));
    positive(number, factor)
}

/// Thousandths of a processor: `500m`, `2`, `0.5`.
pub fn cpu(text: &str) -> Option<u64> {
    match text.trim().strip_suffix('m') {
        Some(number) => positive(number, 1.0),
        None => positive(text.trim(), 1000.0),
    }
}

fn positive(number: &str, factor: f64) -> Option<u64> {
    if !number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value = number.parse::<f64>().ok()? * factor;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be positive and below 2^63"
    )]
    (value > 0.0 && value < 9.2e18).then(|| value.round() as u64)
}

/// Bytes as PostgreSQL writes them, in the largest unit that divides them: `4GB`, `640MB`, `64kB`.
pub fn postgres(bytes: u64) -> String {
    written(bytes, &[("TB", TIB), ("GB", GIB), ("MB", MIB), ("kB", KIB)])
}

/// Bytes as Kubernetes writes them: `16Gi`, `512Mi`.
pub fn kubernetes(bytes: u64) -> String {
    written(bytes, &[("Ti", TIB), ("Gi", GIB), ("Mi", MIB), ("Ki", KIB)])
}

fn written(bytes: u64, units: &[(&str, u64)]) -> String {
    match units.iter().find(|(_, size)| bytes >= *size && bytes.is_multiple_of(*size)) {
        Some((unit, size)) => format!("{}{unit}", bytes / size),
        None => bytes.to_string(),
    }
}

/// Bytes for people: at most one decimal, `39.3 GB`.
pub fn approximate(bytes: u64) -> String {
    let (unit, size) =
        [("TB", TIB), ("GB", GIB), ("MB", MIB)].into_iter().find(|(_, size)| bytes >= *size).unwrap_or(("kB", KIB));
    let tenths = (u128::from(bytes) * 10 + u128::from(size) / 2) / u128::from(size);
    if tenths % 10 == 0 { format!("{} {unit}", tenths / 10) } else { format!("{}.{} {unit}", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_as_in_kubernetes() {
        assert_eq!(memory("16Gi"), Some(16 * GIB));
        assert_eq!(memory("1.5G"), Some(1_500_000_000));
        assert_eq!(memory("1e9"), Some(1_000_000_000));
        assert_eq!(memory("-1Gi"), None);
        assert_eq!(memory("16GB"), None);
        assert_eq!(cpu("250m"), Some(250));
        assert_eq!(cpu("0.5"), Some(500));
    }

    #[test]
    fn sizes_are_written_in_the_largest_unit_that_fits() {
        assert_eq!(postgres(2560 * MIB), "2560MB");
        assert_eq!(postgres(4 * GIB), "4GB");
        assert_eq!(kubernetes(TIB), "1Ti");
        assert_eq!(approximate(40_300 * MIB), "39.4 GB");
    }
}
