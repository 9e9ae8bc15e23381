"""The key of an enrolment that is not through yet: it lies here until its certificate does.

The answer may be lost on its way, or the power before it is written. Asked again with the same code and key,
the authority gives the same certificate again. Of the code the file holds a digest alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from edge.daemon import keyfiles
from edge.pairing import Code, new_key


def key_for(code: Code, path: Path) -> bytes:
    """The key (PEM) that asks with this code: the one that did before, or a new one. Raises: OSError.

    It is on disk before anybody can have seen its request; one of another code is gone then.
    """
    digest = hashlib.sha256(code.text().encode()).hexdigest().encode()
    held = path.read_bytes() if path.exists() else b""
    of_code, _, key = held.partition(b"\n")
    if of_code != digest:
        key = new_key()
        keyfiles.write(path, digest + b"\n" + key, keyfiles.SECRET)
    return key
