//! The grammar of parameter values: what the server accepts, and what it would say.
//!
//! Source: PostgreSQL documentation, "Setting Parameters", and the behaviour of `parse_int`, `parse_real` and
//! `parse_bool` of servers 15 to 18.

use super::catalogue::{Catalogue, Kind, Parameter, known_in};
use super::{Major, catalogue};
use crate::diagnostic::closest;

/// A value that the server accepts.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A boolean.
    Bool(bool),
    /// A number in the parameter's base unit.
    Number(f64),
    /// A word or text.
    Text(String),
}

/// Why the server would not accept a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What stands under the caret; may be empty.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Whether the name is wrong rather than the value.
    pub in_name: bool,
}

impl Problem {
    fn value(message: String) -> Self {
        Self { message, label: String::new(), help: None, in_name: false }
    }

    fn name(message: String) -> Self {
        Self { in_name: true, ..Self::value(message) }
    }

    fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Checks one `name = value`.
///
/// Dotted names belong to extensions, and the server takes any; their values are not checked.
///
/// # Errors
/// What the server would refuse, with a suggestion where there is one.
pub fn check(major: Major, name: &str, value: &str) -> Result<Setting, Problem> {
    if value.contains(['\n', '\r', '\0']) {
        return Err(Problem::value(format!("the value of `{name}` must be one line")));
    }
    let Some(parameter) = Catalogue::of(major).get(name) else {
        return if is_custom(name) { Ok(Setting::Text(value.to_owned())) } else { Err(unknown(major, name)) };
    };
    if parameter.context == catalogue::Context::Internal {
        return Err(Problem::name(format!("parameter `{name}` cannot be set: it tells how the server was made")));
    }
    match parameter.kind {
        Kind::Bool => boolean(value)
            .map(Setting::Bool)
            .ok_or_else(|| Problem::value(format!("`{name}` must be `on` or `off`, found `{value}`"))),
        Kind::Enum => word(parameter, value),
        Kind::String => Ok(Setting::Text(value.to_owned())),
        Kind::Integer | Kind::Real => number(parameter, value),
    }
}

/// `extension.parameter`: two identifiers.
fn is_custom(name: &str) -> bool {
    let identifier = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
    };
    name.split('.').count() >= 2 && name.split('.').all(identifier)
}

fn unknown(major: Major, name: &str) -> Problem {
    let elsewhere = known_in(name, major);
    if let Some(newest) = elsewhere.last() {
        return if *newest < major {
            let gone = newest.number() + 1;
            Problem::name(format!("parameter `{name}` does not exist in PostgreSQL {major}"))
                .label(format!("removed in {gone}"))
                .help("delete the line; the server would not start with it")
        } else {
            Problem::name(format!("parameter `{name}` does not exist in PostgreSQL {major}"))
                .label(format!("new in {}", elsewhere[0]))
        };
    }
    let problem = Problem::name(format!("unknown parameter `{name}`"));
    match closest(name, Catalogue::of(major).names()) {
        Some(found) => problem.label(format!("did you mean `{found}`?")),
        None => problem.help("parameters of extensions carry a dot: `pg_stat_statements.max`"),
    }
}

/// Unique prefixes of the words, in any case, as the server takes them.
fn boolean(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    let begins = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    match text.as_str() {
        "1" => Some(true),
        "0" => Some(false),
        _ if begins("true", 1) || begins("yes", 1) || begins("on", 2) => Some(true),
        _ if begins("false", 1) || begins("no", 1) || begins("off", 2) => Some(false),
        _ => None,
    }
}

fn word(parameter: &Parameter, value: &str) -> Result<Setting, Problem> {
    let options = parameter.options.as_deref().unwrap_or_default();
    if let Some(found) = options.iter().find(|option| option.eq_ignore_ascii_case(value)) {
        return Ok(Setting::Text(found.clone()));
    }
    // Where `on` and `off` are words, the server knows the other spellings, too.
    let switch = ["on", "off"].iter().all(|word| options.iter().any(|option| option == word));
    let spelling = ["true", "false", "yes", "no", "1", "0"].iter().any(|word| word.eq_ignore_ascii_case(value));
    if let Some(flag) = boolean(value).filter(|_| switch && spelling) {
        return Ok(Setting::Text(if flag { "on" } else { "off" }.to_owned()));
    }
    let list = options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>().join(", ");
    let problem = Problem::value(format!("`{}` must be one of {list}, found `{value}`", parameter.name));
    Err(match closest(value, options.iter().map(String::as_str)) {
        Some(found) => problem.label(format!("did you mean `{found}`?")),
        None => problem,
    })
}

/// Units of memory in bytes and of time in microseconds; case matters to the server.
const MEMORY: &[(&str, f64)] =
    &[("B", 1.0), ("kB", 1024.0), ("MB", 1_048_576.0), ("GB", 1_073_741_824.0), ("TB", 1_099_511_627_776.0)];
const TIME: &[(&str, f64)] = &[("us", 1.0), ("ms", 1e3), ("s", 1e6), ("min", 6e7), ("h", 3.6e9), ("d", 8.64e10)];

