"""Charts on disk, good and broken. A case is {"name", "files" or "tgz" or "file", "values"}; "differs" names a difference
of ../differences.json, "ours" what then stands in pgchart's output or message."""

import random


def chart(name, version="1.0.0", extra=""):
    return f"apiVersion: v2\nname: {name}\nversion: {version}\n{extra}"


def dependencies(*entries):
    return "dependencies:\n" + "".join(
        "- " + "\n  ".join(f"{key}: {value}" for key, value in entry.items()) + "\n" for entry in entries
    )


def below(directory, files):
    return {f"{directory}/{path}": value for path, value in files.items()}


SUB = {"Chart.yaml": chart("sub"), "values.yaml": "a: 1\nb: {x: 1, y: 2}\n"}


def with_sub(parent_extra="", values="", sub=None, **more):
    files = {"Chart.yaml": chart("t", extra=parent_extra), **below("charts/sub", sub or SUB), **more}
    if values:
        files["values.yaml"] = values
    return files


def loading():
    plain = {"Chart.yaml": chart("t"), "values.yaml": "a: 1\n"}
    yield "a plain chart", {"files": plain}
    yield "a packaged chart", {"tgz": below("t", plain)}
    yield "the first segment of a package is dropped whatever it is", {"tgz": below("other-name", plain)}
    yield "a package with back slashes", {"tgz": {"t\\Chart.yaml": chart("t"), "t\\values.yaml": "a: 2\n"}}
    yield "a package with directories", {"tgz": {"t/": "", "t/templates/": "", **below("t", plain)}}
    yield "a package with dots in its paths", {"tgz": {"t/./Chart.yaml": chart("t"), "t/x/../values.yaml": "a: 3\n"}}
    yield "a package with a file outside", {"tgz": {"Chart.yaml": chart("t")}}
    yield "a package that climbs out", {"tgz": {**below("t", plain), "t/../../evil": "x"}}
    yield "a package with an absolute path", {"tgz": {**below("t", plain), "t//etc/evil": "x"}}
    yield "a package with a drive", {"tgz": {**below("t", plain), "t/c:/evil": "x"}}
    yield "a package with Chart.yaml as its directory", {"tgz": {"Chart.yaml/Chart.yaml": chart("t")}}
    yield "a package with a link", {"tgz": {**below("t", plain), "t/passwd": {"link": "/etc/passwd"}}}
    yield "a package without files", {"tgz": {"t/": ""}}
    yield "a package without Chart.yaml", {"tgz": {"t/values.yaml": "a: 1\n"}}
    yield "a package that is YAML", {"file": chart("t")}
    yield "a package that is text", {"file": "just some text\n"}
    yield "a package that is empty", {"file": ""}
    yield "a package with a large file", {"tgz": {**below("t", plain), "t/big": {"repeat": ["x", 5242881]}}}
    yield "a package with the largest file", {"tgz": {**below("t", plain), "t/big": {"repeat": ["x", 5242880]}}}
    yield "a directory with a large file", {"files": {**plain, "big": {"repeat": ["x", 5242881]}}}
    yield (
        "byte-order marks are dropped",
        {"files": {"Chart.yaml": "\ufeff" + chart("t"), "values.yaml": "\ufeffa: 1\n"}},
    )
    yield "no values", {"files": {"Chart.yaml": chart("t")}}
    yield "empty values", {"files": {"Chart.yaml": chart("t"), "values.yaml": "# nothing\n"}}
    yield "values that are a list", {"files": {"Chart.yaml": chart("t"), "values.yaml": "- 1\n"}}
    yield "values that do not parse", {"files": {"Chart.yaml": chart("t"), "values.yaml": "a: [1\n"}}
    yield (
        "files of every kind",
        {
            "files": {
                **plain,
                "README.md": "x",
                "LICENSE": "x",
                "Chart.lock": "dependencies: []\n",
                "values.schema.json": "{}",
                "conf/a.txt": "x",
                ".git/config": "x",
                "charts/sub.tgz.prov": "x",
                "templates/_a.txt": "",
                "crds/a.yaml": "a: 1\n",
            }
        },
    )
    yield (
        "requirements of an old chart stay visible",
        {
            "files": {
                "Chart.yaml": "apiVersion: v1\nname: t\nversion: 1.0.0\n",
                "requirements.yaml": "dependencies:\n- {name: sub, version: 1.0.0, condition: sub.on}\n",
                "values.yaml": "sub: {on: false}\n",
                **below("charts/sub", SUB),
            }
        },
    )
    yield (
        "requirements of a new chart are hidden",
        {
            "files": {
                **with_sub(values="sub: {on: false}\n"),
                "requirements.yaml": "dependencies:\n- {name: sub, version: 1.0.0, condition: sub.on}\n",
            }
        },
    )


