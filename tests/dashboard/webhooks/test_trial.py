"""`lanewatch-port webhook test`: what the receiver gets, and what the one who asks is told."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path

import pytest

from dashboard.webhooks import sending
from dashboard.webhooks.message import signature
from tests.dashboard.test_port_cli import run
from tests.dashboard.webhooks.receiving import SECRET, receiving

PORT = """
webhooks:
  - {{id: dispatch, url: "{url}", secret: "{secret}", port: peace, stream: commercial/fast, above_min: 30,
     allow_private: {private}}}
ports:
  - id: peace
    name: {{en: Peace Bridge, fr: Pont Peace}}
    location: [-78.9, 42.9]
    directions:
      - {{id: us_bound, timezone: America/New_York, lanes: [],
         streams: [{{traffic: commercial, class: fast}}]}}
"""


def port_yaml(folder: Path, url: str, private: bool = True) -> str:
    file = folder / "port.yaml"
    file.write_text(PORT.format(url=url, secret=SECRET, private=str(private).lower()))
    return str(file)


def test_the_receiver_gets_one_signed_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiving(answers=[204]) as inbox:
        file = port_yaml(tmp_path, inbox.url)
        assert run(["webhook", "test", "dispatch", "--config", file], monkeypatch) == 0
    assert capsys.readouterr().out == "dispatch: 127.0.0.1 took the message (204)\n"
    (body,), (said,) = inbox.bodies, inbox.signatures
    told = json.loads(body)
    assert (told["type"], told["webhook"], told["stream"], told["now"]) == (
        "test",
        "dispatch",
        "commercial/fast",
        None,
    )
    sent_s = int(said.split(",")[0].removeprefix("t="))
    assert said == signature(SECRET, sent_s, body)
    assert abs(time.time() - sent_s) < 300


def nowhere() -> str:
    """An address of this machine where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("case", "name", "private", "answers", "words"),
    [
        ("no such webhook", "trucks", True, [], "'trucks': is not in port.yaml, which has dispatch"),
        ("refused", "dispatch", True, [410], "127.0.0.1 answered 410"),
        ("in trouble", "dispatch", True, [503], "127.0.0.1 answered 503"),
        ("moved", "dispatch", True, [301], "is not followed; enter the final address"),
        ("nobody there", "dispatch", True, None, "127.0.0.1 cannot be reached (Connection refused)"),
    ],
)
def test_what_went_wrong_is_one_line(
    case: str,
    name: str,
    private: bool,
    answers: list[int] | None,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent = len(answers or [])
    with receiving(answers=answers or []) as inbox:
        file = port_yaml(tmp_path, nowhere() if answers is None else inbox.url, private)
        assert run(["webhook", "test", name, "--config", file], monkeypatch) == 2
    assert len(inbox.bodies) == sent
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert words in line
    assert told.out == ""
    assert SECRET not in line


@pytest.mark.parametrize(
    ("case", "hangs_up", "words"),
    [
        ("takes it and says nothing", False, "127.0.0.1 was reached and did not answer within 0.2 s"),
        ("hangs up", True, "127.0.0.1 was reached and gave no answer (Server disconnected"),
    ],
)
def test_who_is_there_and_does_not_answer_is_not_called_unreachable(
    case: str,
    hangs_up: bool,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sending.TIMEOUTS, "read", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:

        def hang_up() -> None:
            connection = mute.accept()[0]
            connection.recv(100_000)
            connection.close()

        if hangs_up:
            threading.Thread(target=hang_up, daemon=True).start()
        file = port_yaml(tmp_path, f"http://127.0.0.1:{mute.getsockname()[1]}/", True)
        assert run(["webhook", "test", "dispatch", "--config", file], monkeypatch) == 2
    assert words in capsys.readouterr().err


def test_an_address_of_this_machine_is_refused_unless_port_yaml_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiving() as inbox:
        file = port_yaml(tmp_path, inbox.url.replace("http:", "https:"), private=False)
        assert run(["webhook", "test", "dispatch", "--config", file], monkeypatch) == 2
    assert inbox.bodies == []
    assert "127.0.0.1 leads to an address that is not public" in capsys.readouterr().err
