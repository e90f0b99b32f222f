//! Chart directories: links, special files, sizes, text that is none.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

use super::world::{SECRET, World};

#[test]
fn a_link_to_a_file_outside_is_refused() {
    let world = World::new();
    symlink("../outside/secret.yaml", world.path("t/values.yaml")).expect("a link");
    world.refuses(&[], "`values.yaml` links to a file outside the chart");
}

#[test]
fn a_link_to_a_directory_outside_is_refused() {
    let world = World::new();
    symlink("../outside", world.path("t/files")).expect("a link");
    world.refuses(&[], "links to a file outside the chart");
}

#[test]
fn an_absolute_link_is_refused() {
    let world = World::new();
    symlink(world.path("outside/secret.yaml"), world.path("t/templates/b.yaml")).expect("a link");
    world.refuses(&[], "links to a file outside the chart");
}

#[test]
fn a_chart_yaml_that_links_outside_is_refused() {
    let world = World::new();
    fs::remove_file(world.path("t/Chart.yaml")).expect("there");
    symlink("../outside/secret.yaml", world.path("t/Chart.yaml")).expect("a link");
    world.refuses(&[], "`Chart.yaml` links to a file outside the chart");
}

#[test]
fn an_ignore_file_that_links_outside_is_refused() {
    let world = World::new();
    symlink("../outside/secret.yaml", world.path("t/.helmignore")).expect("a link");
    world.refuses(&[], "`.helmignore` links to a file outside the chart");
}

#[test]
fn a_link_that_leads_nowhere_is_refused() {
    let world = World::new();
    symlink("nowhere", world.path("t/templates/b.yaml")).expect("a link");
    world.refuses(&[], "cannot read `templates/b.yaml`");
}

#[test]
fn links_in_a_circle_are_refused() {
    let world = World::new();
    symlink("c", world.path("t/b")).expect("a link");
    symlink("b", world.path("t/c")).expect("a link");
    world.refuses(&[], "cannot read `b`");
}

#[test]
fn a_directory_that_links_to_its_parent_is_refused() {
    let world = World::new();
    symlink("..", world.path("t/templates/up")).expect("a link");
    world.refuses(&[], "links to a directory that holds it");
}

#[test]
fn a_hard_link_is_a_file_of_the_chart() {
    let world = World::with("files/a.txt", "a");
    fs::hard_link(world.path("t/files/a.txt"), world.path("t/files/b.txt")).expect("a link");
    world.template(&[]).is_rendered();
}

#[test]
fn a_pipe_is_refused_without_waiting_for_a_writer() {
    let world = World::new();
    assert!(Command::new("mkfifo").arg(world.path("t/values.yaml")).status().expect("mkfifo").success());
    world.refuses(&[], "irregular file values.yaml");
}

#[test]
fn a_socket_is_refused() {
    let world = World::new();
    let _socket = UnixListener::bind(world.path("t/socket")).expect("a socket");
    world.refuses(&[], "irregular file socket");
}

#[test]
fn a_device_is_no_chart() {
    let world = World::new();
    world.refuses_chart("/dev/zero", "irregular file /dev/zero");
}

#[test]
fn a_link_to_a_device_is_refused() {
    let world = World::new();
    symlink("/dev/zero", world.path("t/values.yaml")).expect("a link");
    world.refuses(&[], "links to a file outside the chart");
}

#[test]
fn a_file_of_100_mebibytes_is_refused_unread() {
    let world = World::with("files/large", "");
    let file = fs::OpenOptions::new().write(true).open(world.path("t/files/large")).expect("there");
    file.set_len(100 * 1024 * 1024).expect("a sparse file");
    world.refuses(&[], "larger than the maximum file size 5242880");
}

#[test]
fn many_large_files_are_refused() {
    let world = World::new();
    for index in 0..25 {
        world.write(&format!("t/files/{index:02}"), vec![b'x'; 5 * 1024 * 1024]);
    }
    world.refuses(&[], "is larger than 104857600 bytes");
}

#[test]
fn a_directory_a_hundred_levels_deep_is_read() {
    let world = World::with(&format!("files/{}a.txt", "d/".repeat(100)), "x");
    world.template(&[]).is_rendered();
}

#[test]
fn an_unreadable_file_is_told() {
    let world = World::with("values.yaml", "a: 1\n");
    fs::set_permissions(world.path("t/values.yaml"), fs::Permissions::from_mode(0o0)).expect("ours");
    if fs::read(world.path("t/values.yaml")).is_ok() {
        // Root reads everything.
        world.template(&[]).is_rendered();
    } else {
        world.refuses(&[], "cannot read `values.yaml`");
    }
}

#[test]
fn text_that_is_not_utf8_is_refused_where_text_must_be() {
    for path in ["Chart.yaml", "values.yaml", "values.schema.json", "templates/b.yaml.j2", "templates/b.yaml"] {
        World::with(path, b"a: \xff\xfe\n").refuses(&[], "is not UTF-8");
    }
    World::with(".helmignore", b"\xff\xfe\n").template(&[]).is_rendered();
    World::with("files/a.bin", b"\xff\xfe\n").template(&[]).is_rendered();
}

#[test]
fn nul_bytes_are_refused_or_told() {
    World::with("Chart.yaml", "apiVersion: v2\nname: a\0b\nversion: 1.0.0\n").refuses(&[], "error:");
    World::with("values.yaml", "a: \0\n").refuses(&[], "not valid YAML");
    World::with("values.schema.json", "{\"a\0\": 1}").refuses(&[], "not valid JSON");
    World::with("templates/b.yaml.j2", "a: \0\n").refuses(&[], "not valid YAML");
}

#[test]
fn a_name_that_is_a_path_cannot_leave_the_output_directory() {
    for name in ["../../outside", "/etc/x", "a/../../b", "..", "."] {
        let world = World::with("Chart.yaml", format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n"));
        world.refuses(&["--output-dir", "out"], "name");
    }
}

#[test]
fn a_file_name_with_odd_characters_is_only_a_name() {
    let world = World::new();
    for name in ["a\nb.yaml", "a b.yaml", "-rf.yaml", "a'\"$(x).yaml", "\u{202e}b.yaml"] {
        world.write(&format!("t/templates/{name}"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n");
        let ran = world.template(&[]);
        assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
        fs::remove_file(world.path(&format!("t/templates/{name}"))).expect("there");
    }
}

#[test]
fn a_file_name_that_is_not_utf8_does_no_harm() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::new();
    let name = std::ffi::OsStr::from_bytes(b"t/files-\xff.txt");
    fs::write(world.path("").join(name), SECRET).expect("a file system that takes it");
    let ran = world.template(&[]);
    assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
}

#[test]
fn thousands_of_templates_are_rendered() {
    let world = World::new();
    for index in 0..3000 {
        let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{index}}}\n");
        world.write(&format!("t/templates/{index}.yaml.j2"), text);
    }
    world.template(&[]).is_rendered();
}
