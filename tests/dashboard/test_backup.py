"""A backup restored into an empty place equals the original; nothing that opens doors is in it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import dashboard.authority.tables as authority
import dashboard.store
from dashboard.access.tables import ACCOUNTS, SESSIONS, TOKENS
from dashboard.store.backup import LEFT_OUT, BackupError, back_up, restore
from dashboard.store.history import History
from dashboard.store.retention import Keep, tidy
from dashboard.store.seal import LENGTH
from dashboard.store.store import SetAside, Store
from dashboard.store.tables import METADATA
from tests.conftest import REPOSITORY
from tests.dashboard.test_history import FAST, lane, minute
from tests.dashboard.test_retention import NOW_S, fill, incoming
from tests.ports import free_port
from tests.postgres import Postgres

SECRET = "planted-secret-7f3a"
COMMAND = [sys.executable, "-c", "from dashboard.cli import main; main()"]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store with something in nearly every table, secrets too."""
    made = Store(store_url)
    made.upgrade()
    fill(made)
    list(tidy(made, Keep(raw_s=2 * 86400.0), NOW_S))
    made.add([], [SetAside(1.0, "topic", "reason", b"head")])
    history = History(made)
    history.add([minute(NOW_S // 3600 * 3600 + 60 * n, 9.0 * n) for n in range(60)])
    history.add_lanes([("testport", "us_bound", [lane(NOW_S // 3600 * 3600, 60.0)])])
    history.roll_up("testport", "us_bound", [FAST], [], NOW_S + 7200)
    with made.begin() as connection:
        for table, row in _doors():
            connection.execute(sa.insert(table), row)
    yield made
    made.close()


def _doors() -> list[tuple[sa.Table, dict[str, Any]]]:
    return [
        (
            ACCOUNTS,
            {"name": "ann", "role": "admin", "password_hash": SECRET, "disabled": False, "changed_at_s": 1.0},
        ),
        (SESSIONS, {"digest": SECRET, "name": "ann", "opened_at_s": 1.0, "seen_at_s": 1.0}),
        (TOKENS, {"name": "t", "role": "viewer", "digest": SECRET, "made_at_s": 1.0}),
        (
            authority.NODES,
            {"node": "n1", "port": "testport", "code_digest": SECRET, "code_until_s": 9.0, "answer": SECRET},
        ),
    ]


def content(url: str) -> dict[str, list[Any]]:
    """Every row of every table that a backup holds."""
    store = Store(url)
    with store.begin() as connection:
        found = {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in METADATA.sorted_tables
            if table not in LEFT_OUT
        }
    store.close()
    return found | {"nodes": [row[:3] + row[5:7] for row in found["nodes"]]}


def quiet(_table: str, _rows: int) -> None:
    """No progress."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where to restore to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/restored.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


def test_restored_it_equals_the_original_and_goes_on(
    store: Store, store_url: str, empty_url: str, tmp_path: Path
) -> None:
    back_up(store_url, tmp_path / "x.backup", quiet)
    assert restore(tmp_path / "x.backup", empty_url, quiet), "it is sealed"
    assert content(empty_url) == content(store_url)
    restored = Store(empty_url)
    assert restored.holdings() == store.holdings()
    last = restored.after(0, 1000)[-1].ingest_id
    restored.add([incoming(seq, NOW_S) for seq in (1, 59, 61)])
    assert len(restored.after(last, 10)) == 1, "no row twice, a new number"
    restored.close()


def test_nothing_that_opens_doors_is_in_it(store: Store, store_url: str, tmp_path: Path) -> None:
    back_up(store_url, tmp_path / "x.backup", quiet)
    assert SECRET.encode() not in (tmp_path / "x.backup").read_bytes()
    assert (tmp_path / "x.backup").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.glob("x.backup*")) == ["x.backup"]


def test_nothing_is_overwritten(store: Store, store_url: str, tmp_path: Path) -> None:
    back_up(store_url, tmp_path / "x.backup", quiet)
    with pytest.raises(BackupError, match="is there already"):
        back_up(store_url, tmp_path / "x.backup", quiet)
    before = content(store_url)
    with pytest.raises(BackupError, match="is not empty"):
        restore(tmp_path / "x.backup", store_url, quiet)
    assert content(store_url) == before


def test_a_backup_of_an_older_program_is_restored_and_stays_as_it_is(empty_url: str, tmp_path: Path) -> None:
    file = tmp_path / "old.backup"
    older, config = Store(f"sqlite:///{file}"), Config()
    config.set_main_option("script_location", str(Path(dashboard.store.__file__).parent / "schema"))
    with older.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
    older.add([incoming(1, NOW_S)])
    with older.connection() as driver:
        driver.execute("PRAGMA journal_mode=DELETE").fetchall()
    older.close()
    before = file.read_bytes()
    assert not restore(file, empty_url, quiet), "it had no seal"
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob("old*")] == ["old.backup"]
    restored = Store(empty_url)
    assert [row.ingest_id for row in restored.after(0, 10)] == [1]
    restored.close()


def test_a_store_of_a_newer_program_is_told_in_one_line(tmp_path: Path) -> None:
    newer = Store(f"sqlite:///{tmp_path}/lanewatch.db")
    newer.upgrade()
    with newer.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    newer.close()
    config = tmp_path / "port.yaml"
    config.write_text(
        f"broker: {{url: 'mqtt://127.0.0.1:{free_port()}'}}\nhttp: {{port: {free_port()}}}\n"
        "ports: [{id: a, name: {en: A}, directions: [{id: us_bound, streams: "
        "[{traffic: commercial, class: fast}]}]}]\n"
    )
    said = "its tables are of schema 9999, this program knows them up to"
    units = (REPOSITORY / "config/systemd").glob("lanewatch-*.service")
    assert all("\nRestartPreventExitStatus=2\n" in unit.read_text() for unit in units)
    for words in (["serve"], ["backup", "--out", str(tmp_path / "x")]):
        run = [*COMMAND, *words, "--config", str(config)]
        ended = subprocess.run(run, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 2, ended.stderr
        assert ended.stderr.count(said) == 1
        assert "Traceback" not in ended.stderr


def test_a_file_that_is_no_backup_is_one_line(tmp_path: Path) -> None:
    config = tmp_path / "port.yaml"
    config.write_text(
        "ports: [{id: a, name: {en: A}, directions: [{id: us_bound, streams: "
        "[{traffic: commercial, class: fast}]}]}]\n"
    )
    (tmp_path / "text").write_text("no backup at all " * 999)
    for file in ("text", "nowhere"):
        run = [*COMMAND, "restore", str(tmp_path / file), "--config", str(config)]
        ended = subprocess.run(run, capture_output=True, text=True)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr
        assert ended.stderr.startswith(f"{tmp_path / file}: "), ended.stderr
    Store(f"sqlite:///{tmp_path / 'lanewatch.db'}").upgrade()
    done = [*COMMAND, "backup", "--config", str(config), "--out", str(tmp_path / "ok")]
    assert subprocess.run(done).returncode == 0
    assert (tmp_path / "ok").is_file()


@pytest.mark.parametrize("cut", [0, LENGTH], ids=["sealed", "of an older program, without a seal"])
def test_a_damaged_backup_is_named_not_the_store_that_it_is_for(
    store: Store, store_url: str, empty_url: str, tmp_path: Path, cut: int
) -> None:
    file = tmp_path / "x.backup"
    back_up(store_url, file, quiet)
    sealed = file.read_bytes()
    whole = sealed[: len(sealed) - cut]
    for case, damaged in (
        ("a name that is no text", whole.replace(b"testport", b"te\xd3tport")),
        ("a table that is no text", whole.replace(b"CREATE TABLE", b"CREATE\xa9TABLE")),
        ("a column that is not there", whole.replace(b"low_s", b"lox_s")),
        ("cut in the middle", whole[: len(whole) // 2]),
    ):
        assert damaged != whole, case
        file.write_bytes(damaged)
        with pytest.raises(BackupError) as raised:
            restore(file, empty_url, quiet)
        assert str(raised.value).startswith(f"{file}: is damaged ("), case
        assert str(raised.value).endswith("; copy it again"), case


def test_a_flipped_bit_inside_a_value_and_a_lost_end_are_seen(
    store: Store, store_url: str, empty_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.backup"
    back_up(store_url, file, quiet)
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[whole.index(b"testport")] ^= 1
    for case, damaged, why in (
        ("a bit of a port's name", bytes(flipped), "it is not as it was written"),
        (
            "a bit of the seal itself",
            whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:],
            "it is not as it was written",
        ),
        ("its last letters", whole[:-7], "its end is missing"),
    ):
        file.write_bytes(damaged)
        with pytest.raises(BackupError) as raised:
            restore(file, empty_url, quiet)
        assert str(raised.value) == f"{file}: is damaged ({why}); copy it again", case
    file.write_bytes(whole)
    restore(file, empty_url, quiet)
    assert content(empty_url) == content(store_url), "what was refused before left nothing"


def test_a_store_that_was_never_made_is_no_empty_backup(empty_url: str, tmp_path: Path) -> None:
    out = tmp_path / "x.backup"
    with pytest.raises(BackupError, match="nothing was ever stored there; name the one that `serve` fills"):
        back_up(empty_url, out, quiet)
    assert list(tmp_path.glob("x.backup*")) == []
    Store(empty_url).upgrade()
    back_up(empty_url, out, quiet)
    assert out.is_file()


def test_a_typing_error_in_the_store_s_place_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nothing was ever stored there"):
        back_up(f"sqlite:///{tmp_path / 'lanewtach.db'}", tmp_path / "x.backup", quiet)
    assert list(tmp_path.iterdir()) == []


def test_the_command_knows_every_table_of_the_schema(tmp_path: Path) -> None:
    """In a process of its own: what another test imported must not hide a table that a backup would miss."""
    code = (
        "import sys, sqlalchemy as sa\n"
        "from dashboard.store.backup import METADATA, Store\n"
        "store = Store(sys.argv[1])\n"
        "store.upgrade()\n"
        "with store.begin() as connection: found = set(sa.inspect(connection).get_table_names())\n"
        "print(*sorted(found - set(METADATA.tables) - {'alembic_version'}))\n"
    )
    url = f"sqlite:///{tmp_path}/lanewatch.db"
    missing = subprocess.run([sys.executable, "-c", code, url], check=True, capture_output=True, text=True)
    assert missing.stdout.split() == []
