"""Several looks make one text, or none."""

import pytest

from edge.plates.agreement import Look, agreed
from edge.plates.text import PlateText


def look(text: str, sure: float = 0.95, weight: float = 1.0) -> Look:
    return Look(PlateText(text), (sure,) * len(text), weight)


@pytest.mark.parametrize(
    ("case", "texts", "read"),
    [
        ("one look is not enough", ["ABC123"], None),
        ("two that agree are", ["ABC123", "ABC123"], "A8C123"),
        ("look-alikes agree", ["ABC1O2", "ABC102", "A8C102"], "A8C102"),
        ("one character in dispute: none (B34)", ["9GXVL98", "9GXV498"], None),
        ("a third look decides", ["9GXVL98", "9GXV498", "9GXVL98"], "96XV198"),
        ("lengths in dispute: none", ["ABC123", "ABC1234"], None),
        ("most looks have the length", ["ABC123", "ABC123", "ABC12"], "A8C123"),
        ("too short for a plate", ["AB1", "AB1"], None),
        ("too long for a plate", ["ABCDEFGH1", "ABCDEFGH1"], None),
        ("no look at all", [], None),
    ],
)
def test_agreement(case: str, texts: list[str], read: str | None) -> None:
    found = agreed(look(text) for text in texts)
    assert (found and found.characters) == read


def test_a_look_that_is_not_sure_does_not_count() -> None:
    assert agreed([look("ABC123"), look("ABC123", sure=0.3)]) is None


def test_a_good_look_outweighs_a_bad_one() -> None:
    looks = [look("ABC123"), look("ABC723", sure=0.55, weight=0.3), look("ABC123")]
    found = agreed(looks)
    assert found is not None
    assert found.characters == "A8C123"
