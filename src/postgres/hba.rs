//! `pg_hba.conf`: the grammar of its lines, and the file of a standalone server.
//!
//! Source: PostgreSQL documentation, "The `pg_hba.conf` File".

use std::net::IpAddr;
use std::ops::Range;

use super::Major;
use crate::diagnostic::closest;

/// What is wrong with a line, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What stands under the caret; may be empty.
    pub label: String,
    /// The bytes of the line that are meant.
    pub range: Range<usize>,
}

const TYPES: [&str; 6] = ["local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"];
const METHODS: [&str; 14] = [
    "trust",
    "reject",
    "scram-sha-256",
    "md5",
    "password",
    "gss",
    "sspi",
    "ident",
    "peer",
    "ldap",
    "radius",
    "cert",
    "pam",
    "bsd",
];

/// One word of a line, without its quotes.
#[derive(Debug)]
struct Token {
    text: String,
    range: Range<usize>,
}

/// Checks one line; blank lines and comments hold.
///
/// # Errors
/// The first thing that the server would refuse, or that can never match.
pub fn check(major: Major, line: &str) -> Result<(), Problem> {
    let tokens = tokens(line)?;
    let Some(kind) = tokens.first() else { return Ok(()) };
    if matches!(kind.text.as_str(), "include" | "include_if_exists" | "include_dir") {
        return if major >= Major::V16 {
            Ok(())
        } else {
            Err(problem(format!("`{}` does not exist in PostgreSQL {major}", kind.text), "new in 16", kind))
        };
    }
    if !TYPES.contains(&kind.text.as_str()) {
        let label = hint(&kind.text, TYPES);
        return Err(problem(format!("unknown connection type `{}`", kind.text), &label, kind));
    }
    let mut rest = tokens[1..].iter();
    for what in ["a database", "a user"] {
        if rest.next().is_none() {
            return Err(missing(what, line));
        }
    }
    if kind.text != "local" {
        address(&mut rest, line)?;
    }
    let Some(method) = rest.next() else { return Err(missing("a method", line)) };
    let known = METHODS.contains(&method.text.as_str()) || method.text == "oauth" && major >= Major::V18;
    if !known {
        let label = hint(&method.text, METHODS);
        return Err(problem(format!("unknown authentication method `{}`", method.text), &label, method));
    }
    fits(&kind.text, method)?;
    options(&kind.text, rest)
}

/// Whether a line is about the connections of standbys: the word `replication`, which `all` does not include.
pub fn is_for_replication(line: &str) -> bool {
    let tokens = tokens(line).unwrap_or_default();
    tokens.get(1).is_some_and(|databases| databases.text.split(',').any(|name| name == "replication"))
}

/// Whether a role gets into a database over the network, from wherever the first line is for that names both.
pub fn lets_in(lines: &[String], database: &str, role: &str) -> bool {
    let names = |token: &Token, name: &str| token.text.split(',').any(|one| one == "all" || one == name);
    let is_meant = |line: &&String| {
        let tokens = tokens(line).unwrap_or_default();
        matches!(&tokens[..], [kind, databases, users, ..] if kind.text.starts_with("host")
            && names(databases, database)
            && names(users, role))
    };
    lines.iter().find(is_meant).and_then(|line| rule(line)).is_some_and(|rule| !rule.rejects)
}

/// What a rule says of who comes over the network, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `host`, `hostssl` and the like.
    pub kind: String,
    /// The databases; `all` is for all sessions but those of standbys, which are `replication`.
    pub databases: Vec<String>,
    /// Whether it is for every role and address.
    pub everybody: bool,
    /// Whether it refuses.
    pub rejects: bool,
    /// Whether it asks for the client's certificate.
    pub certificate: bool,
}

