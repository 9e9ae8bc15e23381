"""The page's server: loopback alone, and no answer without the token in the address.

Another page in the same browser can reach a loopback port, but knows no token; a name that was made to point
here does not stand in `Host`. What goes wrong is told in a sentence.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from edge.camera.source import SourceError
from edge.detection.layouts import ModelError
from edge.signs import SignError
from edge.yamlfile import ConfigError
from edge.zones.bench import AskedWrongError, Bench
from edge.zones.drawing import ChangedOnDiskError

PAGE = Path(__file__).parent / "page"
KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css"}
LARGEST_BODY = 1_000_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TOLD = (AskedWrongError, ConfigError, ModelError, SignError, SourceError)

wall_clock = time.time  # noqa: TID251 a shell
Query = dict[str, str]
Body = dict[str, Any]


class Server(ThreadingHTTPServer):
    """Serves one bench under `address`; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, bench: Bench, port: int) -> None:
        """Raises: OSError, if the port is taken."""
        super().__init__(("127.0.0.1", port), Handler)
        self.bench = bench
        self.token = secrets.token_urlsafe(24)
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}
        self.address = f"http://127.0.0.1:{self.server_port}/{self.token}/"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    server_version = "lanewatch"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """Page, state, picture, boxes."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Check, diff, save."""
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the address holds the token."""

    def _answer(self, act: Callable[[str, Query], None]) -> None:
        where = urlsplit(self.path)
        token, _, rest = where.path.lstrip("/").partition("/")
        if self.headers.get("Host") not in self.server.hosts:
            self._say(HTTPStatus.MISDIRECTED_REQUEST, "Open the address that lanewatch-edge zones printed.")
        elif not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._say(HTTPStatus.NOT_FOUND, "Open the address that lanewatch-edge zones printed.")
        else:
            try:
                act(rest, {key: values[-1] for key, values in parse_qs(where.query).items()})
            except ChangedOnDiskError as error:
                self._say(HTTPStatus.CONFLICT, str(error))
            except TOLD as error:
                self._say(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
            except (KeyError, TypeError, ValueError) as error:
                self._say(HTTPStatus.BAD_REQUEST, f"The question was not understood ({error}).")
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    def _get(self, rest: str, query: Query) -> None:
        bench = self.server.bench
        if rest == "api/state":
            self._give(bench.state())
        elif rest == "api/picture":
            shown = bench.picture(query["camera"], float(query.get("at", 0)))
            about = {"number": shown.number, "at": shown.at, "width": shown.width, "height": shown.height,
                     "length_s": shown.length_s}  # fmt: skip
            self._send(HTTPStatus.OK, "image/jpeg", shown.jpeg, {"X-Picture": json.dumps(about)})
        elif rest == "api/boxes":
            self._give(bench.boxes(query["camera"]))
        elif rest == "api/crop":
            png = bench.crop(query["camera"], query["lane"], query["name"])
            self._send(HTTPStatus.OK, "image/png", png)
        else:
            self._file(rest or "index.html")

    def _post(self, rest: str, _query: Query) -> None:
        bench, body = self.server.bench, self._body()
        if rest == "api/check":
            self._give(bench.check(body["cameras"]))
        elif rest == "api/diff":
            self._give(bench.diff(body["cameras"]))
        elif rest == "api/sign":
            asked = body["camera"], body["lane"], body["corners"], body.get("keep"), body.get("drop")
            self._give(bench.sign(*asked))
        elif rest == "api/save":
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(wall_clock()))
            self._give(bench.save(body["cameras"], body["digest"], stamp))
        else:
            self._say(HTTPStatus.NOT_FOUND, "There is no such question.")

    def _body(self) -> Body:
        """The JSON that came. Raises: ValueError."""
        if not self.headers.get("Content-Type", "").startswith("application/json"):
            raise ValueError("it must be application/json")
        length = int(self.headers.get("Content-Length", "0"))
        if not 0 < length <= LARGEST_BODY:
            raise ValueError("its length")
        body = json.loads(self.rfile.read(length))
        if not isinstance(body, dict):
            raise ValueError("it must be an object")
        return body

    def _file(self, name: str) -> None:
        path = PAGE / name
        if path.parent != PAGE or path.suffix not in KINDS or not path.is_file():
            self._say(HTTPStatus.NOT_FOUND, "There is no such page.")
            return
        self._send(HTTPStatus.OK, KINDS[path.suffix], path.read_bytes())

    def _give(self, answer: Body) -> None:
        self._send(HTTPStatus.OK, "application/json", json.dumps(answer).encode())

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        """A fault; what else came with the question is not read, so the connection ends."""
        self.close_connection = True
        self._send(status, "application/json", json.dumps({"said": sentence}).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, **(more or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
