"""A log API that speaks as Loki's does: the shop's log, a stream per service, by pages of time.

``GET /loki/api/v1/label/service/values`` names the services, ``GET /loki/api/v1/query_range`` gives the lines of one
from ``start`` (included) to ``end`` (not included), oldest first, at most ``limit``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import drainrs

Stream = list[tuple[int, str]]
MAX_LINES = 5_000  # of one answer, whatever the limit

_APP = re.compile(r"\S+ +[A-Z]+ \d+ --- \[(\w+)\]|\d{4}-\d\d-\d\d \S+ - (\w+)[. ]")
_SELECTOR = re.compile(r'\{service="(\w+)"\}')


def streams(lines: list[str]) -> dict[str, Stream]:
    """The lines of each service with their times; a line without a header belongs to the one before it."""
    parser, found, service, at = drainrs.Parser(), dict[str, Stream](), "web", 0
    for line in lines:
        record = parser.parse(line)
        if record.at is not None:
            named = _APP.match(line)
            service, at = (named[1] or named[2]) if named else "web", int(record.at)
        stream = found.setdefault(service, [])
        at = max(at, stream[-1][0] + 1) if stream else at  # no two lines of a stream have the same time
        stream.append((at, line))
    return found


@contextmanager
def serve(lines: list[str]) -> Iterator[str]:
    """Serves lines on a free port of this computer, and gives the address."""
    found = streams(lines)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            if url.path == "/loki/api/v1/label/service/values":
                self.answer({"status": "success", "data": sorted(found)})
                return
            selector = _SELECTOR.fullmatch(asked.get("query", ""))
            if url.path != "/loki/api/v1/query_range" or selector is None:
                self.send_error(404)
                return
            start, end = int(asked["start"]), int(asked["end"])
            limit = min(int(asked.get("limit", 100)), MAX_LINES)
            values = [[str(at), line] for at, line in found.get(selector[1], []) if start <= at < end][:limit]
            result = [{"stream": {"service": selector[1], "cluster": "shop"}, "values": values}] if values else []
            self.answer({"status": "success", "data": {"resultType": "streams", "result": result}})

        def answer(self, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
