"""Hold requirements.lock against the known vulnerabilities; where nobody answers that is said, not hidden.

Exit code 1: a locked library has a known vulnerability. 0: none has, or nobody could be asked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements.lock"
WITHIN_S = 120
SERVICES = ("pypi", "osv")
"""Asked in turn, until one knows any of the libraries."""


def audited(service: str) -> list[dict[str, object]]:
    """The libraries that pip-audit judged by what a service knows; none when it does not answer."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(LOCK),
        "--disable-pip",
        "--require-hashes",
        "--vulnerability-service",
        service,
    ]
    try:
        done = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off", "--timeout", "5"],
            capture_output=True, text=True, timeout=WITHIN_S, check=False,
        )  # fmt: skip
        libraries: list[dict[str, object]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []
    return [library for library in libraries if "vulns" in library]


def main() -> int:
    """Say what was found."""
    asked = next((found for found in map(audited, SERVICES) if found), [])
    if not asked:
        services = " and ".join(SERVICES)
        print(f"audit: SKIPPED, no index of vulnerabilities answers ({services})", file=sys.stderr)
        return 0
    found = [library for library in asked if library["vulns"]]
    for library in found:
        names = ", ".join(vuln["id"] for vuln in library["vulns"])  # type: ignore[attr-defined]
        print(
            f"audit: {library['name']} {library['version']}: {names}; run scripts/lock --upgrade",
            file=sys.stderr,
        )
    print(
        f"audit: {len(asked)} libraries asked about, {len(found)} with known vulnerabilities", file=sys.stderr
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
