"""Serving beyond this machine: what has to be there first, and then https and sign-in in a real process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import program
from tests.dashboard.nodes import PORT_YAML, until
from tests.edge.certificates import Authority
from tests.ports import free_port

COMMAND = [sys.executable, "-c", "from dashboard.cli import main; main()"]
SECRET = "a long enough passphrase"
pytestmark = pytest.mark.slow


def port_yaml(folder: Path, http: str) -> Path:
    text = PORT_YAML.format(broker=free_port(), http=0)
    lines = [f"http: {http}" if line.startswith("http:") else line for line in text.splitlines()]
    path = folder / "port.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def add_admin(path: Path) -> None:
    done = run("account", "add", "ann", "--role", "admin", "--config", str(path), typed=f"{SECRET}\n")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("case", "http", "admin", "words"),
    [
        ("nothing is set up", "{host: 0.0.0.0, port: 0}", False, ["add an admin", "http.certificate"]),
        ("an admin alone", "{host: 0.0.0.0, port: 0}", True, ["http.certificate and http.key"]),
        ("a proxy alone", "{host: 0.0.0.0, port: 0, trusted_proxies: [10.0.0.7]}", False, ["add an admin"]),
    ],
)
def test_serving_to_others_is_refused(
    tmp_path: Path, case: str, http: str, admin: bool, words: list[str]
) -> None:
    path = port_yaml(tmp_path, http)
    if admin:
        add_admin(path)
    refused = run("serve", "--config", str(path))
    assert refused.returncode == 2
    assert refused.stderr.startswith("http.host: 0.0.0.0 can be reached from outside: ")
    assert all(word in refused.stderr for word in words)
    assert ("add an admin" in refused.stderr) is not admin
    assert refused.stderr.count("\n") == 1


def test_with_an_admin_and_a_certificate_others_are_served_over_https(tmp_path: Path) -> None:
    authority = Authority(program("openssl"), tmp_path / "tls")
    authority.issue("localhost")
    port = free_port()
    tls = "certificate: tls/localhost.crt, key: tls/localhost.key"
    path = port_yaml(tmp_path, f"{{host: 0.0.0.0, port: {port}, {tls}}}")
    add_admin(path)
    with (tmp_path / "log").open("w") as log:
        child = subprocess.Popen([*COMMAND, "serve", "--config", str(path)], stdout=log, stderr=log)
    url = f"https://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/healthz", verify=False, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        assert until(answers), (tmp_path / "log").read_text()
        with httpx.Client(base_url=url, verify=False, trust_env=False) as browser:
            assert browser.get("/").headers["strict-transport-security"] == "max-age=31536000"
            assert browser.get("/manager").status_code == 401
            opened = browser.post("/sign-in", data={"name": "ann", "password": SECRET, "next": "/manager"})
            assert opened.status_code == 303
            assert browser.get("/manager").status_code == 200
    finally:
        child.terminate()
        assert child.wait(20) == 0
    assert SECRET not in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("case", "http", "words"),
    [
        ("no file", "{certificate: a.crt, key: a.key}", "a.crt cannot be used"),
        ("half of a pair", "{certificate: a.crt}", "give both"),
        ("a proxy by name", "{trusted_proxies: [proxy.example]}", "write it as 10.0.0.7"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, case: str, http: str, words: str) -> None:
    refused = run("serve", "--config", str(port_yaml(tmp_path, http)))
    assert refused.returncode == 2
    assert words in refused.stderr
    assert refused.stderr.count("\n") == 1
