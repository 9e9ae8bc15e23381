"""Whether a camera's view can be trusted: pictures and times in, a state out. Pure; times in seconds.

Every picture is glanced at, and looked at closely every two seconds, or at once when the whole view changed.
What a close look finds must last before it is a state, so that a lorry before the lens, a flash or a gust is
none; but where it would spoil counts, pictures are not measured while it is not clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edge.camera.glance import Glance
from edge.camera.outline import HEIGHT, WIDTH, Outline, outline_of, power_of
from edge.camera.reference import Match, Reference
from edge.vision import Picture

State = Literal["ok", "frozen", "dark", "covered", "moved"]

LOOK_EVERY_S = 2.0
DOUBT_EVERY_S = 0.4
"""A close look while all is well, and while it is not."""

FROZEN_AFTER_S = 20.0
RECORDING_FROZEN_AFTER_S = 60.0
"""Sensors have noise: a camera that gives one picture for so long, to the last bit, shows nothing.

A recording's encoder may leave out the noise of a still scene until its next key picture.
"""

BACK_AFTER_S = 2.0
"""The view must be right for so long before it is measured again."""

SAME = 5.5
"""The reference stands out of the rest by so many standard deviations where it is really in the picture.

Real views, day against night: 9 and more; four fifths hidden: 6; any other place: at most 5.
"""

FAR_PX = 3
"""A shift of the outline by so much (1.9 % of the width, 3.3 % of the height) moves lines off lanes."""

SHIFTED = 7.0
"""And where it is found elsewhere, by so many."""

CLEARLY = 0.65
"""The place found must beat the right one by so much: elsewhere less than this share of it remains."""

DARK_MEAN, DARK_BRIGHTEST = 14.0, 48.0
"""Grey levels: no lamp and no headlight in a picture darker than this."""

BLANK_POWER, BLANK_SHARE = 0.002, 0.15
"""Power of the edges of a cap, a wall or a burnt out picture: alone, and as a share of the reference's."""

LEAST_SHARE = 0.33
"""Once the whole view has changed, it must be recognised by this share of as clearly as usual.

Day against night: .44 and more; turned by 5 degrees, enlarged by a fifth, or cut: .2 to .3 with many edges.
"""


@dataclass(frozen=True, slots=True)
class View:
    """The state now; what is wrong with this picture, which may not have lasted yet; and why, in words."""

    state: State
    wrong: State
    why: str = ""

    @property
    def measurable(self) -> bool:
        """Whether this picture may be measured."""
        return self.wrong == "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one close look found wrong; a state once it has lasted for `lasts_s`. `spoils`: do not measure."""

    state: State
    why: str
    lasts_s: float
    spoils: bool


CLEAR = View("ok", "ok")
BLANK = Finding("covered", "nothing can be seen", 10.0, spoils=True)


class ViewHealth:
    """Follows one camera's view. A known `reference` from an earlier time is believed; else it is learned.

    Not `live`, a recording: what it shows from the start is right, be it blank.
    """

    def __init__(self, reference: Reference | None = None, live: bool = True) -> None:
        self.reference = reference or Reference()
        self._live = live
        self._frozen_after_s = FROZEN_AFTER_S if live else RECORDING_FROZEN_AFTER_S
        self._glance = Glance()
        self._changed_at: float | None = None
        self._looked_at = float("-inf")
        self._unsure = False
        self._shape: tuple[int, int] | None = None
        self._found: Finding | None = None
        self._since = 0.0
        self._state: State = "ok"
        self._why = ""

    def look(self, picture: Picture, at: float) -> View:
        """Take the picture of `at`; times must not fall."""
        self._glance.take(picture)
        if self._changed_at is None or not self._glance.same:
            self._changed_at = at
        if at - self._changed_at >= self._frozen_after_s:
            return View("frozen", "frozen", f"one and the same picture for {self._frozen_after_s:.0f} s")
        if self._glance.jolted:
            self._unsure = True
        calm = self._found is None and self._state == "ok" and not self._unsure
        if self._glance.jolted or at - self._looked_at >= (LOOK_EVERY_S if calm else DOUBT_EVERY_S) - 1e-6:
            self._looked_at = at
            height, width = picture.shape
            self._judge(self._examine(outline_of(picture), width, height), at)
        if self._state != "ok":
            return View(self._state, self._state, self._why)
        if self._found is not None and self._found.spoils:
            return View("ok", self._found.state, self._found.why)
        return CLEAR

    def away(self) -> None:
        """The camera gave no pictures for a while: whether it still looks there must be seen anew."""
        self._glance.forget()
        self._changed_at = None

    def _judge(self, found: Finding | None, at: float) -> None:
        """A finding that lasts is a state, and so is its end."""
        if (found and found.state) != (self._found and self._found.state):
            self._since = at
        self._found = found
        lasts_s = BACK_AFTER_S if found is None else found.lasts_s
        if at - self._since < lasts_s - 1e-6:
            return
        if found is None:
            self._state, self._why = "ok", ""
        elif found.state != self._state:
            self._state, self._why = found.state, found.why

    def _examine(self, outline: Outline, width: int, height: int) -> Finding | None:
        """What is wrong with a picture of this outline and size; learns from it where nothing is."""
        if outline.mean < DARK_MEAN and outline.brightest < DARK_BRIGHTEST:
            return Finding("dark", f"mean grey {outline.mean:.0f} of 255", 10.0, spoils=True)
        if not self.reference.known:
            return BLANK if self._live and outline.power < BLANK_POWER else self._learn(outline)
        matches = self.reference.match(outline)
        here = max(match.here for match in matches)
        for match in matches:
            if _is_far(match):
                return Finding("moved", self._shifted(match, width, height), 4.0, spoils=True)
        if here < SAME and outline.power < BLANK_SHARE * power_of(self.reference.edges):
            return BLANK
        if self.reference.is_blunt(outline):
            return Finding(
                "covered", "all detail is blurred", 30.0 if here >= SAME else 10.0, spoils=here < SAME
            )
        sure = not self._unsure and self._state == "ok"
        if here >= (SAME if sure else max(SAME, LEAST_SHARE * self.reference.usual)):
            self._shape = self._shape or (width, height)
            return self._learn(outline, here)
        if sure:
            return None
        return Finding("moved", f"another view{self._reshaped(width, height)}", 30.0, spoils=True)

    def _learn(self, outline: Outline, here: float = 0.0) -> Finding | None:
        """All is well."""
        self._unsure = False
        self.reference.learn(outline, here)
        return None

    def _shifted(self, match: Match, width: int, height: int) -> str:
        x, y = round(match.x * width / WIDTH), round(match.y * height / HEIGHT)
        return f"by {x:+d}, {y:+d} px of {width}x{height}{self._reshaped(width, height)}"

    def _reshaped(self, width: int, height: int) -> str:
        """What to say of a picture whose shape is not that of the reference."""
        if self._shape is None or abs(width / height - self._shape[0] / self._shape[1]) < 0.03:
            return ""
        return f"; the picture is {width}x{height}, it was {self._shape[0]}x{self._shape[1]}"


def _is_far(match: Match) -> bool:
    elsewhere = max(abs(match.x), abs(match.y)) >= FAR_PX
    return elsewhere and match.best >= SHIFTED and match.here < CLEARLY * match.best
