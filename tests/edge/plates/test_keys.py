"""The key of the day: derived, two around midnight, and a secret that only its owner may read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.plates.keys import SecretError, hkdf, read_secret, valid_keys
from edge.plates.text import PlateText

SECRET = bytes(range(32))
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("secret", "salt", "info", "length", "made"),
    [  # RFC 5869, appendix A.1 to A.3
        (
            "0b" * 22, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            "".join(f"{n:02x}" for n in range(0x50)), "".join(f"{n:02x}" for n in range(0x60, 0xB0)),
            "".join(f"{n:02x}" for n in range(0xB0, 0x100)), 82,
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            "0b" * 22, "", "", 42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)  # fmt: skip
def test_hkdf_is_that_of_the_rfc(secret: str, salt: str, info: str, length: int, made: str) -> None:
    assert hkdf(bytes.fromhex(secret), bytes.fromhex(salt), bytes.fromhex(info), length).hex() == made


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        (-2.1, ["2026-03-01"]),
        (-1.9, ["2026-03-01", "2026-03-02"]),
        (1.9, ["2026-03-01", "2026-03-02"]),
        (2.1, ["2026-03-02"]),
        (12.0, ["2026-03-02"]),
    ],
)
def test_two_keys_are_valid_for_four_hours_around_midnight(hours: float, days: list[str]) -> None:
    keys = valid_keys(SECRET, (MIDNIGHT + timedelta(hours=hours)).timestamp())
    assert [key.id.split(".")[0] for key in keys] == days


@given(st.floats(0, 86400 * 3), st.floats(0, 4 * 3600 - 1))
def test_a_journey_of_four_hours_always_shares_a_key(start_s: float, travel_s: float) -> None:
    at_s = MIDNIGHT.timestamp() + start_s
    entry, booth = valid_keys(SECRET, at_s), valid_keys(SECRET, at_s + travel_s)
    text = PlateText("ABC123")
    assert {key.token(text) for key in entry} & {key.token(text) for key in booth}


def test_tokens_differ_by_day_and_port_and_are_one_for_look_alikes() -> None:
    (today,) = valid_keys(SECRET, MIDNIGHT.timestamp() + 43200)
    (tomorrow,) = valid_keys(SECRET, MIDNIGHT.timestamp() + 43200 + 86400)
    (elsewhere,) = valid_keys(SECRET[::-1], MIDNIGHT.timestamp() + 43200)
    tokens = {key.token(PlateText("ABC1O2")) for key in (today, tomorrow, elsewhere)}
    assert len(tokens) == 3
    assert today.token(PlateText("A8C102")) == today.token(PlateText("ABC1O2"))
    assert "ABC" not in repr(today)
    assert today.key.hex() not in repr(today)


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (None, 0o600, "cannot be read"),
        ("00" * 32, 0o644, "chmod 600"),
        ("00" * 32, 0o640, "chmod 600"),
        ("not hexadecimal", 0o600, "is no secret"),
        ("ab" * 8, 0o600, "is no secret"),
        ("é" * 40, 0o600, "is no secret"),
    ],
)
def test_a_secret_that_cannot_be_used_is_one_line(
    tmp_path: Path, content: str | None, mode: int, said: str
) -> None:
    file = tmp_path / "plates.secret"
    if content is not None:
        file.write_text(content)
        file.chmod(mode)
    with pytest.raises(SecretError, match=said) as caught:
        read_secret(file)
    assert "\n" not in str(caught.value)
    assert content is None or content not in str(caught.value)


def test_the_secret_as_enrolment_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "plates.secret"
    file.write_text("0f" * 32)
    file.chmod(0o600)
    assert read_secret(file) == b"\x0f" * 32
