"""Whoever reads before it writes waits for another who is writing, instead of failing at once.

In SQLite a transaction that has read cannot begin to write while another writes, nor after another wrote: it
is told "database is locked" without any wait. Most of what central does is short, so it is seldom seen.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.audit import Audit, Entry, add_line
from dashboard.authority.authority import Issued
from dashboard.authority.ledger import Ledger
from dashboard.official.figures import Figures
from dashboard.official.places import Placed
from dashboard.official.reading import Reading
from dashboard.store.store import Store

PASSWORD = "a long and quiet lane"
HELD_S = 0.3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the database."""
    return tmp_path / "lanewatch.db"


@pytest.fixture
def store(path: Path) -> Store:
    """A store with two admins."""
    made = Store(f"sqlite:///{path}")
    made.upgrade()
    for name in ("ann", "bob"):
        Accounts(made).add(name, "admin", PASSWORD, at_s=1.0)
    return made


def notes_a_figure(store: Store, _secret: str) -> None:
    reading = Reading("cbp", "380001", "us", "commercial/fast", "measured", 600, 90.0)
    Figures(store).note([Placed("ambassador", "us_bound", reading)], fetched_s=100.0)
    assert Figures(store).newest("ambassador")


def adds_a_person(store: Store, _secret: str) -> None:
    Accounts(store).add("eve", "viewer", PASSWORD, at_s=2.0)
    assert Accounts(store).knows("eve")


def disables_a_person(store: Store, _secret: str) -> None:
    Accounts(store).disable("bob", at_s=2.0)
    assert Accounts(store).person("bob", PASSWORD) is None


def adds_a_token(store: Store, _secret: str) -> None:
    assert Accounts(store).script(Accounts(store).add_token("poller", "viewer", at_s=2.0))


def accepts_a_node(store: Store, secret: str) -> None:
    ledger, granted = Ledger(store), Issued("07", 90.0, b"", b"")
    invited = ledger.invited("booth-1", secret, at_s=2.0)
    assert invited is not None
    assert ledger.enrol(invited, secret, granted, Entry(2.0, "booth-1", "::1", "enrol"))


@pytest.mark.parametrize(
    "does", [notes_a_figure, adds_a_person, disables_a_person, adds_a_token, accepts_a_node]
)
def test_it_waits_for_another_who_writes(
    does: Callable[[Store, str], None], store: Store, path: Path
) -> None:
    secret = Ledger(store).invite("booth-1", "ambassador", until_s=100.0)
    is_writing = threading.Event()
    line = Entry(1.0, "ann", "::1", "sign in")

    def write() -> None:
        with Store(f"sqlite:///{path}").begin(write=True) as connection:
            add_line(connection, line)
            is_writing.set()
            time.sleep(HELD_S)

    writer = threading.Thread(target=write)
    writer.start()
    assert is_writing.wait(timeout=10)
    does(store, secret)
    writer.join()
    assert Audit(store).newest(2)[-1] == line, "the first of all"


def test_to_connect_writes_nothing(path: Path, store: Store) -> None:
    watcher = sqlite3.connect(path)
    (before,) = watcher.execute("PRAGMA data_version").fetchone()
    assert Accounts(Store(f"sqlite:///{path}")).knows("ann")
    assert watcher.execute("PRAGMA data_version").fetchone() == (before,)
    Accounts(store).add_token("poller", "viewer", at_s=2.0)
    assert watcher.execute("PRAGMA data_version").fetchone() != (before,)