def metadata():
    for name, text in {
        "no apiVersion": "name: t\nversion: 1.0.0\n",
        "no name": "apiVersion: v2\nversion: 1.0.0\n",
        "no version": "apiVersion: v2\nname: t\n",
        "an empty Chart.yaml": "",
        "Chart.yaml is a list": "- a\n",
        "Chart.yaml does not parse": "name: [\n",
        "a name with a slash": "apiVersion: v2\nname: a/b\nversion: 1.0.0\n",
        "a name that is a dot": "apiVersion: v2\nname: .\nversion: 1.0.0\n",
        "a name that is two dots": "apiVersion: v2\nname: ..\nversion: 1.0.0\n",
        "a name with spaces": "apiVersion: v2\nname: My Chart\nversion: 1.0.0\n",
        "a version that is none": "apiVersion: v2\nname: t\nversion: abc\n",
        "a version of four parts": "apiVersion: v2\nname: t\nversion: 1.2.3.4\n",
        "a version that is a number": "apiVersion: v2\nname: t\nversion: 1.2\n",
        "a version of one part": 'apiVersion: v2\nname: t\nversion: "1"\n',
        "a version with a v": "apiVersion: v2\nname: t\nversion: v1.2.3\n",
        "a version with zeros": "apiVersion: v2\nname: t\nversion: 01.2.3\n",
        "a version with everything": "apiVersion: v2\nname: t\nversion: 1.2.3-rc.1+b.5\n",
        "an unknown type": chart("t", extra="type: banana\n"),
        "an application": chart("t", extra="type: application\n"),
        "an app version that is a number": chart("t", extra="appVersion: 1.10\n"),
        "an unknown key": chart("t", extra="banana: 1\n"),
        "a null maintainer": chart("t", extra="maintainers: [null]\n"),
        "a null dependency": chart("t", extra="dependencies: [null]\n"),
        "a doubled key": "apiVersion: v2\nname: x\nname: t\nversion: 1.0.0\n",
        "annotations that are numbers": chart("t", extra="annotations: {a: 1}\n"),
        "a kubeVersion that fits": chart("t", extra='kubeVersion: ">=1.20.0-0"\n'),
    }.items():
        yield name, {"files": {"Chart.yaml": text}}
    yield "no Chart.yaml", {"files": {"values.yaml": "a: 1\n"}}
    yield (
        "two dependencies of one name",
        {"files": with_sub(dependencies({"name": "sub", "version": "1.0.0"}, {"name": "sub", "version": "1.0.0"}))},
    )
    yield "an alias with a dot", {"files": with_sub(dependencies({"name": "sub", "version": "1.0.0", "alias": "a.b"}))}


def ignoring():
    files = {
        "a.txt": "x",
        "b.md": "x",
        "d/a.txt": "x",
        "d/e/a.txt": "x",
        "e/b.md": "x",
        "templates/.hidden.yaml": "x: 1\n",
    }
    for rules in [
        "a.txt", "/a.txt", "d/a.txt", "e/a.txt", "d/", "e/", "*.md", "*", "?.txt", "[ab].txt", "[^a].txt", "# a.txt",
        "  a.txt  ", "a.txt # no comment", "!a.txt", "*.txt\n!a.txt", "**/a.txt", "[", "\\", "templates/", "/d/", "d/*",
        "\ufeffa.txt", "a.txt\r\nb.md\r", "/", "!", "d/e", ".helmignore", "templates/show*", "charts/",
    ]:  # fmt: skip
        case = {"files": {"Chart.yaml": chart("t"), **files, **below("charts/sub", SUB), ".helmignore": rules + "\n"}}
        yield f"ignore {rules!r}", case
    packed = {"t/Chart.yaml": chart("t"), "t/.helmignore": "a.txt\n", "t/a.txt": "x"}
    yield "a package does not look at .helmignore", {"tgz": packed}
    yield (
        "a subchart's .helmignore means nothing",
        {"files": with_sub(sub={**SUB, ".helmignore": "a.txt\n", "a.txt": "x"})},
    )