/// The rule of a line; none where the line is no rule for the network, or does not hold.
pub fn rule(line: &str) -> Option<Rule> {
    let tokens = tokens(line).ok()?;
    let kind = &tokens.first()?.text;
    if !kind.starts_with("host") || tokens.len() < 5 {
        return None;
    }
    let mut rest = tokens[3..].iter();
    address(&mut rest, line).ok()?;
    let method = &rest.next()?.text;
    Some(Rule {
        kind: kind.clone(),
        databases: tokens[1].text.split(',').map(str::to_owned).collect(),
        everybody: tokens[2..4].iter().all(|token| token.text == "all"),
        rejects: method == "reject",
        certificate: method == "cert" || rest.any(|option| option.text.starts_with("clientcert=")),
    })
}

/// Words separated by blanks; quotes join, commas make lists, `#` ends the line.
fn tokens(line: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut current: Option<Token> = None;
    let mut quoted = None;
    for (at, c) in line.char_indices() {
        match c {
            '"' => {
                quoted = if quoted.is_some() { None } else { Some(at) };
                current.get_or_insert_with(|| Token { text: String::new(), range: at..at }).range.end = at + 1;
            }
            '#' if quoted.is_none() => break,
            '\n' | '\r' | '\0' => {
                let message = "a line of pg_hba.conf cannot hold a line break".to_owned();
                return Err(Problem { message, label: String::new(), range: at..at + 1 });
            }
            c if c.is_whitespace() && quoted.is_none() => tokens.extend(current.take()),
            c => {
                let token = current.get_or_insert_with(|| Token { text: String::new(), range: at..at });
                token.text.push(c);
                token.range.end = at + c.len_utf8();
            }
        }
    }
    if let Some(start) = quoted {
        let message = "a quote is never closed".to_owned();
        return Err(Problem { message, label: String::new(), range: start..line.len() });
    }
    tokens.extend(current);
    // A comma at the end of a word goes on with the next one.
    let mut joined: Vec<Token> = Vec::new();
    for token in tokens {
        match joined.last_mut().filter(|last| last.text.ends_with(',')) {
            Some(last) => {
                last.text.push_str(&token.text);
                last.range.end = token.range.end;
            }
            None => joined.push(token),
        }
    }
    Ok(joined)
}

fn address<'a>(rest: &mut impl Iterator<Item = &'a Token>, line: &str) -> Result<(), Problem> {
    let Some(token) = rest.next() else { return Err(missing("an address", line)) };
    let text = token.text.as_str();
    if matches!(text, "all" | "samehost" | "samenet") {
        return Ok(());
    }
    if let Some((ip, length)) = text.split_once('/') {
        let bits = match ip.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => 32,
            Ok(IpAddr::V6(_)) => 128,
            Err(_) => return Err(problem(format!("`{ip}` is no IP address"), "", token)),
        };
        return match length.parse::<u32>() {
            Ok(length) if length <= bits => Ok(()),
            _ => Err(problem(format!("`/{length}` is no mask of `{ip}`"), &format!("expected 0 to {bits}"), token)),
        };
    }
    if text.parse::<IpAddr>().is_ok() {
        return match rest.next() {
            Some(mask) if mask.text.parse::<IpAddr>().is_ok() => Ok(()),
            _ => Err(problem(format!("`{text}` needs a mask"), &format!("write `{text}/32`"), token)),
        };
    }
    let looks_numeric = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let host = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if looks_numeric || !host {
        return Err(problem(
            format!("`{text}` is no address"),
            "expected `10.0.0.0/8`, a host name, `all` or `samenet`",
            token,
        ));
    }
    Ok(())
}

/// Methods that only some connection types can use.
fn fits(kind: &str, method: &Token) -> Result<(), Problem> {
    let wrong = match method.text.as_str() {
        "peer" if kind != "local" => Some("`peer` works for `local` only"),
        "ident" if kind == "local" => Some("`ident` on `local` means `peer`; write `peer`"),
        "cert" if kind != "hostssl" => Some("`cert` works for `hostssl` only"),
        "gss" | "sspi" if kind == "local" => Some("this method works over TCP only"),
        _ => None,
    };
    wrong.map_or(Ok(()), |message| Err(problem(message.to_owned(), "", method)))
}

