"""Which events a new board makes: only for what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from dashboard.board import Board, Lack
from dashboard.feeds.published import published
from dashboard.stream.changes import Changes
from dashboard.stream.log import Change
from tests.dashboard.feed_cases import BARE, CONFIG, EVERY_STATE, NOW_S

DIRECTION = EVERY_STATE.directions[0]
B5, B6 = DIRECTION.lanes


def names(changes: Iterable[Change]) -> list[str]:
    return ["/".join(change.key) for change in changes]


def board(**changed: object) -> Board:
    return replace(EVERY_STATE, directions=(replace(DIRECTION, **changed),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "after", "lanes", "nodes"),
    [
        ("the same values in new objects", board(lanes=(replace(B5), replace(B6))), [], []),
        (
            "one lane counts one more",
            board(lanes=(replace(B5, in_view=7), B6)),
            ["lane/ambassador/us_bound/b5"],
            [],
        ),
        (
            "a node goes away",
            board(nodes=(replace(DIRECTION.nodes[0], online=False),)),
            [],
            ["node/ambassador/us_bound/n07"],
        ),
        (
            "central is without its broker",
            replace(EVERY_STATE, trouble=Lack("broker", "The broker is away.")),
            [],
            ["central"],
        ),
    ],
)
def test_only_what_changed_is_told(case: str, after: Board, lanes: list[str], nodes: list[str]) -> None:
    changes = Changes()
    assert len(list(changes.lanes(EVERY_STATE))) == 2
    assert len(list(changes.nodes(EVERY_STATE))) == 2
    assert names(changes.lanes(after)) == lanes
    assert names(changes.nodes(after)) == nodes


def test_a_stream_is_told_again_when_it_says_something_else_and_not_because_it_ages() -> None:
    changes = Changes()
    assert len(names(changes.streams(published(EVERY_STATE, CONFIG, NOW_S)))) == 7
    assert names(changes.streams(published(EVERY_STATE, CONFIG, NOW_S + 60))) == []
    expired = names(changes.streams(published(EVERY_STATE, CONFIG, NOW_S + 890)))
    assert expired == [
        "stream/ambassador/us_bound/commercial/fast",
        "stream/ambassador/us_bound/commercial/standard",
    ]


def test_a_lane_that_was_not_measured_is_null_and_never_zero() -> None:
    dark = json.loads(list(Changes().lanes(EVERY_STATE))[1].data)
    assert [dark[key] for key in ("in_view", "stopped", "length_m", "measured_at")] == [None] * 4
    assert (dark["at_least"], dark["why"]) == (True, "dark")


def test_a_board_of_nothing_tells_every_stream_as_unknown() -> None:
    told = [json.loads(c.data) for c in Changes().streams(published(Board(NOW_S, ()), BARE, NOW_S))]
    assert {(one["state"], one["expected"]) for one in told} == {("unknown", None)}
