"""Values and how they are given. A case is {"name", "defaults", "files", "set_json", "set", "set_string", "set_file",
"set_literal", "texts"}: the text of values.yaml, the texts of `-f` files, the arguments of flags, and files by name that
`--set-file` reads. "differs" names a difference of ../differences.json; "says" is in pgchart's message where both refuse."""

SCALARS = """
yes Yes YES y Y on On ON true True TRUE no No NO n N off Off OFF false False FALSE tRue yEs oN fALSE nO oFF
~ null Null NULL nUll NuLL None nil
0 00 1 -1 +5 -0 +0 007 0755 0o755 0O755 0b101 0B101 0x1F 0X1f 0xdeadBEEF 089 -012 +012 0_7 1_000 1__0 _1 1_ -0x1F -0b11 0b_1 0x_1 0b 0x
0b2 0xZZ 0o8 0o 08 09.5 00.5
1e3 1E3 1. .5 1_000.5 1.e3 12e03 1.5 -1.5 +1.5 1e-7 1e+3 1e 1e+ .e3 . .. ._1 1._5 -.5 +.5 1.5e300 1e400 -1e400 1e-400 -0.0 0.1 0e0 1e21 1e15 1e16 0x1p4 0x1.8p1 1d3
9007199254740991 9007199254740992 9007199254740993 -9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808
-9223372036854775809 12345678901234567890 18446744073709551615 18446744073709551616 123456789012345678901234567890 0x7fffffffffffffff
0x8000000000000000 0xffffffffffffffff 0x10000000000000000 0777777777777777777777 01777777777777777777777 0b1111111111
2024-01-01 2024-1-1 2024-01-01T10:00:00Z 2001-12-14t21:59:43.10-05:00 12:30:45 190:20:30 1:30 1.2.3 10.0.0.1 1,000 1.5M 100m 512Mi 0.5e
= << <<< - -- --a -a ?a :a a:b a#b http://x:80/a#b C:\\x $(V) it's @a %a
inf Inf NaN nan +inf infinity e1 E1 1f 0f 1_e3 1e_3 1e1_0
""".split()

QUOTED = [
    "''", '""', "'1'", '"1"', "'yes'", '"null"', r'"\x41\u00e9\U0001F600"', r'"a\tb\n"', r"'a\tb'", "'it''s'", '"a\\\n  b"', r'"\e\0\a\_\N\L\P\/"',
    "! 12", "!!str 123", "!!str yes", "!!str", "!!str ~", '!!int "7"', "!!int 0x10", "!!float 3", "!!float '1.5'", "!!bool 'yes'", '!!bool "true"', "!!null ''", "!!null ~",
    "!!binary aGVsbG8=", "!custom 5", "!custom {a: 1}", "!custom [1]", "!!map {a: 1}", "!!seq [1]", "!!timestamp 2024-01-01", "!!set {a, b}", "!!omap [a: 1]",
    "!<tag:yaml.org,2002:str> 5", "!<tag:yaml.org,2002:int> '5'", "|\n    a\n    b", "|-\n    a\n    b", "|+\n    a\n\n", ">\n    a\n    b\n\n    c", ">-\n    a\n    b", "|2\n      a", ">\n    a\n      b\n    c",
    "a b\n   c", "a\n\n   b", "[a, b,]", "{a: 1, b}", "{a: 1,}", "[]", "{}", "[1, [2, {a: ~}]]", "{a}", "[a: 1, b: 2]", "{'a':1}", '{"a":1}', "{a:1}", "[a:1]", "[,]",
    "- a", "a: b", "é日😀", "'\u00a0'", "# only a comment", "a # comment", "a#b # c", "&x a", "&x", "*x", "@at", "`tick`", "%pct", "!!int x", "!!int 1.5", "!!float x", "!!bool x", "!!bool 1", "!!null x", "!!binary '%%'", "!!binary /w==",
    ".inf", "-.inf", "+.Inf", ".nan", ".NaN", ".NAN", ".INF", "[.inf]", "!!float .inf", "!!str .inf", "'.inf'",
]

KEYS = """
a 1 -1 +1 0x10 0o10 010 0b11 1e3 1000000 1.5 1234567.5 -1.5 .5 1. 1e21 1e7 1e-5 0.1 123456789.123 y Y yes n no on off true True FALSE ON y1 nil
2024-01-01 12:30 ~x 1_000 12345678901234567890 9007199254740993 18446744073709551615 18446744073709551616 = é a.b a/b a-b 'y' "1" "null" ''
!!str\ 1 !!int\ "3" !!str\ y !x\ y &k\ a |\ a 0x8000000000000000 -9223372036854775808 1e400 08 0.0 -0.0 100000.5 16777217.5 3.14159265358979
""".split("\n")