/// The size of a base unit such as `8kB`, and the units that may be written instead.
fn base(unit: &str) -> Option<(f64, &'static [(&'static str, f64)])> {
    let digits = unit.find(|c: char| !c.is_ascii_digit())?;
    let count = unit[..digits].parse().unwrap_or(1.0);
    for family in [MEMORY, TIME] {
        if let Some((_, size)) = family.iter().find(|(name, _)| *name == &unit[digits..]) {
            return Some((count * size, family));
        }
    }
    None
}

fn number(parameter: &Parameter, text: &str) -> Result<Setting, Problem> {
    let trimmed = text.trim();
    let split = numeric_length(trimmed);
    let (digits, unit) = (&trimmed[..split], trimmed[split..].trim());
    let Some(written) = parse_number(digits) else {
        return Err(Problem::value(format!("`{}` must be a number, found `{text}`", parameter.name)));
    };
    let value = match (unit, parameter.unit.as_deref().and_then(base)) {
        ("", _) => written,
        (_, None) => {
            return Err(Problem::value(format!("`{}` takes a number without a unit, found `{text}`", parameter.name))
                .help(format!("write `{digits}`")));
        }
        (unit, Some((size, family))) => match family.iter().find(|(name, _)| *name == unit) {
            Some((_, factor)) => written * factor / size,
            None => return Err(wrong_unit(parameter, digits, unit, family)),
        },
    };
    let value = if parameter.kind == Kind::Integer { value.round_ties_even() } else { value };
    in_range(parameter, value, text)?;
    check_hook(parameter, value, text)?;
    Ok(Setting::Number(value))
}

/// Caches of transaction states, which since 17 come in banks of 16 pages.
const BANKED: [&str; 7] = [
    "commit_timestamp_buffers",
    "multixact_member_buffers",
    "multixact_offset_buffers",
    "notify_buffers",
    "serializable_buffers",
    "subtransaction_buffers",
    "transaction_buffers",
];
const BANK: f64 = 16.0;

/// What the server checks beyond the range (`check_slru_buffers`, `check_io_max_concurrency`).
fn check_hook(parameter: &Parameter, value: f64, text: &str) -> Result<(), Problem> {
    let name = parameter.name.as_str();
    if BANKED.contains(&name) && value % BANK != 0.0 {
        let message = format!("`{name}` must be a multiple of {BANK} pages (`128kB`), found `{text}`");
        return Err(Problem::value(message));
    }
    if name == "io_max_concurrency" && value == 0.0 {
        return Err(Problem::value(format!("`{name}` must be -1 or at least 1, found `{text}`")));
    }
    Ok(())
}

/// How much of a text is a number: `strtol` with its bases, or `strtod`.
fn numeric_length(text: &str) -> usize {
    let sign = usize::from(text.starts_with(['+', '-']));
    let rest = &text[sign..];
    if rest.starts_with("0x") || rest.starts_with("0X") {
        return sign + 2 + rest[2..].chars().take_while(char::is_ascii_hexdigit).count();
    }
    let bytes = rest.as_bytes();
    let mut end = bytes.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let from = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let digits = bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits > 0 {
            end = from + digits;
        }
    }
    sign + end
}

fn parse_number(text: &str) -> Option<f64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    #[expect(clippy::cast_precision_loss, reason = "parameters are far below 2^53")]
    let value = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        u64::from_str_radix(hex, 16).ok()? as f64
    } else if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) {
        u64::from_str_radix(digits, 8).ok()? as f64
    } else {
        digits.parse().ok()?
    };
    Some(if negative { -value } else { value })
}

fn wrong_unit(parameter: &Parameter, digits: &str, unit: &str, family: &'static [(&str, f64)]) -> Problem {
    let list = family.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let folded = unit.to_ascii_lowercase();
    let aliases: &[(&str, &[&str])] = &[
        ("B", &["b", "byte", "bytes"]),
        ("kB", &["k", "kb", "ki", "kib"]),
        ("MB", &["m", "mb", "mi", "mib"]),
        ("GB", &["g", "gb", "gi", "gib"]),
        ("TB", &["t", "tb", "ti", "tib"]),
        ("ms", &["msec", "millisecond", "milliseconds"]),
        ("s", &["sec", "secs", "second", "seconds"]),
        ("min", &["m", "mins", "minute", "minutes"]),
        ("h", &["hr", "hrs", "hour", "hours"]),
        ("d", &["day", "days"]),
    ];
    let meant = aliases
        .iter()
        .filter(|(name, _)| family.iter().any(|(known, _)| known == name))
        .find(|(name, words)| words.contains(&folded.as_str()) || name.eq_ignore_ascii_case(unit));
    let problem = Problem::value(format!("`{}` has no unit `{unit}`: the units are {list}", parameter.name));
    match meant {
        Some((name, _)) => problem.label(format!("did you mean `{digits}{name}`?")),
        None => problem,
    }
}