fn options<'a>(kind: &str, rest: impl Iterator<Item = &'a Token>) -> Result<(), Problem> {
    for option in rest {
        let Some((name, value)) = option.text.split_once('=') else {
            return Err(problem(format!("`{}` is no option", option.text), "expected `name=value`", option));
        };
        if name == "clientcert" {
            if kind != "hostssl" {
                return Err(problem("`clientcert` works for `hostssl` only".to_owned(), "", option));
            }
            if !matches!(value, "verify-ca" | "verify-full") {
                let message = format!("`clientcert` must be `verify-ca` or `verify-full`, found `{value}`");
                return Err(problem(message, "", option));
            }
        }
    }
    Ok(())
}

fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(word, known).map(|found| format!("did you mean `{found}`?")).unwrap_or_default()
}

fn problem(message: String, label: &str, token: &Token) -> Problem {
    Problem { message, label: label.to_owned(), range: token.range.clone() }
}

fn missing(what: &str, line: &str) -> Problem {
    let end = line.trim_end().len();
    Problem { message: format!("this line needs {what}"), label: "it ends too early".to_owned(), range: 0..end }
}

/// Who else than roles with a password gets in, and where.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each opens or closes a door of its own")]
pub struct Doors<'a> {
    /// Whether the container's user is called `postgres`, so that `peer` lets the superuser in; else it needs its password.
    pub peer: bool,
    /// The role of standbys; none without standbys.
    pub standby: Option<&'a str>,
    /// Whether standbys show a certificate besides their password: a CA may sign the role's name for others, too.
    pub standby_certificate: bool,
    /// Whether the superuser may copy the whole database, inside the pod.
    pub base_backups: bool,
    /// The role of the exporter and the database that it looks at; none without an exporter.
    pub exporter: Option<(&'a str, &'a str)>,
    /// The role of the Job that waits for the declaration; none without it.
    pub waiter: Option<&'a str>,
    /// The pooler's role; none without a pooler.
    pub pooler: Option<&'a str>,
    /// The role that looks at servers for Pgpool-II; none without it.
    pub balancer: Option<&'a str>,
    /// The roles of jobs, each with the databases that it looks after.
    pub keepers: &'a [(String, Vec<String>)],
    /// The role of tests and the database that they look at; none without tests.
    pub tester: Option<(&'a str, &'a str)>,
    /// The role that dumps; none without backups.
    pub backup: Option<&'a str>,
    /// Whether nobody gets in over the network in plain text.
    pub encrypted: bool,
}