def subcharts():
    yield "a subchart that nobody declares", {"files": with_sub()}
    yield "a packaged subchart", {"files": {"Chart.yaml": chart("t"), "charts/sub-1.tgz": {"tgz": below("sub", SUB)}}}
    yield (
        "a package in a package",
        {"tgz": {"t/Chart.yaml": chart("t"), "t/charts/sub-1.tgz": {"tgz": below("sub", SUB)}}},
    )
    yield (
        "a subchart whose directory has another name",
        {"files": {"Chart.yaml": chart("t"), **below("charts/other", SUB)}},
    )
    yield (
        "subcharts that begin with a dot or underscore",
        {"files": {"Chart.yaml": chart("t"), **below("charts/_sub", SUB), **below("charts/.sub", SUB)}},
    )
    yield "a stray file beside subcharts", {"files": with_sub(**{"charts/README.md": "x"})}
    yield "a broken subchart", {"files": with_sub(sub={"Chart.yaml": "apiVersion: v2\nname: sub\n"})}
    yield "a broken packaged subchart", {"files": {"Chart.yaml": chart("t"), "charts/sub.tgz": "nonsense"}}
    yield (
        "a subchart three levels down",
        {
            "files": with_sub(
                sub={**SUB, **below("charts/deep", {"Chart.yaml": chart("deep"), "values.yaml": "z: 1\n"})}
            ),
            "values": {"sub": {"deep": {"z": 2}}, "global": {"g": 1}},
        },
    )
    for name, entry, values in [
        ("a declared subchart", {}, {}),
        ("a version that does not match", {"version": "2.x"}, {"sub": {"a": 2}}),
        ("a condition that is true", {"condition": "sub.on"}, {"sub": {"on": True}}),
        ("a condition that is false", {"condition": "sub.on"}, {"sub": {"on": False}}),
        ("a condition that is no boolean", {"condition": "sub.on"}, {"sub": {"on": "no"}}),
        ("a condition that is a table", {"condition": "sub"}, {"sub": {"on": False}}),
        ("a condition that leads nowhere", {"condition": "x.y.z"}, {}),
        ("the first condition that is there decides", {"condition": "x.y,sub.on"}, {"sub": {"on": False}}),
        ("a condition after a blank", {"condition": '"x.y, sub.on"'}, {"sub": {"on": False}}),
        ("the first of two conditions", {"condition": "sub.on,sub.off"}, {"sub": {"on": True, "off": False}}),
        ("a tag that is false", {"tags": "[x]"}, {"tags": {"x": False}}),
        ("a tag that is true beside one that is false", {"tags": "[x, y]"}, {"tags": {"x": False, "y": True}}),
        ("a tag that nobody sets", {"tags": "[x]"}, {"tags": {"z": False}}),
        ("a tag that is no boolean", {"tags": "[x]"}, {"tags": {"x": "no"}}),
        ("tags that are no table", {"tags": "[x]"}, {"tags": [1]}),
        ("a condition wins over a tag", {"tags": "[x]", "condition": "sub.on"}, {"tags": {"x": False}, "sub": {"on": True}}),
        ("enabled in Chart.yaml means nothing", {"enabled": "false"}, {}),
        ("an alias", {"alias": "other"}, {"other": {"a": 7}, "sub": {"a": 8}}),
        ("an alias and its condition", {"alias": "other", "condition": "other.on"}, {"other": {"on": False}}),
    ]:  # fmt: skip
        fields = {"name": "sub", "version": "1.0.0", **entry}
        yield name, {"files": with_sub(dependencies(fields)), "values": values}
    for version in [
        "1",
        "^1",
        "~1.0",
        ">=1.0.0 <2",
        "1.0.0 || 2",
        "*",
        '""',
        "x",
        "1.0.x",
        ">1",
        "!=1.0.0",
        "=1.0.0",
        "v1.0.0",
        '"*"',
        '">=1.0.0 <2"',
        '">=1.0.0, <2"',
        '">= 1.0.0 < 1.0.0"',
        "1.0.0 - 2.0.0",
    ]:
        fields = {"name": "sub", "version": version, "condition": "sub.on"}
        yield (
            f"the version range {version}",
            {"files": with_sub(dependencies(fields)), "values": {"sub": {"on": False}}},
        )
    yield (
        "a subchart may switch itself off",
        {
            "files": with_sub(
                dependencies({"name": "sub", "version": "1.0.0", "condition": "sub.on"}),
                sub={"Chart.yaml": chart("sub"), "values.yaml": "on: false\n"},
            )
        },
    )
    yield (
        "two aliases of one chart",
        {
            "files": with_sub(
                dependencies(
                    {"name": "sub", "version": "1.0.0", "alias": "one"},
                    {"name": "sub", "version": "1.0.0", "alias": "two"},
                )
            ),
            "values": {"one": {"a": 1}, "two": {"a": 2}},
        },
    )
    yield (
        "a chart as itself and under an alias",
        {
            "files": with_sub(
                dependencies({"name": "sub", "version": "1.0.0"}, {"name": "sub", "version": "1.0.0", "alias": "two"})
            ),
            "values": {"two": {"a": 2}},
        },
    )
    deep = {
        "Chart.yaml": chart("sub", extra=dependencies({"name": "deep", "version": "1.0.0", "condition": "deep.on"})),
        "values.yaml": "a: 1\n",
        **below("charts/deep", {"Chart.yaml": chart("deep"), "values.yaml": "z: 1\n"}),
    }
    for value in (True, False):
        yield (
            f"a nested condition that is {value}",
            {
                "files": with_sub(dependencies({"name": "sub", "version": "1.0.0"}), sub=deep),
                "values": {"sub": {"deep": {"on": value}}},
            },
        )
    yield (
        "a nested condition below a chart without dependencies is not looked at",
        {
            "files": with_sub(sub=deep),
            "values": {"sub": {"deep": {"on": False}}},
        },
    )
    yield (
        "a library chart renders nothing",
        {"files": with_sub(sub={"Chart.yaml": chart("sub", extra="type: library\n"), "values.yaml": "a: 1\n"})},
    )
    for text in ("5", "text", "[1]", "true"):
        yield f"values of a subchart that are {text}", {"files": with_sub(values=f"sub: {text}\n")}
    yield "values of a subchart that are null", {"files": with_sub(values="sub: null\n")}
    yield "a user's null for a subchart", {"files": with_sub(), "values": {"sub": None}}


