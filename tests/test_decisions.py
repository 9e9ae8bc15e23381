"""docs/decisions: each has a number of its own."""

from __future__ import annotations

from tests.conftest import REPOSITORY


def test_numbers_are_given_once() -> None:
    numbers = [path.name[:4] for path in (REPOSITORY / "docs" / "decisions").glob("*.md")]
    assert len(numbers) > 10
    assert sorted(numbers) == sorted(set(numbers))
