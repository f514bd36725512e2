"""A server on this machine that answers in the format of the World Bank's service, or badly."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

RATE, POPULATION = "VC.IHR.PSRC.P5", "SP.POP.TOTL"


def row(place: str, series: str, year: int | str, value: Any) -> dict[str, Any]:
    """One value, as ``sources/2/series/.../country/.../time/all?format=json`` gives it."""
    return {
        "variable": [
            {"concept": "Country", "id": place, "value": "a country"},
            {"concept": "Series", "id": series, "value": "an indicator"},
            {"concept": "Time", "id": f"YR{year}", "value": f"{year}"},
        ],
        "value": value,
    }


class Service:
    """What the server answers: values by indicator and year, and what is wrong with it."""

    def __init__(self, place: str = "SLV") -> None:
        self.place = place
        self.rates: dict[Any, Any] = {}
        self.people: dict[Any, Any] = {}
        self.updated: Any = "2026-10-07"
        self.status = 200
        self.more: list[dict[str, Any]] = []  # rows after the others
        self.header: dict[str, Any] = {}  # what the header says instead
        self.body: bytes | None = None  # instead of all of it
        self.cut = 0  # bytes left out at the end, although announced
        self.wait = 0.0  # seconds before the answer
        self.drip = 0.0  # seconds between single bytes
        self.per_page = 1000
        self.asked: list[str] = []
        self.stopped = threading.Event()

    def rows(self) -> list[dict[str, Any]]:
        return [
            row(self.place, series, year, value)
            for series, values in ((RATE, self.rates), (POPULATION, self.people))
            for year, value in values.items()
        ] + self.more

    def answer(self, path: str) -> bytes:
        parts = urlsplit(path)
        if re.fullmatch(r"/v2/en/sources/2", parts.path):
            about = {"id": "2", "lastupdated": self.updated, "name": "World Development Indicators"}
            # The service writes this header's numbers partly as texts.
            return json.dumps([{"page": 1, "per_page": "1000", "total": 1}, [about]]).encode()
        rows, page = self.rows(), int(parse_qs(parts.query)["page"][0])
        first = (page - 1) * self.per_page
        header = {"page": page, "per_page": self.per_page, "total": len(rows), **self.header}
        if self.header.get("total"):
            first = 0  # the same page again and again
        data = rows[first : first + self.per_page]
        named = {"id": "2", "name": "World Development Indicators", "data": data}
        return json.dumps({**header, "lastupdated": self.updated, "source": named}).encode()


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """The address of a running server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append(self.path)
            body = service.answer(self.path) if service.body is None else service.body
            try:
                service.stopped.wait(service.wait)
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                sent = body[: len(body) - service.cut]
                if not service.drip:
                    self.wfile.write(sent)
                for byte in sent if service.drip else b"":
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(service.drip)
                    if service.stopped.is_set():
                        return
            except OSError:
                pass  # whoever asked has gone

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # closing waits for every answer
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v2"
    finally:
        service.stopped.set()
        server.shutdown()
        server.server_close()
        running.join()
