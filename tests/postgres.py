"""A real PostgreSQL server for tests: in a temporary folder, on a free loopback port, never as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.ports import free_port

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 32MB
max_connections = 60
logging_collector = off
"""


def programs() -> Path | None:
    """The folder of Debian's newest PostgreSQL; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return found[-1] if found else None


class Postgres:
    """One server. `stop` and `start` keep what it holds; `remove` ends it for good."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="lanewatch-pg-"))
        self._folder.chmod(0o755)
        self._databases = 0
        self.port = free_port()
        self.data = self._folder / "data"
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", str(self.data), "-U", "lanewatch", "-A", "trust", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as config:
            config.write(SETTINGS + f"port = {self.port}\n")

    def start(self) -> None:
        """Start and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self._folder / "log"), "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """End it: `fast`, or `immediate`, which is a crash."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """End it and delete its folder."""
        self.stop("immediate")
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"test{self._databases}"
        self.sql("postgres", f"CREATE DATABASE {name}")
        return f"postgresql://lanewatch@127.0.0.1:{self.port}/{name}"

    def sql(self, database: str, statement: str) -> str:
        """Run one statement; gives what psql prints."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "lanewatch", "-d", database]
        return self._run("psql", *where, "-X", "-A", "-t", "-q", "-c", statement)

    def cpu_s(self) -> float:
        """User and system seconds of the server and all its children, ended ones too."""
        pid = (self.data / "postmaster.pid").read_text().split()[0]
        family = [pid, *_children(pid)]
        ticks = 0
        for one in family:
            try:
                fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended; its time is in the parent's then
            ticks += sum(map(int, fields[11:15] if one == pid else fields[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        with (self._folder / "run.log").open("ab") as log:
            done = subprocess.run(
                command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )
        if done.returncode:
            raise AssertionError(f"{program}: {(self._folder / 'run.log').read_text(errors='replace')}")
        return done.stdout.decode()


def _children(pid: str) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
