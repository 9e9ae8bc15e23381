"""Every word of the desk, English and French side by side, and how figures are written.

`~` stands for a no-break space (a thin one where French punctuation wants it). FAST is EXPRES in French.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.feeds.clocks import Language, clock_time, local_date, wall_clock
from dashboard.web.desk.catalogue import WORDS
from dashboard.web.french import in_french
from dashboard.web.strings import BY_LANGUAGE, Strings, fill
from dashboard.web.words import stream_name

DASH = "–"


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and their language where it is not that of the page."""

    words: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: `t("key")` gives its words, the methods its figures."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, braces filled in."""
        return fill(WORDS[key][self._column], **values)

    @property
    def _column(self) -> int:
        return 0 if self.language == "en" else 1

    @property
    def public(self) -> Strings:
        """The words of the public pages, which the desk shares."""
        return BY_LANGUAGE[self.language]

    @property
    def other(self) -> Tongue:
        """The other language."""
        return OTHER[self.language]

    @property
    def root(self) -> str:
        """Where the desk begins in this language."""
        return "/manager" if self.language == "en" else "/fr/manager"

    def known(self, prefix: str, name: str) -> str:
        """The words of `prefix.name`; the name itself where there are none."""
        found = WORDS.get(f"{prefix}.{name}")
        return fill(found[self._column]) if found else name.replace("_", " ")

    def counted(self, key: str, n: int, **values: object) -> str:
        """`key` with `n`, in the singular for one (and in French for none)."""
        single = n == 1 or (n == 0 and self.language == "fr")
        return self(f"{key}.one" if single else key, n=n, **values)

    def number(self, value: float | None, digits: int = 0) -> str:
        """With a true minus sign, and the decimal comma in French; a dash for None."""
        if value is None:
            return DASH
        text = f"{value:,.{digits}f}".replace("-", "−")
        return text if self.language == "en" else text.replace(",", "\u00a0").replace(".", ",")

    def signed(self, n: int) -> str:
        """With a true minus sign."""
        return f"−{-n}" if n < 0 else str(n)

    def minutes(self, seconds: float) -> str:
        """Whole minutes, a half rounded up; less than one is said so."""
        whole = math.floor(seconds / 60 + 0.5)
        return self("minutes", n=whole) if whole else self("under_a_minute")

    def lasting(self, seconds: float) -> str:
        """How long something was: `25 min`, `3 h 5 min`, `2 d 4 h`."""
        whole = math.floor(seconds / 60 + 0.5)
        if whole < 120:
            return self.minutes(seconds)
        hours, rest = divmod(whole, 60)
        if hours < 48:
            return self("hours_minutes", h=hours, m=rest) if rest else self("hours", h=hours)
        return self("days_hours", d=hours // 24, h=hours % 24)

    def span(self, low_s: float, high_s: float) -> str:
        """`18 to 26 min`, widened to whole minutes."""
        low, high = math.floor(low_s / 60), math.ceil(high_s / 60)
        if high <= 1:
            return self("under_a_minute")
        if low == high:
            return self("minutes", n=high)
        return self("up_to_minutes", n=high) if low <= 0 else self("span_minutes", low=low, high=high)

    def age(self, seconds: float) -> str:
        """`20 s ago`, `3 min ago`, in the largest full unit; below one second `now`."""
        n = max(0, math.floor(seconds))
        if n == 0:
            return self("ago.now")
        if n <= 90:
            return self("ago.s", n=n)
        if n < 7200:
            return self("ago.min", n=n // 60)
        return self("ago.h", n=n // 3600) if n < 172800 else self("ago.d", n=n // 86400)

    def clock(self, at_s: float, zone: str) -> str:
        """`10:14`, in French `10 h 14`."""
        return clock_time(at_s, zone, self.language)

    def clock_zone(self, at_s: float, zone: str) -> str:
        """`10:14 EST`, in French `10 h 14 (HNE)`."""
        return wall_clock(at_s, zone, self.language)

    def date_clock(self, at_s: float, zone: str) -> str:
        """`27 November, 10:14`."""
        return f"{local_date(at_s, zone, self.language)}, {self.clock(at_s, zone)}"

    def stream(self, stream: str) -> str:
        """`Trucks, FAST`, `Camions, voies ordinaires`: traffic and class of `traffic/class`."""
        return stream_name(self.public, stream)

    def in_phrase(self, name: str) -> str:
        """A name within a phrase: French writes it small, unless it is an abbreviation."""
        return name if self.language == "en" or name[1:2].isupper() else name[:1].lower() + name[1:]

    def said(self, text: str) -> Said:
        """A sentence that a program wrote in English."""
        if self.language == "en":
            return Said(text)
        french = in_french(text)
        return Said(text, "en") if french is None else Said(french)


OTHER: dict[Language, Tongue] = {"en": Tongue("fr"), "fr": Tongue("en")}
TONGUES: dict[Language, Tongue] = {"en": Tongue("en"), "fr": Tongue("fr")}
