"""Which graph of a pack runs here: INT8 where the CPU multiplies bytes in one step, FP32 elsewhere."""

from functools import cache
from pathlib import Path

from edge.detection.packs import Graph, Pack

CPU_FACTS = Path("/proc/cpuinfo")
BYTE_DOT = {"avx512_vnni", "avx_vnni", "asimddp"}
"""x86: VNNI; arm64: the dot product of bytes. Without them INT8 was never measured to be faster."""


def has_byte_dot(facts: str) -> bool:
    """Whether /proc/cpuinfo's flags or Features name such an instruction."""
    return any(
        BYTE_DOT & set(line.partition(":")[2].split())
        for line in facts.splitlines()
        if line.lower().startswith(("flags", "features"))
    )


@cache
def byte_dot_here() -> bool:
    """Whether this CPU has such an instruction; not where nothing says so."""
    try:
        return has_byte_dot(CPU_FACTS.read_text())
    except OSError:
        return False


def chosen_graph(pack: Pack, fast_bytes: bool | None = None) -> Graph:
    """The graph to run; `fast_bytes` says what the CPU has, None looks."""
    fast = byte_dot_here() if fast_bytes is None else fast_bytes
    return pack.graphs[-1] if fast else pack.graphs[0]