def imports():
    exporting = {
        "Chart.yaml": chart("sub"),
        "values.yaml": "exports: {data: {p: 1, q: {r: 2}}}\nplain: {s: 3}\nscalar: 4\n",
    }
    for name, entry, values, user in [
        ("an export", "[data]", "", {}),
        ("an export that is missing", "[nothing]", "", {}),
        ("an export that the parent has", "[data]", "p: 9\n", {}),
        ("an export and the user", "[data]", "", {"p": 7}),
        (
            "an import ignores the user's values for the subchart",
            "[data]",
            "",
            {"sub": {"exports": {"data": {"p": 5}}}},
        ),
        ("an import sees the parent's values for the subchart", "[data]", "sub: {exports: {data: {p: 6}}}\n", {}),
        ("a table to the root", "[{child: plain, parent: .}]", "", {}),
        ("a table to a path", "[{child: plain, parent: a.b}]", "a: {c: 1}\n", {}),
        ("a table that is none", "[{child: scalar, parent: a}]", "", {}),
        ("a nested table", "[{child: exports.data.q, parent: q}]", "q: {r: 8}\n", {}),
        ("several imports", "[data, {child: plain, parent: x}, {child: exports.data, parent: x}]", "", {}),
        ("an import without a parent", "[{child: plain}]", "", {}),
        ("an import that is a number", "[5]", "", {}),
        ("a null in the parent against an import", "[data]", "p: null\n", {}),
        ("a user's null against an import", "[data]", "", {"p": None}),
    ]:
        fields = {"name": "sub", "version": "1.0.0", "import-values": entry}
        case = {"files": with_sub(dependencies(fields), values, exporting), "values": user}
        if name == "several imports":
            case |= {"differs": "aliasing", "ours": '"plain":{"s":3}'}
        yield f"import: {name}", case
    fields = {"name": "sub", "version": "1.0.0", "import-values": "[data]", "condition": "sub.on"}
    yield (
        "import: from a chart that is off",
        {"files": with_sub(dependencies(fields), "", exporting), "values": {"sub": {"on": False}}},
    )
    fields = {"name": "sub", "version": "1.0.0", "import-values": "[data]", "alias": "other"}
    yield (
        "import: from an alias",
        {"files": with_sub(dependencies(fields), "other: {exports: {data: {p: 4}}}\n", exporting)},
    )


