"""A small authority of one's own, by the openssl command. For tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

from edge.config import BrokerConfig


class Authority:
    """Makes certificates in a folder: `<name>.crt` and `<name>.key`, signed by `ca.crt`."""

    def __init__(self, openssl: str, folder: Path) -> None:
        self._openssl, self.folder = openssl, folder
        folder.mkdir()
        self._run("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.crt")

    def issue(self, name: str) -> None:
        """A certificate for client and server use on loopback; its name is common name and DNS name."""
        (self.folder / f"{name}.ext").write_text(f"subjectAltName=DNS:{name},IP:127.0.0.1\n")
        self._run(f"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr")
        self._run(
            f"x509 -req -days 2 -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial"
            f" -extfile {name}.ext -out {name}.crt"
        )

    def broker(self, port: int, name: str, ca: str = "ca.crt") -> BrokerConfig:
        """What node.yaml of that client says."""
        return BrokerConfig(
            url=f"mqtts://127.0.0.1:{port}",
            certificate=self.folder / f"{name}.crt",
            key=self.folder / f"{name}.key",
            ca=self.folder / ca,
        )

    def _run(self, arguments: str) -> None:
        subprocess.run([self._openssl, *arguments.split()], cwd=self.folder, check=True, capture_output=True)