fn in_range(parameter: &Parameter, value: f64, text: &str) -> Result<(), Problem> {
    let limit = |bound: &Option<String>| bound.as_deref().and_then(|bound| bound.parse::<f64>().ok());
    let (Some(low), Some(high)) = (limit(&parameter.min), limit(&parameter.max)) else { return Ok(()) };
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let show = |bound: f64| readable(bound, parameter.unit.as_deref());
    let name = &parameter.name;
    // The largest float means that there is no limit.
    if high > 1e300 {
        return Err(Problem::value(format!("`{name}` must be at least {}, found `{text}`", show(low))));
    }
    Err(Problem::value(format!("`{name}` must be between {} and {}, found `{text}`", show(low), show(high))))
}

/// A number of base units in the largest unit that says it without a fraction.
fn readable(value: f64, unit: Option<&str>) -> String {
    let Some((size, family)) = unit.and_then(base) else { return value.to_string() };
    if value <= 0.0 {
        return value.to_string();
    }
    let total = value * size;
    let fitting = family.iter().rev().find(|(_, factor)| total >= *factor && total % factor == 0.0);
    match fitting {
        Some((name, factor)) => format!("{}{name}", total / factor),
        None => format!("{value}{}", unit.unwrap_or_default()),
    }
}

/// The bytes of a memory setting that [`check`] accepted.
pub fn bytes(major: Major, name: &str, setting: &Setting) -> Option<u64> {
    let (size, _) = Catalogue::of(major).get(name)?.unit.as_deref().and_then(base)?;
    let Setting::Number(number) = setting else { return None };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be positive")]
    (*number >= 0.0).then(|| (number * size) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_of(name: &str, value: &str) -> Result<f64, String> {
        match check(Major::V16, name, value) {
            Ok(Setting::Number(number)) => Ok(number),
            Ok(other) => panic!("{other:?}"),
            Err(problem) => Err(if problem.label.is_empty() { problem.message } else { problem.label }),
        }
    }

    #[test]
    fn numbers_read_as_the_server_reads_them() {
        for (name, value, expected) in [
            ("work_mem", "16MB", 16384.0),
            ("work_mem", "0x10MB", 16384.0),
            ("work_mem", "1e3kB", 1000.0),
            ("work_mem", "1.5GB", 1_572_864.0),
            ("work_mem", " 64 kB ", 64.0),
            ("shared_buffers", "16384", 16384.0),
            ("shared_buffers", "1GB", 131_072.0),
            ("statement_timeout", "5min", 300_000.0),
            ("checkpoint_timeout", "15min", 900.0),
            ("random_page_cost", "1.1", 1.1),
            ("max_connections", "0100", 64.0),
        ] {
            assert_eq!(number_of(name, value), Ok(expected), "{name} = {value}");
        }
    }

    #[test]
    fn wrong_numbers_are_refused_with_a_way_out() {
        for (name, value, expected) in [
            ("work_mem", "16M", "did you mean `16MB`?"),
            ("work_mem", "16mb", "did you mean `16MB`?"),
            ("statement_timeout", "5minutes", "did you mean `5min`?"),
            ("max_connections", "100MB", "`max_connections` takes a number without a unit, found `100MB`"),
            ("max_connections", "many", "`max_connections` must be a number, found `many`"),
            ("max_connections", "0", "`max_connections` must be between 1 and 262143, found `0`"),
            ("work_mem", "1kB", "`work_mem` must be between 64kB and 2147483647kB, found `1kB`"),
        ] {
            assert_eq!(number_of(name, value), Err(expected.to_owned()), "{name} = {value}");
        }
    }

    #[test]
    fn what_the_server_checks_beyond_the_range_is_checked() {
        let holds = |name, value| check(Major::V18, name, value).is_ok();
        assert!(holds("transaction_buffers", "256kB") && !holds("transaction_buffers", "200kB"));
        assert!(holds("io_max_concurrency", "-1") && !holds("io_max_concurrency", "0"));
    }

    #[test]
    fn words_and_booleans_have_their_spellings() {
        let text = |name, value| check(Major::V16, name, value).map_err(|problem| problem.label);
        assert_eq!(text("fsync", "tr"), Ok(Setting::Bool(true)));
        assert_eq!(text("fsync", "o"), Err(String::new()));
        assert_eq!(text("synchronous_commit", "true"), Ok(Setting::Text("on".into())));
        assert_eq!(text("wal_level", "Logical"), Ok(Setting::Text("logical".into())));
        assert_eq!(text("wal_level", "logicl"), Err("did you mean `logical`?".into()));
        assert_eq!(text("wal_compression", "lz4"), Ok(Setting::Text("lz4".into())));
    }

    #[test]
    fn names_are_known_by_major() {
        let label = |name| check(Major::V16, name, "1").map_err(|problem| problem.label);
        assert_eq!(label("shared_bufers"), Err("did you mean `shared_buffers`?".into()));
        assert_eq!(label("promote_trigger_file"), Err("removed in 16".into()));
        assert_eq!(label("io_method"), Err("new in 18".into()));
        assert_eq!(label("block_size").map_err(|_| ()), Err(()));
        assert!(label("myext.anything").is_ok());
    }
}
