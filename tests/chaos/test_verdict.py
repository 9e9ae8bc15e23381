"""The proof of scripts/bench chaos finds each fault that it is there to find."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.config import CentralConfig, load_central
from edge.messages import NodeReport, encode, utc_ms
from scripts.chaos.plan import deeds
from scripts.chaos.verdict import Held, Key, judge
from tests.dashboard.nodes import PORT_YAML, report

T0 = 1_800_000_000.0
DOWNS = {"n1": [(T0 + 40, T0 + 60)], "n2": [(T0, T0 + 200)]}


@pytest.fixture
def config(tmp_path: Path) -> CentralConfig:
    file = tmp_path / "port.yaml"
    file.write_text(PORT_YAML.format(broker=1883, http=0))
    return load_central(file)


def life(boot: str, first_s: int, last_s: int) -> dict[Key, NodeReport]:
    """A report a second."""
    return {
        ("n1", boot, seq): report(
            seq, boot=boot, start=utc_ms(T0 + first_s + seq - 1), end=utc_ms(T0 + first_s + seq)
        )
        for seq in range(1, last_s - first_s + 1)
    }


def reports() -> dict[Key, NodeReport]:
    return life("a", 0, 40) | life("b", 60, 120)


def held(rows: dict[Key, NodeReport]) -> list[Held]:
    return [Held(key, row.end.timestamp(), encode(row)) for key, row in rows.items()]


def stored(gaps: list[list[int]]) -> list[dict[str, object]]:
    return [{"gaps": gaps, "first_seq": 1}]


def committed() -> dict[Key, bytes]:
    return {key: encode(row) for key, row in reports().items()}


def test_all_is_well(config: CentralConfig) -> None:
    verdict = judge(committed(), held(reports()), stored([]), 0, DOWNS, config)
    assert verdict.is_good
    assert (verdict.boots, verdict.committed, verdict.stored) == (2, 100, 100)
    assert verdict.counted_stored == 2 * 40 + 2 * 60
    assert verdict.blind_slices > 10


LAST: Key = ("n1", "b", 60)


@pytest.mark.parametrize(
    ("case", "field", "change"),
    [
        ("a row is missing", "lost", lambda rows: rows[:50] + rows[51:]),
        ("the last row of a boot is missing", "lost", lambda rows: rows[:-1]),
        ("a row stands twice", "twice", lambda rows: [*rows, rows[-1]]),
        (
            "a row is another one",
            "changed",
            lambda rows: [*rows[:-1], replace(rows[-1], payload=encode(life("b", 61, 121)[LAST]))],
        ),
        (
            "a report claims to have seen what nobody saw",
            "blind_claimed_s",
            lambda rows: [
                replace(rows[0], payload=encode(report(1, boot="a", start=utc_ms(T0), end=utc_ms(T0 + 50)))),
                *rows[1:],
            ],
        ),
    ],
)
def test_each_fault_is_found(case: str, field: str, change: object, config: CentralConfig) -> None:
    rows = change(held(reports()))  # type: ignore[operator]
    verdict = judge(committed(), rows, stored([]), 0, DOWNS, config)
    assert getattr(verdict, field) > 0
    assert not verdict.is_good


def test_gaps_and_what_was_left_are_found(config: CentralConfig) -> None:
    assert not judge(committed(), held(reports()), stored([[3, 4]]), 0, DOWNS, config).is_good
    assert not judge(committed(), held(reports()), stored([]), 2, DOWNS, config).is_good


def test_a_figure_for_a_slice_without_a_source_is_found(config: CentralConfig) -> None:
    """The killer says that the node was down while its reports tell figures."""
    downs = {"n1": [(T0 + 5, T0 + 20)], "n2": []}
    verdict = judge(committed(), held(reports()), stored([]), 0, downs, config)
    assert verdict.blind_slices_with_figures > 0
    assert not verdict.is_good


def test_the_plan_is_random_but_the_same_for_a_seed() -> None:
    kills = {"node": 20, "broker": 10, "central": 10}
    plan = deeds(kills, seed=7, begin_s=5.0)
    assert plan == deeds(kills, seed=7, begin_s=5.0)
    assert plan != deeds(kills, seed=8, begin_s=5.0)
    for part, times in kills.items():
        mine = [deed.kills for deed in plan if deed.part == part]
        assert mine == [True, False] * times
    assert all(a.at_s <= b.at_s for a, b in itertools.pairwise(plan))
