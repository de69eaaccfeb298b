"""The forms of a template index, read by those who are to read them: SQLite, Python's csv and json, and, where it is
installed, pyarrow. Rows that want to break something go in, and have to come back byte for byte.

    python3 drainrs/tests/index/sqlite.py --program target/quick/examples/index_rows
"""

import argparse
import csv
import io
import json
import random
import sqlite3
import struct
import subprocess

HOSTILE = [
    "",
    "user <NUM> logged in",
    "'; DROP TABLE log_templates; --",
    "\\'; DROP TABLE log_templates; --",
    "''",
    "\\",
    "\\\\",
    "a'",
    "\\'",
    "\0",
    "'\0'); DROP TABLE log_templates; --",
    "a\nb\r\nc\rd\te",
    "\n.quit\n.shell echo pwned\n",
    "\n\\.\n\\! echo pwned\n",
    "$$ $tag$ $1 ? :name @name %s {}",
    "/* */ -- ; E'\\'' X'00' CAST(X'00' AS TEXT)",
    "=HYPERLINK(\"http://example.com\")",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\x01\x02\x1b[2J\x7f",
    '"quoted", with commas,"',
    "\\u0000 \\x00 \\n",
    "é 漢字 \U0001f600 \u2028 \u2029 \ufeff \ufffd",
    "ʼ‘’＇",
    "a" * 100_000,
    "'" * 100_000,
    "\\" * 99_999,
]
PIECES = ["'", "\\", "\0", "\n", "\r", '"', ";", "--", "$$", "é", "\x1a", "a", " ", ",", "E'", "X'"]
CONTROL = {chr(code) for code in [*range(32), 127]}
DIMENSIONS = 4


def rows(seed):
    rng = random.Random(seed)
    texts = HOSTILE + ["".join(rng.choices(PIECES, k=rng.randint(1, 30))) for _ in range(500)]
    for number, text in enumerate(texts):
        yield {
            "service": text[:300] if number % 2 else "cart",
            "id": f"{number:016x}",
            "template": text,
            "template_id": number or None,
            "first_seen": 1_700_000_000_123_456_789 + number if number % 3 else None,
            "last_seen": 1_700_000_001_000_000_000 + number if number % 3 else None,
            "hits": number * 10,
            "severity": "error" if number % 5 == 0 else "info",
            "labels": {text[:100]: text[:100]} if number % 2 else {},
            "examples": [text, ""] if number % 2 else [],
            "vector": [struct.unpack("<f", struct.pack("<f", rng.gauss(0, 1)))[0] for _ in range(DIMENSIONS)]
            if number % 4
            else None,
        }


def form(program, name, table, *more):
    document = "".join(json.dumps(row) + "\n" for row in table)
    done = subprocess.run([program, name, *more], input=document.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout


def floats(vector):
    """What is written are the fewest digits that tell a 32-bit number: the bits are compared."""
    return vector and struct.pack(f"<{len(vector)}f", *vector)


def equal(found, expected, what):
    assert found == expected, f"{what}: {found!r:.300} where {expected!r:.300} went in"


def execute(store, script):
    """Each line is a statement: `execute` refuses more than one."""
    for statement in script.split("\n")[:-1]:
        store.execute(statement)


def check_sqlite(program, table):
    script = form(program, "sqlite", table, str(DIMENSIONS)).decode()
    store = sqlite3.connect(":memory:")
    store.executescript("CREATE TABLE bystander (x); INSERT INTO bystander VALUES (1);")
    assert not CONTROL & set(script) - {"\n"}, "control characters are written out"
    execute(store, script)
    found = store.execute(
        "SELECT service, id, template, template_id, first_seen, last_seen, hits, severity, labels, examples, embedding"
        " FROM log_templates ORDER BY id"
    ).fetchall()
    equal(len(found), len(table), "rows")
    levels = {"info": 3, "error": 6}
    for own, row in zip(found, table):
        names = ["service", "id", "template", "template_id", "first_seen", "last_seen", "hits"]
        equal(own[:7], tuple(row[name] for name in names), row["id"])
        equal(own[7], levels[row["severity"]], row["id"])
        equal((json.loads(own[8]), json.loads(own[9])), (row["labels"], row["examples"]), row["id"])
        equal(own[10], floats(row["vector"]), row["id"])
    equal(store.execute("SELECT count(*) FROM bystander").fetchone(), (1,), "the table beside it")
    equal(store.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone(), (2,), "tables")
    return store


def check_conflicts(program, store):
    """The row that is there meets one with the same key."""
    key = {"service": "cart", "id": f"{2**64 - 1:016x}"}
    text = "'\\\0"
    steps = [
        ({"template": "a", "first_seen": 50, "last_seen": 60, "hits": 5, "severity": "error", "template_id": 7}, []),
        ({"template": text, "first_seen": 40, "last_seen": 55, "hits": 6, "severity": "info"}, []),
        ({"template": text, "hits": 2**64 - 1}, ["-add"]),
    ]
    expected = [(7, 50, 60, 5, 6, "a"), (7, 40, 60, 6, 6, text), (7, 40, 60, 2**63 - 1, 6, text)]
    for (more, add), result in zip(steps, expected):
        execute(store, form(program, "sqlite" + "".join(add), [{**key, **more}], str(DIMENSIONS)).decode())
        found = store.execute(
            "SELECT template_id, first_seen, last_seen, hits, severity, template FROM log_templates WHERE id = ?", [key["id"]]
        ).fetchall()
        equal(found, [result], more)


def check_csv(program, table):
    csv.field_size_limit(1 << 30)
    for name in ["csv", "csv-defused"]:
        text = form(program, name, table).decode()
        found = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        equal(len(found), len(table), "rows")
        for own, row in zip(found, table):
            runs = row["template"].lstrip()[:1] in set("=+-@") and row["template"].strip() != ""
            defused = "'" if name == "csv-defused" and runs else ""
            equal(own["template"], defused + row["template"], row["id"])
            equal(json.loads(own["labels"]), row["labels"], row["id"])
            equal(json.loads(own["examples"]), row["examples"], row["id"])
            equal((own["id"], int(own["hits"]), own["severity"]), (row["id"], row["hits"], row["severity"]), row["id"])
            equal(floats(json.loads(own["vector"] or "null")), floats(row["vector"]), row["id"])


def check_json(program, table):
    found = [json.loads(line) for line in form(program, "json", table).decode().split("\n")[:-1]]
    equal(len(found), len(table), "rows")
    for own, row in zip(found, table):
        equal(floats(own.pop("vector")), floats(row["vector"]), row["id"])
        equal(own, {name: value for name, value in row.items() if name != "vector"}, row["id"])


def check_arrow(program, table):
    try:
        import pyarrow
        import pyarrow.ipc
    except ImportError:
        return "Arrow: skipped, pyarrow is not installed"
    read = pyarrow.ipc.open_file(form(program, "arrow", table)).read_all()
    read.validate(full=True)
    kinds = {field.name: str(field.type) for field in read.schema}
    equal(kinds["vector"], f"fixed_size_list<item: float not null>[{DIMENSIONS}]", "the type of vector")
    equal(kinds["first_seen"], "timestamp[ns, tz=UTC]", "the type of first_seen")
    plain = {name: read.column(name).to_pylist() for name in read.column_names if not name.endswith("_seen")}
    for name in ["first_seen", "last_seen"]:
        plain[name] = read.column(name).cast(pyarrow.int64()).to_pylist()
    for at, row in enumerate(table):
        own = {name: plain[name][at] for name in row}
        own["labels"] = dict(own["labels"])
        equal(own, row, row["id"])
    return f"Arrow: {read.num_rows} rows read by pyarrow {pyarrow.__version__}, all equal; {kinds}"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--program", required=True)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    table = list(rows(options.seed))
    store = check_sqlite(options.program, table)
    check_conflicts(options.program, store)
    print(f"SQLite {sqlite3.sqlite_version}: {len(table)} hostile rows came back byte for byte")
    check_csv(options.program, table)
    check_json(options.program, table)
    print("CSV and JSON lines: the same")
    print(check_arrow(options.program, table))


if __name__ == "__main__":
    main()