def keys():
    for line in KEYS:
        for word in line.replace("\\ ", "\0").split():
            yield word.replace("\0", " ")
    yield from ["~", "null", "NULL", "[a]", "{a: b}", "? [a]\n", "? {a: b}\n", "? a\n", "? |\n  a\n", ".inf", ".nan", "!!null x", "!!binary aGk=", "!!float 1", "!!bool y"]


def shared():
    """Names by which later keys and values meet: whole texts. Not here: keys of two types that are written alike, `1` and `"1"`,
    of which Helm takes one or the other by chance."""
    return {
        "octal and decimal as one key": "010: a\n8: b\n",
        "duplicate keys": "a: 1\na: 2\n",
        "duplicate maps do not merge": "a: {b: 1}\na: {c: 2}\n",
        "duplicate keys deep": "a:\n  b: 1\n  c: 2\n  b: 3\n",
        "y and yes and on are one key": "y: 1\nyes: 2\non: 3\n",
        "an alias": "a: &x {b: 1}\nc: *x\n",
        "an alias of a scalar": "a: &x 5\nc: *x\n",
        "an alias of a list": "a: &x [1, 2]\nc: [*x, *x]\n",
        "an alias as key": "a: &x k\n*x : 1\n",
        "an anchor that is set again": "a: &x 1\nb: *x\nc: &x 2\nd: *x\n",
        "an anchor on a key": "&x a: 1\nb: *x\n",
        "an anchor on nothing": "a: &x\nb: *x\n",
        "an unknown alias": "a: *x\n",
        "an anchor within itself": "a: &x {b: *x}\n",
        "an anchor within itself in a list": "a: &x [*x]\n",
        "an alias across documents": "a: &x 1\n---\nb: *x\n",
        "a merge key": "b: &x {c: 1, d: 2}\ne:\n  <<: *x\n  d: 3\n",
        "a merge key after the keys": "b: &x {c: 1, d: 2}\ne:\n  d: 3\n  <<: *x\n",
        "a merge key with a list": "a: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\nc: {<<: [*a, *b]}\n",
        "a merge key with a list the other way": "a: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\nc: {<<: [*b, *a]}\n",
        "two merge keys": "a: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\nc:\n  <<: *a\n  <<: *b\n",
        "an inline merge": "c:\n  <<: {a: 1, b: 2}\n  b: 3\n",
        "an inline list merge": "c:\n  <<: [{a: 1}, {a: 2, b: 3}]\n",
        "a merge of a scalar": "c:\n  <<: 5\n",
        "a merge of text": "c:\n  <<: x\n",
        "a merge of null": "c:\n  <<: ~\n  a: 1\n",
        "a merge of an empty list": "c:\n  <<: []\n  a: 1\n",
        "a merge of a list with a scalar": "c:\n  <<: [{a: 1}, 5]\n",
        "a merge of an alias of a list": "a: &a [{x: 1}, {y: 2}]\nb: {<<: *a}\n",
        "merges of merges": "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}\n",
        "a merge does not go deep": "a: &a {m: {x: 1}}\nb:\n  <<: *a\n  m: {y: 2}\n",
        "a quoted merge key": "a: &a {x: 1}\nb:\n  '<<': *a\n",
        "a double quoted merge key": 'a: &a {x: 1}\nb:\n  "<<": *a\n',
        "a tagged merge key": "a: &a {x: 1}\nb:\n  !!merge <<: *a\n",
        "a merge at the root": "a: &a {x: 1}\n<<: *a\n",
        "a merge of null keys": "a: &a {x: ~}\nb: {<<: *a}\n",
        "documents merge": "a: 1\nb: {c: 1}\n---\na: 2\nb: {d: 2}\n",
        "documents replace lists": "a: [1, 2]\n---\na: [3]\n",
        "a null in a later document": "a: 1\nb: {c: 1, d: 1}\n---\na: ~\nb: {c: ~}\n",
        "a document that is empty": "a: 1\n---\n---\nb: 2\n",
        "a document of comments": "a: 1\n---\n# nothing\n---\nb: 2\n",
        "a document of null": "a: 1\n---\n~\n",
        "a later document that is a list": "a: 1\n---\n- b\n",
        "a later document that is broken": "a: 1\n---\nb: [\n",
        "documents and end marks": "a: 1\n...\n---\nb: 2\n...\n",
        "an end mark and a document without start": "a: 1\n...\nb: 2\n",
        "content beside a document start": "--- {a: 1}\n",
        "text beside a document start": "--- a\n",
        "a document start inside a block": "a: |\n  ---\n  x\nb: 1\n",
        "a document start at column zero of a block": "a: |\n  x\n---\nb: 1\n",
        "a dashed line in a quoted text": "a: 'x\n\n  --- y'\n",
        "three dashes and text": "a: 1\n---x: 2\n",
        "a document start with spaces": "a: 1\n---   \nb: 2\n",
        "a document start with a comment": "a: 1\n--- # next\nb: 2\n",
        "dashes with CRLF": "a: 1\r\n---\r\nb: 2\r\n",
        "only a document start": "---\n",
        "only an end mark": "...\n",
        "an empty text": "",
        "a blank text": "\n \n\n",
        "only comments": "# a\n# b\n",
        "null": "~\n",
        "an empty map": "{}\n",
        "JSON": '{"a": [1, true, null, "x", 1.5, {"b": "\\u00e9"}], "c": "\\/"}',
        "JSON over lines": '{\n  "a": 1,\n  "b": {\n    "c": 2\n  }\n}\n',
        "JSON with tabs": '{\n\t"a": 1,\n\t"b": [\n\t\t2\n\t]\n}\n',
        "a list": "- a\n- b\n",
        "an empty list": "[]\n",
        "a scalar": "hello\n",
        "a number": "5\n",
        "a string that is null": "'null'\n",
        "a version directive of 1.2": "%YAML 1.2\n---\na: 1\n",
        "a version directive of 1.1": "%YAML 1.1\n---\na: 1\n",
        "a tag directive": "%TAG !e! tag:example.com,2000:\n---\na: !e!x 5\n",
        "CRLF": "a: 1\r\nb:\r\n  c: |\r\n    x\r\n    y\r\nd: 'p\r\n\r\n  q'\r\n",
        "CR alone": "a: 1\rb: 2\r",
        "a byte order mark": "\ufeffa: 1\n",
        "a byte order mark and a comment": "\ufeff# c\na: 1\n",
        "a byte order mark after a document start": "a: 1\n---\n\ufeffb: 2\n",
        "a byte order mark in text": "a: 'x\ufeffy'\n",
        "no final line break": "a: 1\nb: x",
        "a final line break in a block without one": "a: |\n  x",
        "4096 bytes without a final line break": "a: " + "x" * 4093,
        "8192 bytes without a final line break": "b: 1\na: " + "x" * (8192 - 8),
        "a tab before a key": "a:\n\tb: 1\n",
        "a tab after a key": "a:\t1\n",
        "a tab before a comment": "a: 1\t# c\n",
        "a tab in a list": "a:\n- \tb\n",
        "a tab in an empty line": "a: 1\n\t\nb: 2\n",
        "a tab in a plain text": "a: x\ty\n",
        "a tab before the first key": "\ta: 1\n",
        "a tab before a line of comment": "# x\n\t# y\na: 1\n",
        "a tab after the mark of an item": "a:\n-\tb: 1\n",
        "a tab after the mark of a value": "? a\n:\t1\n",
        "a tab begins a block of text": "a: |\n  \tx\n",
        "a tab indents an item": "a:\n  - 1\n\t- 2\n",
        "a tab between items in brackets": "a: [1,\t2]\n",
        "a tab in brackets below a key": "a: {\n\tb: 1}\n",
        "a list at the key's column": "a:\n- 1\n- 2\nb: 3\n",
        "a list in a list": "a:\n- - 1\n  - 2\n-  - 3\n",
        "maps in a list": "a:\n- b: 1\n  c: 2\n-\n  d: 3\n- {e: 4}\n",
        "nothing in a list": "a:\n-\n- ~\n- ''\n",
        "nothing after a key": "a:\nb:\n",
        "a wrong indentation": "a:\n    b: 1\n  c: 2\n",
        "a key below a scalar": "a: 1\n  b: 2\n",
        "a list item below a scalar": "a: 1\n- b\n",
        "two colons": "a: b: c\n",
        "a colon without a space": "a:b\n",
        "a value without a space": "a:1\n",
        "an open bracket": "a: [1, 2\n",
        "an open brace": "a: {b: 1\n",
        "an open quote": "a: 'x\n",
        "an open double quote": 'a: "x\n',
        "a bad escape": 'a: "\\q"\n',
        "text after a quote": "a: 'x' y\n",
        "text after a bracket": "a: [1] y\n",
        "a closing bracket": "a: ]\n",
        "a control character": "a: x\x01y\n",
        "a NUL": "a: x\x00y\n",
        "a delete character": "a: x\x7fy\n",
        "a next-line character": "a: x\u0085y\n",
        "a line separator": "a: x\u2028y\n",
        "a block with wrong indentation": "a: |\n    x\n  y\n",
        "a block with a bad indicator": "a: |x\n  y\n",
        "a block of indicator zero": "a: |0\n  y\n",
        "a folded block with more indentation": "a: >\n  x\n    y\n  z\n",
        "a block that is empty": "a: |\nb: 1\n",
        "a block that keeps": "a: |+\n  x\n\n\nb: 1\n",
        "a comment after a block": "a: |\n  x\n# c\nb: 1\n",
        "a hash in a block": "a: |\n  # x\n",
        "plain text over lines": "a: x\n  y\n\n  z\n",
        "plain text over lines with a hash": "a: x\n  # y\n  z\n",
        "a long key": "k" * 1025 + ": 1\n",
        "a long quoted key": '"' + "k" * 1025 + '": 1\n',
        "a key over lines": "? a\n  b\n: 1\n",
        "a key without a value": "? a\n? b\n",
        "a value without a key": ": 1\n",
        "a quoted key over lines": "'a\n  b': 1\n",
        "text at the root before a key": "x\na: 1\n",
        "the deepest usual nesting": "a: " + "[" * 60 + "]" * 60 + "\n",
        "100 levels of maps": "".join(" " * level + "k:\n" for level in range(98)) + " " * 98 + "k: 1\n",
    }


