"""Hold requirements.lock against the known vulnerabilities; where nobody answers that is said, not hidden.

Exit code 1: a locked library has a known vulnerability, or nobody could be asked and LANEWATCH_REQUIRE names
pip-audit. 0: none has, or nobody could be asked (SKIPPED).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements.lock"
WITHIN_S = 120
"""For each service, with 150 libraries and one question each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said: known faults by library and version, and the libraries that it does not know."""

    faults: dict[str, list[str]]
    unknown: list[str]


def audited(lock: Path, service: list[str]) -> Answer | None:
    """What pip-audit learns from a service; None where it does not answer, or of no library."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(lock),
        "--disable-pip",
        "--require-hashes",
    ]
    options = ["--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        done = subprocess.run(
            [*command, *service, *options], capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
        libraries = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    faults = {
        f"{one['name']} {one['version']}": [vuln["id"] for vuln in one["vulns"]]
        for one in libraries
        if "vulns" in one
    }
    return Answer(faults, [one["name"] for one in libraries if "vulns" not in one]) if faults else None


def main() -> int:
    """Say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--osv-url", metavar="URL", help="ask this mirror of OSV alone: http://host/v1/query")
    parser.add_argument(
        "--lock", type=Path, default=LOCK, metavar="FILE", help="instead of requirements.lock"
    )
    options = parser.parse_args()
    services = {name: ["--vulnerability-service", name] for name in ("pypi", "osv")}
    if options.osv_url:
        services = {options.osv_url: [*services["osv"], "--osv-url", options.osv_url]}
    answers = (audited(options.lock, service) for service in services.values())
    answer = next((one for one in answers if one is not None), None)
    if answer is None:
        required = "pip-audit" in os.environ.get("LANEWATCH_REQUIRE", "").split(",")
        said = "FAILED" if required else "SKIPPED"
        print(
            f"audit: {said}, no index of vulnerabilities answers ({' and '.join(services)})", file=sys.stderr
        )
        return int(required)
    faulty = {library: faults for library, faults in answer.faults.items() if faults}
    for library, faults in faulty.items():
        print(f"audit: {library}: {', '.join(faults)}; run scripts/lock --upgrade", file=sys.stderr)
    if answer.unknown:
        print(f"audit: not known to the index: {', '.join(answer.unknown)}", file=sys.stderr)
    print(f"audit: {len(answer.faults)} libraries asked about, {len(faulty)} with known vulnerabilities")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
