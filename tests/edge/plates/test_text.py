"""Look-alikes are one character, and a text does not show itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.plates.text import ALPHABET, PlateText, fold


@pytest.mark.parametrize(
    ("texts", "folded"),
    [
        (["ABC1O2", "ABC102", "A8C102", "abc-1o2", "ABC 1Q2", "AB C1D2"], "A8C102"),  # field report B33
        (["SZ6I", "5Z6L", "52G1"], "5261"),
        (["O0QD"], "0000"),
    ],
)
def test_look_alikes_fold_to_one(texts: list[str], folded: str) -> None:
    assert {fold(text) for text in texts} == {folded}


@given(st.text(alphabet=ALPHABET + " -abc·é", max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("9GXVL98", "9GXV498", True),  # field report B34
        ("ABC123", "ABC123", True),
        ("ABC123", "AB123", True),
        ("AB0C", "ABQC", True),
        ("ABC123", "ABC789", False),
        ("ABC123", "C123", False),
    ],
)
def test_near_is_one_character(one: str, other: str, near: bool) -> None:
    assert PlateText(one).is_near(PlateText(other)) is near
    assert PlateText(other).is_near(PlateText(one)) is near


def test_a_text_does_not_show_itself() -> None:
    text = PlateText("ABC1234")
    assert "ABC" not in f"{text} {text!r} {[text]}"