NULLS = [
    ("a: 1", "a: ~"),
    ("b: {c: 2, d: 3}", "b: {c: ~}"),
    ("b: {c: 2}", "b: {c: ~}"),
    ("b: {c: 2}", "b: ~"),
    ("a: ~\nb: {c: ~, d: 1}", ""),
    ("a: ~\nb: {c: ~, d: 1}", "{}"),
    ("a: ~", "a: 1"),
    ("a: ~", "a: ~"),
    ("a: ~", "a: {b: 1}"),
    ("a: ~", "a: {b: ~}"),
    ("b: {c: ~}", "b: {c: ~}"),
    ("b: {c: ~}", "b: {c: 1}"),
    ("b: {c: ~}", "b: ~"),
    ("b: {c: ~}", "b: {}"),
    ("b: {c: {d: ~}}", ""),
    ("b: {c: {d: ~}}", "b: {c: ~}"),
    ("b: {c: {d: 1, e: 2}}", "b: {c: {d: ~}}"),
    ("b: {c: {d: 1}}", "b: {c: {d: ~}}"),
    ("", "q: ~\nr: {s: ~}"),
    ("r: {t: 1}", "r: {s: ~}"),
    ("r: {t: {u: 1}}", "r: {s: {u: ~}}"),
    ("r: 1", "r: {s: ~}"),
    ("a: [{b: ~}]", ""),
    ("a: [1, ~]", "a: [~]"),
    ("a: [1, 2]", "a: ~"),
    ("a: [1, 2]", "a: []"),
    ("a: {b: 1}", "a: []"),
    ("a: {b: 1}", "a: {}"),
    ("a: {b: 1}", "a: ''"),
    ("a: {b: 1}", "a: 5"),
    ("a: {b: {c: 1}}", "a: {b: 5}"),
    ("a: {b: {c: 1}}", "a: {b: []}"),
    ("a: 5", "a: {b: 1}"),
    ("a: {b: 5}", "a: {b: {c: 1}}"),
    ("a: {b: [1]}", "a: {b: {c: 1}}"),
    ("a: [1]", "a: {b: 1}"),
    ("a: [1, 2, 3]", "a: [9]"),
    ("a: [{x: 1}]", "a: [{y: 2}]"),
    ("a: 0\nb: ''\nc: false", "a: 1\nb: x\nc: true"),
    ("a: 1\nb: x\nc: true", "a: 0\nb: ''\nc: false"),
    ("a: 1", "a: '1'"),
    ("global: {g: 1}", "global: {h: 2}"),
    ("global: {g: 1}", "global: {g: ~}"),
    ("global: {g: 1}", "global: 5"),
    ("global: 5", "global: {g: 1}"),
    ("global: 5", ""),
    ("global: ~", "a: 1"),
    ("a: {b: &x {c: 1}}\nd: *x", "a: {b: {c: ~}}"),
    ("a: &x {c: 1}\nd: *x", "a: {c: 2}"),
    ("y: 1", "'true': 2"),
    ("1: a", "'1': ~"),
]

