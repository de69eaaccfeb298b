"""What random configurations and lines are made of: small alphabets, so that everything collides."""

import random

# The masks of Drain3's own sample configuration.
STOCK_MASKS = [
    (r"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)", "ID"),
    (r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)", "IP"),
    (r"((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)", "SEQ"),
    (r"((?<=[^A-Za-z0-9])|^)([0-9A-F]{4} ?){4,}((?=[^A-Za-z0-9])|$)", "SEQ"),
    (r"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)", "HEX"),
    (r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)", "NUM"),
    (r'(?<=executed cmd )(".+?")', "CMD"),
]

# Whole patterns: classes, look-around inside, backreferences, what may be empty, flags.
PATTERNS = [pattern for pattern, _ in STOCK_MASKS] + [
    r"\b\d+\b", r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])", r"\[[^\]]*\]", r"[a-f0-9]{4,}", r"(?i)error|warn(?:ing)?",
    r"a*", r"|a", r"a*?", r"\b", r"\B", r"$", r"^", r"x?", r"(?=a)", r"(?s).", r"(?a)\w+", r"\s+", r"\W",
    r"(a)b\1", r"(?P<q>['a])b(?P=q)", r"(?>a+)b", r"a++b", r"(a)?(?(1)b|a)", r"(?:a|b*)*c", r"(?:(?:a|b)+?,?)+ ",
    r"(?<=(?:ab|ba))1", r"(?=(a+))\1b", r"(?i)K|s|\u00c9", r"(?x) a b  # two letters", r"<", r"\*", r"[\d-]+",
]

LEFT = [
    "", r"((?<=[^A-Za-z0-9])|^)", r"(?:^|(?<=\s))", r"(?<![A-Za-z0-9])", r"(?<=[^a])", r"\b", "(?<=a)", "(?<=ab)",
    r"(?<!\d)(?<!\.)", "^", r"\B", r"(?<=\d{2})", "(?m)^", "(?<!ab)",
]
RIGHT = [
    "", r"((?=[^A-Za-z0-9])|$)", r"(?=\s|$)", r"(?![A-Za-z0-9])", r"(?=[^a])", r"\b", "(?=a)", "(?=ab|b)",
    r"(?!\d)(?!\.)", "$", r"\Z", "(?!ab)", r"\B",
]
ATOMS = [
    "a", "b", "[ab]", "[^a]", r"\d", r"\w", r"\s", ".", "1", "_", r"\W", r"\S", "(?:a|ab)", "(?:ab|a)", "(a|b)", "[0-9a-f]",
    r"[\w.]", r"[^\s]", " ", "\u00e9", "\u00b2", "(?:|a)", "(?:a*)", "(?i:A)", r"\x61", "(?=a)", "(?!1)", "(a)?",
]
COUNTS = ["", "", "", "", "+", "*", "?", "+?", "*?", "??", "{2}", "{1,3}", "{0,2}", "{2,}", "{1,2}?"]

PIECES = [
    "a", "b", "A", "c", "f", "0", "1", "2", "12", "ab", ".", ":", "-", "+", "_", " ", " ", "  ", "\t", "=", ",", "<*>", "<", ">",
    "*", "<:*:>", "NUM", "<NUM>", "\x1c", "\x1f", "\r", "\x0b", "\u00e9", "\u00c9", "\u00b2", "\u0663", "\u2460", "\u00bd",
    "\u0301", "\u2003", "\u3000", "\x85", "\xa0", "\u200b", "K", "\u0130", "\u017f", "k", "s", "0x1f", "1.2.3.4",
    "00:11:22:33", "deadbe", "DEAD BEEF 0123 4567", 'executed cmd "ls"', "'", "error", "[x]", "\u2167", "\u24d0", "%",
]
BROKEN = [
    b"\xff", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xc3", b"\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\xe0\x80",
    b"\xf4\x90\x80\x80", b"\x00",
]
WORDS = [b"a", b"b", b"c", b"a1", b"b2", b"1", b"2", b"<*>", b"x", b"y", "\u00b2".encode(), "\u0663".encode(), b"k=v", b"k=w"]


def pattern(r: random.Random) -> str:
    """A pattern that Python compiles, or at least might."""
    if r.random() < 0.4:
        return r.choice(PATTERNS)
    branches = ["".join(r.choice(ATOMS) + r.choice(COUNTS) for _ in range(r.randint(1, 3))) for _ in range(r.choice([1, 1, 2]))]
    return r.choice(LEFT) + r.choice(["(%s)", "(?:%s)"]) % "|".join(branches) + r.choice(RIGHT)


def line(r: random.Random) -> bytes:
    """A line without a newline: half of them a few words that collide in the tree, half of them odd characters."""
    if r.random() < 0.5:
        return b" ".join(r.choice(WORDS) for _ in range(r.choice([0, 1, 2, 3, 3, 4, 4, 5])))
    ascii_only = r.random() < 0.4
    pieces = [piece for piece in PIECES if piece.isascii()] if ascii_only else PIECES
    out = b""
    for _ in range(r.choice([0, 1, 2, 4, 7, 12])):
        out += r.choice(BROKEN) if not ascii_only and r.random() < 0.04 else r.choice(pieces).encode()
    return out


def config(r: random.Random) -> dict:
    """Settings under the names of drain3.ini."""
    masks = [(pattern(r), r.choice(["NUM", "IP", "ID", "a", "*", "1", "X Y"])) for _ in range(r.choice([0, 0, 1, 1, 2, 3]))]
    if r.random() < 0.15:
        masks = STOCK_MASKS
    prefix, suffix = r.choice([("<", ">")] * 4 + [("<:", ":>"), ("[", "]"), ("{", "}"), ("a", "b"), ("%", "%")])
    return {
        "sim_th": r.choice([0.0, 0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1.0, 1 / 3, 2 / 3]),
        "depth": r.choice([3, 4, 4, 5, 6, 9]),
        "max_children": r.choice([1, 2, 3, 4, 10, 100]),
        "max_clusters": r.choice([None, None, 1, 2, 5, 20]),
        "extra_delimiters": r.choice(
            [[], [], [], ["_"], ["=", ":", ","], ["ab"], ["_", "\u00e9"], [" a"], [".", " -"], ["<"], ["*>"], ["a ", "b"], ["  "]]
        ),
        "parametrize_numeric_tokens": r.random() < 0.7,
        "masks": masks,
        "mask_prefix": prefix,
        "mask_suffix": suffix,
    }
