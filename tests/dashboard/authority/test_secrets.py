"""Planted secrets, looked for in everything that a whole run writes, says and shows.

Camera password, broker password, account password, session, token for scripts, enrolment code, private keys.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from edge.pairing import Code
from tests.dashboard.authority.place import EDGE, PORT, running
from tests.dashboard.nodes import until

CAMERA, BROKER, ACCOUNT = "camera-s3cret-word", "broker-s3cret-word", "account s3cret passphrase"
pytestmark = pytest.mark.slow


def command_lines() -> str:
    """What every user of this machine sees of the processes."""
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(lines)


def node_that_cannot_see(folder: Path, text: str) -> Path:
    """A camera that is not there, with a password in its address."""
    camera = "{id: c1, source: 'rtsp://user:${CAM_PASSWORD}@127.0.0.1:9/x', lanes: [{id: b1}]}"
    path = folder / "camera.yaml"
    path.write_text(text.replace("cameras: [{id: c1}]", f"cameras: [{camera}]"))
    return path


def test_no_secret_is_written_said_or_shown(tmp_path: Path) -> None:
    seen: list[str] = []
    with running(tmp_path, "embedded") as place:
        added = place.command("account", "add", "ann", "--role", "admin", typed=f"{ACCOUNT}\n")
        token = place.command("token", "add", "script", "--role", "viewer").stdout.strip()
        code = place.code("n07")
        enrolled = place.use_code("n07", code)
        assert (added.returncode, enrolled.returncode) == (0, 0), (added.stderr, enrolled.stderr)
        seen += [added.stdout, added.stderr, enrolled.stdout, enrolled.stderr]
        seen += [place.use_code("n07", code).stderr, place.command("account", "list").stdout]

        place.start([*PORT, "serve", "--config", str(place.yaml)], "serve.log")
        yaml = node_that_cannot_see(tmp_path / "n07", place.node_yaml("n07").read_text())
        environment = {**os.environ, "CAM_PASSWORD": CAMERA}
        with (tmp_path / "node.log").open("wb") as log:
            node = subprocess.Popen(
                [*EDGE, "run", "--config", str(yaml)], stdout=log, stderr=log, env=environment
            )
        refused = subprocess.run(
            [*EDGE, "run", "--config", str(bad_broker(tmp_path / "n07", yaml))],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        seen += [refused.stdout, refused.stderr]
        url = f"http://127.0.0.1:{place.http}"
        assert until(lambda: answers(url)), place.text("serve.log")
        with httpx.Client(base_url=url, trust_env=False) as browser:
            wrong = browser.post("/sign-in", data={"name": ACCOUNT, "password": "ann"})
            right = browser.post("/sign-in", data={"name": "ann", "password": ACCOUNT})
            session = browser.cookies["lanewatch"]
            pages = ("/manager", "/account", "/api/v1/audit", "/metrics", "/", "/healthz", "/openapi.json")
            seen += [wrong.text, right.text, *(browser.get(path).text for path in pages)]
            seen.append(
                httpx.get(
                    f"{url}/account", headers={"Authorization": f"Bearer {token}x"}, trust_env=False
                ).text
            )
        time.sleep(3)
        seen.append(command_lines())
        node.terminate()
        assert node.wait(20) == 0
        keys = [path.read_text() for path in tmp_path.glob("**/*.key")]
    assert len(keys) >= 4
    logs = [*tmp_path.glob("*.log"), *tmp_path.glob("broker/nats.log")]
    seen += [path.read_text(errors="replace") for path in logs]
    seen += [path.read_bytes().decode("latin-1") for path in tmp_path.glob("**/*.db*")]
    secrets = {
        "camera password": CAMERA,
        "broker password": BROKER,
        "account password": ACCOUNT,
        "session": session,
        "token": token,
        "code": Code.read(code).secret,
        **{f"key {number}": key.splitlines()[1] for number, key in enumerate(keys)},
    }
    text = "\n".join(seen)
    assert "camera_lost" in text or "camera_faulty" in text
    assert re.search(r"lanewatch|main\(\)", text)
    assert [name for name, secret in secrets.items() if secret in text] == []


def bad_broker(folder: Path, yaml: Path) -> Path:
    """A broker that cannot be used, with a password in its address."""
    text = re.sub(r"mqtts://[^\"]*", f"mqtts://user:{BROKER}@127.0.0.1:99999", yaml.read_text())
    path = folder / "bad.yaml"
    path.write_text(text)
    return path


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