SET = r"""
a=1|a=-5|a=+5|a=-0|a=+0|a=0|a=00|a=007|a=-007|a=1.5|a=1e3|a=0x1F|a=1_000|a=0.0|a=0b1
a=9223372036854775807|a=9223372036854775808|a=-9223372036854775808|a=-9223372036854775809
a=true|a=True|a=TRUE|a=tRuE|a=false|a=FALSE|a=null|a=NULL|a=Null|a=yes|a=~|a=nil|a=nan|a=inf
a=|a=,b=1|a|a,b=1|a=1,|a=1,,b=2|=1|=|,|,,|a=1,=2|=1,a=2|a=b=c|a==b|a= 1|a=1 | a=1|a =1|a=x y|a=x\,y|a=\1|a=\\|a=\|a=tr\ue|a=\true
a.b.c=1|a\.b=1|a.=1|a..b=1|.a=1|.|a.|a.b|a.b,c=1|a\=b=1|a\[0\]=1|a\,b=1|a\\b=1|a.b=1,a.c=2|a.b=1,a=2|a=1,a.b=2|a=x,a.b=2|a=null,a.b=2|a=true,a.b=1
a={1,x}|a={}|a={,}|a={a\,b,c}|a={ a }|a={x|a={x}y|a={x},b=1|a={x,b=1|a={{x}}|a={x\}y}|a=x{y}|a={true,null,007}|a={a,}|a=\{x}|a={x}}|a={x\}|a={"x,y"}
a[0]=x|a[2]=x|a[0].b=1,a[0].c=2|a[0][1]=x|a[0][0][0]=1|a[0]={x,y}|a[1]=b,a[0]=a|a[0]=a,a[0]=b|a[0]=a,a[1].b=1|a[-1]=1|a[65536]=1|a[65537]=1|a[99999999999999999999]=1|a[x]|a[x]=1|a[]=1|a[0|a[0]|a[0]x=1|a[ 0]=1|a[+1]=1|a[01]=1|a[0x1]=1
[0]=1|a.[0]=1|a[0]b=1|a[0].=1|a[0]..b=1|a[0]=,b=1|a[0],b=1|a[1].b=1|a[0].b[1]=x|a[0].b.c=1|a.b[0]=1|a.b[0].c=1|a[0]=1,a.b=2|a.b=1,a[0]=2|a=1,a[0]=2|a[0]=1,a[0].b=2|a[0]=1,a[0][0]=2|a[0].b=1,a[0]=2|a[0]=1,a=2|a[0][1]=x,a[0][0]=y|a={x,y},a[0]=z|a={x,y},a[3]=z
a="x"|a='x'|a="x,y"|a=é|é=1|a=日本|a=😀|a.é.b=1|a=http://x?a:b|a=a:b|a=#x|a=x y=z|a]=1|a}=1|a{=1|{a}=1|a b=1|"a"=1|a-b=1|a/b=1|a\nb=1
""".strip().replace("\n", "|").split("|")

