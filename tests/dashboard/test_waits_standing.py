"""When a booth changed hands, told from slices of 5 s."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.waits.standing import Standing


def followed(slices: list[tuple[float, int]]) -> Standing:
    """A booth after slices of 5 s, each (share occupied, departures counted)."""
    standing = Standing()
    for place, (share, departures) in enumerate(slices):
        standing.see(5.0 * place, 5.0, share, departures)
    return standing


@pytest.mark.parametrize(
    ("case", "slices", "here", "began_s", "left_s"),
    [
        ("nobody came", [(0, 0), (0, 0)], False, None, None),
        ("came for the last second of a slice", [(0.2, 0)], True, 4.0, None),
        ("left in the first second of a slice", [(1, 0), (0.2, 1)], False, 0.0, 6.0),
        ("left late, the next came late in the slice after", [(1, 0), (0.8, 0), (0.2, 1)], True, 14.0, 9.0),
        ("away for parts of two slices", [(1, 0), (0.6, 1), (0.7, 0)], True, 11.5, 8.0),
        ("the same, counted late", [(1, 0), (0.6, 0), (0.7, 1)], True, 11.5, 8.0),
        ("a flicker of the camera", [(1, 0), (0.8, 0), (1, 0)], True, 0.0, None),
        ("two flickers, and nobody left", [(1, 0), (0.8, 0), (0.8, 0)], True, 0.0, None),
        ("the next comes a slice later", [(1, 0), (0.4, 1), (0, 0), (0.6, 0)], True, 17.0, 7.0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_changes_of_hands(
    case: str, slices: list[tuple[float, int]], here: bool, began_s: float | None, left_s: float | None
) -> None:
    standing = followed(slices)
    assert standing.here is here
    assert standing.began_s == (began_s if began_s is None else pytest.approx(began_s))
    assert standing.left_s == (left_s if left_s is None else pytest.approx(left_s))


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), max_size=40))
def test_who_stands_there_came_after_the_one_before_left(slices: list[tuple[float, int]]) -> None:
    standing = followed(slices)
    if standing.here and standing.left_s is not None:
        assert standing.began_s is not None
        assert standing.left_s <= standing.began_s <= 5.0 * len(slices)
