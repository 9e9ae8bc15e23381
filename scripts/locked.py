"""Whether requirements.lock was made from the requirements that pyproject.toml has now."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
STAMP = re.compile(r"# of pyproject\.toml's requirements: (\w+)\n")


def digest() -> str:
    """Of what pyproject.toml requires to run, to test and to check."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [project["requires-python"], project["dependencies"]]
    wanted += [extras[name] for name in ("edge", "plates", "port", "sim", "dev")]
    return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:16]


def check() -> str | None:
    """What is wrong with the lock, and the fix."""
    text = LOCK.read_text() if LOCK.exists() else ""
    found = STAMP.search(text)
    if found is None or found[1] != digest():
        return "pyproject.toml changed: run scripts/lock"
    if re.search(r"://|--index|--find-links", text):
        return "requirements.lock names an address: run scripts/lock"
    blocks = re.split(r"\n(?=\S)", STAMP.sub("", text).strip())
    bare = [block for block in blocks if not block.startswith("#") and "--hash=sha256:" not in block]
    return f"requirements.lock has no hash for {bare[0].split()[0]}: run scripts/lock" if bare else None


def main() -> int:
    """`--stamp` writes the digest into the lock; otherwise the lock is checked."""
    if "--stamp" in sys.argv:
        LOCK.write_text(f"# of pyproject.toml's requirements: {digest()}\n" + STAMP.sub("", LOCK.read_text()))
        return 0
    problem = check()
    if problem:
        print(problem, file=sys.stderr)
    return 2 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