TYPED_ONLY = ["a=x\ny", "a\nb=1", "a=\t", "a=\u00a0", ".".join("k" * 1 for _ in range(30)) + "=1", ".".join("k" for _ in range(31)) + "=1", ".".join("k" for _ in range(32)) + "=1", "a" + "[0]" * 29 + "=1", "a" + "[0]" * 35 + "=1"]

SET_JSON = r"""
a=1|a=1.5|a="x"|a=null|a=true|a=|a={}|a=[]|a=[1,"x",null]|a={"b":{"c":1}}|a=1,b=2|a={},b=2|a={}, b=2|a=1 ,b=2|a= 1|a=[1] |a="x,y",b=1|a=x|a='x'|a={|a=[1,|a={"b":1}x|a="x"y|a.b=1|a.b.c={"d":1}|a[0]=1
a[1]={"b":1}|a[0].b=[1]|a\.b=1|a|a,b=1|=1|a=9007199254740993|a=1e3|a=1e400|a=1E-7|a=12345678901234567890|a=-0|a=01|a=0x1|a=+1|a=.5|a="\u00e9\ud83d\ude00"|a="\ud800"|a=tRue|a={"b":1,"b":2}|a={"b":1},a={"c":2}|a={"b":1},a.c=2|a=1,a.b=2
{"a":1}| {"a":1}|{"a":{"b":1}}|{"a":null}|{}|{|{"a":1}x|{"a":1},b=2|{"a":1,"a":2}|{"a.b":1}|[1]|"x"|{a:1}|{"a":1.0}|{"a":1e2}
""".strip().replace("\n", "|").split("|")

