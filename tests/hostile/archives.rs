//! Packaged charts: names that lead outside, links, bombs, broken streams.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::world::World;

const METADATA: &[u8] = b"apiVersion: v2\nname: t\nversion: 1.0.0\n";

/// An archive of a chart and these entries: name, kind, link, content.
fn package(entries: &[(&str, EntryType, &str, &[u8])]) -> Vec<u8> {
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let chart = [("t/Chart.yaml", EntryType::Regular, "", METADATA)];
    for (name, kind, link, content) in chart.iter().chain(entries) {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_link_name_literal(link).expect("short");
        header.set_mode(0o4777);
        header.set_size(content.len() as u64);
        header.set_cksum();
        archive.append(&header, *content).expect("memory");
    }
    archive.into_inner().expect("complete").finish().expect("complete")
}

fn refuses(bytes: &[u8], words: &str) {
    let world = World::new();
    world.write("c.tgz", bytes);
    world.refuses_chart("./c.tgz", words);
}

#[test]
fn names_that_lead_outside_are_refused() {
    for (name, words) in [
        ("t/../../outside/new.yaml", "parent directory"),
        ("../outside/new.yaml", "error:"),
        ("t//etc/x", "absolute paths"),
        ("/etc/x", "error:"),
        ("t\\..\\..\\outside\\new.yaml", "parent directory"),
        ("t/C:/x", "illegally named"),
    ] {
        let world = World::new();
        world.write("c.tgz", package(&[(name, EntryType::Regular, "", b"x")]));
        let ran = world.run(&["template", "r", "./c.tgz"]);
        assert!(ran.code == Some(0) || ran.stderr.contains(words), "{name}: {}", ran.stderr);
        assert!(!world.path("outside/new.yaml").exists(), "{name}");
    }
}

#[test]
fn links_and_special_files_carry_nothing() {
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo] {
        let world = World::new();
        let entry = ("t/templates/b.yaml.j2", kind, "../../outside/secret.yaml", b"".as_slice());
        world.write("c.tgz", package(&[entry]));
        let ran = world.run(&["template", "r", "./c.tgz"]);
        assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
    }
}

#[test]
fn a_stream_that_unpacks_to_gigabytes_is_refused() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..2048 {
        bomb.write_all(&zeros).expect("memory");
    }
    let bomb = bomb.finish().expect("complete");
    refuses(&bomb, "error:");
    // Several streams in a row are one to gzip.
    refuses(&[bomb.clone(), bomb].concat(), "error:");
}

#[test]
fn an_entry_that_claims_gigabytes_is_refused() {
    let mut header = Header::new_gnu();
    header.set_path("t/large").expect("short");
    header.set_size(1 << 40);
    header.set_cksum();
    let mut archive = GzEncoder::new(Vec::new(), Compression::fast());
    archive.write_all(header.as_bytes()).expect("memory");
    refuses(&archive.finish().expect("complete"), "larger than the maximum file size");
}

#[test]
fn many_files_are_refused() {
    let names: Vec<String> = (0..110_000).map(|index| format!("t/f/{index}")).collect();
    let entries: Vec<_> = names.iter().map(|name| (name.as_str(), EntryType::Regular, "", b"".as_slice())).collect();
    refuses(&package(&entries), "more than");
    let content = vec![b'x'; 5_000_000];
    let names: Vec<String> = (0..30).map(|index| format!("t/f/{index}")).collect();
    let entries: Vec<_> =
        names.iter().map(|name| (name.as_str(), EntryType::Regular, "", content.as_slice())).collect();
    refuses(&package(&entries), "larger than the maximum size");
}

#[test]
fn a_name_of_megabytes_is_refused() {
    let name = vec![b'n'; 4 * 1024 * 1024];
    refuses(&package(&[("././@LongLink", EntryType::GNULongName, "", &name)]), "longer than");
    refuses(&package(&[("pax", EntryType::XHeader, "", &name)]), "longer than");
}

#[test]
fn broken_archives_are_told() {
    let whole = package(&[("t/values.yaml", EntryType::Regular, "", b"a: 1\n")]);
    for end in [3, 10, 20, whole.len() / 2, whole.len() - 20] {
        refuses(&whole[..end], "error:");
    }
    for at in [12, 40, whole.len() / 2, whole.len() - 5] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let world = World::new();
        world.write("c.tgz", bytes);
        let ran = world.run(&["template", "r", "./c.tgz"]);
        assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
    }
    refuses(b"", "does not appear to be a gzipped archive");
    refuses(b"\x1f\x8b", "error:");
    refuses(b"PK\x03\x04", "does not appear to be a gzipped archive");
    refuses(&[0x1f, 0x8b].repeat(10_000), "error:");
}

#[test]
fn an_archive_in_an_archive_shares_its_bounds() {
    let content = vec![b'x'; 5_000_000];
    let names: Vec<String> = (0..8).map(|index| format!("t/f/{index}")).collect();
    let entries: Vec<_> =
        names.iter().map(|name| (name.as_str(), EntryType::Regular, "", content.as_slice())).collect();
    let inner = package(&entries);
    let names: Vec<String> = (0..6).map(|index| format!("t/charts/c{index}.tgz")).collect();
    let entries: Vec<_> = names.iter().map(|name| (name.as_str(), EntryType::Regular, "", inner.as_slice())).collect();
    let world = World::new();
    world.write("c.tgz", package(&entries));
    world.refuses_several("./c.tgz", "larger than the maximum size");
}

#[test]
fn archives_nested_without_end_are_refused() {
    let mut inner = package(&[]);
    for _ in 0..40 {
        inner = package(&[("t/charts/t.tgz", EntryType::Regular, "", &inner)]);
    }
    refuses(&inner, "nested more than");
}

#[test]
fn duplicate_entries_do_no_harm() {
    let world = World::new();
    world.write(
        "c.tgz",
        package(&[
            ("t/Chart.yaml", EntryType::Regular, "", METADATA),
            ("t/Chart.yaml/x", EntryType::Regular, "", b"x"),
        ]),
    );
    let ran = world.run(&["template", "r", "./c.tgz"]);
    assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
}
