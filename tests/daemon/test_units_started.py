"""The units under a real systemd: a Debian of its own in a container, in which they start, die and hang.

`LANEWATCH_DEBIAN` names the folder of that Debian, which is left as it is; docs/operations.md makes one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import REPOSITORY, required
from tests.dashboard.nodes import until

pytestmark = pytest.mark.slow

UNITS = REPOSITORY / "config" / "systemd"
DEMO = REPOSITORY / "config" / "recordings" / "demo"
SERVICES = ("lanewatch-broker", "lanewatch-authority", "lanewatch-port", "lanewatch-node")
WATCHDOG_S = 6
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Machine:
    """A running container; `leader` is the process id of its systemd."""

    leader: int

    def __call__(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside."""
        enter = ["nsenter", "--target", str(self.leader), "--all"]
        return subprocess.run([*enter, *command], capture_output=True, text=True, timeout=60, check=False)

    def of(self, service: str) -> dict[str, str]:
        """What systemd knows of a service."""
        asked = "ActiveState,SubState,MainPID,NRestarts,Result,ExecMainStatus,StatusText"
        shown = self("systemctl", "show", service, "--property", asked).stdout
        return dict(line.split("=", 1) for line in shown.splitlines())

    def is_up(self, service: str) -> bool:
        """Whether it said that it is ready."""
        return self.of(service)["SubState"] == "running"

    def log(self, service: str) -> str:
        """Its last words."""
        return self("journalctl", "--no-pager", "--lines", "200", "--unit", service).stdout

    def status(self, service: str) -> dict[str, str]:
        """The kernel's view of its main process."""
        text = self("cat", f"/proc/{self.of(service)['MainPID']}/status").stdout
        return {key: value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}

    def tries(self, service: str, command: str) -> str:
        """What a shell in the service's own view of the disk answers."""
        pid = self.of(service)["MainPID"]
        done = self("nsenter", "--target", pid, "--mount", "sh", "-c", f"{command} 2>&1")
        return done.stdout.strip()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with the units, central's and a node's configuration, and lanewatch in /opt/lanewatch."""
    debian = _debian()
    here = tmp_path_factory.mktemp("machine")
    binds = [*_installed(here), *_configured(here)]
    command = ["systemd-nspawn", "--register=no", "--keep-unit", "--boot", "--volatile=overlay"]
    options = ["--private-network", "--console=pipe", f"--machine=lanewatch-{os.getpid()}"]
    with (
        (here / "console").open("wb") as console,
        subprocess.Popen(
            [*command, *options, "--directory", debian, *(f"--bind-ro={bind}" for bind in binds)],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
        ) as nspawn,
    ):
        try:
            yield Machine(_booted(nspawn.pid, here / "console"))
        finally:
            nspawn.terminate()


def _debian() -> str:
    """The folder, or a skip that says what is missing."""
    found = os.environ.get("LANEWATCH_DEBIAN", "")
    required("systemd-nspawn", None if shutil.which("systemd-nspawn") else "is not installed")
    required("systemd-nspawn", None if found else "LANEWATCH_DEBIAN names no Debian to start")
    required("systemd-nspawn", None if os.geteuid() == 0 else "only root may start a container")
    same = (Path(found) / "usr" / "bin" / PYTHON).exists()
    required("systemd-nspawn", None if same else f"{found} has another Python than {PYTHON}")
    return found


def _installed(here: Path) -> list[str]:
    """What `/opt/lanewatch` holds after an installation, around the libraries of this environment."""
    opt, libraries = here / "opt", sysconfig.get_path("purelib")
    (opt / "bin").mkdir(parents=True)
    (opt / "lib" / PYTHON / "site-packages").mkdir(parents=True)
    (opt / "bin" / "python").symlink_to(f"/usr/bin/{PYTHON}")
    (opt / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    for name, module in (("lanewatch-port", "dashboard"), ("lanewatch-edge", "edge")):
        program = opt / "bin" / name
        program.write_text(f"#!/opt/lanewatch/bin/python\nfrom {module}.program import main\nmain()\n")
        program.chmod(0o755)
    shutil.copy(Path(sysconfig.get_path("scripts")) / "nats-server", opt / "bin")
    opt.chmod(0o755)
    return [
        f"{opt}:/opt/lanewatch",
        f"{libraries}:/opt/lanewatch/lib/{PYTHON}/site-packages",
        f"{REPOSITORY}:{REPOSITORY}",
    ]


def _configured(here: Path) -> list[str]:
    """/etc/lanewatch as the units' own words ask for it, and the units, with a shorter watchdog."""
    etc, units = here / "etc", here / "units"
    etc.mkdir()
    units.mkdir()
    yaml = YAML(typ="safe")
    port: dict[str, Any] = yaml.load(DEMO / "port.yaml")
    port["store"] = {"url": "sqlite:////var/lib/lanewatch-port/lanewatch.db"}
    port["authority"] = {"folder": "/var/lib/lanewatch-port/authority", "url": "https://127.0.0.1:8444"}
    node: dict[str, Any] = yaml.load(DEMO / "nodes" / "n-booth.yaml")
    node["outbox"] = "/var/lib/lanewatch-node/outbox.db"
    node["cameras"][0]["source"] = str(DEMO / "booth.mp4")
    for name, content in (("port.yaml", port), ("node.yaml", node)):
        with (etc / name).open("w") as file:
            yaml.dump(content, file)
    for unit in UNITS.glob("*.service"):
        text = unit.read_text().replace("WatchdogSec=60", f"WatchdogSec={WATCHDOG_S}")
        (units / unit.name).write_text(text)
    return [
        f"{etc}:/etc/lanewatch",
        *(f"{units / unit.name}:/etc/systemd/system/{unit.name}" for unit in UNITS.glob("*.service")),
    ]