SET_LITERAL = r"""
a=1|a=true|a=x,y|a={x,y}|a=\n|a=a\,b|a=|a= x |a=b=c|a.b=x|a.b.c=x,d=y|a[0]=x|a[1]=x|a[0].b=x|a\.b=x|a|=x||a..b=x|a.=x|.a=x|a[x]=1|a[0=1|a[0]b=x|a,b=1|a[-1]=x|a[0][1]=x|a\[0]=x|a[65537]=x
""".strip().split("|")

TEXTS = {"one.txt": "first\n", "two.txt": "a: 1\nb,c={x}\n", "empty.txt": "", "win.txt": "a\r\nb", "1": "number\n", "true": "yes", "a,b.txt": "comma", "{x}": "brace"}

SET_FILE = r"""
a=one.txt|a=one.txt,b=two.txt|a={one.txt,two.txt}|a.b=two.txt|a[1]=one.txt|a=|a=,b=one.txt|a=nope.txt|a={one.txt,nope.txt}|a=empty.txt|a=win.txt|a=1|a=true|a=a\,b.txt|a=./one.txt|a|a={}|a={one.txt|=one.txt|a\.b=one.txt|a=one.txt,a=two.txt
""".strip().split("|")

BASE = "a: 1\nb: {c: x, d: {e: 1.5}}\nl: [p, q, r]\nm: [{k: 1}, {k: 2, o: s}]\nz: ~\nt: true\n"

IN_PLACE = r"""
a=2|a=null|a.b=1|b.c=y|b.f=1|b=x|b.d.e=2|b.d=1|b.c.g=1|b[0]=1|l[1]=9|l[0]=null|l[5]=z|l={x}|l.x=1|l=|m[0].k=5|m[1].p=7|m[2].k=3|m[4]=x|m[0]=x|m[0].k.x=1|m[0][0]=1|z=1|z.x=1|z[0]=1|t=false|t.x=1|l[0].x=1|l[0][0]=1|l[-1]=1|b.d.e.f=1|new.key=1|new[1].key=1
""".strip().split("|")


def flags():
    for text in SET + TYPED_ONLY:
        yield f"--set {text!r}", {"set": [text]}
    for text in SET[:: 2] + ["a=true,b=null,c=0,d=1,e={1,true}"]:
        yield f"--set-string {text!r}", {"set_string": [text]}
    for text in SET_JSON:
        yield f"--set-json {text!r}", {"set_json": [text]}
    for text in SET_LITERAL:
        yield f"--set-literal {text!r}", {"set_literal": [text]}
    for text in SET_FILE:
        yield f"--set-file {text!r}", {"set_file": [text], "texts": TEXTS}


def in_place():
    for text in IN_PLACE:
        yield f"--set {text!r} over a file", {"files": [BASE], "set": [text]}
        yield f"--set {text!r} over the defaults", {"defaults": BASE, "set": [text]}
    for text in IN_PLACE[:: 3]:
        yield f"--set {text!r} over both", {"defaults": "b: {c: k, k: 1}\nl: [1, 2]\na: 0\nm: {x: 1}\n", "files": [BASE], "set": [text]}
    for text in ["b.c=true", "l[1]=9", "m[0].k=5", "z=1", "b.d={x}", "a.b=1"]:
        yield f"--set-string {text!r} over a file", {"files": ["b: {c: x, d: {e: s}}\nl: [p, q, r]\nm: [{k: v}]\na: s\n"], "set_string": [text]}
    for text in ['b.c={"x":1}', "l[1]=[1]", 'm[0]={"p":1}', "m[0].p=1", "z=", 'b={"c":null}', '{"b":{"c":null,"k":1},"l":[1]}', '{"b":{"d":{"e":{"x":1}}}}', '{"l":{"x":1}}', '{"z":null}', "a.b=1", "l.x=1"]:
        yield f"--set-json {text!r} over a file", {"files": [BASE], "set_json": [text]}
    for text in ["b.c=x,y", "l[1]={9}", "m[0].k=5", "a.b=1", "q=5"]:
        yield f"--set-literal {text!r} over a file", {"files": [BASE], "set_literal": [text]}
    for text in ["b.c=one.txt", "l[1]=two.txt", "q=one.txt"]:
        yield f"--set-file {text!r} over a file", {"files": [BASE.replace("z: ~\n", "")], "set_file": [text], "texts": TEXTS}


