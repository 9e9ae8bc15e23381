"""Write the JSON schema of every message to config/schema/ (or, with --check, compare them)."""

import json
import sys
from pathlib import Path

from edge.messages import schemas

FOLDER = Path(__file__).parents[1] / "config" / "schema"


def texts() -> dict[Path, str]:
    """What each schema file must hold."""
    return {
        FOLDER / f"{name}.json": json.dumps(schema, indent=1) + "\n" for name, schema in schemas().items()
    }


def main() -> int:
    """Exit 1 when a file differs from the messages (--check), else write them all."""
    if "--check" not in sys.argv:
        for path, text in texts().items():
            path.write_text(text, encoding="utf-8")
        return 0
    old = [path.name for path, text in texts().items() if not path.exists() or path.read_text() != text]
    if old:
        print(f"config/schema: {', '.join(old)} differ from edge/messages; run scripts/schemas.py")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
