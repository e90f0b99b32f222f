"""Schemas and values that are put to real Helm; what it answers stands in recordings.jsonl.

A case is a dictionary: "schema" and "values" (values.yaml) as JSON or, as text, exactly so; "user", what the user sets;
"files", more files of the chart. "differs" names a difference of ../differences.json, and then "ours" is what pgchart does
instead: "accepts", "refuses the schema", or the failing places.
"""

DRAFTS = {
    "4": "http://json-schema.org/draft-04/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}


def case(schema, values, **more):
    return {"schema": schema, "values": values, **more}


def properties(**named):
    return {"properties": named}


def each_draft(schema, values, drafts=tuple(DRAFTS)):
    return [case({"$schema": DRAFTS[draft], **schema}, values) for draft in drafts]


def kinds():
    """Types, with the numbers that a values file can hold."""
    for wanted in ["string", "integer", "number", "boolean", "null", "array", "object"]:
        yield case(properties(a={"type": wanted}), '{"a": "x"}')
        yield case(properties(a={"type": wanted}), '{"a": 1}')
    for number in ["2.0", "2.5", "1e3", "1e-3", "-0", "-0.0", "1e300", "9007199254740993", "18446744073709551616", "1" + "0" * 40]:
        yield case(properties(a={"type": "integer"}), '{"a": %s}' % number)
    for number in ["2.0", "3", "-1", "9223372036854775807"]:
        yield case(properties(a={"type": "integer", "minimum": 0, "maximum": 2}), '{"a": %s}' % number)
    yield case('{"properties": {"a": {"maximum": 1e400}}}', '{"a": 1}', differs="schema-numbers", ours="refuses the schema")
    yield case('{"properties": {"a": {"maximum": 10000000000000000000000000000000}}}', '{"a": 1e30}')
    yield case('{"properties": {"a": {"minLength": 1e2}}}', '{"a": "x"}')
    yield case('{"properties": {"a": {"minLength": 2.0}}}', '{"a": "x"}')
    yield case(properties(a={"type": ["string", "null"]}), '{"a": 1}')
    yield case(properties(a={"type": ["string", "integer"]}), '{"a": 1.0}')
    yield case(properties(a={"multipleOf": 0.1}), '{"a": 0.3}')
    yield case(properties(a={"multipleOf": 0.01}), '{"a": 19.99}')
    yield case(properties(a={"multipleOf": 3}), '{"a": 10}')
    yield case(properties(a={"multipleOf": 1e-300}), '{"a": 1e300}')
    yield case(properties(a={"exclusiveMinimum": 3, "exclusiveMaximum": 4}), '{"a": 3}')
    yield case(properties(a={"const": 1}), '{"a": 1.0}')
    yield case(properties(a={"enum": [1, "x", None]}), '{"a": 2}')
    yield case(properties(a={"enum": [1.0]}), '{"a": 1}')
    yield case(properties(a={"const": {"b": [1, 2]}}), '{"a": {"b": [1, 2.0]}}')
    yield case(properties(a={"const": "x"}), '{"a": "y"}')


def keywords():
    yield case({"required": ["a", "b"]}, '{"b": 1}')
    yield case({"required": ["a", "b"]}, '{}')
    yield case({"additionalProperties": False, **properties(a={})}, '{"a": 1, "b": 2, "c": 3}')
    yield case({"additionalProperties": {"type": "integer"}, **properties(a={})}, '{"a": "x", "b": "y", "c": 3}')
    yield case({"patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": False}, '{"x-a": "x", "y": 1}')
    yield case({"patternProperties": {"^x-": False}}, '{"x-a": "x", "y": 1}')
    yield case({"propertyNames": {"maxLength": 2}}, '{"abc": 1, "ab": 2}')
    yield case({"propertyNames": {"pattern": "^[a-z]+$"}}, '{"ok": 1, "NO": 2, "n0": 3}')
    yield case({"propertyNames": {"enum": ["a", "b"]}}, '{"a": 1, "c": 2}')
    yield case({"minProperties": 2}, '{"a": 1}')
    yield case(properties(m={"maxProperties": 1}), '{"m": {"a": 1, "b": 2}}')
    yield case(properties(a={"minLength": 3, "maxLength": 1}), '{"a": "ab"}')
    yield case(properties(a={"maxLength": 1}), '{"a": "\U0001f600"}')
    yield case(properties(a={"maxLength": 1}), '{"a": "e\u0301"}')
    yield case(properties(a={"items": {"type": "integer"}}), '{"a": [1, "x", 3, "y"]}')
    yield case(properties(a={"prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False}), '{"a": ["x", 1, 2]}', differs="item-positions", ours=["/a/0", "/a/1", "/a/2"])
    yield case(properties(a={"minItems": 2, "uniqueItems": True}), '{"a": [1]}')
    yield case(properties(a={"maxItems": 1}), '{"a": [1, 2]}')
    yield case(properties(a={"uniqueItems": True}), '{"a": [1, 2, 1.0]}')
    yield case(properties(a={"uniqueItems": True}), '{"a": [{"x": 1, "y": 2}, {"y": 2, "x": 1}]}')
    yield case(properties(a={"uniqueItems": True}), '{"a": [0, false, "", null]}')
    yield case(properties(a={"contains": {"type": "integer"}}), '{"a": ["x", "y"]}')
    yield case(properties(a={"contains": {"type": "integer"}, "minContains": 2}), '{"a": [1, "y"]}')
    yield case(properties(a={"contains": {"type": "integer"}, "maxContains": 1}), '{"a": [1, 2]}')
    yield case(properties(a={"contains": {"type": "integer"}, "minContains": 0}), '{"a": ["x"]}')
    yield case({"dependentRequired": {"a": ["b", "c"]}}, '{"a": 1, "c": 2}')
    yield case({"dependentSchemas": {"a": {"required": ["b"]}}}, '{"a": 1}')
    yield case({"dependencies": {"a": ["b"]}}, '{"a": 1}')
    yield case({"if": properties(a={"const": 1}), "then": {"required": ["b"]}, "else": {"required": ["c"]}}, '{"a": 1}')
    yield case({"if": properties(a={"const": 1}), "then": {"required": ["b"]}, "else": {"required": ["c"]}}, '{"a": 2}')
    yield case({"unevaluatedProperties": False, "allOf": [properties(a={})]}, '{"a": 1, "b": 2}')
    yield case({"unevaluatedProperties": False, "anyOf": [{**properties(a={"type": "string"})}, properties(b={})]}, '{"a": 1, "b": 2}')
    yield case({"unevaluatedProperties": {"type": "string"}, **properties(a={})}, '{"a": 1, "b": 2}')
    yield case(properties(a={"prefixItems": [{}], "unevaluatedItems": False}), '{"a": [1, 2]}')
    yield case(properties(a={"not": {"type": "integer"}}), '{"a": 1}')
    yield case(properties(a={"not": {"required": ["x", "y"]}}), '{"a": {"x": 1, "y": 2}}')
    yield case(properties(a={"contentEncoding": "base64"}), '{"a": "!"}')
    yield case(properties(a={"contentMediaType": "application/json"}), '{"a": "{"}')
    yield case({"properties": {"a/b": {"type": "integer"}, "c~d": {"type": "integer"}, "": {"type": "integer"}}}, '{"a/b": "x", "c~d": "x", "": "x"}')
    yield case({"properties": {"0": {"type": "integer"}}}, '{"0": "x"}')
    yield case({"properties": {"ä ü": {"type": "integer"}}}, '{"ä ü": "x"}')
    yield case(properties(image={"required": ["repo"], **properties(tag={"pattern": "^v"})}), '{"image": {"tag": "1"}}')


def alternatives():
    yield case(properties(a={"anyOf": [{"type": "string"}, {"minimum": 5}]}), '{"a": 1}')
    yield case(properties(a={"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}), '{"a": {}}')
    yield case(properties(a={"anyOf": [properties(x={"type": "string"}), properties(x={"type": "null"})]}), '{"a": {"x": 1}}')
    yield case(properties(a={"oneOf": [{"minimum": 1}, {"minimum": 2}]}), '{"a": 3}')
    yield case(properties(a={"oneOf": [{"type": "string"}, {"type": "null"}]}), '{"a": 3}')
    yield case(properties(a={"oneOf": [{"const": 1}, {"const": 2}]}), '{"a": 3}')
    yield case(properties(a={"allOf": [{"minimum": 5}, {"maximum": 2}, {"type": "string"}]}), '{"a": 3}')
    yield case({"allOf": [properties(a={"type": "string"}), {"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}]}, '{"a": 1}')
    yield case({"anyOf": [False, False]}, '{"a": 1}')
    yield case({"oneOf": [properties(k={"const": "a"}, v={"type": "string"}), properties(k={"const": "b"}, v={"type": "integer"})]}, '{"k": "b", "v": "x"}')
    yield case(properties(a={"anyOf": [{"items": {"type": "string"}}, {"items": {"type": "null"}}]}), '{"a": [1, "x", null]}')


def formats():
    """Which are asserted, draft by draft; a wrong value and a right one."""
    wrong = {
        "ipv4": "1.2.3", "ipv6": "::g", "hostname": "-a-", "email": "a", "uri": "a b", "date": "2024-13-01", "time": "25:00:00Z",
        "date-time": "2024-01-01", "regex": "(", "json-pointer": "a", "uri-reference": "\\\\", "uri-template": "{", "uuid": "1",
        "duration": "1 day", "relative-json-pointer": "x", "iri": "a b", "idn-email": "a", "idn-hostname": "-a-", "made-up": "a",
        "period": "x", "semver": "1",
    }
    right = {
        "ipv4": "1.2.3.4", "ipv6": "::1", "hostname": "a.example", "email": "a@b.example", "uri": "http://a.example/x", "date": "2024-02-29",
        "time": "23:59:60Z", "date-time": "2024-01-01T00:00:00Z", "regex": "a+", "json-pointer": "/a~1", "uri-reference": "../a",
        "uri-template": "/{a}", "uuid": "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "duration": "P1D", "relative-json-pointer": "0/a",
        "iri": "http://ä.example", "idn-email": "ä@b.example", "idn-hostname": "ä.example",
    }
    for draft, uri in [("none", None), *DRAFTS.items()]:
        named = {"properties": {name: {"format": name} for name in wrong}}
        named = {"$schema": uri, **named} if uri else named
        yield case(named, {name: text for name, text in wrong.items() if name in named["properties"]})
        yield case(named, right)
    for name, texts in EDGES.items():
        schema = {"$schema": DRAFTS["7"], "properties": {f"v{i}": {"format": name} for i in range(len(texts))}}
        yield case(schema, {f"v{i}": text for i, text in enumerate(texts)})
    yield case({"$schema": DRAFTS["7"], **properties(a={"format": "ipv4"})}, '{"a": 5}')
    yield case({"$schema": DRAFTS["7"], **properties(a={"format": "made-up"})}, '{"a": "x"}')
    yield case({"$schema": DRAFTS["7"], **properties(a={"format": 5})}, '{"a": "x"}')


# Both sides of each format's edge.
EDGES = {
    "ipv4": ["01.2.3.4", "256.1.1.1", "1.2.3.4 ", "", "1.2.3.4.5", "0.0.0.0"],
    "ipv6": ["1::2::3", "::ffff:1.2.3.4", "12345::", "fe80::1%eth0", "1:2:3:4:5:6:7:8", ""],
    "hostname": ["a_b", "a.", "a..b", "A-1.example", "", "1.2.3.4", "a" * 64, ".a"],
    "email": ["a@b", "a@", "@b", "a b@c", "\"a b\"@c.example", "a@[127.0.0.1]", "a..b@c.example"],
    "date": ["2023-02-29", "2024-2-9", "0000-01-01", "2024-06-31", "2024-12-31 "],
    "time": ["12:00:00", "12:00:00+24:00", "12:00:00.5Z", "12:00:61Z", "12:00Z", "12:00:00z"],
    "date-time": ["2024-01-01 00:00:00Z", "2024-01-01t00:00:00z", "2024-01-01T00:00:00+01:00", "2024-02-30T00:00:00Z"],
    "uri": ["", "a", "//a.example/b", "http://a.example/ü", "urn:a:b", "http://[::1", "http://a:b/", "a:"],
    "uri-reference": ["", "#a", "?a=b", "a b", "http://a.example/%zz", "//a"],
    "regex": ["a(?=b)", "[", "\\d+", "\\p{L}", "(?<n>a)", "a{2,1}"],
    "json-pointer": ["", "/", "/~2", "/a~0b", "#/a"],
    "uri-template": ["{a", "a}", "{a,b*}", "{+a}", ""],
}


def patterns():
    def pattern(text, value):
        return case(properties(a={"pattern": text}), {"a": value})

    for broken in ["(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(a)\\1", "(", "[", "a{2,1}", "*", "a**", "\\", "[z-a]", "(?<n>a", "\\uD800", "\\Z", "\\c", "a{1001}", "(?x)a b", "(?u)a", "a++", "\\X"]:
        yield pattern(broken, "a")
    for text, value in [
        ("^\\d+$", "١٢"), ("^\\d+$", "12"), ("^\\w+$", "ä"), ("^\\s$", "\u00a0"), ("^\\s$", "\u000b"), ("^\\D$", "١"), ("^\\W$", "ä"),
        ("\\bä", "ä"), ("^[[:alpha:]]+$", "ä"), ("^[[:digit:]]$", "1"), ("^\\p{L}+$", "äß"), ("^\\pL$", "ä"), ("^\\p{Greek}$", "α"),
        ("^\\x61$", "a"), ("^\\x{1F600}$", "\U0001f600"), ("^\\Qa.b\\E$", "a.b"), ("^\\Qa.b\\E$", "axb"), ("^a$", "a\n"), ("a\\z", "a\n"), ("\\Aa", "a"),
        ("^.$", "\n"), ("(?s)^.$", "\n"), ("(?i)^abc$", "ABC"), ("(?i)^ſ$", "s"), ("(?m)^b$", "a\nb"), ("(?U)^a+$", "aa"), ("(?P<n>a)", "a"), ("(?<n>a)", "a"),
        ("^.$", "\U0001f600"), ("^[^a]$", "\n"), ("a{,2}", "a{,2}"), ("a{,2}", "b"), ("^a{2}$", "aa"), ("^a{1000}$", "a" * 1000), ("x{2,3}y", "xxy"),
        ("^[\\d-x]+$", "-"), ("^[a\\]]+$", "]"), ("^[]a]+$", "]"), ("^[a&&b]$", "&"), ("^[a--b]$", "a"), ("^[[a]]$", "[]"), ("^\\/$", "/"), ("^\\-$", "-"), ("^\\_$", "_"),
        ("^\\u0061$", "a"), ("^\\cA$", "\u0001"), ("^\\e$", "e"), ("^\\a$", "\u0007"), ("^\\0$", "0"), ("^\\07$", "\u0007"), ("^\\C$", "a"), ("^{$", "{"), ("^}$", "}"), ("^]$", "]"),
        ("", "a"), ("(a+)+$", "a" * 40 + "b"), ("^(a|a)*$", "a" * 40 + "b"), ("^[\\w.]+@[\\w.]+$", "a@b"), ("^[^\\d]$", "١"), ("^#$", "#"), ("^ $", " "), ("^\\#\\ $", "# "), ("^\\<$", "<"),
    ]:
        yield pattern(text, value)
    yield case({"patternProperties": {"^\\d+$": {"type": "string"}}}, '{"1": 1, "١": 1}')
    yield case({"patternProperties": {"(?=a)": {"type": "string"}}}, '{"a": 1}')
    yield case({"patternProperties": {"^x": {}}, "additionalProperties": False}, '{"x": 1, "X": 1}')


def references():
    string = {"type": "string"}
    yield case({"$defs": {"s": string}, **properties(a={"$ref": "#/$defs/s"})}, '{"a": 1}')
    yield case({"definitions": {"s": string}, **properties(a={"$ref": "#/definitions/s"})}, '{"a": 1}')
    yield case({"$defs": {"a/b": string, "c~d": string, "e f": string}, **properties(a={"$ref": "#/$defs/a~1b"}, b={"$ref": "#/$defs/c~0d"}, c={"$ref": "#/$defs/e%20f"})}, '{"a": 1, "b": 1, "c": 1}')
    yield case({"$defs": {"s": {"$anchor": "str", **string}}, **properties(a={"$ref": "#str"})}, '{"a": 1}')
    yield case({"$defs": {"s": {"$id": "http://x.example/s", **string}}, **properties(a={"$ref": "http://x.example/s"})}, '{"a": 1}')
    yield case({"$id": "http://x.example/root.json", "$defs": {"s": {"$id": "s.json", **string}}, **properties(a={"$ref": "s.json"})}, '{"a": 1}')
    yield case({"$id": "http://x.example/root.json", **properties(a={"$ref": "http://x.example/root.json#/properties/b"}, b=string)}, '{"a": 1}')
    yield case({"$defs": {"s": {"$id": "urn:uuid:1", **string}}, **properties(a={"$ref": "urn:uuid:1"})}, '{"a": 1}')
    yield case({"$schema": DRAFTS["7"], "definitions": {"s": {"$id": "#str", **string}}, **properties(a={"$ref": "#str"})}, '{"a": 1}')
    yield case({"$schema": DRAFTS["4"], "definitions": {"s": {"id": "#str", **string}}, **properties(a={"$ref": "#str"})}, '{"a": 1}')
    yield case({"$schema": DRAFTS["7"], "definitions": {"s": string}, **properties(a={"$ref": "#/definitions/s", "minimum": 5})}, '{"a": "x"}')
    yield case({"$schema": DRAFTS["7"], "definitions": {"s": {}}, **properties(a={"$ref": "#/definitions/s", "minimum": 5})}, '{"a": 1}')
    yield case({"$defs": {"s": {}}, **properties(a={"$ref": "#/$defs/s", "minimum": 5})}, '{"a": 1}')
    yield case({"$dynamicAnchor": "node", "type": "object", "additionalProperties": {"$dynamicRef": "#node"}}, '{"a": {"b": {"c": 1}}}')
    yield case({"$schema": DRAFTS["2019-09"], "$recursiveAnchor": True, "type": "object", "additionalProperties": {"$recursiveRef": "#"}}, '{"a": {"b": 1}}')
    yield case({"$defs": {"tree": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tree"}}}, "$ref": "#/$defs/tree"}, '{"a": {"b": {"c": 1}}}')
    yield case({"type": "object", "additionalProperties": {"$ref": "#"}}, '{"a": {"b": 1}}')
    yield case({"$ref": "#"}, '{"a": 1}')
    yield case({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, '{"a": 1}')
    yield case({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, '{"a": 1}')
    yield case({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}}, **properties(x={"$ref": "#/$defs/a"})}, '{"x": 1}')
    yield case({"$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}, **properties(x={"$ref": "#/$defs/a"})}, '{"x": 1}', differs="reference-circles", ours=["/x"])
    yield case({"$defs": {"a": {"if": {"$ref": "#/$defs/a"}}}, **properties(x={"$ref": "#/$defs/a"})}, '{"y": 1}')
    yield case(properties(a={"$ref": "#/$defs/none"}), '{"a": 1}')
    yield case(properties(a={"$ref": "#none"}), '{"a": 1}')
    yield case(properties(a={"$ref": "#/properties/b/1"}, b=string), '{"a": 1}')
    yield case(properties(a={"$ref": "::"}), '{"a": 1}')
    yield case(properties(a={"$ref": "%"}), '{"a": 1}')
    yield case(properties(a={"$ref": 5}), '{"a": 1}')
    yield case({"enum": [{"$ref": "#/nowhere"}]}, '{"a": 1}')
    yield case({"default": {"$ref": "#/nowhere"}, **properties(a=string)}, '{"a": 1}')
    yield case(properties(**{"$ref": string}), '{"$ref": 1}')
    yield case(properties(a={"$ref": "https://json-schema.org/draft/2020-12/schema"}), '{"a": {"type": 5}}')
    yield case(properties(a={"$ref": "http://json-schema.org/draft-07/schema#"}), '{"a": {"type": 5}}')
    for outside in ["https://x.invalid/s.json", "file:///nonexistent.json", "//x.example/s.json", "ftp://x.example/s.json", "data:,{}", "/nonexistent/s.json"]:
        yield case(properties(a={"$ref": outside}), '{"a": 1}')
    yield case(properties(a={"$ref": "urn:example:s"}), '{"a": 1}', differs="references-resolve", ours="refuses the schema")


def references_inside():
    inside = {"differs": "references-inside"}
    yield case(properties(a={"$ref": "s.json"}), '{"a": 1}', files={"s.json": '{"type": "string"}'}, ours=["/a"], **inside)
    yield case(properties(a={"$ref": "./schemas/s.json#/$defs/s"}), '{"a": "x"}', files={"schemas/s.json": '{"$defs": {"s": {"type": "string"}}}'}, ours="accepts", **inside)
    yield case(properties(a={"$ref": "schemas/s.json"}), '{"a": {"b": 1}}', files={"schemas/s.json": '{"properties": {"b": {"$ref": "../t.json"}}}', "t.json": '{"type": "string"}'}, ours=["/a/b"], **inside)
    yield case(properties(a={"$ref": "s.json"}), '{"a": {"a": 1}}', files={"s.json": '{"$ref": "values.schema.json#/$defs/m"}'}, ours="refuses the schema")
    yield case({"$defs": {"m": {"type": "string"}}, **properties(a={"$ref": "s.json"})}, '{"a": 1}', files={"s.json": '{"$ref": "values.schema.json#/$defs/m"}'}, ours=["/a"], **inside)
    yield case(properties(a={"$ref": "/s.json"}), '{"a": 1}', files={"s.json": '{"type": "string"}'}, ours=["/a"], **inside)
    yield case(properties(a={"$ref": "../s.json"}), '{"a": 1}', files={"s.json": '{"type": "string"}'}, ours=["/a"], **inside)
    yield case(properties(a={"$ref": "../../../../nonexistent/s.json"}), '{"a": 1}')
    yield case(properties(a={"$ref": "%2e%2e/s.json"}), '{"a": 1}')
    yield case(properties(a={"$ref": "missing.json"}), '{"a": 1}')
    yield case(properties(a={"$ref": "s.json"}), '{"a": 1}', files={"s.json": "not json"})
    yield case(properties(a={"$ref": "s.json"}), '{"a": 1}', files={"s.json": '{"$ref": "https://x.invalid/s.json"}'})


def documents():
    """What may stand in the file, and which drafts there are."""
    for text in ["", "{", "{} x", "{}{}", "{}\n\n", " {} ", "\ufeff{}", "[]", "null", "1", '"x"', "true", "false", "{'a': 1}", "# c\n{}", '{"a": 1,}', '{"type": "integer", "type": "object"}', '{"\\u0000": {}}', "a: 1"]:
        yield case(text, '{"a": 1}')
    yield case({"type": "foo"}, '{"a": 1}')
    yield case({"properties": []}, '{"a": 1}')
    yield case({"required": "a"}, '{"a": 1}')
    yield case({"required": ["a", "a"]}, '{"a": 1}')
    yield case({"minimum": "1"}, '{"a": 1}')
    yield case({"minLength": -1}, '{"a": 1}')
    yield case({"multipleOf": 0}, '{"a": 1}')
    yield case({"enum": []}, '{"a": 1}')
    yield case({"anyOf": []}, '{"a": 1}')
    yield case({"$defs": {"a": {"type": "foo"}}}, '{"a": 1}')
    yield case({"unknown": {"type": "foo"}}, '{"a": 1}')
    yield case({"items": [{"type": "string"}]}, '{"a": 1}')
    yield case({"x-note": {"pattern": "(?=a)"}, "default": {"pattern": "("}}, '{"a": 1}')
    yield case({"examples": [{"pattern": "("}], **properties(pattern={"const": "("})}, '{"pattern": "["}')
    yield case({"$schema": 5}, '{"a": 1}')
    yield case({"$schema": "urn:unknown"}, '{"a": 1}', ours="refuses the schema")
    yield case({"$schema": "http://x.invalid/schema"}, '{"a": 1}')
    yield case({"$schema": "http://json-schema.org/schema#", **properties(a={"type": "string"})}, '{"a": 1}')
    yield case({"$schema": "https://json-schema.org/draft-07/schema", **properties(a={"type": "string"})}, '{"a": 1}')
    yield case({"$schema": "http://json-schema.org/draft-07/schema", **properties(a={"format": "ipv4"})}, '{"a": "x"}')
    yield case({"$schema": "https://json-schema.org/draft/2020-12/schema#", **properties(a={"type": "string"})}, '{"a": 1}')
    yield case({"$id": "not a uri %", **properties(a={"type": "string"})}, '{"a": 1}')
    yield case({"$id": "#frag", **properties(a={"type": "string"})}, '{"a": 1}')


def drafts():
    yield from each_draft(properties(a={"minimum": 3, "exclusiveMinimum": True}), '{"a": 3}')
    yield from each_draft(properties(a={"exclusiveMinimum": 3}), '{"a": 3}')
    yield from each_draft(properties(a={"items": [{"type": "integer"}], "additionalItems": False}), '{"a": ["x", 2]}')
    yield from each_draft({"dependencies": {"a": ["b"]}}, '{"a": 1}')
    yield from each_draft(properties(a={"const": 1}, b={"contains": {"type": "string"}}), '{"a": 2, "b": [1]}')
    yield from each_draft(properties(a={"if": {"type": "integer"}, "then": {"minimum": 5}}), '{"a": 2}')
    yield from each_draft({"dependentRequired": {"a": ["b"]}}, '{"a": 1}')
    yield from each_draft({"unevaluatedProperties": False}, '{"a": 1}')
    yield from each_draft(properties(a=True, b=False), '{"a": 1, "b": 2}')
    yield from each_draft(properties(a={"type": "integer"}), '{"a": 1.0}')
    yield from each_draft({"required": []}, '{"a": 1}')
    yield from each_draft(properties(a={"contentEncoding": "base64", "contentMediaType": "application/json"}), '{"a": "!"}')
    yield from each_draft(properties(a={"prefixItems": [{"type": "string"}]}), '{"a": [1]}')
    yield from each_draft({"propertyNames": {"pattern": "^b"}}, '{"a": 1}')
    yield from each_draft(properties(a={"$ref": "#/definitions/s", "maximum": 1}) | {"definitions": {"s": {"type": "integer"}}}, '{"a": 2}')


def nulls():
    string = properties(a={"type": "string"})
    required = {"required": ["a"]}
    for schema in (string, required, properties(a={"type": ["string", "null"]}), {"additionalProperties": False, **properties(b={})}):
        yield case(schema, "a: null\n")
        yield case(schema, "a:\n")
        yield case(schema, "a: x\n", user={"a": None})
        yield case(schema, "{}", user={"a": None})
    nested = properties(m={"required": ["a"], **string})
    for values, user in [("m: {a: null}\n", None), ("m: {a: x}\n", {"m": {"a": None}}), ("m: {}\n", {"m": {"a": None}}), ("{}", {"m": {"a": None}}), ("m: {a: x}\n", {"m": None})]:
        yield case(nested, values, user=user)
    yield case(properties(a={"items": {"type": "string"}}), "a: [x, null]\n")
    yield case(properties(a={"items": {"type": "string"}}), "a: []\n", user={"a": [None]})
    yield case(properties(a={"items": string}), "a: [{a: null}]\n")


def subcharts():
    def parent(schema, values, sub_schema, sub_values="{}\n", user=None, **more):
        files = {
            "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            "charts/sub/values.yaml": sub_values,
            "charts/sub/values.schema.json": sub_schema,
        }
        return case(schema, values, user=user, files=files, **more)

    closed = {"additionalProperties": False}
    yield parent("{}", "{}", {**closed, **properties(p={})})
    yield parent("{}", "{}", {**closed, **properties(p={}, **{"global": {}})})
    yield parent({**closed, **properties(a={})}, "a: 1\n", "{}")
    yield parent({**closed, **properties(a={}, sub={})}, "a: 1\n", "{}")
    yield parent({**closed, **properties(a={}, sub={}, **{"global": {}})}, "a: 1\n", "{}", "p: 1\n")
    yield parent(properties(a={"type": "string"}), "a: 1\n", properties(p={"type": "integer"}), "p: x\n")
    yield parent("{}", "sub: {p: x}\n", properties(p={"type": "integer"}), "p: 1\n")
    yield parent(properties(sub=properties(p={"maximum": 1})), "{}", "{}", "p: 2\n")
    yield parent("{}", "{}", {"type": "foo"})
    yield parent("{}", "{}", properties(**{"global": {"required": ["g"]}}))
    yield parent("{}", "global: {g: 1}\n", properties(**{"global": properties(g={"type": "string"})}))
    yield parent("{}", "{}", {"required": ["p"]}, "p: 1\n", user={"sub": {"p": None}})


ALL = [kinds, keywords, alternatives, formats, patterns, references, references_inside, documents, drafts, nulls, subcharts]
