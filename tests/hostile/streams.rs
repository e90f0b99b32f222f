//! Where output goes: full disks, closed pipes, directories that cannot be written.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};

use super::world::{SECRET, World};

/// A chart whose output is larger than a pipe and a small disk.
fn large() -> World {
    let world = World::new();
    for index in 0..40 {
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{index}}}\ndata: {{a: {}}}\n",
            "x".repeat(100_000)
        );
        world.write(&format!("t/templates/{index:02}.yaml"), text);
    }
    world
}

#[test]
fn a_full_device_is_told() {
    if fs::metadata("/dev/full").is_ok() {
        for world in [World::new(), large()] {
            let ran = world.shell("exec \"$@\" > /dev/full", &["template", "r", "./t"]);
            ran.is_refused("cannot write to stdout");
        }
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let world = large();
    let ran = world.shell("\"$@\" | head -c 10 > /dev/null", &["template", "r", "./t"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgchart"));
    let mut child =
        command.args(["template", "r"]).arg(world.path("t")).stdout(Stdio::piped()).spawn().expect("the binary runs");
    drop(child.stdout.take());
    assert!(child.wait().expect("a child").success());
}

#[test]
fn a_closed_stdout_and_stderr_do_no_harm() {
    let ran = World::new().shell("exec \"$@\" >&- 2>&-", &["template", "r", "./t"]);
    assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
}

#[test]
fn a_file_size_limit_leaves_no_half_written_file() {
    let world = large();
    let line = "ulimit -f 64; trap '' XFSZ; exec \"$@\" 2>err";
    let ran = world.shell(line, &["template", "r", "./t", "--output-dir", "out"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(fs::read_to_string(world.path("err")).expect("there").starts_with("error: cannot write"));
    for entry in fs::read_dir(world.path("out/t/templates")).expect("there") {
        let entry = entry.expect("an entry");
        assert!(!entry.file_name().to_string_lossy().starts_with('.'), "{entry:?} was left behind");
    }
}

#[test]
fn a_full_disk_leaves_no_half_written_file() {
    let world = large();
    fs::create_dir(world.path("disk")).expect("writable");
    let mount =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(world.path("disk")).output();
    if !mount.is_ok_and(|ran| ran.status.success()) {
        // Only root can mount one; the test of the file size limit stands for it.
        return;
    }
    let ran = world.template(&["--output-dir", "disk/out"]);
    let mut left = Vec::new();
    for entry in fs::read_dir(world.path("disk/out/t/templates")).expect("there").flatten() {
        left.push((entry.file_name().to_string_lossy().into_owned(), entry.metadata().expect("there").len()));
    }
    let unmounted = Command::new("umount").arg(world.path("disk")).status().expect("umount");
    assert!(unmounted.success());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("error: cannot write"), "{}", ran.stderr);
    assert!(left.iter().all(|(name, size)| !name.starts_with('.') && *size > 100_000), "{left:?}");
}

#[test]
fn an_output_directory_that_is_a_file_is_told() {
    let world = World::new();
    world.write("out", "keep");
    world.refuses(&["--output-dir", "out"], "cannot make the directory");
    assert_eq!(fs::read_to_string(world.path("out")).expect("there"), "keep");
}

#[test]
fn a_target_that_is_a_directory_is_told() {
    let world = World::new();
    fs::create_dir_all(world.path("out/t/templates/a.yaml/x")).expect("writable");
    world.refuses(&["--output-dir", "out"], "cannot write");
}

#[test]
fn a_target_that_is_a_link_is_replaced_and_what_it_names_stays() {
    let world = World::new();
    fs::create_dir_all(world.path("out/t/templates")).expect("writable");
    symlink(world.path("outside/secret.yaml"), world.path("out/t/templates/a.yaml")).expect("a link");
    world.template(&["--output-dir", "out"]).is_rendered();
    assert_eq!(fs::read_to_string(world.path("outside/secret.yaml")).expect("there"), SECRET);
    assert!(fs::read_to_string(world.path("out/t/templates/a.yaml")).expect("there").contains("ConfigMap"));
}

#[test]
fn a_read_only_directory_is_told() {
    let world = World::new();
    fs::create_dir(world.path("out")).expect("writable");
    fs::set_permissions(world.path("out"), fs::Permissions::from_mode(0o555)).expect("ours");
    if fs::create_dir(world.path("out/probe")).is_ok() {
        // Root writes everywhere; for root the test of the read-only file system says the same.
        return;
    }
    world.refuses(&["--output-dir", "out"], "cannot make the directory");
}

#[test]
fn a_read_only_file_system_is_told() {
    let world = World::new();
    fs::create_dir(world.path("disk")).expect("writable");
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "ro", "tmpfs"]).arg(world.path("disk")).output();
    if !mount.is_ok_and(|ran| ran.status.success()) {
        // Only root can mount one; for others the test of the read-only directory says the same.
        return;
    }
    let ran = world.template(&["--output-dir", "disk/out"]);
    assert!(Command::new("umount").arg(world.path("disk")).status().expect("umount").success());
    ran.is_refused("cannot make the directory");
}
