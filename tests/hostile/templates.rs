//! Templates that do not end, grow without bound, or reach out.

use super::world::World;

fn refuses(template: &str, words: &str) {
    World::with("templates/b.yaml.j2", template).refuses(&[], words);
}

#[test]
fn macros_without_end_are_refused() {
    refuses("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "error:");
    refuses("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", "error:");
    refuses("{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}", "error:");
}

#[test]
fn includes_without_end_are_refused() {
    refuses("{% include 'templates/b.yaml.j2' %}", "error:");
    refuses("{{ include('t/templates/b.yaml.j2', {}) }}", "error:");
    let world = World::with("templates/b.yaml.j2", "{% include 'templates/c.yaml.j2' %}");
    world.write("t/templates/c.yaml.j2", "{# never #}{% if false %}{% include 'templates/b.yaml.j2' %}{% endif %}");
    world.template(&[]).is_rendered();
    refuses("{% extends 'templates/b.yaml.j2' %}", "error:");
    refuses("{% import 'templates/b.yaml.j2' as b %}", "error:");
}

#[test]
fn tpl_without_end_is_refused() {
    let world = World::with("templates/b.yaml.j2", "{{ tpl(Values.a, {'Values': Values}) }}");
    world.write("t/values.yaml", "a: \"{{ tpl(Values.a, {'Values': Values}) }}\"\n");
    world.refuses(&[], "error:");
}

#[test]
fn tpl_has_the_bounds_of_templates() {
    let text = "{{ tpl('{{ ' ~ '-' * 10000 ~ '1 }}') }}";
    refuses(text, "more than 2000 operators");
    let loops = "{% for i in range(1000) %}{{ tpl('{% for i in range(90000) %}{% endfor %}') }}{% endfor %}";
    refuses(loops, "takes too long");
}

#[test]
fn loops_without_end_are_refused() {
    refuses("{% for i in range(1000000000) %}x{% endfor %}", "error:");
    refuses("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "error:");
    refuses("{% for i in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}", "error:");
    refuses("{% for a in range(100000) %}{{ range(100000) | list | length }}{% endfor %}", "error:");
}

#[test]
fn text_that_doubles_is_refused() {
    refuses(
        "{% set ns = namespace(t='x') %}{% for i in range(100) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
        "error:",
    );
    refuses(
        "{% set ns = namespace(t='x') %}{% for i in range(100) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
        "error:",
    );
    refuses(
        "{% set ns = namespace(t='x') %}{% for i in range(60) %}{% set ns.t = [ns.t, ns.t] | join %}{% endfor %}",
        "error:",
    );
    refuses(
        "{% set ns = namespace(t='xx') %}{% for i in range(60) %}{% set ns.t = ns.t | replace('x', 'xx') %}{% endfor %}",
        "error:",
    );
    refuses("{{ 'x' * 1000000000000 }}", "error:");
    refuses("{{ [1] * 1000000000000 }}", "error:");
    refuses(
        "{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t }}",
        "error:",
    );
    refuses(
        "{% set ns = namespace(t=[1]) %}{% for i in range(1000) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t }}",
        "error:",
    );
}

#[test]
fn a_step_without_end_is_stopped() {
    let doubled = "{% set ns = namespace(t=[1]) %}{% for i in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}";
    for use_of_it in ["{{ ns.t | length }}", "{{ ns.t | sum }}"] {
        let world = World::with("templates/b.yaml.j2", format!("{doubled}{use_of_it}"));
        world.refuses(&["--timeout", "1s"], "error: rendering takes longer than 1s");
    }
}

#[test]
fn functions_refuse_what_is_too_large() {
    for call in [
        "repeat(1000000000, 'x')",
        "until(1000000000)",
        "untilStep(0, 1000000000, 1)",
        "seq(1, 1000000000)",
        "indent(1000000000, 'x')",
        "nindent(1000000000, 'x')",
        "randAlphaNum(1000000000)",
        "randBytes(1000000000)",
        "'x' | center(1000000000)",
        "'%1000000000d' | format(1)",
        "printf('%1000000000d', 1)",
        "range(1000000000000) | list",
        "'x' | indent(1000000000)",
        "cat(repeat(8000000, 'x'), repeat(8000000, 'x')) | length",
    ] {
        refuses(&format!("{{{{ {call} }}}}"), "error:");
    }
}

#[test]
fn patterns_end_and_are_bounded() {
    for call in [
        "regexMatch('(a+)+$', 'a' * 100000 ~ 'b')",
        "regexFindAll('.*', 'a' * 100000, -1) | length",
        "regexMatch('(' * 100000, 'a')",
        "regexMatch('((((a{100}){100}){100}){100})', 'a')",
        "regexReplaceAll('', 'a' * 1000000, 'x' * 1000) | length",
    ] {
        let ran =
            World::with("templates/b.yaml.j2", format!("{{# {{{{ {call} }}}} #}}{{% set x = {call} %}}")).template(&[]);
        assert!(ran.code == Some(0) || ran.code == Some(1), "{}", ran.stderr);
    }
}

#[test]
fn output_is_bounded() {
    refuses("{% for i in range(90000) %}{{ 'x' * 1000 }}{% endfor %}", "error:");
    let world = World::new();
    for name in ["b", "c", "d", "e", "f", "g", "h", "i"] {
        let text = "# {% for i in range(10000) %}{{ 'x' * 1000 }}{% endfor %}\n";
        world.write(&format!("t/templates/{name}.yaml.j2"), text);
    }
    world.refuses(&[], "renders to more than");
}

#[test]
fn deep_expressions_are_refused() {
    for text in [
        format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{{{{ {}1{} }}}}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(100_000)),
        format!("{{{{ {}true }}}}", "not ".repeat(100_000)),
        format!("{{{{ 1{} }}}}", " + 1".repeat(100_000)),
        format!("{{{{ a{} }}}}", ".a".repeat(100_000)),
        format!("{{{{ 1{} }}}}", " | string".repeat(100_000)),
        "{% if true %}".repeat(100_000),
        "{% for i in x %}".repeat(10_000),
    ] {
        refuses(&text, "error:");
    }
}

#[test]
fn odd_templates_are_told_at_their_place() {
    for text in [
        "{{",
        "{%",
        "{#",
        "{% raw %}",
        "{{ 'x",
        "{% macro %}",
        "{% block a %}{% endblock b %}",
        "{{ a b }}",
        "{{ \u{0} }}",
        "{{ 1 / 0 }}",
        "{{ 9223372036854775807 + 1 }}",
    ] {
        let ran = World::with("templates/b.yaml.j2", text).template(&[]);
        assert!(ran.code == Some(1) || !text.contains('/'), "{text}: {}", ran.stderr);
    }
}

#[test]
fn rendered_yaml_is_bounded_too() {
    refuses("a: {{ '[' * 5000 }}{{ ']' * 5000 }}", "nested");
    refuses("a: &a [1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *nothing]\n", "error:");
    refuses("{% for i in range(20000) %}---\nkind: x{{ i }}\n{% endfor %}---\n[", "error:");
}

#[test]
fn templates_cannot_read_files_outside() {
    refuses("{% include '../../outside/secret.yaml' %}", "error:");
    refuses("{% include '/etc/passwd' %}", "error:");
    for call in
        ["Files.Get('../outside/secret.yaml')", "Files.Get('/etc/passwd')", "Files.Get('../../../../etc/passwd')"]
    {
        let ran = World::with("templates/b.yaml.j2", format!("# {{{{ {call} }}}}\n")).template(&[]);
        assert!(!ran.stdout.contains("root:"), "{}", ran.stdout);
    }
}