def precedence():
    every = {"set_json": ['v="json"'], "set": ["v=set"], "set_string": ["v=string"], "set_file": ["v=one.txt"], "set_literal": ["v=literal"]}
    given = {"defaults": "v: default\n", "files": ["v: file1\n", "v: file2\n"], "texts": TEXTS}
    for count in range(len(every) + 1):
        kinds = dict(list(every.items())[:count])
        yield f"precedence of {', '.join(kinds) or 'files'}", given | kinds
        if kinds:
            last = {list(kinds)[-1]: kinds[list(kinds)[-1]]}
            yield f"precedence of {', '.join(last)} alone", given | last
    yield "--set over --set-json, deep", {"set_json": ['a={"b":1,"c":2}'], "set": ["a.b=9,a.d=3"]}
    yield "--set against a scalar of --set-json", {"set_json": ["a=1"], "set": ["a.b=1"]}
    yield "--set-string over --set", {"set": ["n=2"], "set_string": ["n=1"]}
    yield "--set-string edits a list of --set", {"set": ["l={a,b}"], "set_string": ["l[1]=1"]}
    yield "--set-literal into a map of --set", {"set": ["a.b=1"], "set_literal": ["a.c=x,y"]}
    yield "--set-file into a map of --set", {"set": ["a.b=1"], "set_file": ["a.c=one.txt"], "texts": TEXTS}
    yield "left to right in one kind", {"set": ["a=1,a=2", "a=3", "b=1", "b=2"]}
    yield "a later map into an earlier one", {"set": ["a.b=1", "a.c=2"]}
    yield "a later scalar over an earlier map", {"set": ["a.b=1", "a=2"]}
    yield "list positions in several flags", {"set": ["l[0]=a", "l[2]=c", "l[1]=b"]}
    yield "a null of --set deletes a default", {"defaults": "a: 1\nb: {c: 1, d: 2}\n", "set": ["a=null,b.c=null"]}
    yield "a null of --set for what is not there", {"defaults": "a: 1\n", "set": ["b=null,c.d=null"]}
    yield "a null of --set over a file's value", {"defaults": "a: 1\n", "files": ["a: 2\n"], "set": ["a=null"]}
    yield "a null of --set-json deletes a default", {"defaults": "a: 1\nb: {c: 1}\n", "set_json": ["a=null", "b={\"c\":null}"]}
    yield "the text null of --set-string", {"defaults": "a: 1\n", "set_string": ["a=null"]}
    yield "a null of a file is replaced by a later file", {"defaults": "a: 1\n", "files": ["a: ~\n", "a: 2\n"]}
    yield "a null of a later file deletes the default", {"defaults": "a: 1\n", "files": ["a: 2\n", "a: ~\n"]}
    yield "a null of a later file over a map of an earlier one", {"defaults": "a: {b: 1}\n", "files": ["a: {c: 2}\n", "a: ~\n"]}
    yield "a map of a later file over a null of an earlier one", {"defaults": "a: {b: 1}\n", "files": ["a: ~\n", "a: {c: 2}\n"]}
    yield "a deep null in a later file", {"defaults": "a: {b: 1, c: 2}\n", "files": ["a: {b: 3}\n", "a: {b: ~}\n"]}
    yield "a deep null that no default meets", {"defaults": "a: {c: 2}\n", "files": ["a: {b: 3}\n", "a: {b: ~}\n"]}
    yield "files merge maps and replace lists", {"files": ["a: {b: 1, l: [1, 2]}\n", "a: {c: 2, l: [3]}\n"]}
    yield "a scalar over a map in files", {"files": ["a: {b: 1}\n", "a: 5\n"]}
    yield "a map over a scalar in files", {"files": ["a: 5\n", "a: {b: 1}\n"]}
    yield "an empty map over a map in files", {"files": ["a: {b: 1}\n", "a: {}\n"]}
    yield "an empty list over a list in files", {"files": ["a: [1]\n", "a: []\n"]}
    yield "empty files", {"defaults": "a: 1\n", "files": ["", "# nothing\n", "---\n"]}
    yield "three files", {"files": ["a: 1\nb: 1\nc: 1\n", "b: 2\nc: 2\n", "c: 3\n"]}
    yield "a file of several documents over another", {"files": ["a: 1\nb: 1\n", "b: 2\n---\nb: 3\nc: 3\n"]}
    yield "a broken file", {"defaults": "a: 1\n", "files": ["a: [\n"], "says": "not valid YAML"}
    yield "a list file", {"defaults": "a: 1\n", "files": ["- a\n"], "says": "values must be an object, found a list"}
    yield "broken defaults", {"defaults": "a: [\n", "files": ["a: 1\n"], "says": "not valid YAML"}
    yield "a global of the user over the chart's", {"defaults": "global: {a: 1, b: 2}\n", "set": ["global.a=9"]}
    yield "a list of defaults is replaced by a position", {"defaults": "l: [1, 2, 3]\n", "set": ["l[1]=9"]}
    yield "a map in a list of defaults is not merged", {"defaults": "l: [{a: 1, b: 2}]\n", "set": ["l[0].a=9"]}


