//! Values: files, flags, and what YAML and JSON can unfold to.

use super::world::World;

fn refuses_values(content: impl AsRef<[u8]>, words: &str) {
    let world = World::new();
    world.write("v.yaml", content);
    world.refuses(&["-f", "v.yaml"], words);
}

#[test]
fn deep_nesting_is_refused() {
    refuses_values(format!("a: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)), "nested");
    refuses_values(format!("a: {}1{}\n", "{a: ".repeat(10_000), "}".repeat(10_000)), "nested");
    refuses_values(format!("a:\n {}x\n", "- ".repeat(10_000)), "nested");
    let block = (0..3000).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n");
    refuses_values(block, "nested");
    refuses_values("[".repeat(1_000_000), "nested");
    refuses_values("{".repeat(1_000_000), "nested");
    refuses_values("a: ".to_owned() + &"!".repeat(1_000_000), "error:");
    refuses_values("? ".repeat(100_000), "error:");
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    refuses_values(text, "more than 1000000 nodes once aliases are expanded");
}

#[test]
fn an_alias_to_a_long_text_many_times_is_refused() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 100_000].join(", "));
    refuses_values(text, "once aliases are expanded");
}

#[test]
fn merge_keys_that_multiply_are_refused() {
    let keys = |level: usize| (0..50).map(|key| format!("k{level}_{key}: 1")).collect::<Vec<_>>().join(", ");
    let mut text = format!("m0: &m0 {{{}}}\n", keys(0));
    for level in 1..40 {
        text.push_str(&format!("m{level}: &m{level} {{<<: [*m{0}, *m{0}], {1}}}\n", level - 1, keys(level)));
    }
    let world = World::new();
    world.write("v.yaml", text);
    let ran = world.template(&["-f", "v.yaml"]);
    assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
}

#[test]
fn an_alias_that_holds_itself_is_refused() {
    refuses_values("a: &a [*a]\n", "error:");
    refuses_values("a: &a\n  <<: *a\n", "error:");
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    refuses_values(b"a: \xff\n", "it is not UTF-8 text");
    refuses_values(b"\xff\xfea\x00:\x00", "it is not UTF-8 text");
}

#[test]
fn a_file_larger_than_the_limit_is_refused() {
    refuses_values("a: 1\n".repeat(4_000_000), "larger than");
    refuses_values("# x\n".repeat(2_000_000), "larger than");
}

#[test]
fn devices_and_directories_are_no_values() {
    let world = World::new();
    world.refuses(&["-f", "/dev/zero"], "larger than");
    world.refuses(&["-f", "t"], "cannot read `t`");
    world.refuses(&["-f", "missing.yaml"], "cannot read `missing.yaml`");
    world.refuses(&["--set-file", "a=/dev/zero"], "larger than");
    world.template(&["-f", "/dev/null"]).is_rendered();
}

#[test]
fn huge_numbers_do_no_harm() {
    let world = World::new();
    world.write("v.yaml", format!("a: {}\nb: 1e999\n", "9".repeat(100_000)));
    let ran = world.template(&["-f", "v.yaml"]);
    assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
}

#[test]
fn flags_that_nest_or_count_too_far_are_refused() {
    let world = World::new();
    world.refuses(&["--set", &format!("{}a=1", "a.".repeat(10_000))], "error:");
    world.refuses(&["--set", "a[999999999]=1"], "a list position is at most 65536");
    world.refuses(&["--set", "a[99999999999999999999999]=1"], "error:");
    world.refuses(&["--set", &format!("a={}", "{".repeat(50_000))], "error:");
    world.refuses(&["--set-json", &format!("a={}", "[".repeat(50_000))], "not valid JSON");
}

#[test]
fn lists_in_lists_of_a_flag_are_bounded() {
    World::new().refuses(&["--set", &format!("a{}=1", "[0]".repeat(10_000))], "error:");
}

#[test]
fn list_positions_cannot_multiply() {
    let world = World::new();
    let deep = format!("a{}=1", "[65536]".repeat(25));
    let ran = world.template(&["--set", &deep]);
    assert!(ran.code == Some(0) || ran.code == Some(1), "{ran:?}");
}

#[test]
fn values_that_pass_are_not_printed_without_bound() {
    let world = World::with("values.schema.json", r#"{"properties": {"a": {"type": "integer"}}}"#);
    world.write("v.yaml", format!("a: {}\n", "x".repeat(4_000_000)));
    world.refuses(&["-f", "v.yaml"], "`a` must be an integer");
}