def scoping():
    sub = {"Chart.yaml": chart("sub"), "values.yaml": "global: {g: sub, t: {s: 1, x: 1}}\na: {x: 1, n: null}\n"}
    for name, values, user in [
        ("nobody sets one", "", {}),
        ("the parent's", "global: {g: parent, t: {x: 2}}\n", {}),
        ("the user's", "", {"global": {"g": "user", "t": {"y": 3}}}),
        ("for the subchart alone", "", {"sub": {"global": {"g": "narrow"}}}),
        ("both", "global: {g: parent}\n", {"sub": {"global": {"g": "narrow", "only": 1}}}),
        ("a scalar against a table", "global: {t: 5}\n", {}),
        ("a table against a scalar", "global: {g: {a: 1}}\n", {}),
        ("no table at all", "global: 5\n", {}),
        ("none in the subchart", "", {"sub": {"global": 5}}),
        ("a null", "global: {g: null}\n", {}),
        ("the user's null", "global: {g: 1}\n", {"global": {"g": None}}),
        ("the user's null for the subchart's", "", {"sub": {"global": {"g": None}}}),
    ]:
        yield f"global: {name}", {"files": with_sub(values=values, sub=sub), "values": user}
    for name, values, user in [
        ("the user's in a table", "", {"sub": {"a": {"x": None}}}),
        ("the user's at the top", "", {"sub": {"a": None}}),
        ("the parent's", "sub: {a: null}\n", {}),
        ("the parent's and the user touches the table", "sub: {a: null}\n", {"sub": {"z": 1}}),
        ("the parent's in a table", "sub: {a: {x: null}}\n", {}),
        ("the parent's in a table and the user touches it", "sub: {a: {x: null}}\n", {"sub": {"a": {"z": 1}}}),
        ("the chart's own", "q: null\nr: {s: null, u: 1}\n", {}),
        ("the chart's own and the user's", "q: null\nr: {s: null, u: 1}\n", {"q": None, "r": {"s": None}}),
        ("one that no default meets", "", {"q": None, "r": {"s": None}}),
        ("in a list", "l: [{b: null}]\n", {}),
    ]:
        yield f"null: {name}", {"files": with_sub(values=values, sub=sub), "values": user}


def schemas():
    strict = '{"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": false}'
    loose = '{"type": "object", "properties": {"a": {"type": "integer"}}}'
    yield "schema: a subchart's values meet it", {"files": with_sub(sub={**SUB, "values.schema.json": loose})}
    yield (
        "schema: a subchart's values break it",
        {"files": with_sub(sub={**SUB, "values.schema.json": loose}), "values": {"sub": {"a": "x"}}},
    )
    yield (
        "schema: a subchart that refuses global",
        {"files": with_sub(sub={"Chart.yaml": chart("sub"), "values.schema.json": strict})},
    )
    yield (
        "schema: a parent that refuses its subchart",
        {
            "files": {**with_sub(), "values.schema.json": strict},
        },
    )
    yield (
        "schema: of a chart that is off",
        {
            "files": with_sub(
                dependencies({"name": "sub", "version": "1.0.0", "condition": "sub.on"}),
                sub={**SUB, "values.schema.json": loose},
            ),
            "values": {"sub": {"on": False, "a": "x"}},
        },
    )