SAYS = {
    "a merge of a scalar": "merge",
    "an anchor within itself": "an anchor cannot contain itself",
    "an unknown alias": "unknown anchor",
    "a tab before a key": "a tab cannot indent a line",
    "an open bracket": "never closed",
    "a list": "values must be an object, found a list",
    "a scalar": "values must be an object, found text",
    "value '.inf'": "is not a finite number",
    "key '~'": "a map key cannot be null",
    "key '[a]'": "a map key must be a scalar",
    "--set 'a'": "has no value",
    "--set 'a={x'": "never closed",
    "--set 'a[-1]=1'": "a list position cannot be negative",
    "--set 'a[65537]=1'": "a list position is at most",
    "--set 'a[x]=1'": "is no list position",
    "--set 'a=1,a.b=2'": "expected an object above this, found an integer",
    "--set-json 'a=x'": "not valid JSON",
    "--set-file 'a=nope.txt'": "cannot read `nope.txt`",
}


# What pgchart answers on purpose otherwise: a name of ../differences.json and the values.
DIFFERS = {
    "value '9007199254740993'": ("integers", None),
    "value '-9007199254740993'": ("integers", None),
    "value '9223372036854775807'": ("integers", None),
    "value '0x7fffffffffffffff'": ("integers", None),
    "value '0777777777777777777777'": ("integers", None),
    "--set-json 'a=9007199254740993'": ("integers", None),
    r"""value '"\\e\\0\\a\\_\\N\\L\\P\\/"'""": ("newer YAML", {"k": "\x1b\0\x07\u00a0\u0085\u2028\u2029/"}),
    "JSON": ("newer YAML", {"a": [1, True, None, "x", 1.5, {"b": "é"}], "c": "/"}),
    "only an end mark": ("newer YAML", {}),
    "a tab in a list": ("newer YAML", {"a": ["b"]}),
    "a tab in an empty line": ("newer YAML", {"a": 1, "b": 2}),
    "a tab before the first key": ("newer YAML", {"a": 1}),
    "a tab before a line of comment": ("newer YAML", {"a": 1}),
    "a tab after the mark of an item": ("newer YAML", {"a": [{"b": 1}]}),
    "a tab after the mark of a value": ("newer YAML", {"a": 1}),
    "a tab begins a block of text": ("newer YAML", {"a": "\tx\n"}),
    "a next-line character": ("newer YAML", {"a": "x\u0085y"}),
    "a line separator": ("newer YAML", {"a": "x\u2028y"}),
    "4096 bytes without a final line break": ("last line", {"a": "x" * 4093}),
}
REFUSED = {
    "--set-json 'a=\"\\\\ud800\"'": ("surrogates", "not valid JSON"),
    "a tab in brackets below a key": ("newer YAML", "a tab cannot indent a line"),
}


def all_cases():
    def named():
        for text in SCALARS + QUOTED:
            yield f"value {text!r}", {"files": [f"k: {text}\n"]}
        for text in keys():
            yield f"key {text!r}", {"defaults": f"k:\n  {text}: 1\n" if "\n" not in text else f"k:\n  {text}  : 1\n"}
        for name, text in shared().items():
            yield name, {"files": [text]}
        for name, text in shared().items():
            yield f"defaults: {name}", {"defaults": text}
        for default, user in NULLS:
            yield f"{user!r} over {default!r}", {"defaults": default + "\n", "files": [user + "\n"]}
        yield from precedence()
        yield from flags()
        yield from in_place()

    for name, case in named():
        more = {"says": SAYS[name]} if name in SAYS else {}
        if (text := name.removeprefix("defaults: ")) in DIFFERS:
            more["differs"], more["ours"] = DIFFERS[text]
        if text in REFUSED:
            more["differs"], more["says"] = REFUSED[text]
        yield {"name": name, **case, **more}
