"""Values that are hard to write: a fixed seed gives the same ones everywhere."""

import random

TRAPS = """
yes no y n Y N on off On OFF true True TRUE false tRue yEs ~ null Null NULL nUll nil None
0 1 -1 +1 007 0755 0o7 0o8 0b1 0b2 0x1F 0xZ 089 1_000 _1 1_ 1e3 1e 1E5 1e+3 1.5 .5 5. . .. ... -. +. 1.2.3 .inf -.inf .Inf .nan .NaN inf NaN 1e400 0x 0b -0b1 -0o7 +0x1 0. -0 0.0 1__0 ._1 1._5
123456789012345678901234567890 9223372036854775808 18446744073709551616
2024-01-01 2024-1-1 2024-13-01 2024-01-32 2024-02-30 2024-1-1T1:1:1 2024-01-01T10:00:00Z 2024-01-01t10:00:00.5z 2024-01-01T10:00:00+02:00 2024-01-01T25:00:00Z 2001-12-14T21:59:43.10-05:00 20240101 2024-01 2024-001-01 0000-00-00
12:30 12:30:45 1:2 12:60 12:3 190:20:30 1:20:30.5 -12:30 +1:1 12:30: :12 1:x a:1 99:99 0:0 1_0:30 12:30.5
- -- --- ---- -a - ? ?a : :a a: a:b ::  = == << <<< <a & &a * *a ! !a | |a > >a @ @a ` `a % %a # #a a#b # , ,a a, [ [a ] ]a a[0] { {a } }a a{b} ' '' '''' " "" it's a"b "a" 'a' \\ C:\\x $(V) ${V} $V
= . / // a/b a.b a-b a_b +a ~a a~ (a) a=b a?b a*b a&b a!b a|b a>b a%b a@b a`b ;a a;b
""".split()

WORDS = [
    "", " ", "  ", " a", "a ", " a ", "a b", "- a", "-  a", "? a", ": a", "a: b", "a :b", "a : b", "a #b", "a# b", "a # b", "# a", "--- a", "---a", "... a", "...a", "- ", "-\t", "a:\tb", "a\t#b", "key: value", "key:  v", "http://x", "x: ", "x :", ":x ", "true ", " true", "1 ", "null null", "[a, b]", "{a: b}", "a, b", "&a b", "*a b", "!!str a", "!a b", "| a", "> a", "'a' b", '"a" b', "a 'b'", 'a "b"', "%a b", "@a b", "`a` b", "a\\nb", "\\", "\\\\", "don't 'do' it", 'say "it"', "it's: \"x\"", "<<: *a", "{{ x }}", "{% x %}", "a b: c d", "12:30 pm", "2024-01-01 10:00:00", "2024-01-01 10:00:00 +02", "2024-01-01 10:00", "2024-01-01  10:00:00Z", "1 000", "1,000", "1.5 M", "0 1",
    "\n", "\n\n", "\n\n\n", "a\n", "a\n\n", "a\n\n\n", "\na", "\n\na", "a\nb", "a\nb\n", "a\nb\n\n", "a\n\nb", " a\nb", "  a\n b\n", "a\n b", "a \nb", "a\nb ", "a\n ", "a\n  \nb", "a\n\n b", "\n a", "\n a\n", " \n", "\n ", " \na", "a\n \n", "a\n\t", "\ta\nb", "a\tb", "\t", "\ta", "a\t", "a\tb\nc", "a\r\nb", "a\rb", "\r", "\r\n", "- a\n- b", "a: 1\nb: 2\n", "# a\nb", "yes\nno", "yes\n", "1\n", "~\n", "---\na", "...\n", "a\n---\nb", "key: |\n  x\n", "'a\nb'", "%a\nb", "#!/bin/sh\nset -e\necho x\n", "#!/bin/sh\n\tx\n",
    "\0", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f", "\x80", "\x84", "\x85", "\x86", "\x9f", "\xa0", "\xad", "a\x85b", "a\xa0b", "\u200b", "\u200e", "\u2028", "\u2029", "a\u2028b", "a\u2029b\nc", "\ufeff", "a\ufeffb", "\ufffd", "\ufffe", "\uffff", "\ue000", "\ud7ff", "\U00010000", "\U0001F600", "a\U0001F600b", "\U0001F600\n\U0001F600", "\U0010FFFF", "é", "é: ü", "日本語", "日本\n語", "ÿ", "a\u0301", "\u0130", "ﬁ", "\x00a\nb", "a\x01\n",
]

ALPHABETS = [
    "ab -:#,'\"\n", "abc ", "ab\n ", "01x.-_:eE+", "[]{},&*!|>'\"%@`#-?: ab", "ab\t\n \r", "éü日 a\u2028\U0001F600\x07\x85", "yYnNoOfF~ ", "$(){}\\/ =<>a", "0123456789", "0123456789-T:Z. ",
]