/// The file: the superuser's door first, open inside the pod and closed to the network, then the end of plain text, then the
/// doors of standbys, of the exporter, of the poolers, of the tests, of backups and of other jobs, then the user's lines, then everybody
/// with a password.
pub fn generate(user_lines: &[String], doors: Doors<'_>) -> String {
    let method = if doors.peer { "peer" } else { "scram-sha-256" };
    let host = if doors.encrypted { "hostssl" } else { "host   " };
    let mut lines = vec![
        "# The first line that matches decides.".to_owned(),
        "# TYPE  DATABASE  USER      ADDRESS  METHOD".to_owned(),
        format!("local   all       postgres           {method}"),
        "# The superuser never logs in over the network.".to_owned(),
        "host    all       postgres  all      reject".to_owned(),
    ];
    if doors.base_backups {
        lines.insert(3, format!("local   replication  postgres        {method}"));
    }
    if doors.encrypted {
        lines.push("# Nobody comes in plain text, whatever follows.".to_owned());
        lines.push("hostnossl all,replication  all  all  reject".to_owned());
    }
    if let Some(role) = doors.standby.map(quoted) {
        lines
            .push("# Standbys copy and follow; pg_rewind and the look at each other use database postgres.".to_owned());
        let (host, certificate) =
            if doors.standby_certificate { ("hostssl", " clientcert=verify-full") } else { (host, "") };
        lines.push(format!("{host} replication,postgres  {role}  all  scram-sha-256{certificate}"));
        lines.push(format!("host    all       {role}  all      reject"));
    }
    if let Some((role, database)) = doors.exporter {
        let (role, database) = (quoted(role), quoted(database));
        lines.push("# The exporter is in the server's own pod.".to_owned());
        lines.push(format!("{host} {database}  {role}  127.0.0.1/32  scram-sha-256"));
        lines.push(format!("host    all       {role}  all      reject"));
        lines.push(format!("local   all       {role}           reject"));
    }
    if let Some(role) = doors.waiter.map(quoted) {
        lines.push("# Whoever waits for the declaration reads in database postgres how it went.".to_owned());
        lines.push(format!("{host} postgres  {role}  all  scram-sha-256"));
        lines.push(format!("host    all       {role}  all      reject"));
        lines.push(format!("local   all       {role}           reject"));
    }
    if let Some(role) = doors.pooler.map(quoted) {
        lines.push(
            "# The pooler looks up passwords, by a function in database postgres that shows no superuser's.".to_owned(),
        );
        lines.push(format!("{host} postgres  {role}  all  scram-sha-256"));
        lines.push(format!("host    all       {role}  all      reject"));
    }
    if let Some(role) = doors.balancer.map(quoted) {
        lines.push(
            "# Pgpool-II looks in database postgres whether servers are there and how far standbys are behind."
                .to_owned(),
        );
        lines.push(format!("{host} postgres  {role}  all  scram-sha-256"));
        lines.push(format!("host    all       {role}  all      reject"));
        lines.push(format!("local   all       {role}           reject"));
    }
    for (role, databases) in doors.keepers {
        let role = quoted(role);
        let databases: Vec<String> = databases.iter().map(|name| quoted(name)).collect();
        lines.push("# A job that looks after databases, and has no business with others.".to_owned());
        lines.push(format!("{host} {}  {role}  all  scram-sha-256", databases.join(",")));
        lines.push(format!("host    all       {role}  all      reject"));
        lines.push(format!("local   all       {role}           reject"));
    }
    if let Some((role, database)) = doors.tester {
        let (role, database) = (quoted(role), quoted(database));
        lines.push("# The tests read settings and statistics.".to_owned());
        lines.push(format!("{host} {database}  {role}  all  scram-sha-256"));
        lines.push(format!("host    all       {role}  all      reject"));
    }
    if let Some(role) = doors.backup.map(quoted) {
        lines.push("# Backups read every database.".to_owned());
        lines.push(format!("{host} all       {role}  all      scram-sha-256"));
        lines.push(format!("local   all       {role}           reject"));
    }
    if !user_lines.is_empty() {
        lines.push("# From the values".to_owned());
        lines.extend(user_lines.iter().cloned());
        lines.push("# Everybody else".to_owned());
    }
    lines.extend([
        "local   all       all                scram-sha-256".to_owned(),
        format!("{host} all       all       all      scram-sha-256"),
    ]);
    lines.join("\n") + "\n"
}

