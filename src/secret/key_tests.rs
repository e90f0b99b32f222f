//! Keys that are given, found, made and refused.

use std::collections::HashMap;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn at_home(home: &Path) -> Environment {
    Environment { data_directory: Some(home.to_owned()), ..Environment::default() }
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

fn write(path: &Path, text: &[u8], mode: u32) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
    std::fs::write(path, text).expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
}

fn permissions(path: &Path) -> u32 {
    mode(&path.metadata().expect("it is there"))
}

#[test]
fn a_key_is_made_once_and_found_again() {
    let home = home();
    let first = SecretKey::find(&at_home(home.path())).expect("made");
    let path = first.created.expect("it says where");
    assert_eq!(permissions(&path), 0o600);
    assert_eq!(permissions(path.parent().expect("a directory")), 0o700);
    let second = SecretKey::find(&at_home(home.path())).expect("found");
    assert!(second.created.is_none() && second.key == first.key);
}

#[test]
fn first_runs_at_the_same_time_agree_on_one_key() {
    let home = home();
    let found: Vec<Found> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| SecretKey::find(&at_home(home.path())))).collect();
        runs.into_iter().map(|run| run.join().expect("no panic").expect("a key")).collect()
    });
    assert!(found.iter().all(|one| one.key == found[0].key));
    assert_eq!(found.iter().filter(|one| one.created.is_some()).count(), 1);
    // No half file stays behind.
    assert_eq!(std::fs::read_dir(home.path().join("pgchart")).expect("listed").count(), 1);
}

#[test]
fn ci_never_makes_a_key_and_uses_one_that_is_there() {
    let home = home();
    let ci = Environment { ci: true, ..at_home(home.path()) };
    assert!(matches!(SecretKey::find(&ci), Err(KeyError::RefusedInCi)));
    assert!(!home.path().join("pgchart").exists());
    SecretKey::find(&at_home(home.path())).expect("made");
    assert!(SecretKey::find(&ci).expect("found").created.is_none());
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let home = home();
    let path = home.path().join("key");
    for mode in [0o644, 0o640, 0o604, 0o620] {
        write(&path, "00".repeat(32).as_bytes(), mode);
        let environment = Environment { file: Some(path.clone()), ..Environment::default() };
        assert!(matches!(SecretKey::find(&environment), Err(KeyError::TooOpen { mode: found, .. }) if found == mode));
    }
}

#[test]
fn a_key_that_cannot_be_used_is_never_replaced() {
    let home = home();
    let path = home.path().join("pgchart/secret.key");
    write(&path, b"half a ke", 0o600);
    assert!(matches!(SecretKey::find(&at_home(home.path())), Err(KeyError::Malformed { .. })));
    assert_eq!(std::fs::read(&path).expect("still there"), b"half a ke");
    std::fs::remove_file(&path).expect("removed");
    symlink(home.path().join("nowhere"), &path).expect("linked");
    assert!(SecretKey::find(&at_home(home.path())).is_err(), "a broken link is no free place");
}

#[test]
fn directories_endless_files_and_other_bytes_are_no_keys() {
    let home = home();
    let long = home.path().join("long");
    write(&long, &[b'0'; 1000], 0o600);
    let bytes = home.path().join("bytes");
    write(&bytes, &[0xff; 32], 0o600);
    for file in [home.path().to_owned(), long, bytes, home.path().join("none")] {
        let environment = Environment { file: Some(file), ..Environment::default() };
        assert!(SecretKey::find(&environment).is_err());
    }
}

#[test]
fn hexadecimal_digits_and_base64_are_the_same_key() {
    let key = SecretKey::parse(&"0f".repeat(32)).expect("hexadecimal");
    let base64 = STANDARD.encode([0x0f; 32]);
    assert!(SecretKey::parse(&format!(" {base64}\n")) == Some(key));
    for text in ["", "0f", &"0f".repeat(31), &"0f".repeat(33), &"0g".repeat(32), &STANDARD.encode([1; 31])] {
        assert!(SecretKey::parse(text).is_none(), "{text}");
    }
}

#[test]
fn what_is_no_key_is_refused_and_never_shown() {
    let environment = Environment { variable: Some("hunter2".into()), ..Environment::default() };
    let error = SecretKey::find(&environment).expect_err("too short");
    assert!(!format!("{error} {error:?} {} {environment:?}", error.help()).contains("hunter2"));
    let key = SecretKey::parse(&"ab".repeat(32)).expect("a key");
    assert!(!format!("{key:?}").contains("ab"));
}

#[test]
fn the_surroundings_are_read_as_their_specifications_say() {
    let read = |pairs: &[(&str, &str)]| {
        let map: HashMap<&str, &str> = pairs.iter().copied().collect();
        Environment::new(None, |name| map.get(name).map(OsString::from))
    };
    assert!(!read(&[("CI", "")]).ci && !read(&[("CI", "false")]).ci && read(&[("CI", "1")]).ci);
    let directory = |pairs: &[(&str, &str)]| read(pairs).data_directory;
    assert_eq!(directory(&[("HOME", "/h")]), Some("/h/.local/share".into()));
    assert_eq!(directory(&[("HOME", "/h"), ("XDG_DATA_HOME", "/d")]), Some("/d".into()));
    assert_eq!(directory(&[("HOME", "/h"), ("XDG_DATA_HOME", "d")]), Some("/h/.local/share".into()));
    assert_eq!(directory(&[]), None);
    let hidden = read(&[("PGCHART_SECRET_KEY", ""), ("HOME", "/h")]);
    assert!(matches!(SecretKey::find(&hidden), Err(KeyError::Malformed { .. })), "an empty key is no missing key");
}
