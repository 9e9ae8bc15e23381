"""`scripts/audit.py` by pip-audit itself, against an index of vulnerabilities on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.ports import free_port

pytestmark = pytest.mark.slow

LOCK = "".join(f"{library} --hash=sha256:{'0' * 64}\n" for library in ("msgspec==0.22.0", "lap==0.5.12"))
PLANTED = {
    "id": "PYSEC-2026-1",
    "schema_version": "1.6.0",
    "summary": "planted",
    "affected": [{"package": {"name": "lap", "ecosystem": "PyPI"}, "ranges": []}],
}


def has_a_fault(library: str) -> bytes:
    return json.dumps({"vulns": [PLANTED]} if library == "lap" else {}).encode()


def has_none(library: str) -> bytes:
    return b"{}"


def is_another_page(library: str) -> bytes:
    return b"<html>Sign in to this network</html>"


@contextmanager
def index(says: Callable[[str], bytes], status: int = 200) -> Iterator[str]:
    """An OSV service; gives its address."""

    class Query(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = says(asked["package"]["name"])
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Query)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def audit(folder: Path, url: str, **environment: str) -> tuple[int, str]:
    """Exit code and what was said."""
    lock = folder / "requirements.lock"
    lock.write_text(LOCK)
    command = [sys.executable, str(REPOSITORY / "scripts/audit.py"), "--osv-url", url, "--lock", str(lock)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | environment, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("case", "says", "status", "code", "words"),
    [
        ("a fault is named, with its library", has_a_fault, 200, 1, "lap 0.5.12: PYSEC-2026-1"),
        ("none is known", has_none, 200, 0, "2 libraries asked about, 0 with known"),
        ("the index is broken", has_none, 500, 0, "SKIPPED, no index of vulnerabilities answers"),
        ("something else answers", is_another_page, 200, 0, "SKIPPED, no index of vulnerabilities answers"),
    ],
)
def test_what_the_index_says(
    case: str, says: Callable[[str], bytes], status: int, code: int, words: str, tmp_path: Path
) -> None:
    with index(says, status) as url:
        found, said = audit(tmp_path, url, LANEWATCH_REQUIRE="")
    assert (found, words in said) == (code, True), said


@pytest.mark.parametrize(
    ("required", "code", "words"), [("", 0, "SKIPPED"), ("nginx,pip-audit", 1, "FAILED")]
)
def test_nobody_answers(required: str, code: int, words: str, tmp_path: Path) -> None:
    """A port whose network reaches an index asks for it, so that silence there fails."""
    found, said = audit(tmp_path, f"http://127.0.0.1:{free_port()}/v1/query", LANEWATCH_REQUIRE=required)
    assert (found, words in said) == (code, True), said