class Generator:
    """Values of one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def word(self):
        return "".join(self.random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(self.random.randint(1, 12)))

    def long(self):
        """Text that is folded, or just not: words with single and double spaces, and what needs quotes."""
        words, length = [], self.random.randint(60, 300)
        while sum(map(len, words)) + len(words) < length:
            draw = self.random.random()
            if draw < 0.05:
                words.append("")
            elif draw < 0.10:
                words.append(self.random.choice(["it's", "a:", "#x", '"q"', "é", "日本", "-", "\\", "x: y", "a,b"]))
            elif draw < 0.14:
                words.append("w" * self.random.randint(30, 120))
            else:
                words.append(self.word())
        text = " ".join(words)
        start = self.random.random()
        if start < 0.25:
            text = self.random.choice(["# ", "'", '"', "- ", "@", "a: ", "*", "%", " "]) + text
        elif start < 0.35:
            text += self.random.choice(["\t", "\U0001F600", "\x07", ":", " ", "\r", "\x7f"])
        elif start < 0.45:
            text = text.replace(" ", "\n", self.random.randint(1, 3))
        return text

    def lines(self):
        count = self.random.randint(1, 6)
        line = lambda: " " * self.random.choice([0, 0, 0, 2, 4]) + " ".join(self.word() for _ in range(self.random.randint(0, 5)))  # noqa: E731
        return "\n".join(line() for _ in range(count)) + "\n" * self.random.choice([0, 1, 1, 2])

    def text(self):
        draw = self.random.random()
        if draw < 0.25:
            return self.random.choice(TRAPS)
        if draw < 0.45:
            return self.random.choice(WORDS)
        if draw < 0.60:
            return "".join(self.random.choice(self.random.choice(ALPHABETS)) for _ in range(self.random.randint(0, 12)))
        if draw < 0.72:
            alphabet = self.random.choice(ALPHABETS)
            return "".join(self.random.choice(alphabet) for _ in range(self.random.randint(0, 30)))
        if draw < 0.82:
            return self.long()
        if draw < 0.90:
            return self.lines()
        return self.word()

    def key(self):
        draw = self.random.random()
        if draw < 0.6:
            return self.word()
        if draw < 0.8:
            return self.random.choice(TRAPS)
        if draw < 0.86:
            return self.random.choice(WORDS)
        if draw < 0.94:
            return self.random.choice(["a", "b", "A", "-", ".", ""]) + str(self.random.randint(0, 120)) + self.random.choice(["", "", "", "b", ".5"])
        if draw < 0.97:
            return "k" * self.random.randint(120, 140)
        return self.text()

    def number(self):
        draw = self.random.random()
        if draw < 0.4:
            return self.random.randint(-1000, 1000)
        if draw < 0.5:
            return self.random.randint(-(10**6) + 1, 10**6 - 1)
        if draw < 0.6:
            return self.random.choice([0.5, 0.1, -0.25, 1.5, 100000.5, 1234567.5, 1e-5, 1.5e-7, 1e-6, 123456789.125, 0.0001, 0.00001234, 1e21, 1e22, 1.5e300, 5e-324, 1.7976931348623157e308, 123456.789e3, -1e-9])
        if draw < 0.75:
            return round(self.random.uniform(-1000, 1000), self.random.randint(1, 6)) + 0.0000001
        return self.random.uniform(-1, 1) * 10.0 ** self.random.randint(-12, 25) or 0.5

    def scalar(self):
        draw = self.random.random()
        if draw < 0.7:
            return self.text()
        if draw < 0.85:
            return self.number()
        return self.random.choice([True, False, None])

    def value(self, depth=0):
        draw = self.random.random()
        if depth > 3 or draw < 0.45 + 0.1 * depth:
            return self.scalar()
        if draw < 0.8:
            return self.map(depth)
        return [self.value(depth + 1) for _ in range(self.random.choice([0, 1, 2, 2, 3, 4]))]

    def map(self, depth=0):
        return {self.key(): self.value(depth + 1) for _ in range(self.random.choice([0, 1, 2, 3, 3, 4, 6]))}


def less(a, b):
    """The order of keys that Helm sorts by."""
    for at, (x, y) in enumerate(zip(a, b)):
        if x == y:
            continue
        if x.isalpha() or y.isalpha():
            return x < y if x.isalpha() and y.isalpha() else y.isalpha()
        start = 0
        if "0" in (x, y):
            for before in reversed(a[:at]):
                if not before.isdigit():
                    break
                if before != "0":
                    start = 1
                    break

        def run(text):
            number, end = start, at
            while end < len(text) and text[end].isdigit():
                number, end = number * 10 + ord(text[end]) - 48, end + 1
            return number, end

        if run(a) != run(b):
            return run(a) < run(b)
        return x < y
    return len(a) < len(b)


def is_ordered(keys):
    """Whether the order has one answer for these keys: it is not transitive where a run of digits meets a letter."""
    keys = list(keys)
    if any(less(a, b) == less(b, a) for i, a in enumerate(keys) for b in keys[:i]):
        return False
    wins = sorted(sum(less(a, b) for b in keys if a != b) for a in keys)
    return wins == list(range(len(keys)))


def is_deterministic(value):
    if isinstance(value, dict):
        return is_ordered(value) and all(map(is_deterministic, value.values()))
    return all(map(is_deterministic, value)) if isinstance(value, list) else True


def values(seed, count):
    """So many values that Helm writes in one way only, and how many had to be left out."""
    generator, kept, left_out = Generator(seed), list(TRAPS) + list(WORDS), 0
    kept += [{text: text} for text in TRAPS + WORDS]
    kept += [[[text], {"k": {"l": [text]}}] for text in WORDS]
    while len(kept) < count:
        value = generator.value() if len(kept) % 3 else generator.map()
        if is_deterministic(value):
            kept.append(value)
        else:
            left_out += 1
    return kept, left_out