/// A name that is no keyword.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_documentation_hold() {
        for line in [
            "",
            "# comment",
            "local all all peer",
            "host all all 127.0.0.1/32 trust",
            "host all all 127.0.0.1 255.255.255.255 trust",
            "host all all ::1/128 scram-sha-256",
            "host postgres all .example.com scram-sha-256",
            "host \"my db\",other @admins,+support samenet md5 # why",
            "hostssl all all all cert clientcert=verify-full",
            "host all all 0.0.0.0/0 ldap ldapserver=ldap.example.net ldapprefix=\"cn=\"",
        ] {
            assert_eq!(check(Major::V16, line), Ok(()), "{line}");
        }
    }

    #[test]
    fn mistakes_are_found_at_their_word() {
        for (line, part, message) in [
            ("hots all all all md5", "hots", "unknown connection type `hots`"),
            ("host all all 10.0.0.0/8 scram-sha256", "scram-sha256", "unknown authentication method `scram-sha256`"),
            ("host all all 300.1.1.1/8 md5", "300.1.1.1/8", "`300.1.1.1` is no IP address"),
            ("host all all 10.0.0.0/33 md5", "10.0.0.0/33", "`/33` is no mask of `10.0.0.0`"),
            ("host all all 10.0.0.1 md5", "10.0.0.1", "`10.0.0.1` needs a mask"),
            ("host all all", "host all all", "this line needs an address"),
            ("local all all", "local all all", "this line needs a method"),
            ("host all all all cert", "cert", "`cert` works for `hostssl` only"),
            ("host all all all peer", "peer", "`peer` works for `local` only"),
        ] {
            let problem = check(Major::V16, line).expect_err(line);
            assert_eq!((&line[problem.range.clone()], problem.message.as_str()), (part, message));
        }
    }

    #[test]
    fn plain_text_is_refused_before_any_line_of_the_users() {
        let doors = Doors { encrypted: true, ..Doors::default() };
        let file = generate(&["host app app all trust".to_owned()], doors);
        let at = |line: &str| file.find(line).expect("a line");
        assert!(at("hostnossl all,replication  all  all  reject") < at("host app app all trust"));
        assert!(file.contains("\nhostssl all       all       all      scram-sha-256\n"), "{file}");
        assert!(!generate(&[], Doors::default()).contains("ssl"));
    }

    #[test]
    fn the_pooler_comes_through_a_door_of_its_own() {
        let doors = Doors { pooler: Some("pgbouncer"), ..Doors::default() };
        let file = generate(&["host all all all cert".to_owned()], doors);
        let lines: Vec<String> = file.lines().map(str::to_owned).collect();
        assert!(lets_in(&lines, "postgres", "pgbouncer") && !lets_in(&lines, "app", "pgbouncer"), "{file}");
        assert!(!lets_in(&lines, "postgres", "postgres") && lets_in(&lines, "app", "app"), "{file}");
        assert!(!lets_in(&["local all all peer".to_owned()], "postgres", "pgbouncer"));
    }

    #[test]
    fn rules_of_the_network_are_told_from_others() {
        for line in ["", "# host all all all reject", "local all all peer", "include other.conf", "host all all md5"] {
            assert_eq!(rule(line), None, "{line}");
        }
        for line in [
            "hostssl a b all cert",
            "hostssl a all 10.0.0.0 255.0.0.0 cert map=a # reject",
            "hostssl a b samenet scram-sha-256 clientcert=verify-ca",
        ] {
            let one = Rule {
                kind: "hostssl".to_owned(),
                databases: vec!["a".to_owned()],
                everybody: false,
                rejects: false,
                certificate: true,
            };
            assert_eq!(rule(line), Some(one), "{line}");
        }
        let all = Rule {
            kind: "hostnossl".to_owned(),
            databases: vec!["all".to_owned(), "replication".to_owned()],
            everybody: true,
            rejects: true,
            certificate: false,
        };
        assert_eq!(rule("hostnossl all,replication all all reject"), Some(all));
    }

    #[test]
    fn the_generated_file_holds_in_every_major() {
        let doors = Doors {
            peer: true,
            standby: Some("replicator"),
            standby_certificate: true,
            exporter: Some(("exporter", "app")),
            keepers: &[("upkeep".to_owned(), vec!["scada_historian".to_owned(), "audit_trail".to_owned()])],
            encrypted: true,
            ..Doors::default()
        };
        for major in Major::ALL {
            for line in generate(&["host app app 10.0.0.0/8 scram-sha-256".to_owned()], doors).lines() {
                assert_eq!(check(major, line), Ok(()), "{line}");
            }
        }
    }
}
