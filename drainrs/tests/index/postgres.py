"""The same as `sqlite.py`, for a real PostgreSQL with pgvector. It is no part of `make test`: it needs a server.

    python3 drainrs/tests/index/postgres.py --program target/quick/examples/index_rows --psql "psql -h /tmp -U me template1"

It works in a database of its own, `drainrs_index_test`, which it makes and drops.
"""

import argparse
import json
import math
import os
import shlex
import subprocess

from sqlite import CONTROL, DIMENSIONS, equal, floats, form, rows

DATABASE = "drainrs_index_test"


class Server:
    def __init__(self, command, conforming):
        self.command = shlex.split(command)
        self.environment = {
            **os.environ,
            "PGOPTIONS": f"-c standard_conforming_strings={conforming} -c escape_string_warning=off"
            " -c client_min_messages=warning",
            "PGCLIENTENCODING": "UTF8",
        }

    def run(self, script, database=DATABASE):
        # What comes last among the words of a connection wins.
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        command = [*self.command[:-1], "-d", database, *options] if database else [*self.command, *options]
        done = subprocess.run(command, input=script, stdout=subprocess.PIPE, env=self.environment, check=True)
        return done.stdout.decode()

    def table(self):
        columns = (
            "'service', service, 'id', id, 'template', template, 'template_id', template_id, 'hits', hits,"
            " 'first_seen', (extract(epoch from first_seen) * 1000000)::bigint,"
            " 'last_seen', (extract(epoch from last_seen) * 1000000)::bigint,"
            " 'severity', severity, 'labels', labels, 'examples', examples, 'vector', embedding::text"
        )
        out = self.run(f"SELECT json_build_object({columns})::text FROM log_templates ORDER BY id;".encode())
        return [json.loads(line) for line in out.split("\n")[:-1]]


def stored(value):
    """What PostgreSQL cannot store is replaced."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {stored(name): stored(one) for name, one in value.items()}
    if isinstance(value, list):
        return [stored(one) for one in value]
    return value


def check(program, server):
    table = [row for seed in [1, 2] for row in rows(seed) if seed == 1 or row["template"]]
    for number, row in enumerate(table):
        row["id"] = f"{number:016x}"
    script = form(program, "postgresql", table, str(DIMENSIONS))
    assert not CONTROL & set(script.decode()) - {"\n"}, "control characters are written out"
    server.run(b"CREATE TABLE bystander (x int); INSERT INTO bystander VALUES (1);")
    server.run(script)
    server.run(script)  # once more: nothing changes
    found = server.table()
    equal(len(found), len(table), "rows")
    levels = {"info": 3, "error": 6}
    for own, row in zip(found, table):
        vector = own.pop("vector")
        equal(floats(vector and json.loads(vector)), floats(row["vector"]), row["id"])
        expected = {name: stored(value) for name, value in row.items() if name != "vector"}
        for name in ["first_seen", "last_seen"]:
            expected[name] = row[name] and row[name] // 1000
        expected["severity"] = levels[row["severity"]]
        equal(own, expected, row["id"])
    equal(server.run(b"SELECT x FROM bystander;"), "1\n", "the table beside it")
    check_conflicts(program, server)
    check_nearest(server, table)
    return len(table)


def check_conflicts(program, server):
    key = {"service": "cart", "id": f"{2**64 - 1:016x}"}
    steps = [
        ("postgresql", {"template": "a", "first_seen": 50_000, "last_seen": 60_000, "hits": 5, "severity": "error", "template_id": 7}),
        ("postgresql", {"template": "b", "first_seen": 40_000, "last_seen": 55_999, "hits": 6, "severity": "info"}),
        ("postgresql-add", {"template": "b", "hits": 2**64 - 1}),
    ]
    expected = [("a", 7, 50, 60, 5), ("b", 7, 40, 60, 6), ("b", 7, 40, 60, 2**63 - 1)]
    for (name, more), result in zip(steps, expected):
        server.run(form(program, name, [{**key, **more}], str(DIMENSIONS)))
        own = server.table()[-1]
        names = ["template", "template_id", "first_seen", "last_seen", "hits"]
        equal((tuple(own[name] for name in names), own["severity"]), (result, 6), name)


def check_nearest(server, table):
    """The search of `docs/index.md`, against the cosine by hand."""
    query = next(row["vector"] for row in table if row["vector"])
    found = server.run(
        f"SELECT id, 1 - (embedding <=> '{query}') FROM log_templates WHERE embedding IS NOT NULL"
        f" ORDER BY embedding <=> '{query}', id LIMIT 5;".encode()
    )
    found = [(line.split("|")[0], float(line.split("|")[1])) for line in found.split("\n")[:-1]]

    def cosine(row):
        product = sum(a * b for a, b in zip(row["vector"], query))
        return product / (math.hypot(*row["vector"]) * math.hypot(*query))

    expected = sorted(((row["id"], cosine(row)) for row in table if row["vector"]), key=lambda one: -one[1])[:5]
    equal([one[0] for one in found], [one[0] for one in expected], "the nearest")
    assert all(abs(a[1] - b[1]) < 1e-5 for a, b in zip(found, expected)), (found, expected)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--program", required=True)
    options.add_argument("--psql", required=True)
    options = options.parse_args()
    for conforming in ["on", "off"]:
        server = Server(options.psql, conforming)
        server.run(f"DROP DATABASE IF EXISTS {DATABASE};".encode(), None)
        server.run(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0;".encode(), None)
        try:
            count = check(options.program, server)
            version = server.run(b"SHOW server_version;").strip()
            vector = server.run(b"SELECT extversion FROM pg_extension WHERE extname = 'vector';").strip()
            indexes = server.run(b"SELECT indexname FROM pg_indexes WHERE tablename = 'log_templates' ORDER BY 1;").split()
        finally:
            server.run(f"DROP DATABASE {DATABASE};".encode(), None)
        print(
            f"PostgreSQL {version}, pgvector {vector}, standard_conforming_strings {conforming}: {count} hostile rows came"
            f" back byte for byte, NUL as U+FFFD; indexes {', '.join(indexes)}"
        )


if __name__ == "__main__":
    main()