def files_object():
    texts = {
        "a.txt": "one\ntwo\n",
        "c/b.txt": "three",
        "c/d/e.md": "four\r\nfive",
        "empty": "",
        "q.bin": {"base64": "/wA="},
    }
    for go, jinja in [
        ('.Files.Get "a.txt"', 'Files.Get("a.txt")'),
        ('.Files.Get "missing"', 'Files.Get("missing")'),
        ('.Files.Get "./a.txt"', 'Files.Get("./a.txt")'),
        ('.Files.Get "/a.txt"', 'Files.Get("/a.txt")'),
        ('.Files.Get "Chart.yaml"', 'Files.Get("Chart.yaml")'),
        ('.Files.Get "templates/show.yaml"', 'Files.Get("templates/show.yaml")'),
        ('.Files.GetBytes "c/b.txt"', 'Files.GetBytes("c/b.txt")'),
        ('.Files.GetBytes "missing"', 'Files.GetBytes("missing")'),
        ('.Files.Lines "a.txt"', 'Files.Lines("a.txt")'),
        ('.Files.Lines "c/d/e.md" | toJson', 'Files.Lines("c/d/e.md") | toJson'),
        ('.Files.Lines "missing"', 'Files.Lines("missing")'),
        ('(.Files.Glob "*").AsConfig', 'Files.Glob("*").AsConfig()'),
        ('(.Files.Glob "**.txt").AsConfig', 'Files.Glob("**.txt").AsConfig()'),
        ('(.Files.Glob "**/*.txt").AsConfig', 'Files.Glob("**/*.txt").AsConfig()'),
        ('(.Files.Glob "c/**").AsSecrets', 'Files.Glob("c/**").AsSecrets()'),
        ('(.Files.Glob "{a.txt,c/*}").AsConfig', 'Files.Glob("{a.txt,c/*}").AsConfig()'),
        ('(.Files.Glob "[!a]*").AsSecrets', 'Files.Glob("[!a]*").AsSecrets()'),
        ('(.Files.Glob "[^a]*").AsConfig', 'Files.Glob("[^a]*").AsConfig()'),
        ('(.Files.Glob "[a-c]/*").AsConfig', 'Files.Glob("[a-c]/*").AsConfig()'),
        ('(.Files.Glob "[a-c-]/*").AsSecrets', 'Files.Glob("[a-c-]/*").AsSecrets()'),
        ('(.Files.Glob "nothing").AsConfig', 'Files.Glob("nothing").AsConfig()'),
        ('(.Files.Glob "nothing").AsSecrets', 'Files.Glob("nothing").AsSecrets()'),
        ('(.Files.Glob "[").AsSecrets', 'Files.Glob("[").AsSecrets()'),
        ('(.Files.Glob "{a").AsSecrets', 'Files.Glob("{a").AsSecrets()'),
        ('len (.Files.Glob "c/*")', 'Files.Glob("c/*") | length'),
    ]:
        head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nresult: "
        pair = {"go": f"{head}{{{{ toJson ({go}) }}}}\n", "jinja": f"{head}{{{{ toJson({jinja}) }}}}\n"}
        yield f"files: {go}", {"files": {"Chart.yaml": chart("t"), **texts, "templates/x.yaml": pair}}


def generated(count):
    """Random families of charts with values that meet in every way."""
    rng = random.Random(20261123)
    keys = ["a", "b", "sub", "global", "t"]

    def value(depth):
        kind = rng.choice(["null", "scalar", "scalar", "list", "table", "table", "table"]) if depth else "scalar"
        if kind == "null":
            return None
        if kind == "scalar":
            return rng.choice([1, 2, "x", True, None])
        if kind == "list":
            return [value(0), {"k": None}]
        return {rng.choice(keys): value(depth - 1) for _ in range(rng.randint(0, 3))}

    def table(depth):
        return {rng.choice(keys): value(depth) for _ in range(rng.randint(0, 4))}

    def text(values):
        import json

        return json.dumps(values)

    for number in range(count):
        deep = {"Chart.yaml": chart("deep"), "values.yaml": text(table(3))}
        fields = {"name": "deep", "version": "1.0.0", "import-values": "[{child: t, parent: t}]", "condition": "deep.b"}
        extra = dependencies(fields) if rng.random() < 0.5 else ""
        sub = {"Chart.yaml": chart("sub", extra=extra), "values.yaml": text({**table(3), "deep": table(2)})}
        if rng.random() < 0.5:
            sub |= below("charts/deep", deep)
        elif extra:
            sub["Chart.yaml"] = chart("sub")
        fields = {
            "name": "sub",
            "version": "1.0.0",
            "import-values": "[{child: t, parent: a}, {child: global, parent: b}]",
        }
        if rng.random() < 0.3:
            fields["alias"] = "b"
        parent = {**table(3), "sub": rng.choice([table(3), {**table(2), "deep": table(2)}])}
        files = with_sub(dependencies(fields) if rng.random() < 0.6 else "", text(parent), sub)
        user = {**table(3), "sub": rng.choice([table(3), {**table(2), "deep": table(2)}])}
        if rng.random() < 0.3:
            del user["sub"]
        case = {"files": files, "values": user}
        if number == 189:
            case |= {"differs": "aliasing", "ours": '"b":{"t":{"b":"x","sub":"x"}}'}
        yield f"generated {number}", case


def all_cases():
    for group in (loading, metadata, ignoring, subcharts, imports, scoping, schemas, files_object):
        for name, case in group():
            yield {"name": name, **case}
    for name, case in generated(200):
        yield {"name": name, **case}
