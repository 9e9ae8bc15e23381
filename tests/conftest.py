"""What the tests share: where the recorded material and the real servers are, and why a test is skipped."""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from dashboard.store.store import Store
from edge.daemon.logs import Lines
from tests.postgres import Postgres, programs

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"

# A busy machine is slow; that says nothing of the code. What a test asks for beyond this, it says itself.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("patient")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two a core: most of the time a test waits for a broker, a browser or a node."""
    return min(8, 2 * (os.cpu_count() or 1))


def program(name: str) -> str:
    """Path of a server program; skips where it is missing, fails where LANEWATCH_REQUIRE names it."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:{programs() or ''}")
    required(name, None if found else "is not installed")
    return str(found)


def required(name: str, missing: str | None) -> None:
    """Skip because of what is `missing` to `name`, if anything; fail where LANEWATCH_REQUIRE names it."""
    if missing and name in os.environ.get("LANEWATCH_REQUIRE", "").split(","):
        pytest.fail(f"{name} is required here: {missing}")
    if missing:
        pytest.skip(f"{name}: {missing}")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command that ran in this process sends logs to its own stderr; later tests get theirs back."""
    yield
    structlog.reset_defaults()
    for handler in logging.root.handlers[:]:
        if isinstance(getattr(handler, "stream", None), Lines):
            logging.root.removeHandler(handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of clips, labelled pictures and recorded ports beside the repository."""
    if not (SHARED / "data").is_dir():
        pytest.skip("../shared (clips, pictures, recorded ports) is not beside this repository")
    return SHARED


@pytest.fixture(scope="session")
def mosquitto() -> str:
    """Debian's Mosquitto."""
    return program("mosquitto")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server of its own, in a temporary folder."""
    server = Postgres(Path(program("initdb")).resolve().parent)
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """`store.url` of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/lanewatch.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store, on SQLite and on PostgreSQL."""
    made = Store(store_url)
    made.upgrade()
    yield made
    made.close()