def _booted(nspawn: int, console: Path) -> int:
    """Its systemd's process id, once it is up."""
    children = Path(f"/proc/{nspawn}/task/{nspawn}/children")
    found: list[int] = []

    def is_up() -> bool:
        found[:] = [int(child) for child in children.read_text().split()]
        said = [Machine(child)("systemctl", "is-system-running").stdout.strip() for child in found]
        return said in (["running"], ["degraded"])

    assert until(is_up, 40), console.read_text()
    return found[0]


def test_all_start_without_root_in_their_sandboxes_and_measure(machine: Machine) -> None:
    for service in SERVICES:
        started = machine("systemctl", "start", service)
        assert started.returncode == 0, machine.log(service)
        assert machine.is_up(service), machine.of(service)
        kernel = machine.status(service)
        assert int(kernel["Uid"].split()[0]) > 60000, "a user of its own"
        assert int(kernel["CapEff"], 16) == int(kernel["CapBnd"], 16) == 0
        assert (kernel["NoNewPrivs"], kernel["Seccomp"]) == ("1", "2")
        assert "Read-only" in machine.tries(service, "touch /etc/mine")
        assert "Read-only" in machine.tries(service, "touch /usr/mine")
        state = "lanewatch-port" if service == "lanewatch-authority" else service
        assert machine("stat", "--format=%a", f"/var/lib/private/{state}").stdout.strip() == "700"

    def stored() -> int:
        return sum(boot["rows"] for boot in _stored(machine))

    assert until(lambda: stored() > 2, 40), machine.log("lanewatch-node") + machine.log("lanewatch-port")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("case", "sign", "why"), [("dies", "KILL", "signal"), ("hangs", "STOP", "watchdog")])
def test_one_that_dies_or_hangs_is_started_again(
    machine: Machine, service: str, case: str, sign: str, why: str
) -> None:
    machine("systemctl", "start", service)
    assert until(lambda: machine.is_up(service), 30), machine.log(service)
    before = machine.of(service)
    assert machine("systemctl", "kill", "--kill-whom=main", f"--signal={sign}", service).returncode == 0
    within_s = 20 + (4 * WATCHDOG_S if case == "hangs" else 0)
    again = until(lambda: int(machine.of(service)["NRestarts"]) > int(before["NRestarts"]), within_s)
    assert again, machine.of(service)
    assert until(lambda: machine.is_up(service), 30), machine.log(service)
    assert machine.of(service)["MainPID"] != before["MainPID"]
    assert f"Failed with result '{why}'" in machine.log(service)


def test_a_fault_of_the_configuration_is_not_tried_again(machine: Machine) -> None:
    machine("systemctl", "start", "lanewatch-ingest@demo")
    assert until(lambda: machine.of("lanewatch-ingest@demo")["ActiveState"] == "failed", 30)
    known = machine.of("lanewatch-ingest@demo")
    assert (known["ExecMainStatus"], known["NRestarts"]) == ("2", "0")
    assert "store.url" in machine.log("lanewatch-ingest@demo")
    time.sleep(4)
    assert machine.of("lanewatch-ingest@demo")["NRestarts"] == "0"


def test_all_end_when_asked(machine: Machine) -> None:
    for service in reversed(SERVICES):
        machine("systemctl", "start", service)
        assert until(lambda service=service: machine.is_up(service), 30), machine.log(service)
        machine("systemctl", "stop", service)
        assert machine.of(service)["Result"] == "success", machine.log(service)


def _stored(machine: Machine) -> list[dict[str, Any]]:
    """What central holds, as its own command says it, run as the units' words say."""
    own = ("DynamicUser=yes", "User=lanewatch-port", "StateDirectory=lanewatch-port")
    inside = ["systemd-run", "--quiet", "--pipe", "--wait", *(f"--property={each}" for each in own)]
    file = "/var/lib/lanewatch-port/stored.json"
    program = ["/opt/lanewatch/bin/lanewatch-port", "stored", "--config", "/etc/lanewatch/port.yaml"]
    asked = machine(*inside, *program, "--json", file)
    assert asked.returncode == 0, asked.stderr + asked.stdout
    found: list[dict[str, Any]] = json.loads(machine("cat", file).stdout)
    return found
